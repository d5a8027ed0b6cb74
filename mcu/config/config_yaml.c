/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/config_yaml.c  YAML into a struct, by a table
 *
 * Works on libyaml's events as they come, so that a hostile file is left at
 * its first excess and nothing is built from it.
 */
#include "mcu/config/config_yaml.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <yaml.h>

#include "mcu/config/config.h"
#include "mcu/config/config_error.h"
#include "mcu/config/config_table.h"
#include "mcu/config/config_value.h"

struct reader {
    yaml_parser_t parser;
    yaml_event_t event; /* the one that is looked at; always valid or zeroed */
    const struct config_table *table;
    void *base;
    const char *name;
    struct config_errors *errs;
    unsigned depth; /* collections that are open */
    int err;        /* reading cannot go on */
};

static int read_mapping(struct reader *r, const char *prefix);

static void complain(struct reader *r, yaml_mark_t at, const char *path, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

static void complain(struct reader *r, yaml_mark_t at, const char *path, const char *fmt, ...)
{
    char text[CONFIG_ERROR_SIZE];
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    config_error_add(r->errs, "%s:%zu:%zu: %s%s%s", r->name, at.line + 1, at.column + 1, path,
                     path[0] ? ": " : "", text);
}

/* Says why libyaml gave up. */
static int syntax_error(struct reader *r)
{
    const yaml_parser_t *p = &r->parser;

    if (p->error == YAML_MEMORY_ERROR)
        return r->err = -ENOMEM;
    if (p->error == YAML_READER_ERROR)
        config_error_add(r->errs, "%s: not UTF-8 text: %s at byte %zu", r->name, p->problem,
                         p->problem_offset);
    else
        complain(r, p->problem_mark, "", "not YAML: %s", p->problem ? p->problem : "broken");
    return r->err = -EINVAL;
}

static const yaml_char_t *anchor_of(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        return event->data.alias.anchor;
    case YAML_SCALAR_EVENT:
        return event->data.scalar.anchor;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.anchor;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.anchor;
    default:
        return NULL;
    }
}

static const yaml_char_t *tag_of(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return event->data.scalar.tag;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.tag;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.tag;
    default:
        return NULL;
    }
}

static int give_up(struct reader *r, const char *why)
{
    complain(r, r->event.start_mark, "", "%s", why);
    return r->err = -EINVAL;
}

/* Steps to the next event.  What YAML has and we do not take ends the reading. */
static int next(struct reader *r)
{
    if (r->err)
        return r->err;
    yaml_event_delete(&r->event);
    if (!yaml_parser_parse(&r->parser, &r->event))
        return syntax_error(r);
    if (anchor_of(&r->event))
        return give_up(r, "anchors and aliases are not allowed");
    if (tag_of(&r->event))
        return give_up(r, "tags are not allowed");

    switch (r->event.type) {
    case YAML_MAPPING_START_EVENT:
    case YAML_SEQUENCE_START_EVENT:
        if (++r->depth > CONFIG_DEPTH_MAX)
            return give_up(r, "nested too deep");
        break;
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
        --r->depth;
        break;
    default:
        break;
    }
    return 0;
}

/* Passes over the value that starts at the current event. */
static int skip(struct reader *r)
{
    const unsigned outside = r->depth - 1;

    if (r->event.type != YAML_MAPPING_START_EVENT && r->event.type != YAML_SEQUENCE_START_EVENT)
        return 0;
    while (r->depth > outside) {
        if (next(r))
            return r->err;
    }
    return 0;
}

/* Text of the current scalar; NULL, with a complaint, if a NUL is in it. */
static const char *scalar_text(struct reader *r, const char *path)
{
    const char *text = (const char *)r->event.data.scalar.value;

    if (strlen(text) == r->event.data.scalar.length)
        return text;
    complain(r, r->event.start_mark, path, "must be text without control characters");
    return NULL;
}

