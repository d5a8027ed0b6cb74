/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/auth/secret_file.c  A secret in a file of the data folder, made at the first start
 */
#include "mcu/auth/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "mcu/base/id.h"

enum { PATH_SIZE = 512 };

static bool is_secret(const char *text)
{
    size_t len = strlen(text);

    for (size_t i = 0; i < len; ++i)
        if (text[i] <= ' ' || text[i] > '~')
            return false;
    return len >= SECRET_FILE_MIN && len <= SECRET_FILE_MAX;
}

static int read_secret(char *ret_secret, int fd)
{
    char text[SECRET_FILE_MAX + 3]; /* and a line end, and one that is too much */
    ssize_t n = read(fd, text, sizeof(text) - 1);

    if (n < 0)
        return -errno;
    text[n] = '\0';
    text[strcspn(text, "\r\n")] = '\0';
    if (!is_secret(text))
        return -EBADMSG;
    memcpy(ret_secret, text, strlen(text) + 1);
    sodium_memzero(text, sizeof(text));
    return 0;
}

static int write_secret(const char *path, const char *line, size_t len)
{
    int fd, err = 0;

    (void)unlink(path); /* left over, with whatever mode */
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return -errno;
    if (write(fd, line, len) != (ssize_t)len || fsync(fd) != 0)
        err = -EIO;
    if (close(fd) != 0 && !err)
        err = -errno;
    return err;
}

/** Write a new secret beside the file and put it in place, so that no half of one is ever read. */
static int make_secret(char *ret_secret, const char *path)
{
    unsigned char random[SECRET_FILE_BYTES];
    char part[PATH_SIZE + 8], text[SECRET_FILE_SIZE];
    size_t len;
    int err;

    id_bytes(random, sizeof(random));
    sodium_bin2base64(text, sizeof(text), random, sizeof(random),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(random, sizeof(random));
    len = strlen(text);
    text[len] = '\n';
    (void)snprintf(part, sizeof(part), "%s.new", path);
    err = write_secret(part, text, len + 1);
    if (!err && rename(part, path) != 0)
        err = -errno;
    if (err) {
        (void)unlink(part);
    } else {
        memcpy(ret_secret, text, len);
        ret_secret[len] = '\0';
    }
    sodium_memzero(text, sizeof(text));
    return err ? err : 1;
}

int secret_file_get(char *ret_secret, const char *dir, const char *name, char *why, size_t why_size)
{
    char path[PATH_SIZE];
    int fd, err;

    (void)snprintf(why, why_size, "%s", dir);
    if (mkdir(dir, 0750) != 0 && errno != EEXIST)
        return -errno;
    if (snprintf(path, sizeof(path), "%s/%s", dir, name) >= (int)sizeof(path))
        return -ENAMETOOLONG;
    (void)snprintf(why, why_size, "%s", path);
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* not to wait where it is a pipe */
    if (fd < 0)
        return errno == ENOENT ? make_secret(ret_secret, path) : -errno;
    err = read_secret(ret_secret, fd);
    close(fd);
    return err;
}
