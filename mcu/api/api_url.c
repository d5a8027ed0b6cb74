/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/api_url.c  Addresses of web servers that operators type
 */
#include "mcu/api/api_url.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_port(const char *text, size_t len)
{
    unsigned long n = 0;

    if (len == 0 || len > 5)
        return false;
    for (size_t i = 0; i < len; ++i) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        n = n * 10 + (unsigned long)(text[i] - '0');
    }
    return n > 0 && n < 65536;
}

/** Length of the host, brackets included; 0 if it is none. */
static size_t host_len(const char *host, size_t len)
{
    static const char name[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
    static const char address[] = "0123456789abcdefABCDEF:.";
    size_t n;

    if (host[0] != '[') {
        n = strspn(host, name);
        return n > 255 ? 0 : n;
    }
    n = 1 + strspn(host + 1, address);
    return n < 3 || n >= len || host[n] != ']' ? 0 : n + 1;
}

const char *api_url_check(const char *url)
{
    const char *host;
    size_t len, n;

    for (const char *p = url; *p; ++p) {
        if (*p <= ' ' || *p > '~' || strchr("\"<>\\^`{|}", *p))
            return "has a character that a URL cannot have";
    }
    if (strncasecmp(url, "http://", 7) == 0)
        host = url + 7;
    else if (strncasecmp(url, "https://", 8) == 0)
        host = url + 8;
    else
        return "must begin with http:// or https://";
    len = strcspn(host, "/?#");
    if (memchr(host, '@', len))
        return "must not have a name or password in it";
    n = host_len(host, len);
    if (n == 0 || n > len)
        return "has no host";
    if (n < len && (host[n] != ':' || !is_port(host + n + 1, len - n - 1)))
        return "has a host or port that is none";
    return NULL;
}
