/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/api_json.c  Checks of JSON text from outside before a parser sees it
 */
#include "mcu/api/api_json.h"

bool api_json_is_too_deep(const char *text, size_t len, unsigned max)
{
    unsigned depth = 0;
    bool quoted = false;

    for (size_t i = 0; i < len; ++i) {
        char c = text[i];

        if (quoted) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            if (++depth > max)
                return true;
        } else if ((c == '}' || c == ']') && depth > 0) {
            --depth;
        }
    }
    return false;
}
