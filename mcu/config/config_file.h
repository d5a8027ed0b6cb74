/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/config_file.h  A whole file of an operator as text
 *
 * Threads: any; blocks.
 */
#ifndef MCU_CONFIG_CONFIG_FILE_H
#define MCU_CONFIG_CONFIG_FILE_H

#include <stdbool.h>
#include <stddef.h>

struct config_errors;

/**
 * Read a file, CONFIG_FILE_MAX + 1 bytes of it at most: one byte too many tells the parser that it
 * is too large.
 *
 * @param ret_text  From malloc, the caller's
 * @param regular   Refuse what is no regular file: opening a pipe may wait for ever
 *
 * @return 0, -EINVAL (not regular), -ENOMEM, or why it cannot be read; with an error in errs
 */
int config_file_read(const char *path, bool regular, char **ret_text, size_t *ret_len,
                     struct config_errors *errs);

#endif
