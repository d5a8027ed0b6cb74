/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/api_text.c  Names that people type: display names and room names
 */
#include "mcu/api/api_text.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { MARKS_MAX = 3 /* combining marks on one character */ };

struct range {
    uint32_t from, to;
};

/* Not visible, or turning the text around: general categories Cc and Cf without the joiners
 * U+200C and U+200D, which Persian, Indic scripts and emoji need, and non-characters. */
static const struct range dropped[] = {
    {0x0000, 0x001f},   {0x007f, 0x009f},   {0x00ad, 0x00ad},    {0x061c, 0x061c},
    {0x180e, 0x180e},   {0x200b, 0x200b},   {0x200e, 0x200f},    {0x202a, 0x202e},
    {0x2060, 0x206f},   {0xfdd0, 0xfdef},   {0xfeff, 0xfeff},    {0xfff0, 0xfffb},
    {0xfffe, 0xffff},   {0x110bd, 0x110bd}, {0x13430, 0x1345f},  {0x1bca0, 0x1bca3},
    {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}, {0xf0000, 0x10ffff},
};

static const struct range spaces[] = {
    {0x0009, 0x000d}, {0x0020, 0x0020}, {0x0085, 0x0085}, {0x00a0, 0x00a0}, {0x1680, 0x1680},
    {0x2000, 0x200a}, {0x2028, 0x2029}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x2800, 0x2800},
    {0x3000, 0x3000}, {0x3164, 0x3164}, {0xffa0, 0xffa0},
};

static const struct range joiners[] = {{0x200c, 0x200d}, {0xfe00, 0xfe0f}};

static const struct range marks[] = {
    {0x0300, 0x036f}, {0x0483, 0x0489}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},
    {0x20d0, 0x20ff}, {0x200c, 0x200d}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},
};

#define IS_IN(c_, table_) is_in((c_), (table_), sizeof(table_) / sizeof((table_)[0]))

static bool is_in(uint32_t c, const struct range *table, size_t n)
{
    for (size_t i = 0; i < n; ++i)
        if (c >= table[i].from && c <= table[i].to)
            return true;
    return false;
}

/** Decode one character (RFC 3629).  @return its length, 0 if it is none */
static size_t decode(const unsigned char *p, size_t len, uint32_t *ret_c)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = *p < 0x80 ? 1 : (*p & 0xe0) == 0xc0 ? 2 : (*p & 0xf0) == 0xe0 ? 3 : 4;
    uint32_t c = n == 1 ? *p : (uint32_t)(*p & (0xff >> (n + 1)));

    if (n > len || (n == 4 && (*p & 0xf8) != 0xf0))
        return 0;
    for (size_t i = 1; i < n; ++i) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (p[i] & 0x3f);
    }
    if ((n > 1 && c < least[n]) || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *ret_c = c;
    return n;
}

int api_text_clean_name(char *ret_name, const char *text, size_t len)
{
    const unsigned char *p = (const unsigned char *)text, *end = p + len;
    size_t size = 0, chars = 0, nmarks = 0;
    bool space = false, visible = false;
    int err = 0;

    while (p < end) {
        uint32_t c;
        size_t n = decode(p, (size_t)(end - p), &c);
        const unsigned char *from = p;

        if (n == 0) {
            err = -EILSEQ;
            break;
        }
        p += n;
        if (IS_IN(c, spaces)) {
            space = chars > 0;
            continue;
        }
        if (IS_IN(c, dropped))
            continue;
        nmarks = IS_IN(c, marks) ? nmarks + 1 : 0;
        if (nmarks > MARKS_MAX)
            continue;
        if (chars + space + 1 > API_TEXT_NAME_CHARS) {
            err = -E2BIG;
            break;
        }
        if (space)
            ret_name[size++] = ' ';
        memcpy(ret_name + size, from, n);
        size += n;
        chars += (size_t)space + 1;
        space = false;
        visible = visible || !IS_IN(c, joiners);
    }
    if (!err && !visible)
        err = -ENODATA;
    ret_name[err ? 0 : size] = '\0';
    return err;
}

int api_text_clean_message(char *ret_text, size_t size, const char *text, size_t len)
{
    const unsigned char *p = (const unsigned char *)text, *end = p + len;
    size_t n = 0, nmarks = 0, from = 0;

    ret_text[0] = '\0';
    while (p < end) {
        uint32_t c;
        size_t chars = decode(p, (size_t)(end - p), &c);

        if (chars == 0)
            return -EILSEQ;
        nmarks = IS_IN(c, marks) ? nmarks + 1 : 0;
        if ((!IS_IN(c, dropped) || c == '\n' || c == '\t') && nmarks <= MARKS_MAX) {
            if (n + chars >= size) {
                ret_text[0] = '\0';
                return -E2BIG;
            }
            memcpy(ret_text + n, p, chars);
            n += chars;
        }
        p += chars;
    }
    while (n && (ret_text[n - 1] == '\n' || ret_text[n - 1] == ' ' || ret_text[n - 1] == '\t'))
        --n;
    while (from < n && (ret_text[from] == '\n' || ret_text[from] == ' ' || ret_text[from] == '\t'))
        ++from;
    memmove(ret_text, ret_text + from, n - from);
    ret_text[n - from] = '\0';
    return 0;
}

size_t api_text_char(const char *text, size_t len)
{
    uint32_t c;

    return decode((const unsigned char *)text, len, &c);
}

int api_text_clean_room(char *ret_room, const char *text, size_t len)
{
    ret_room[0] = '\0';
    if (len < 1 || len >= API_TEXT_ROOM_SIZE)
        return -EINVAL;
    for (size_t i = 0; i < len; ++i) {
        char c = text[i];
        bool word;

        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!word && (i == 0 || (c != '.' && c != '_' && c != '-'))) {
            ret_room[0] = '\0';
            return -EINVAL;
        }
        ret_room[i] = c;
    }
    ret_room[len] = '\0';
    return 0;
}
