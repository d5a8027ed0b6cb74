/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_file.c  Files that commands read and write whole; errors are told to the user
 */
#include "mcu/ctl/ctl_file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mcu/ctl/ctl_call.h"

enum { STEP = 64 * 1024 };

static int read_all(char **ret_data, size_t *ret_len, FILE *f)
{
    char *data = NULL;
    size_t len = 0, n;

    do {
        char *grown = realloc(data, len + STEP + 1);

        if (!grown || len > CTL_FILE_MAX) {
            free(grown ? grown : data);
            return grown ? -EFBIG : -ENOMEM;
        }
        data = grown;
        n = fread(data + len, 1, STEP, f);
        len += n;
    } while (n == STEP);
    if (ferror(f)) {
        free(data);
        return -EIO;
    }
    data[len] = '\0';
    *ret_data = data;
    *ret_len = len;
    return 0;
}

static bool is_folder(FILE *f)
{
    struct stat st;

    return fstat(fileno(f), &st) == 0 && S_ISDIR(st.st_mode);
}

int ctl_file_read(char **ret_data, size_t *ret_len, const char *path)
{
    FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    int err = f ? 0 : -errno;

    if (f && is_folder(f))
        err = -EISDIR;
    if (!err)
        err = read_all(ret_data, ret_len, f);
    if (f && f != stdin)
        (void)fclose(f);
    if (err)
        ctl_call_complain("%s: %s", path, err == -EISDIR ? "not a regular file" : strerror(-err));
    return err;
}

int ctl_file_write(const char *path, const void *data, size_t len)
{
    FILE *f = strcmp(path, "-") == 0 ? stdout : fopen(path, "we");
    int err = f ? 0 : -errno;

    if (f && fwrite(data, 1, len, f) != len)
        err = -EIO;
    if (f && (f == stdout ? fflush(f) : fclose(f)) != 0 && !err)
        err = -errno;
    if (err)
        ctl_call_complain("%s: %s", path, strerror(-err));
    return err;
}
