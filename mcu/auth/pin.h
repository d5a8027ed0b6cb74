/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/auth/pin.h  Numbers that let people into a room, typed on a keyboard or a phone
 *
 * Threads: any; no state.
 */
#ifndef MCU_AUTH_PIN_H
#define MCU_AUTH_PIN_H

#include <stdbool.h>

enum {
    PIN_MIN = 4,  /**< Fewest digits */
    PIN_MAX = 12, /**< Most digits */
    PIN_MADE = 6, /**< Digits of one that we make */
    PIN_SIZE = PIN_MAX + 1,
};

/** Is it PIN_MIN to PIN_MAX of the digits 0 to 9? */
bool pin_is_valid(const char *pin);

/**
 * Is it the right one?  Takes the same time wherever a wrong one differs.
 * @param given  Whatever somebody typed; one that is not valid is wrong
 */
bool pin_is_equal(const char *given, const char *right);

/** Make a random one of PIN_MADE digits.  @param ret_pin at least PIN_SIZE bytes */
void pin_make(char *ret_pin);

#endif
