/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/config_tree.c  YAML text as a tree of nodes that know their place
 *
 * Works on libyaml's events as they come, so that a hostile text is left at its first excess.
 */
#include "mcu/config/config_tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "mcu/config/config.h"
#include "mcu/config/config_error.h"

struct reader {
    yaml_parser_t parser;
    yaml_event_t event; /* the one that is looked at; always valid or zeroed */
    struct config_tree *tree;
    const char *name, *text;
    size_t len;
    struct config_errors *errs;
    unsigned depth; /* collections that are open */
};

static int fail_at(struct reader *r, yaml_mark_t at, const char *what, const char *why)
{
    config_error_add(r->errs, "%s:%zu:%zu: %s%s", r->name, at.line + 1, at.column + 1, what, why);
    return -EINVAL;
}

static int no_memory(struct reader *r)
{
    config_error_add(r->errs, "%s: out of memory", r->name);
    return -ENOMEM;
}

/* Start of a line that libyaml counts from 0; NULL if there is none. */
static const char *line_start(const struct reader *r, size_t line)
{
    const char *p = r->text, *end = r->text + r->len;

    for (; p && line; --line) {
        p = memchr(p, '\n', (size_t)(end - p));
        p = p ? p + 1 : NULL;
    }
    return p;
}

/* YAML allows no tabs where a line begins, and libyaml's words for it help nobody. */
static bool is_indented_by_tab(const struct reader *r, size_t line)
{
    const char *p = line_start(r, line), *end = r->text + r->len;

    while (p && p < end && *p == ' ')
        ++p;
    return p && p < end && *p == '\t';
}

/* Place of a byte; a column is a character. */
static yaml_mark_t mark_of(const struct reader *r, size_t offset)
{
    yaml_mark_t at = {0};

    for (size_t i = 0; i < offset && i < r->len; ++i) {
        at.column += ((unsigned char)r->text[i] & 0xc0) != 0x80;
        if (r->text[i] == '\n') {
            ++at.line;
            at.column = 0;
        }
    }
    return at;
}

/* Bytes that are no text. */
static int encoding_error(struct reader *r)
{
    const size_t at = r->parser.problem_offset;
    const char *why = r->parser.problem ? r->parser.problem : "broken";
    const unsigned char *first = (const unsigned char *)r->text;

    if (r->len >= 2 &&
        ((first[0] == 0xff && first[1] == 0xfe) || (first[0] == 0xfe && first[1] == 0xff)))
        why = "it is UTF-16; save it as UTF-8";
    else if (at < r->len && !r->text[at])
        why = "there is a NUL byte";
    return fail_at(r, mark_of(r, at), "not UTF-8 text: ", why);
}

/* Says why libyaml gave up. */
static int syntax_error(struct reader *r)
{
    const yaml_parser_t *p = &r->parser;

    if (p->error == YAML_MEMORY_ERROR)
        return no_memory(r);
    if (p->error == YAML_READER_ERROR)
        return encoding_error(r);
    if (is_indented_by_tab(r, p->problem_mark.line))
        return fail_at(r, p->problem_mark,
                       "not YAML: ", "a tab is used for indentation; use spaces");
    return fail_at(r, p->problem_mark, "not YAML: ", p->problem ? p->problem : "broken");
}

/* What YAML has and we do not take. */
static const char *refused(const yaml_event_t *event)
{
    const yaml_char_t *anchor = NULL, *tag = NULL;

    switch (event->type) {
    case YAML_ALIAS_EVENT:
        anchor = event->data.alias.anchor;
        break;
    case YAML_SCALAR_EVENT:
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
        break;
    case YAML_SEQUENCE_START_EVENT:
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
        break;
    case YAML_MAPPING_START_EVENT:
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
        break;
    default:
        break;
    }
    if (anchor)
        return "anchors and aliases are not allowed";
    return tag ? "tags are not allowed" : NULL;
}

static int next(struct reader *r)
{
    const char *why;

    yaml_event_delete(&r->event);
    if (!yaml_parser_parse(&r->parser, &r->event))
        return syntax_error(r);
    why = refused(&r->event);
    return why ? fail_at(r, r->event.start_mark, "", why) : 0;
}