/* Nothing at all, as after "key:". */
static bool is_nothing(const yaml_event_t *event)
{
    return event->type == YAML_SCALAR_EVENT && event->data.scalar.length == 0 &&
           event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

static int read_scalar(struct reader *r, const struct config_row *row)
{
    char why[CONFIG_VALUE_WHY_SIZE];
    const char *text;

    if (r->event.type != YAML_SCALAR_EVENT) {
        complain(r, r->event.start_mark, row->path, "must be a single value");
        return skip(r);
    }
    text = scalar_text(r, row->path);
    if (!text)
        return 0;
    if (is_nothing(&r->event))
        complain(r, r->event.start_mark, row->path, "has no value");
    else if (config_value_read(r->base, row, text, why))
        complain(r, r->event.start_mark, row->path, "%s", why);
    return 0;
}

static int read_list(struct reader *r, const struct config_row *row)
{
    char why[CONFIG_VALUE_WHY_SIZE];

    if (r->event.type != YAML_SEQUENCE_START_EVENT) {
        complain(r, r->event.start_mark, row->path, "must be a list, as [a, b]");
        return skip(r);
    }
    config_value_clear(r->base, row);
    while (next(r) == 0 && r->event.type != YAML_SEQUENCE_END_EVENT) {
        const char *text;

        if (r->event.type != YAML_SCALAR_EVENT) {
            complain(r, r->event.start_mark, row->path, "items must be single values");
            (void)skip(r);
            continue;
        }
        text = scalar_text(r, row->path);
        if (text && config_value_add(r->base, row, text, why))
            complain(r, r->event.start_mark, row->path, "%s", why);
    }
    return r->err;
}

static int read_section(struct reader *r, const char *path)
{
    if (is_nothing(&r->event))
        return 0;
    if (r->event.type != YAML_MAPPING_START_EVENT) {
        complain(r, r->event.start_mark, path, "must be a section with keys");
        return skip(r);
    }
    return read_mapping(r, path);
}

static void complain_unknown(struct reader *r, yaml_mark_t at, const char *prefix, const char *key)
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

/* The current event is a key; reads it and its value. */
static int read_pair(struct reader *r, const char *prefix, bool *seen)
{
    const yaml_mark_t at = r->event.start_mark;
    char path[CONFIG_TABLE_PATH_MAX];
    const struct config_row *row = NULL;
    bool section = false;

    if (r->event.type != YAML_SCALAR_EVENT) {
        complain(r, at, prefix, "a key must be a word");
        if (skip(r))
            return r->err;
    } else {
        const char *key = scalar_text(r, prefix);

        if (key) {
            row = look_up(r, prefix, key, &section, path);
            if (!row)
                complain_unknown(r, at, prefix, key);
        }
    }
    if (row && seen[row - r->table->row]) {
        complain(r, at, path, "is there twice");
        row = NULL;
    }
    if (row)
        seen[row - r->table->row] = true;

    if (next(r))
        return r->err;
    if (!row)
        return skip(r);
    if (section)
        return read_section(r, path);
    return config_value_is_list(row) ? read_list(r, row) : read_scalar(r, row);
}

/* The current event is the start of a mapping; ends at its end.  Calls itself up to the depth
 * limit. */
static int read_mapping(struct reader *r, const char *prefix)
{
    bool seen[CONFIG_TABLE_ROWS_MAX] = {false}; /* by row; a section is its first row */

    while (next(r) == 0 && r->event.type != YAML_MAPPING_END_EVENT) {
        if (read_pair(r, prefix, seen))
            return r->err;
    }
    return r->err;
}

/* Reads the stream: no document, or one whose root is a mapping or nothing. */
static int read_stream(struct reader *r)
{
    if (next(r) || next(r)) /* stream start, document start */
        return r->err;
    if (r->event.type == YAML_STREAM_END_EVENT)
        return 0;
    if (next(r))
        return r->err;
    if (r->event.type == YAML_MAPPING_START_EVENT) {
        if (read_mapping(r, ""))
            return r->err;
    } else if (!is_nothing(&r->event)) {
        return give_up(r, "must consist of sections with keys");
    }
    if (next(r) || next(r)) /* document end, what follows */
        return r->err;
    if (r->event.type != YAML_STREAM_END_EVENT)
        return give_up(r, "must be a single document");
    return 0;
}

int config_yaml_read(void *base, const struct config_table *table, const char *name,
                     const char *text, size_t len, struct config_errors *errs)
{
    struct reader r = {.table = table, .base = base, .name = name, .errs = errs};
    const unsigned errors_before = config_error_count(errs);

    if (len > CONFIG_FILE_MAX) {
        config_error_add(errs, "%s: larger than %d bytes", name, CONFIG_FILE_MAX);
        return -EFBIG;
    }
    if (!yaml_parser_initialize(&r.parser))
        return -ENOMEM;
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, len);
    (void)read_stream(&r);
    yaml_event_delete(&r.event);
    yaml_parser_delete(&r.parser);
    if (r.err)
        return r.err;
    return config_error_count(errs) > errors_before ? -EINVAL : 0;
}
