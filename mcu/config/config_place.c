/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/config_place.c  Where the value of a key was written
 */
#include "mcu/config/config_place.h"

#include <stdio.h>
#include <string.h>

/* Node of "section.key" in the file, or NULL. */
static const struct config_node *find_node(const struct config_places *places, const char *path)
{
    const struct config_node *node = places->file ? places->tree.root : NULL;
    char key[CONFIG_TABLE_PATH_MAX];

    while (node && *path) {
        const size_t len = strcspn(path, ".");

        (void)snprintf(key, sizeof(key), "%.*s", (int)len, path);
        node = config_tree_get(node, key);
        path += len + (path[len] == '.');
    }
    return node;
}

static bool is_on_command_line(const struct config_places *places, const char *path)
{
    const size_t len = strlen(path);

    for (unsigned i = 0; i < places->nset; ++i) {
        if (strncmp(places->set[i], path, len) == 0 && places->set[i][len] == '=')
            return true;
    }
    return false;
}

const char *config_place_find(const struct config_places *places, const char *path, int item,
                              char *buf)
{
    const struct config_node *node = find_node(places, path);

    if (is_on_command_line(places, path)) {
        (void)snprintf(buf, CONFIG_PLACE_SIZE, "command line");
        return buf;
    }
    if (!node) {
        (void)snprintf(buf, CONFIG_PLACE_SIZE, "default");
        return buf;
    }
    if (item >= 0 && node->type == CONFIG_NODE_LIST) {
        const struct config_node *part = node->child;

        for (; part && item > 0; --item)
            part = part->next;
        node = part ? part : node;
    }
    (void)snprintf(buf, CONFIG_PLACE_SIZE, "%s:%u:%u", places->file, node->line, node->column);
    return buf;
}

bool config_place_is_set(const struct config_places *places, const char *path)
{
    return is_on_command_line(places, path) || find_node(places, path);
}

bool config_place_is_bad(const struct config_places *places, const char *path)
{
    const struct config_row *row = config_table_find(&config_table_all, path, strlen(path));

    return row && places->bad[row - config_table_all.row];
}

void config_place_finish(struct config_places *places)
{
    config_tree_finish(&places->tree);
}
