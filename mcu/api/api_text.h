/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/api_text.h  Names that people type: display names and room names
 *
 * Every name that comes from outside (WebSocket, SIP display name, REST) passes here
 * once, so that what the rest of the program holds is short, valid UTF-8 and cannot
 * turn the text around it.
 *
 * Threads: any.
 */
#ifndef MCU_API_API_TEXT_H
#define MCU_API_API_TEXT_H

#include <stddef.h>

enum {
    API_TEXT_NAME_CHARS = 64,                         /**< Longest display name [characters] */
    API_TEXT_NAME_SIZE = API_TEXT_NAME_CHARS * 4 + 1, /**< Room for it in UTF-8, with NUL [bytes] */
    API_TEXT_ROOM_SIZE = 64 + 1,                      /**< Room for a room name, with NUL [bytes] */
};

/**
 * Clean a display name: control characters, bidirectional overrides and invisible format
 * characters are dropped, runs of white space become one space, the ends are trimmed.
 *
 * @param ret_name  At least API_TEXT_NAME_SIZE bytes; "" after an error
 * @param text      Need not end with a NUL
 * @param len       Length of @p text [bytes]
 *
 * @return 0, -EILSEQ (not UTF-8), -ENODATA (nothing left), -E2BIG (more than 64 characters)
 */
int api_text_clean_name(char *ret_name, const char *text, size_t len);

/**
 * Clean a message that somebody wrote: characters that are dropped from names are dropped, but
 * line ends (as "\n") and tabs stay; the ends are trimmed.
 *
 * @param ret_text  Gets the message, "" after an error
 * @param size      Of ret_text [bytes]
 * @param text      Need not end with a NUL
 *
 * @return 0, -EILSEQ (not UTF-8), -E2BIG (does not fit)
 */
int api_text_clean_message(char *ret_text, size_t size, const char *text, size_t len);

/**
 * Length of the character that @p text begins with (RFC 3629).
 *
 * @param len  Length of @p text, at least 1 [bytes]
 *
 * @return 1 to 4 [bytes], 0 if it is not UTF-8
 */
size_t api_text_char(const char *text, size_t len);

/**
 * Check a room name and fold it to lower case: [a-z0-9][a-z0-9._-]{0,63}.
 *
 * @param ret_room  At least API_TEXT_ROOM_SIZE bytes; "" after an error
 * @param text      Need not end with a NUL
 * @param len       Length of @p text [bytes]
 *
 * @return 0, -EINVAL
 */
int api_text_clean_room(char *ret_room, const char *text, size_t len);

#endif
