/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_auth.c  Who may use the REST API
 */
#include "mcu/api/rest_auth.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "mcu/auth/secret_file.h"

enum { HOST_SIZE = 80 };

static char file_token[SECRET_FILE_SIZE];

int rest_auth_init(const char *data_dir, char *why, size_t why_size)
{
    return secret_file_get(file_token, data_dir, "admin.token", why, why_size);
}

bool rest_auth_is_token(const char *authorization, const char *configured)
{
    const char *right = configured[0] ? configured : file_token;
    size_t len = strlen(right), given_len;
    const char *given = authorization + 7;
    unsigned char differs = 0;

    if (len == 0 || strncasecmp(authorization, "Bearer ", 7) != 0)
        return false;
    given_len = strlen(given);
    /* Over the whole of what was given: how much of it is right does not show in the time. */
    for (size_t i = 0; i < given_len; ++i)
        differs |= (unsigned char)(given[i] ^ right[i % len]);
    return (differs | (given_len != len)) == 0;
}

/** Take the port off.  @return false if there is more than a host and a port */
static bool split_host(char *ret_host, const char *authority)
{
    const char *end = authority[0] == '[' ? strchr(authority, ']') : NULL;
    size_t n = authority[0] == '[' ? 1 : 0;
    const char *start = authority + n, *port;

    if (n && !end)
        return false;
    port = end ? end + 1 : start + strcspn(start, ":");
    n = end ? (size_t)(end - start) : (size_t)(port - start);
    if (n == 0 || n >= HOST_SIZE)
        return false;
    if (*port && (*port != ':' || strspn(port + 1, "0123456789") != strlen(port + 1)))
        return false;
    memcpy(ret_host, start, n);
    ret_host[n] = '\0';
    return true;
}

bool rest_auth_is_same_site(const char *host, const char *origin)
{
    char name[HOST_SIZE];
    struct in6_addr addr;

    if (!split_host(name, host))
        return false;
    if (strcasecmp(name, "localhost") != 0 && inet_pton(AF_INET, name, &addr) != 1 &&
        inet_pton(AF_INET6, name, &addr) != 1)
        return false;
    if (!origin[0])
        return true;
    if (strncasecmp(origin, "http://", 7) == 0)
        return strcasecmp(origin + 7, host) == 0;
    return strncasecmp(origin, "https://", 8) == 0 && strcasecmp(origin + 8, host) == 0;
}
