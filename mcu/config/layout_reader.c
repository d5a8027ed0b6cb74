/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/layout_reader.c  Values of a layout file, each with a complaint that names its
 * place
 */
#include "mcu/config/layout_reader.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "mcu/config/config.h"
#include "mcu/config/config_error.h"
#include "mcu/config/config_table.h"
#include "mcu/config/config_tree.h"

enum { DECIMALS_MAX = 9 /* digits of a number that are read */ };

void layout_reader_complain(struct layout_reader *reader, const struct layout_field *field,
                            const char *fmt, ...)
{
    char text[CONFIG_ERROR_SIZE];
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    config_error_add(reader->errs, "%s:%u:%u: %s%s%s", reader->file, field->node->line,
                     field->node->column, field->path, field->path[0] ? ": " : "", text);
}

void layout_reader_part(struct layout_field *ret_part, const struct layout_field *field,
                        const struct config_node *node, const char *fmt, ...)
{
    struct layout_field part = {.node = node};
    size_t len = strlen(field->path);
    va_list ap;

    memcpy(part.path, field->path, len + 1);
    if (fmt[0] == '.' && !len)
        ++fmt;
    va_start(ap, fmt);
    (void)vsnprintf(part.path + len, sizeof(part.path) - len, fmt, ap);
    va_end(ap);
    *ret_part = part;
}

const char *layout_reader_near(const char *text, const char *const *words)
{
    unsigned best = config_table_near(text) + 1;
    const char *near = NULL;

    for (; *words; ++words) {
        const unsigned d = config_table_distance(*words, text);

        if (d < best) {
            best = d;
            near = *words;
        }
    }
    return near;
}

static void complain_unknown(struct layout_reader *reader, const struct layout_field *map,
                             const struct config_node *key, const char *const *keys)
{
    const char *near = layout_reader_near(key->text, keys);
    char quoted[CONFIG_ERROR_QUOTE_SIZE];
    struct layout_field field;

    config_error_quote(quoted, key->text, strlen(key->text));
    layout_reader_part(&field, map, key, ".%s", quoted);
    if (near)
        layout_reader_complain(reader, &field, "no such key (did you mean \"%s\"?)", near);
    else
        layout_reader_complain(reader, &field, "no such key");
}

static int read_key(struct layout_reader *reader, const struct layout_field *map,
                    const struct config_node *key, const char *const *keys,
                    struct layout_field *fields)
{
    struct layout_field at;
    unsigned i = 0;

    if (key->type != CONFIG_NODE_SCALAR) {
        layout_reader_part(&at, map, key, "%s", "");
        layout_reader_complain(reader, &at, "a key must be a word");
        return -EINVAL;
    }
    while (keys[i] && strcmp(keys[i], key->text) != 0)
        ++i;
    if (!keys[i]) {
        complain_unknown(reader, map, key, keys);
        return -EINVAL;
    }
    if (fields[i].node) {
        layout_reader_part(&at, map, key, ".%s", keys[i]);
        layout_reader_complain(reader, &at, "is there twice");
        return -EINVAL;
    }
    fields[i].node = key->next;
    return 0;
}

int layout_reader_keys(struct layout_reader *reader, const struct layout_field *map,
                       const char *const *keys, struct layout_field *ret_fields)
{
    int err = 0;

    for (unsigned i = 0; keys[i]; ++i)
        layout_reader_part(&ret_fields[i], map, NULL, ".%s", keys[i]);
    if (map->node->type != CONFIG_NODE_MAP) {
        layout_reader_complain(reader, map, "must be a section with keys");
        return -EINVAL;
    }
    for (const struct config_node *key = map->node->child; key; key = key->next->next) {
        if (read_key(reader, map, key, keys, ret_fields))
            err = -EINVAL;
    }
    return err;
}

int layout_reader_list(struct layout_reader *reader, const struct layout_field *field, unsigned min,
                       unsigned max)
{
    if (field->node->type != CONFIG_NODE_LIST)
        layout_reader_complain(reader, field, "must be a list, as [a, b]");
    else if (field->node->n >= min && field->node->n <= max)
        return 0;
    else if (min == max)
        layout_reader_complain(reader, field, "must have %u items", min);
    else
        layout_reader_complain(reader, field, "must have %u to %u items", min, max);
    return -EINVAL;
}

const char *layout_reader_text(struct layout_reader *reader, const struct layout_field *field)
{
    if (field->node->type != CONFIG_NODE_SCALAR)
        layout_reader_complain(reader, field, "must be a single value");
    else if (config_tree_is_nothing(field->node))
        layout_reader_complain(reader, field, "has no value");
    else if (field->node->binary)
        layout_reader_complain(reader, field, "must be text without control characters");
    else
        return field->node->text;
    return NULL;
}

/* Reads digits; returns their end, or NULL if there are none or too many. */
static const char *scan_digits(const char *p, uint32_t *ret_number)
{
    uint32_t v = 0;
    unsigned n = 0;

    for (; *p >= '0' && *p <= '9'; ++p) {
        if (++n > DECIMALS_MAX)
            return NULL;
        v = v * 10 + (uint32_t)(*p - '0');
    }
    *ret_number = v;
    return n ? p : NULL;
}

