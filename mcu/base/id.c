/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/base/id.c  Random names and numbers from the kernel
 */
#include "mcu/base/id.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { PREFIX_MAX = 8, ID_CHARS = 20 };

void id_bytes(void *buf, size_t size)
{
    char *p = buf;

    while (size) {
        ssize_t n = getrandom(p, size, 0);

        if (n < 0) {
            if (errno == EINTR)
                continue;
            abort(); /* no ids means no security: the kernel always has this call */
        }
        p += n;
        size -= (size_t)n;
    }
}

uint32_t id_u32(void)
{
    uint32_t v;

    id_bytes(&v, sizeof(v));
    return v;
}

void id_text(char *ret_text, size_t length)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

    id_bytes(ret_text, length);
    for (size_t i = 0; i < length; ++i)
        ret_text[i] = alphabet[ret_text[i] & 31];
    ret_text[length] = '\0';
}

void id_make(char *ret_id, const char *prefix)
{
    size_t n = strlen(prefix);

    assert(n >= 1 && n <= PREFIX_MAX);
    memcpy(ret_id, prefix, n);
    ret_id[n] = '_';
    id_text(ret_id + n + 1, ID_CHARS);
}
