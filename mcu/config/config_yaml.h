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
 * Read YAML into fields; what it does not name is left alone.
 *
 * @param base     The struct that the table describes
 * @param name     File name for errors
 * @param ret_bad  One for each row: set to true if its value was refused.  May be NULL
 * @param errs     Gets what was wrong; what was right is set all the same
 *
 * @return 0, -EINVAL (something was wrong)
 */
int config_yaml_read(void *base, const struct config_table *table, const char *name,
                     const struct config_tree *tree, bool *ret_bad, struct config_errors *errs);

#endif
