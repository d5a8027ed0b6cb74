/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/room_text.h  Whether a text is one, and how long it is
 *
 * Threads: any; no state.
 */
#ifndef MCU_ROOM_ROOM_TEXT_H
#define MCU_ROOM_ROOM_TEXT_H

/**
 * Length of a text in UTF-8 (RFC 3629).  Line breaks and tabs may be in it, other control
 * characters may not.
 * @return characters, -EILSEQ (not UTF-8, or control characters)
 */
int room_text_length(const char *text);

#endif
