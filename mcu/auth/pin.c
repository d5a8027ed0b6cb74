/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/auth/pin.c  Numbers that let people into a room, typed on a keyboard or a phone
 */
#include "mcu/auth/pin.h"

#include <stddef.h>
#include <string.h>

#include <sodium.h>

#include "mcu/base/id.h"

bool pin_is_valid(const char *pin)
{
    size_t len = strnlen(pin, PIN_SIZE);

    return len >= PIN_MIN && len <= PIN_MAX && strspn(pin, "0123456789") == len;
}

bool pin_is_equal(const char *given, const char *right)
{
    char a[PIN_SIZE] = "", b[PIN_SIZE] = ""; /* equally long, whatever the lengths */

    if (!pin_is_valid(given) || !pin_is_valid(right))
        return false;
    memcpy(a, given, strlen(given));
    memcpy(b, right, strlen(right));
    return sodium_memcmp(a, b, sizeof(a)) == 0;
}

void pin_make(char *ret_pin)
{
    unsigned char byte;

    for (size_t i = 0; i < PIN_MADE; ++i) {
        do
            id_bytes(&byte, 1);
        while (byte >= 250); /* each digit is equally likely */
        ret_pin[i] = (char)('0' + byte % 10);
    }
    ret_pin[PIN_MADE] = '\0';
}
