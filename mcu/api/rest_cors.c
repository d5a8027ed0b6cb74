/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_cors.c  Pages of other sites that may use the REST API (http.allow_origin)
 */
#include "mcu/api/rest_cors.h"

#include <stddef.h>
#include <strings.h>

#include "mcu/config/settings.h"
#include "mcu/room/room_set.h"

unsigned rest_cors_find(const char *origin)
{
    const struct config_strings *allowed = &room_set_settings()->config.http.allow_origin;

    for (unsigned i = 0; origin[0] && i < allowed->n; ++i) {
        if (strcasecmp(allowed->item[i], origin) == 0)
            return i + 1;
    }
    return 0;
}

const char *rest_cors_origin(unsigned number)
{
    const struct config_strings *allowed = &room_set_settings()->config.http.allow_origin;

    return number > 0 && number <= allowed->n ? allowed->item[number - 1] : NULL;
}
