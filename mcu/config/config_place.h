/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/config_place.h  Where the value of a key was written
 *
 * For what is found wrong only when all values are there: the file's tree is kept until then.
 *
 * Threads: any; no state.
 */
#ifndef MCU_CONFIG_CONFIG_PLACE_H
#define MCU_CONFIG_CONFIG_PLACE_H

#include <stdbool.h>

#include "mcu/config/config_table.h"
#include "mcu/config/config_tree.h"

enum { CONFIG_PLACE_SIZE = CONFIG_PATH_SIZE + 32 /**< A place and its NUL [bytes] */ };

/** Filled by config_read(); to be given to config_place_finish(). */
struct config_places {
    const char *file; /**< Name; NULL = none was read */
    struct config_tree tree;
    const char *const *set; /**< Assignments of the command line */
    unsigned nset;
    bool unread; /**< The file could not be read, so values are unknown */
    bool
        bad[CONFIG_TABLE_ROWS_MAX]; /**< By row: its value was refused, the default stands for it */
};

/**
 * Find a value.
 *
 * @param path  "section.key"
 * @param item  Index in a list; -1 = the value as a whole
 * @param buf   CONFIG_PLACE_SIZE bytes
 *
 * @return buf: "file:line:column", "command line", or "default"
 */
const char *config_place_find(const struct config_places *places, const char *path, int item,
                              char *buf);

/** Does a file or the command line say it? */
bool config_place_is_set(const struct config_places *places, const char *path);

/** Was its value refused? */
bool config_place_is_bad(const struct config_places *places, const char *path);

void config_place_finish(struct config_places *places);

#endif
