/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_table.h  Tables for people: aligned columns of cleaned text
 *
 * Cells are given row by row.  A table without memory forgets cells and says so in the end.
 *
 * Threads: one.
 */
#ifndef MCU_CTL_CTL_TABLE_H
#define MCU_CTL_CTL_TABLE_H

#include <stdio.h>

struct ctl_table;

enum {
    CTL_TABLE_COLUMNS_MAX = 20,
    CTL_TABLE_CELL_WIDTH = 40, /**< Widest cell; longer ones end with "..." [columns] */
};

/**
 * Make an empty table.
 *
 * @param head  Heads of the columns, at most CTL_TABLE_COLUMNS_MAX, ends with NULL; figures, which
 *              go to the right, have a '>' before their name.  Must live as long as the table
 *
 * @return table or NULL without memory
 */
struct ctl_table *ctl_table_new(const char *const *head);
/** Free.  NULL is allowed.  Returns NULL. */
struct ctl_table *ctl_table_free(struct ctl_table *table);

/** Add the next cell. */
void ctl_table_cell(struct ctl_table *table, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/** Print the heads and all whole rows.  @return 0, -ENOMEM (something is missing), -EIO */
int ctl_table_print(const struct ctl_table *table, FILE *f);

/** A line "name    value" for a list of such, on stdout; the value is cleaned and may be long. */
void ctl_table_field(const char *name, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
