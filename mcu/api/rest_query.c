/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_query.c  Parameters of a request's query, as "count=5&size=640x360"
 */
#include "mcu/api/rest_query.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/** @return 0, -EINVAL; a NUL is refused, too */
static int decode(char *ret, size_t size, const char *text, size_t len)
{
    size_t n = 0;

    for (size_t i = 0; i < len; ++i) {
        char c = text[i];

        if (c == '%') {
            if (i + 2 >= len || hex(text[i + 1]) < 0 || hex(text[i + 2]) < 0)
                return -EINVAL;
            c = (char)(hex(text[i + 1]) << 4 | hex(text[i + 2]));
            i += 2;
        }
        if (c == '\0' || n + 1 >= size)
            return -EINVAL;
        ret[n++] = c;
    }
    ret[n] = '\0';
    return 0;
}

static bool is_named(const char *part, size_t len, const char *name)
{
    size_t n = strlen(name);

    return len >= n && memcmp(part, name, n) == 0 && (len == n || part[n] == '=');
}

int rest_query_text(const char *query, const char *name, char *ret_text, size_t size)
{
    int err = -ENOENT;

    ret_text[0] = '\0';
    for (const char *p = query; *p;) {
        size_t len = strcspn(p, "&"), skip = strlen(name) + 1;

        if (is_named(p, len, name)) {
            err = err == -ENOENT ? 0 : -EINVAL; /* which one counts, is not clear to everybody */
            if (!err && len >= skip)
                err = decode(ret_text, size, p + skip, len - skip);
            if (err)
                break;
        }
        p += len + (p[len] == '&');
    }
    if (err)
        ret_text[0] = '\0';
    return err;
}

int rest_query_number(const char *query, const char *name, uint32_t min, uint32_t max,
                      uint32_t *ret)
{
    char text[12];
    uint64_t value = 0;
    int err = rest_query_text(query, name, text, sizeof(text));

    if (err == -ENOENT)
        return 0;
    if (err || !text[0])
        return -EINVAL;
    for (const char *p = text; *p; ++p) {
        if (*p < '0' || *p > '9')
            return -EINVAL;
        value = value * 10 + (uint64_t)(*p - '0');
    }
    if (value < min || value > max)
        return -EINVAL;
    *ret = (uint32_t)value;
    return 0;
}

int rest_query_only(const char *query, const char *const *names)
{
    for (const char *p = query; *p;) {
        size_t len = strcspn(p, "&");
        const char *const *name = names;

        while (*name && !is_named(p, len, *name))
            ++name;
        if (!*name && len)
            return -EINVAL;
        p += len + (p[len] == '&');
    }
    return 0;
}
