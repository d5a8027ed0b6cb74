/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_docs.c  /api/v1/openapi.json: the description of this API
 */
#include "mcu/api/rest_docs.h"

#include <string.h>

#include "mcu/api/rest_call.h"
#include "mcu/api/web_assets.h"

void rest_docs_openapi(const struct rest_call *call)
{
    unsigned i = 0;

    while (web_assets_table[i].name && strcmp(web_assets_table[i].name, "openapi.json") != 0)
        ++i;
    if (web_assets_table[i].name)
        rest_reply_data(&call->ticket, "application/json", web_assets_table[i].data,
                        web_assets_table[i].size);
    else
        rest_reply_problem(&call->ticket, REST_PROBLEM_NOT_FOUND, NULL);
}
