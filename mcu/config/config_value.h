/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/config_value.h  One field of a struct: from text and to text
 *
 * The struct is passed as @p base; the row says where its field is and what
 * it may hold.  A field is changed on success only.
 *
 * Threads: any; no state.
 */
#ifndef MCU_CONFIG_CONFIG_VALUE_H
#define MCU_CONFIG_CONFIG_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct config_row;

enum {
    CONFIG_VALUE_TEXT_SIZE = 512, /**< Room for any value or item and its NUL [bytes] */
    CONFIG_VALUE_WHY_SIZE = 256,  /**< Room for a reason and its NUL [bytes] */
};

/** For who writes background: #101418, which YAML takes for nothing and a comment. */
#define CONFIG_VALUE_COLOR_HINT " (put colours in quotes: # starts a comment)"

/** Read a colour, as "#38bdf8" (0x38bdf8).  @return 0, -EINVAL */
int config_value_color(uint32_t *ret_rgb, const char *text);

/** Is it a list? */
bool config_value_is_list(const struct config_row *row);

/**
 * Set a field that is no list.
 *
 * @param text  NUL-terminated UTF-8
 * @param why   Gets what is wrong, CONFIG_VALUE_WHY_SIZE bytes
 *
 * @return 0, -EINVAL
 */
int config_value_read(void *base, const struct config_row *row, const char *text, char *why);

/** Append to a list.  As config_value_read(). */
int config_value_add(void *base, const struct config_row *row, const char *text, char *why);

/** Empty a list. */
void config_value_clear(void *base, const struct config_row *row);

/** Items in a list. */
unsigned config_value_count(const void *base, const struct config_row *row);

/**
 * Write a field, or item @p i of a list.
 *
 * @param buf  CONFIG_VALUE_TEXT_SIZE bytes
 */
void config_value_write(const void *base, const struct config_row *row, unsigned i, char *buf);

/** Do two structs have the same value there? */
bool config_value_equal(const void *a, const void *b, const struct config_row *row);

#endif
