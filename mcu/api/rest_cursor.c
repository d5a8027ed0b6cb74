/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_cursor.c  Where the next page of a list begins, as text that clients hand back
 */
#include "mcu/api/rest_cursor.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { CHECK_LEN = 8, PLAIN_SIZE = CHECK_LEN + 16 + 1 + 20 + 1 + REST_CURSOR_KEY_SIZE };

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static uint32_t check(const char *text)
{
    uint32_t hash = 2166136261u; /* FNV-1a */

    for (; *text; ++text)
        hash = (hash ^ (unsigned char)*text) * 16777619u;
    return hash;
}

void rest_cursor_write(char *ret_text, const char *list, uint64_t n, const char *key)
{
    char plain[PLAIN_SIZE];
    size_t len, out = 0;
    uint32_t bits = 0;
    unsigned nbits = 0;

    (void)snprintf(plain + CHECK_LEN, sizeof(plain) - CHECK_LEN, "%s %" PRIu64 " %.*s", list, n,
                   REST_CURSOR_KEY_SIZE - 1, key);
    len = CHECK_LEN + strlen(plain + CHECK_LEN);
    for (unsigned i = 0; i < CHECK_LEN; ++i)
        plain[i] = "0123456789abcdef"[check(plain + CHECK_LEN) >> (28 - 4 * i) & 15];
    for (size_t i = 0; i < len; ++i) {
        bits = bits << 8 | (unsigned char)plain[i];
        for (nbits += 8; nbits >= 6; nbits -= 6)
            ret_text[out++] = digits[bits >> (nbits - 6) & 63];
    }
    if (nbits)
        ret_text[out++] = digits[bits << (6 - nbits) & 63];
    ret_text[out] = '\0';
}

/** @return length, -EBADMSG */
static int decode(char *ret_plain, const char *text, size_t len)
{
    uint32_t bits = 0;
    unsigned nbits = 0;
    int n = 0;

    if (len >= REST_CURSOR_SIZE)
        return -EBADMSG;
    for (size_t i = 0; i < len; ++i) {
        const char *p = text[i] ? strchr(digits, text[i]) : NULL;

        if (!p)
            return -EBADMSG;
        bits = bits << 6 | (uint32_t)(p - digits);
        nbits += 6;
        if (nbits >= 8) {
            nbits -= 8;
            ret_plain[n] = (char)(bits >> nbits & 255);
            if (ret_plain[n++] == '\0' || n == PLAIN_SIZE)
                return -EBADMSG;
        }
    }
    ret_plain[n] = '\0';
    return n;
}

int rest_cursor_read(struct rest_cursor *ret, const char *list, const char *text, size_t len)
{
    char plain[PLAIN_SIZE], again[REST_CURSOR_SIZE];
    const char *p = plain + CHECK_LEN;
    int n = decode(plain, text, len);
    uint64_t number = 0;

    memset(ret, 0, sizeof(*ret));
    if (n < CHECK_LEN || strncmp(p, list, strlen(list)) != 0 || p[strlen(list)] != ' ')
        return -EBADMSG;
    for (p += strlen(list) + 1; *p >= '0' && *p <= '9'; ++p) {
        if (number > (UINT64_MAX - 9) / 10)
            return -EBADMSG;
        number = number * 10 + (uint64_t)(*p - '0');
    }
    if (*p != ' ' || number > INT64_MAX || strlen(p + 1) >= sizeof(ret->key))
        return -EBADMSG;
    /* Only what we would write ourselves, with its check. */
    rest_cursor_write(again, list, number, p + 1);
    if (strlen(again) != len || memcmp(again, text, len) != 0)
        return -EBADMSG;
    ret->n = number;
    (void)snprintf(ret->key, sizeof(ret->key), "%s", p + 1);
    return 0;
}
