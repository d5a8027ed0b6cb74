/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_file.h  Files that commands read and write whole; errors are told to the user
 *
 * Threads: any.
 */
#ifndef MCU_CTL_CTL_FILE_H
#define MCU_CTL_CTL_FILE_H

#include <stddef.h>

enum { CTL_FILE_MAX = 16 * 1024 * 1024 /**< Largest file that is read [bytes] */ };

/**
 * Read a file; "-" is standard input.
 *
 * @param ret_data  With a NUL after it; free() it
 *
 * @return 0, -EFBIG, -ENOMEM, or why it cannot be read
 */
int ctl_file_read(char **ret_data, size_t *ret_len, const char *path);

/** Write a file; "-" is standard output.  @return 0 or why it cannot be written */
int ctl_file_write(const char *path, const void *data, size_t len);

#endif
