/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_cursor.h  Where the next page of a list begins, as text that clients hand back
 *
 *     base64url( check(8 hex) list ' ' number ' ' key )
 *
 * Clients are not to look inside.  It gives no rights: each page asks anew who may see what, so a
 * cursor needs no signature, only a check that it is one of ours, whole and of this list.
 *
 * Threads: any; no state.
 */
#ifndef MCU_API_REST_CURSOR_H
#define MCU_API_REST_CURSOR_H

#include <stddef.h>
#include <stdint.h>

enum {
    REST_CURSOR_KEY_SIZE = 257, /**< Longest key, with NUL [bytes] */
    REST_CURSOR_SIZE = 420,     /**< Room for the text, with NUL [bytes] */
};

/** The last row that is known. */
struct rest_cursor {
    uint64_t n;                     /**< Time or number */
    char key[REST_CURSOR_KEY_SIZE]; /**< Id or name */
};

/** @param ret_text REST_CURSOR_SIZE bytes  @param list  Which list: 1 to 16 of a-z */
void rest_cursor_write(char *ret_text, const char *list, uint64_t n, const char *key);

/** @return 0, -EBADMSG (not one of this list; @p ret is zeroed) */
int rest_cursor_read(struct rest_cursor *ret, const char *list, const char *text, size_t len);

#endif
