/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rules_json.c  The policy of a meeting as JSON
 */
#include "mcu/api/rules_json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "mcu/api/rest_dump.h"

int rules_json_check(const struct json_t *policy, const char *pointer, char *why, size_t why_size)
{
    char *text;
    int err = rest_dump_object(&text, policy, RULES_JSON_MAX);

    free(text);
    if (!err || err == -ENOMEM)
        return err;
    (void)snprintf(why, why_size, "%s: must be an object of at most %d bytes", pointer,
                   RULES_JSON_MAX);
    return -EBADMSG;
}
