/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/config_yaml.h  YAML into a struct, by a table
 *
 * Threads: any; no state.
 */
#ifndef MCU_CONFIG_CONFIG_YAML_H
#define MCU_CONFIG_CONFIG_YAML_H

#include <stdbool.h>
#include <stddef.h>

struct config_errors;
struct config_table;
struct config_tree;

/**
 * Read YAML into fields; what the text does not name is left alone.
 *
 * @param base  The struct that the table describes
 * @param name  File name for errors
 * @param errs  Gets what was wrong; what was right is set all the same
 *
 * @return 0, -EINVAL (something was wrong), -EFBIG, -ENOMEM
 */
int config_yaml_read(void *base, const struct config_table *table, const char *name,
                     const char *text, size_t len, struct config_errors *errs);

/**
 * As config_yaml_read(), from a tree.
 *
 * @param ret_bad  One for each row: set to true if its value was refused.  May be NULL
 */
int config_yaml_read_tree(void *base, const struct config_table *table, const char *name,
                          const struct config_tree *tree, bool *ret_bad,
                          struct config_errors *errs);

#endif
