/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_auth.c  Who may use the REST API
 */
#include "mcu/api/rest_auth.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mcu/base/id.h"

enum { PATH_SIZE = 512, TOKEN_MIN = 16, HOST_SIZE = 80 };

static char file_token[REST_AUTH_TOKEN_MAX + 1];

/** RFC 4648, section 5, without padding. */
static void base64url(char *ret_text, const uint8_t *data, size_t len)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint32_t bits = 0;
    unsigned nbits = 0;

    for (size_t i = 0; i < len; ++i) {
        bits = bits << 8 | data[i];
        for (nbits += 8; nbits >= 6; nbits -= 6)
            *ret_text++ = digit[bits >> (nbits - 6) & 63];
    }
    if (nbits)
        *ret_text++ = digit[bits << (6 - nbits) & 63];
    *ret_text = '\0';
}

static bool is_token(const char *text)
{
    size_t len = strlen(text);

    for (size_t i = 0; i < len; ++i)
        if (text[i] <= ' ' || text[i] > '~')
            return false;
    return len >= TOKEN_MIN && len <= REST_AUTH_TOKEN_MAX;
}

static int read_token(int fd)
{
    char text[REST_AUTH_TOKEN_MAX + 3]; /* and a line end, and one that is too much */
    ssize_t n = read(fd, text, sizeof(text) - 1);

    if (n < 0)
        return -errno;
    text[n] = '\0';
    text[strcspn(text, "\r\n")] = '\0';
    if (!is_token(text))
        return -EBADMSG;
    memcpy(file_token, text, strlen(text) + 1);
    return 0;
}

/** Write a new token beside the file and put it in place, so that no half of one is ever read. */
static int make_token(const char *path)
{
    uint8_t random[REST_AUTH_TOKEN_BYTES];
    char part[PATH_SIZE + 8], text[REST_AUTH_TOKEN_MAX];
    size_t len;
    int fd, err = 0;

    id_bytes(random, sizeof(random));
    base64url(text, random, sizeof(random));
    len = strlen(text);
    text[len] = '\n';
    (void)snprintf(part, sizeof(part), "%s.new", path);
    (void)unlink(part); /* left over, with whatever mode */
    fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return -errno;
    if (write(fd, text, len + 1) != (ssize_t)len + 1 || fsync(fd) != 0)
        err = -EIO;
    if (close(fd) != 0 && !err)
        err = -errno;
    if (!err && rename(part, path) != 0)
        err = -errno;
    if (err) {
        (void)unlink(part);
        return err;
    }
    memcpy(file_token, text, len);
    file_token[len] = '\0';
    return 1;
}

int rest_auth_init(const char *data_dir, char *why, size_t why_size)
{
    char path[PATH_SIZE];
    int fd, err;

    (void)snprintf(why, why_size, "%s", data_dir);
    if (mkdir(data_dir, 0750) != 0 && errno != EEXIST)
        return -errno;
    if (snprintf(path, sizeof(path), "%s/admin.token", data_dir) >= (int)sizeof(path))
        return -ENAMETOOLONG;
    (void)snprintf(why, why_size, "%s", path);
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* not to wait where it is a pipe */
    if (fd < 0)
        return errno == ENOENT ? make_token(path) : -errno;
    err = read_token(fd);
    close(fd);
    return err;
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
