/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/layout_folder.h  The built-in layouts and those in a folder as one set
 *
 * Threads: any; blocks.
 */
#ifndef MCU_CONFIG_LAYOUT_FOLDER_H
#define MCU_CONFIG_LAYOUT_FOLDER_H

#include <stdbool.h>

struct config_errors;
struct layout_file_cfg;
struct layout_set;

enum { LAYOUT_FOLDER_FILES_MAX = 64 /**< Layout files of a folder */ };

/** Is it the name of a layout file: "*.yaml", not hidden? */
bool layout_folder_takes(const char *name);

/**
 * Read the built-in files, then those of a folder in the order of their names.
 *
 * @param dir  "" = the built-in ones alone
 * @param cfg  As for layout_file_read_for(); seen gets the names of the files, too
 *
 * @return 0, -EINVAL, -EFBIG, -ENOMEM, or why a file or the folder cannot be read; with errors in
 * errs
 */
int layout_folder_read(struct layout_set **ret_set, const char *dir,
                       const struct layout_file_cfg *cfg, struct config_errors *errs);

#endif
