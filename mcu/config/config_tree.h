/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/config_tree.h  YAML text as a tree of nodes that know their place
 *
 * Only here is libyaml used.  A text is hostile until read: CONFIG_FILE_MAX, CONFIG_DEPTH_MAX and
 * CONFIG_TREE_NODES_MAX bound it; anchors, aliases and tags are refused.  Duplicate
 * keys are seen by who looks the keys up.
 *
 * Threads: any; no state.
 */
#ifndef MCU_CONFIG_CONFIG_TREE_H
#define MCU_CONFIG_CONFIG_TREE_H

#include <stdbool.h>
#include <stddef.h>

struct config_errors;

enum { CONFIG_TREE_NODES_MAX = 100000 /**< Values, lists, mappings and keys of a text */ };

enum config_node_type {
    CONFIG_NODE_SCALAR,
    CONFIG_NODE_LIST,
    CONFIG_NODE_MAP,
};

/** A value; part of the tree. */
struct config_node {
    enum config_node_type type;
    unsigned line, column;     /**< From 1 */
    bool plain;                /**< SCALAR: without quotes */
    bool binary;               /**< SCALAR: a NUL was in it, text ends there */
    char *text;                /**< SCALAR: NUL-terminated; else NULL */
    unsigned n;                /**< LIST: items; MAP: pairs */
    struct config_node *child; /**< LIST: first item; MAP: first key, its value is key->next */
    struct config_node *next;  /**< Next item, or a key's value, or the key after a value */
    struct config_node *older; /**< The tree's own list of all nodes */
};

struct config_tree {
    struct config_node *root;   /**< NULL for a text without a value */
    struct config_node *newest; /**< All nodes */
    unsigned nnodes;
};

/**
 * Read a text.
 *
 * @param ret_tree  Set in any case; to be given to config_tree_finish()
 * @param name      File name for errors
 *
 * @return 0, -EINVAL, -EFBIG, -ENOMEM (all with an error in errs)
 */
int config_tree_read(struct config_tree *ret_tree, const char *name, const char *text, size_t len,
                     struct config_errors *errs);

/** Free the nodes. */
void config_tree_finish(struct config_tree *tree);

/** Nothing at all, as after "key:"? */
bool config_tree_is_nothing(const struct config_node *node);

/** Value of a key in a MAP, or NULL; the first one of several. */
const struct config_node *config_tree_get(const struct config_node *map, const char *key);

#endif
