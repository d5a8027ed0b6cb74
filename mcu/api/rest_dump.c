/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_dump.c  A JSON object of a request as text, for the database
 */
#include "mcu/api/rest_dump.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

int rest_dump_object(char **ret_text, const struct json_t *json, size_t max)
{
    *ret_text = NULL;
    if (!json_is_object(json))
        return -EBADMSG;
    *ret_text = json_dumps(json, JSON_COMPACT);
    if (!*ret_text)
        return -ENOMEM;
    if (strlen(*ret_text) <= max)
        return 0;
    free(*ret_text);
    *ret_text = NULL;
    return -EMSGSIZE;
}
