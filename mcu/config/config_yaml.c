/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/config_yaml.c  YAML into a struct, by a table
 */
#include "mcu/config/config_yaml.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "mcu/config/config.h"
#include "mcu/config/config_error.h"
#include "mcu/config/config_table.h"
#include "mcu/config/config_tree.h"
#include "mcu/config/config_value.h"

struct reader {
    const struct config_table *table;
    void *base;
    const char *name;
    bool *bad; /* by row; may be NULL */
    struct config_errors *errs;
};

static void read_mapping(struct reader *r, const struct config_node *map, const char *prefix);

static void complain(struct reader *r, const struct config_node *at, const char *path,
                     const char *fmt, ...) __attribute__((format(printf, 4, 5)));

static void complain(struct reader *r, const struct config_node *at, const char *path,
                     const char *fmt, ...)
{
    char text[CONFIG_ERROR_SIZE];
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    config_error_add(r->errs, "%s:%u:%u: %s%s%s", r->name, at->line, at->column, path,
                     path[0] ? ": " : "", text);
}

/* Text of a scalar; NULL, with a complaint, if a NUL is in it. */
static const char *scalar_text(struct reader *r, const struct config_node *node, const char *path)
{
    if (!node->binary)
        return node->text;
    complain(r, node, path, "must be text without control characters");
    return NULL;
}

static void read_scalar(struct reader *r, const struct config_node *node,
                        const struct config_row *row)
{
    char why[CONFIG_VALUE_WHY_SIZE];
    const char *text;

    if (node->type != CONFIG_NODE_SCALAR) {
        complain(r, node, row->path, "must be a single value");
        return;
    }
    text = scalar_text(r, node, row->path);
    if (!text)
        return;
    if (config_tree_is_nothing(node))
        complain(r, node, row->path, "has no value%s",
                 row->type == CONFIG_TYPE_COLOR ? CONFIG_VALUE_COLOR_HINT : "");
    else if (config_value_read(r->base, row, text, why))
        complain(r, node, row->path, "%s", why);
}

static void read_list(struct reader *r, const struct config_node *list,
                      const struct config_row *row)
{
    char why[CONFIG_VALUE_WHY_SIZE];

    if (list->type != CONFIG_NODE_LIST) {
        complain(r, list, row->path, "must be a list, as [a, b]");
        return;
    }
    config_value_clear(r->base, row);
    for (const struct config_node *node = list->child; node; node = node->next) {
        const char *text;

        if (node->type != CONFIG_NODE_SCALAR) {
            complain(r, node, row->path, "items must be single values");
            continue;
        }
        text = scalar_text(r, node, row->path);
        if (text && config_value_add(r->base, row, text, why))
            complain(r, node, row->path, "%s", why);
    }
}

static void read_section(struct reader *r, const struct config_node *node, const char *path)
{
    if (config_tree_is_nothing(node))
        return;
    if (node->type != CONFIG_NODE_MAP)
        complain(r, node, path, "must be a section with keys");
    else
        read_mapping(r, node, path);
}

static void complain_unknown(struct reader *r, const struct config_node *at, const char *prefix,
                             const char *key)
{
    char quoted[CONFIG_ERROR_QUOTE_SIZE], near[CONFIG_TABLE_PATH_MAX];
    char path[2 * CONFIG_TABLE_PATH_MAX];

    config_error_quote(quoted, key, strlen(key));
    (void)snprintf(path, sizeof(path), "%s%s%s", prefix, prefix[0] ? "." : "", quoted);
    if (config_table_find(r->table, path, strlen(path)))
        complain(r, at, path, "must be a section with a key in it");
    else if (config_table_suggest(r->table, path, near))
        complain(r, at, path, "no such key (did you mean \"%s\"?)", near);
    else
        complain(r, at, path, "no such key");
}

/*
 * What a key in a mapping stands for: its row, or the first row of a section.
 * ret_path gets its full path, "" if there is no such key.
 */
static const struct config_row *look_up(struct reader *r, const char *prefix, const char *key,
                                        bool *ret_section, char *ret_path)
{
    const struct config_row *row;
    int n = snprintf(ret_path, CONFIG_TABLE_PATH_MAX, "%s%s%s", prefix, prefix[0] ? "." : "", key);

    *ret_section = false;
    if (!key[0] || strchr(key, '.') || n < 0 || n >= CONFIG_TABLE_PATH_MAX)
        return NULL;
    row = config_table_find(r->table, ret_path, (size_t)n);
    if (row)
        return row;
    *ret_section = true;
    return config_table_section(r->table, ret_path);
}

static void read_pair(struct reader *r, const struct config_node *at, const char *prefix,
                      bool *seen)
{
    const char *key = NULL;
    char path[CONFIG_TABLE_PATH_MAX];
    const struct config_row *row;
    unsigned before;
    bool section;

    if (at->type != CONFIG_NODE_SCALAR)
        complain(r, at, prefix, "a key must be a word");
    else
        key = scalar_text(r, at, prefix);
    if (!key)
        return;
    row = look_up(r, prefix, key, &section, path);
    before = config_error_count(r->errs);
    if (!row)
        complain_unknown(r, at, prefix, key);
    else if (seen[row - r->table->row])
        complain(r, at, path, "is there twice");
    else if (section)
        read_section(r, at->next, path);
    else if (config_value_is_list(row))
        read_list(r, at->next, row);
    else
        read_scalar(r, at->next, row);
    if (row)
        seen[row - r->table->row] = true;
    if (row && r->bad && !section && config_error_count(r->errs) > before)
        r->bad[row - r->table->row] = true;
}

/* Calls itself up to the depth of the table. */
static void read_mapping(struct reader *r, const struct config_node *map, const char *prefix)
{
    bool seen[CONFIG_TABLE_ROWS_MAX] = {false}; /* by row; a section is its first row */

    for (const struct config_node *key = map->child; key; key = key->next->next)
        read_pair(r, key, prefix, seen);
}

int config_yaml_read(void *base, const struct config_table *table, const char *name,
                     const struct config_tree *tree, bool *ret_bad, struct config_errors *errs)
{
    struct reader r = {.table = table, .base = base, .name = name, .bad = ret_bad, .errs = errs};
    const unsigned before = config_error_count(errs);

    if (tree->root && tree->root->type == CONFIG_NODE_MAP)
        read_mapping(&r, tree->root, "");
    else if (tree->root && !config_tree_is_nothing(tree->root))
        complain(&r, tree->root, "", "must consist of sections with keys");
    return config_error_count(errs) > before ? -EINVAL : 0;
}
