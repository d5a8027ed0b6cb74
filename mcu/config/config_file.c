/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/config_file.c  A whole file of an operator as text
 */
#include "mcu/config/config_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mcu/base/err.h"
#include "mcu/config/config.h"
#include "mcu/config/config_error.h"

static int open_file(const char *path, bool regular)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | (regular ? O_NONBLOCK : 0));
    struct stat st;

    if (fd < 0)
        return -errno;
    if (!regular || (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)))
        return fd;
    (void)close(fd);
    return -EINVAL;
}

/* Reads to the end, or until the buffer is full. */
static int read_text(int fd, char *text, size_t *ret_len)
{
    size_t len = 0;

    while (len < CONFIG_FILE_MAX + 1) {
        ssize_t n = read(fd, text + len, CONFIG_FILE_MAX + 1 - len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            break;
        len += (size_t)n;
    }
    *ret_len = len;
    return 0;
}

int config_file_read(const char *path, bool regular, char **ret_text, size_t *ret_len,
                     struct config_errors *errs)
{
    int fd = open_file(path, regular), err = fd < 0 ? fd : 0;
    char *text = NULL;

    if (!err)
        text = malloc(CONFIG_FILE_MAX + 1);
    if (!err)
        err = text ? read_text(fd, text, ret_len) : -ENOMEM;
    if (fd >= 0)
        (void)close(fd);
    if (!err) {
        *ret_text = text;
        return 0;
    }
    free(text);
    config_error_add(errs, "%s: %s", path, fd == -EINVAL ? "not a regular file" : err_str(err));
    return err;
}
