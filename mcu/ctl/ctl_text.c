/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_text.c  Foreign text for a terminal: harmless, and as wide as it says
 */
#include "mcu/ctl/ctl_text.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

enum { REPLACEMENT = 0xfffd, DOTS = 3, BUFFER_MIN = 8 };

/** Next character; what is not UTF-8 is REPLACEMENT and one byte long. */
static uint32_t next(const char **p)
{
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    const unsigned char *s = (const unsigned char *)*p;
    unsigned more = s[0] < 0x80   ? 0
                    : s[0] < 0xc2 ? 4
                    : s[0] < 0xe0 ? 1
                    : s[0] < 0xf0 ? 2
                    : s[0] < 0xf5 ? 3
                                  : 4;
    uint32_t c = more == 0 ? s[0] : s[0] & (0x3fu >> more);

    *p += 1;
    if (more == 4)
        return REPLACEMENT;
    for (unsigned i = 1; i <= more; ++i) {
        if ((s[i] & 0xc0) != 0x80) /* the NUL at the end too */
            return REPLACEMENT;
        c = c << 6 | (s[i] & 0x3fu);
    }
    if (c < least[more] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        return REPLACEMENT;
    *p += more;
    return c;
}

static size_t write_utf8(char *buf, uint32_t c)
{
    if (c < 0x80) {
        buf[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        buf[0] = (char)(0xc0 | c >> 6);
        buf[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        buf[0] = (char)(0xe0 | c >> 12);
        buf[1] = (char)(0x80 | (c >> 6 & 0x3f));
        buf[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    buf[0] = (char)(0xf0 | c >> 18);
    buf[1] = (char)(0x80 | (c >> 12 & 0x3f));
    buf[2] = (char)(0x80 | (c >> 6 & 0x3f));
    buf[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

/** Characters that show nothing, or only act on their neighbours. */
static bool is_dropped(uint32_t c)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},     {0x61c, 0x61c},
        {0x180b, 0x180f}, {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f},
        {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xfff0, 0xfffb}, {0xe0000, 0xe0fff},
    };

    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); ++i)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}

static bool is_space(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
           c == 0x205f || c == 0x3000;
}

/** The next character that is shown, 0 at the end. @param marks  Combining ones so far */
static uint32_t shown(const char **p, unsigned *marks, unsigned *ret_width)
{
    while (**p) {
        uint32_t c = next(p);
        int width;

        if (is_space(c))
            c = ' ';
        if (is_dropped(c))
            continue;
        width = wcwidth((wchar_t)c);
        if (width < 0) {
            c = REPLACEMENT;
            width = 1;
        }
        *marks = width == 0 ? *marks + 1 : 0;
        if (*marks > CTL_TEXT_MARKS_MAX)
            continue;
        *ret_width = (unsigned)width;
        return c;
    }
    return 0;
}

char *ctl_text_clean(char *buf, size_t size, const char *text, unsigned columns)
{
    size_t n = 0, fits = 0; /* bytes so far, and of what leaves room for the dots */
    unsigned used = 0, width = 0, marks = CTL_TEXT_MARKS_MAX; /* a mark needs somebody to sit on */
    uint32_t c;

    if (size < BUFFER_MIN) {
        if (size)
            buf[0] = '\0';
        return buf;
    }
    while ((c = shown(&text, &marks, &width)) != 0) {
        if (used + width > columns || n + 4 + DOTS >= size) {
            n = fits;
            memcpy(buf + n, "...", DOTS);
            n += DOTS;
            break;
        }
        n += write_utf8(buf + n, c);
        used += width;
        if (used + DOTS <= columns)
            fits = n;
    }
    buf[n] = '\0';
    return buf;
}

unsigned ctl_text_width(const char *text)
{
    unsigned sum = 0;

    while (*text) {
        int width = wcwidth((wchar_t)next(&text));

        sum += width < 0 ? 1 : (unsigned)width;
    }
    return sum;
}

/** With three digits or so. */
static char *figure(char *buf, double value, double step, const char *const *units)
{
    while (units[1] && value >= step) {
        value /= step;
        ++units;
    }
    snprintf(buf, CTL_TEXT_FIGURE_SIZE, value >= 100 || value == 0 ? "%.0f%s" : "%.1f%s", value,
             *units);
    return buf;
}

char *ctl_text_rate(char *buf, double bps)
{
    static const char *const units[] = {"", "k", "M", "G", NULL};

    return figure(buf, bps, 1000, units);
}

char *ctl_text_bytes(char *buf, double bytes)
{
    static const char *const units[] = {" B", " KiB", " MiB", " GiB", NULL};

    return figure(buf, bytes, 1024, units);
}

char *ctl_text_duration(char *buf, double seconds)
{
    unsigned long s = seconds > 0 && seconds < 1e12 ? (unsigned long)seconds : 0;

    if (s < 60)
        snprintf(buf, CTL_TEXT_FIGURE_SIZE, "%lus", s);
    else if (s < 3600)
        snprintf(buf, CTL_TEXT_FIGURE_SIZE, "%lum %02lus", s / 60, s % 60);
    else if (s < 86400)
        snprintf(buf, CTL_TEXT_FIGURE_SIZE, "%luh %02lum", s / 3600, s / 60 % 60);
    else
        snprintf(buf, CTL_TEXT_FIGURE_SIZE, "%lud %02luh", s / 86400, s / 3600 % 24);
    return buf;
}

char *ctl_text_percent(char *buf, double ratio)
{
    if (ratio < 0)
        snprintf(buf, CTL_TEXT_FIGURE_SIZE, "-");
    else
        snprintf(buf, CTL_TEXT_FIGURE_SIZE, "%.1f %%", ratio * 100);
    return buf;
}