static int fill_scalar(struct config_node *node, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;

    node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    node->binary = strlen(text) != event->data.scalar.length;
    node->text = strdup(text);
    return node->text ? 0 : -ENOMEM;
}

static int add_node(struct reader *r, struct config_node **ret_node)
{
    const yaml_mark_t at = r->event.start_mark;
    struct config_node *node;

    if (++r->tree->nnodes > CONFIG_TREE_NODES_MAX)
        return fail_at(r, at, "", "too many values in a file");
    node = calloc(1, sizeof(*node));
    if (!node)
        return no_memory(r);
    node->line = (unsigned)at.line + 1;
    node->column = (unsigned)at.column + 1;
    node->older = r->tree->newest;
    r->tree->newest = node;
    *ret_node = node;
    switch (r->event.type) {
    case YAML_SEQUENCE_START_EVENT:
        node->type = CONFIG_NODE_LIST;
        return 0;
    case YAML_MAPPING_START_EVENT:
        node->type = CONFIG_NODE_MAP;
        return 0;
    default:
        node->type = CONFIG_NODE_SCALAR;
        return fill_scalar(node, &r->event) ? no_memory(r) : 0;
    }
}

/* The current event starts a value; ends at its last event.  Calls itself up to the depth limit. */
static int read_node(struct reader *r, struct config_node **ret_node)
{
    struct config_node **end;
    int err;

    if (r->event.type != YAML_SCALAR_EVENT && ++r->depth > CONFIG_DEPTH_MAX)
        return fail_at(r, r->event.start_mark, "", "nested too deep");
    err = add_node(r, ret_node);
    if (err || (*ret_node)->type == CONFIG_NODE_SCALAR)
        return err;
    for (end = &(*ret_node)->child;; end = &(*end)->next) {
        err = next(r);
        if (err || r->event.type == YAML_SEQUENCE_END_EVENT ||
            r->event.type == YAML_MAPPING_END_EVENT)
            break;
        err = read_node(r, end);
        if (err)
            break;
        ++(*ret_node)->n;
    }
    if ((*ret_node)->type == CONFIG_NODE_MAP)
        (*ret_node)->n /= 2;
    --r->depth;
    return err;
}

/* No document, or a single one. */
static int read_stream(struct reader *r)
{
    int err = next(r); /* stream start */

    if (!err)
        err = next(r); /* document start */
    if (err || r->event.type == YAML_STREAM_END_EVENT)
        return err;
    err = next(r);
    if (!err)
        err = read_node(r, &r->tree->root);
    if (!err)
        err = next(r); /* document end */
    if (!err)
        err = next(r);
    if (!err && r->event.type != YAML_STREAM_END_EVENT)
        return fail_at(r, r->event.start_mark, "", "must be a single document");
    return err;
}

int config_tree_read(struct config_tree *ret_tree, const char *name, const char *text, size_t len,
                     struct config_errors *errs)
{
    struct reader r = {.tree = ret_tree, .name = name, .text = text, .len = len, .errs = errs};
    int err;

    memset(ret_tree, 0, sizeof(*ret_tree));
    if (len > CONFIG_FILE_MAX) {
        config_error_add(errs, "%s: larger than %d bytes", name, CONFIG_FILE_MAX);
        return -EFBIG;
    }
    if (!yaml_parser_initialize(&r.parser))
        return no_memory(&r);
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, len);
    err = read_stream(&r);
    yaml_event_delete(&r.event);
    yaml_parser_delete(&r.parser);
    return err;
}

void config_tree_finish(struct config_tree *tree)
{
    while (tree->newest) {
        struct config_node *node = tree->newest;

        tree->newest = node->older;
        free(node->text);
        free(node);
    }
    memset(tree, 0, sizeof(*tree));
}

bool config_tree_is_nothing(const struct config_node *node)
{
    return node->type == CONFIG_NODE_SCALAR && node->plain && !node->text[0] && !node->binary;
}

const struct config_node *config_tree_get(const struct config_node *map, const char *key)
{
    if (map->type != CONFIG_NODE_MAP)
        return NULL;
    for (const struct config_node *k = map->child; k && k->next; k = k->next->next) {
        if (k->type == CONFIG_NODE_SCALAR && !k->binary && strcmp(k->text, key) == 0)
            return k->next;
    }
    return NULL;
}
