/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/text_clean.h  What people call themselves, made harmless to draw
 *
 * Names and banners come from anybody.  What is left of them is valid UTF-8 on one line, without
 * control and direction characters, so that it can neither break out of its place
 * nor turn what is beside it around.
 *
 * Threads: any; no state.
 */
#ifndef MIXER_TEXT_CLEAN_H
#define MIXER_TEXT_CLEAN_H

#include <stddef.h>

enum {
    TEXT_CLEAN_MAX = 512,     /**< Most that is looked at [bytes] */
    TEXT_CLEAN_GRAPHEME = 12, /**< What is left of a grapheme by text_clean_line() [code points] */
};

/**
 * Clean a text: white space becomes single blanks, none at the ends; what is broken or must not be
 * shown is dropped.
 *
 * @param ret_text  At least max + 1 bytes
 * @param text      UTF-8, may be broken; NULL is taken as ""
 * @param max       So much of it is looked at, up to TEXT_CLEAN_MAX [bytes]
 *
 * @return Length, up to max [bytes]
 */
size_t text_clean_utf8(char *ret_text, const char *text, size_t max);

/** As text_clean_utf8(), and graphemes are cut after TEXT_CLEAN_GRAPHEME code points. */
size_t text_clean_line(char *ret_text, const char *text, size_t max);

#endif