int layout_reader_number(struct layout_reader *reader, const struct layout_field *field,
                         unsigned min, unsigned max, unsigned *ret_number)
{
    const char *text = layout_reader_text(reader, field), *end;
    uint32_t number;

    if (!text)
        return -EINVAL;
    end = scan_digits(text, &number);
    if (!end || *end || number < min || number > max) {
        layout_reader_complain(reader, field, "must be a whole number from %u to %u", min, max);
        return -EINVAL;
    }
    *ret_number = number;
    return 0;
}

int layout_reader_pair(struct layout_reader *reader, const struct layout_field *field, unsigned min,
                       unsigned max, unsigned ret_pair[2])
{
    const struct config_node *item;

    if (layout_reader_list(reader, field, 2, 2))
        return -EINVAL;
    item = field->node->child;
    for (unsigned i = 0; i < 2; ++i, item = item->next) {
        struct layout_field part;

        layout_reader_part(&part, field, item, "[%u]", i);
        if (layout_reader_number(reader, &part, min, max, &ret_pair[i]))
            return -EINVAL;
    }
    return 0;
}

int layout_reader_bool(struct layout_reader *reader, const struct layout_field *field,
                       bool *ret_flag)
{
    const char *text = layout_reader_text(reader, field);

    if (!text)
        return -EINVAL;
    if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0) {
        layout_reader_complain(reader, field, "must be true or false");
        return -EINVAL;
    }
    *ret_flag = text[0] == 't';
    return 0;
}

int layout_reader_word(struct layout_reader *reader, const struct layout_field *field,
                       const char *const *words, unsigned *ret_word)
{
    const char *text = layout_reader_text(reader, field), *near;
    char list[128] = "";
    size_t len = 0;

    if (!text)
        return -EINVAL;
    for (unsigned i = 0; words[i]; ++i) {
        if (strcmp(words[i], text) == 0) {
            *ret_word = i;
            return 0;
        }
        if (len < sizeof(list))
            len +=
                (size_t)snprintf(list + len, sizeof(list) - len, "%s%s", i ? ", " : "", words[i]);
    }
    near = layout_reader_near(text, words);
    if (near)
        layout_reader_complain(reader, field, "must be one of %s (did you mean \"%s\"?)", list,
                               near);
    else
        layout_reader_complain(reader, field, "must be one of %s", list);
    return -EINVAL;
}

/* What follows the point of a percentage: up to two digits, in hundredths. */
static const char *scan_hundredths(const char *p, uint32_t *ret_hundredths)
{
    uint32_t v = 0;
    unsigned n = 0;

    for (; *p >= '0' && *p <= '9' && n < 2; ++p, ++n)
        v = v * 10 + (uint32_t)(*p - '0');
    *ret_hundredths = n == 1 ? v * 10 : v;
    return n ? p : NULL;
}

static bool scan_ratio(const char *p, struct layout_ratio *ret_ratio)
{
    struct layout_ratio ratio = {.num = 0, .den = 1};
    uint32_t hundredths = 0;

    p = scan_digits(p, &ratio.num);
    if (!p)
        return false;
    if (*p == '/') {
        p = scan_digits(p + 1, &ratio.den);
    } else if (*p == '.' || *p == '%') {
        if (*p == '.')
            p = scan_hundredths(p + 1, &hundredths);
        if (!p || *p++ != '%' || ratio.num > 100)
            return false;
        ratio = (struct layout_ratio){ratio.num * 100 + hundredths, 10000};
    }
    if (!p || *p || !ratio.den || ratio.den > LAYOUT_DEN_MAX || ratio.num > ratio.den)
        return false;
    *ret_ratio = ratio;
    return true;
}

int layout_reader_ratio(struct layout_reader *reader, const struct layout_field *field,
                        struct layout_ratio *ret_ratio)
{
    const char *text = layout_reader_text(reader, field);

    if (!text)
        return -EINVAL;
    if (scan_ratio(text, ret_ratio))
        return 0;
    layout_reader_complain(reader, field,
                           "must be a fraction from 0 to 1, as 1/3 or 12.5%%, with a denominator "
                           "of at most %d",
                           LAYOUT_DEN_MAX);
    return -EINVAL;
}

int layout_reader_name(struct layout_reader *reader, const struct layout_field *field,
                       const char *text, char ret_name[LAYOUT_NAME_SIZE])
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "+._:-";
    size_t len = strlen(text);

    if (!len)
        layout_reader_complain(reader, field, "must not be empty");
    else if (text[strspn(text, allowed)])
        layout_reader_complain(reader, field, "must consist of letters, digits and + . _ : -");
    else if (len >= LAYOUT_NAME_SIZE)
        layout_reader_complain(reader, field, "must not be longer than %d bytes",
                               LAYOUT_NAME_SIZE - 1);
    else {
        memcpy(ret_name, text, len + 1);
        return 0;
    }
    return -EINVAL;
}
