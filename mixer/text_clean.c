/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/text_clean.c  What people call themselves, made harmless to draw
 */
#include "mixer/text_clean.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include <pango/pango.h>

/* A range of code points that never get into a picture. */
static const struct {
    gunichar first, last;
} forbidden[] = {
    {0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},     {0x61c, 0x61c},
    {0x115f, 0x1160}, {0x180e, 0x180e}, {0x200b, 0x200c}, {0x200e, 0x200f},
    {0x2028, 0x202e}, {0x2060, 0x206f}, {0x3164, 0x3164}, {0xd800, 0xf8ff},
    {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0xfffc}, {0xe0000, 0x10ffff},
};

static bool is_forbidden(gunichar c)
{
    for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); ++i) {
        if (c >= forbidden[i].first && c <= forbidden[i].last)
            return true;
    }
    return (c & 0xfffe) == 0xfffe; /* not a character */
}

size_t text_clean_utf8(char *ret_text, const char *text, size_t max)
{
    size_t size, in = 0, out = 0;

    assert(max <= TEXT_CLEAN_MAX);
    size = text ? strnlen(text, max) : 0;
    while (in < size) {
        gunichar c = g_utf8_get_char_validated(text + in, (gssize)(size - in));
        bool is_char = c != (gunichar)-1 && c != (gunichar)-2;
        size_t len = is_char ? (size_t)g_unichar_to_utf8(c, NULL) : 1;

        if (is_char && g_unichar_isspace(c)) {
            if (out > 0 && ret_text[out - 1] != ' ')
                ret_text[out++] = ' ';
        } else if (is_char && !is_forbidden(c)) {
            memcpy(ret_text + out, text + in, len);
            out += len;
        }
        in += len;
    }
    if (out > 0 && ret_text[out - 1] == ' ')
        --out;
    ret_text[out] = '\0';
    return out;
}

size_t text_clean_line(char *ret_text, const char *text, size_t max)
{
    size_t size = text_clean_utf8(ret_text, text, max), in = 0, out = 0;
    PangoLogAttr attr[TEXT_CLEAN_MAX + 1];
    unsigned n = 0;

    if (size == 0)
        return 0;
    pango_get_log_attrs(ret_text, (int)size, -1, pango_language_from_string("en"), attr,
                        (int)g_utf8_strlen(ret_text, (gssize)size) + 1);
    for (size_t i = 0; in < size; ++i) {
        size_t len = (size_t)(g_utf8_find_next_char(ret_text + in, NULL) - (ret_text + in));

        n = attr[i].is_cursor_position ? 1 : n + 1;
        if (n <= TEXT_CLEAN_GRAPHEME) {
            memmove(ret_text + out, ret_text + in, len);
            out += len;
        }
        in += len;
    }
    ret_text[out] = '\0';
    return out;
}
