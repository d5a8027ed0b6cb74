/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/layout_file.h  Layouts, ladders and aliases from YAML files
 *
 *     60-team.yaml:                                          configs/README.md has the whole format
 *       layouts: {NAME: {grid, tiles, ...}} --.
 *       ladders: {NAME: [rung, ...]} ---------+--> struct layout_set --> mixer/scene.c
 *       aliases: {NAME: TARGET} --------------'
 *
 * A name that an earlier file has is replaced; the same name twice in one file is an error.
 * Files are hostile until read: bounded as in config_tree.h, layout_set.h and picture.h.
 *
 * Threads: any; no state.  Reads images, so it blocks.
 */
#ifndef MCU_CONFIG_LAYOUT_FILE_H
#define MCU_CONFIG_LAYOUT_FILE_H

#include <stdbool.h>
#include <stddef.h>

struct config_errors;
struct config_files;
struct layout_check_want;
struct layout_set;

struct layout_file {
    const char *name; /**< For errors */
    const char *text; /**< NULL = could not be read, and somebody said why */
    size_t len;
    const char *dir;    /**< Folder that images are taken from; NULL = images are refused */
    bool unread_images; /**< Images are not opened: dir does not matter, backgrounds are colours */
};

struct layout_file_cfg {
    const struct layout_check_want *want; /**< Names that must lead to something */
    unsigned nwant;
    struct config_files *seen; /**< Gets the names of images; may be NULL */
};

/**
 * Read a file into a set and check it.
 *
 * @param set   Keeps what is not replaced; after an error it has some of what was read, so drop it
 * @param name  For errors
 * @param dir   Folder that images are taken from; NULL = images are refused
 * @param errs  Gets each error as file:line:column: path: what is wrong
 *
 * @return 0, -EINVAL, -EFBIG, -ENOMEM
 */
int layout_file_read(struct layout_set *set, const char *name, const char *text, size_t len,
                     const char *dir, struct config_errors *errs);

/** Several files, checked together when all are read: layout_check.h.  As layout_file_read(). */
int layout_file_read_all(struct layout_set *set, const struct layout_file *files, unsigned n,
                         struct config_errors *errs);

/** As layout_file_read_all(), with more to be said. */
int layout_file_read_for(struct layout_set *set, const struct layout_file *files, unsigned n,
                         const struct layout_file_cfg *cfg, struct config_errors *errs);

#endif
