/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_table.c  Tables for people: aligned columns of cleaned text
 */
#include "mcu/ctl/ctl_table.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/ctl/ctl_text.h"

enum {
    CELL_SIZE = CTL_TABLE_CELL_WIDTH * 4 * (CTL_TEXT_MARKS_MAX + 1),
    RAW_SIZE = 4096,
    GAP = 2,
    FIELD_NAME = 10
};

struct ctl_table {
    const char *const *head;
    unsigned columns;
    unsigned width[CTL_TABLE_COLUMNS_MAX];
    char **cell; /* ncells of them, row by row */
    size_t ncells, size;
    bool failed;
};

static bool is_figure(const char *head)
{
    return head[0] == '>';
}

static const char *title(const char *head)
{
    return is_figure(head) ? head + 1 : head;
}

struct ctl_table *ctl_table_new(const char *const *head)
{
    struct ctl_table *table = calloc(1, sizeof(*table));

    if (!table)
        return NULL;
    table->head = head;
    while (head[table->columns]) {
        assert(table->columns < CTL_TABLE_COLUMNS_MAX);
        table->width[table->columns] = ctl_text_width(title(head[table->columns]));
        ++table->columns;
    }
    assert(table->columns > 0);
    return table;
}

struct ctl_table *ctl_table_free(struct ctl_table *table)
{
    if (!table)
        return NULL;
    for (size_t i = 0; i < table->ncells; ++i)
        free(table->cell[i]);
    free(table->cell);
    free(table);
    return NULL;
}

static bool grow(struct ctl_table *table)
{
    size_t size = table->size ? table->size * 2 : 64;
    char **cell;

    if (table->ncells < table->size)
        return true;
    cell = realloc(table->cell, size * sizeof(*cell));
    if (!cell)
        return false;
    table->cell = cell;
    table->size = size;
    return true;
}

void ctl_table_cell(struct ctl_table *table, const char *fmt, ...)
{
    char raw[RAW_SIZE], text[CELL_SIZE];
    unsigned column = (unsigned)(table->ncells % table->columns), width;
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(raw, sizeof(raw), fmt, ap);
    va_end(ap);
    ctl_text_clean(text, sizeof(text), raw, CTL_TABLE_CELL_WIDTH);
    if (table->failed || !grow(table) || !(table->cell[table->ncells] = strdup(text))) {
        table->failed = true; /* whatever comes now would be in the wrong column */
        return;
    }
    ++table->ncells;
    width = ctl_text_width(text);
    if (width > table->width[column])
        table->width[column] = width;
}

/** @param cell  One for each column, NULL for the heads */
static void print_row(const struct ctl_table *table, const char *const *cell, FILE *f)
{
    unsigned columns = table->columns;

    while (cell && columns > 1 && !cell[columns - 1][0])
        --columns; /* no spaces at the end of a line */
    for (unsigned i = 0; i < columns; ++i) {
        const char *text = cell ? cell[i] : title(table->head[i]);
        int room = (int)(table->width[i] - ctl_text_width(text));
        bool last = i + 1 == columns;

        if (is_figure(table->head[i]))
            fprintf(f, "%*s%s", room, "", text);
        else
            fprintf(f, "%s%*s", text, last ? 0 : room, "");
        if (!last)
            fprintf(f, "%*s", GAP, "");
    }
    fputc('\n', f);
}

int ctl_table_print(const struct ctl_table *table, FILE *f)
{
    print_row(table, NULL, f);
    for (size_t i = 0; i + table->columns <= table->ncells; i += table->columns)
        print_row(table, (const char *const *)&table->cell[i], f);
    if (table->failed)
        return -ENOMEM;
    return ferror(f) ? -EIO : 0;
}

void ctl_table_field(const char *name, const char *fmt, ...)
{
    char raw[RAW_SIZE], text[RAW_SIZE];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(raw, sizeof(raw), fmt, ap);
    va_end(ap);
    printf("%-*s %s\n", FIELD_NAME, name, ctl_text_clean(text, sizeof(text), raw, RAW_SIZE));
}
