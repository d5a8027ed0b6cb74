/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/config_print.h  A struct as commented YAML, by a table
 *
 * Threads: any; no state.
 */
#ifndef MCU_CONFIG_CONFIG_PRINT_H
#define MCU_CONFIG_CONFIG_PRINT_H

#include <stdio.h>

struct config_table;

/**
 * Write all rows of a table, section by section.  Secrets that are set are written as "***".
 *
 * @return 0, -EIO
 */
int config_print_rows(FILE *f, const struct config_table *table, const void *base);

#endif
