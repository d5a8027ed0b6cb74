/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_json.c  Fields of the server's answers (jansson)
 */
#include "mcu/ctl/ctl_json.h"

#include <jansson.h>
#include <string.h>
#include <time.h>

struct json_t *ctl_json_at(const struct json_t *object, const char *key)
{
    return json_object_get(object, key);
}

const char *ctl_json_text(const struct json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "";
}

double ctl_json_number(const struct json_t *object, const char *key, double missing)
{
    const json_t *value = json_object_get(object, key);

    return json_is_number(value) ? json_number_value(value) : missing;
}

bool ctl_json_is(const struct json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

double ctl_json_age(const struct json_t *object, const char *key)
{
    struct tm tm = {0};

    if (!strptime(ctl_json_text(object, key), "%Y-%m-%dT%H:%M:%S", &tm))
        return -1;
    return difftime(time(NULL), timegm(&tm));
}
