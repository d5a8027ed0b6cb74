/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/room_text.c  Whether a text is one, and how long it is
 */
#include "mcu/room/room_text.h"

#include <errno.h>
#include <stdint.h>

/* @return bytes of the character that it begins with, 0 if there is none; *ret_code: its number */
static unsigned next_char(const unsigned char *p, uint32_t *ret_code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned n = *p < 0x80 ? 1 : *p >> 5 == 6 ? 2 : *p >> 4 == 14 ? 3 : *p >> 3 == 30 ? 4 : 0;
    uint32_t code = n == 1 ? *p : *p & (0x7fu >> n);

    for (unsigned i = 1; i < n; ++i) {
        if (p[i] >> 6 != 2)
            return 0; /* also at the NUL */
        code = code << 6 | (p[i] & 0x3f);
    }
    if (n == 0 || code < least[n] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        return 0;
    *ret_code = code;
    return n;
}

int room_text_length(const char *text)
{
    const unsigned char *p = (const unsigned char *)text;
    int nchars = 0;

    while (*p) {
        uint32_t code;
        unsigned n = next_char(p, &code);

        if (n == 0 || (code < 0x20 && code != '\n' && code != '\t') ||
            (code >= 0x7f && code <= 0x9f))
            return -EILSEQ;
        p += n;
        ++nchars;
    }
    return nchars;
}
