/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/layout_reader.h  Values of a layout file, each with a complaint that names its
 * place
 *
 * A function that does not return 0 has complained, as "file:line:column: path: what is wrong".
 *
 * Threads: any; no state.
 */
#ifndef MCU_CONFIG_LAYOUT_READER_H
#define MCU_CONFIG_LAYOUT_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "mixer/layout.h"

struct config_errors;
struct config_node;

enum {
    LAYOUT_READER_PATH_SIZE = 160, /**< A path and its NUL [bytes] */
    LAYOUT_READER_KEYS_MAX = 8,    /**< Of a mapping */
};

struct layout_reader {
    const char *file; /**< Name for errors */
    struct config_errors *errs;
};

/** A value and how to name it. */
struct layout_field {
    const struct config_node *node; /**< NULL = not there */
    char path[LAYOUT_READER_PATH_SIZE];
};

void layout_reader_complain(struct layout_reader *reader, const struct layout_field *field,
                            const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/** A part of a field: ".key", "[3]"; @p node may be NULL. */
void layout_reader_part(struct layout_field *ret_part, const struct layout_field *field,
                        const struct config_node *node, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/**
 * Take a mapping apart.
 *
 * @param keys        Ends with NULL, at most LAYOUT_READER_KEYS_MAX
 * @param ret_fields  One for each of keys
 *
 * @return 0, -EINVAL (no mapping, an unknown key, one that is there twice); fields are set all the
 * same
 */
int layout_reader_keys(struct layout_reader *reader, const struct layout_field *map,
                       const char *const *keys, struct layout_field *ret_fields);

/** Must be a list; @p min to @p max items.  @return 0, -EINVAL */
int layout_reader_list(struct layout_reader *reader, const struct layout_field *field, unsigned min,
                       unsigned max);

/** Text of a single value, or NULL. */
const char *layout_reader_text(struct layout_reader *reader, const struct layout_field *field);

/** @return 0, -EINVAL */
int layout_reader_number(struct layout_reader *reader, const struct layout_field *field,
                         unsigned min, unsigned max, unsigned *ret_number);

/** [a, b].  @return 0, -EINVAL */
int layout_reader_pair(struct layout_reader *reader, const struct layout_field *field, unsigned min,
                       unsigned max, unsigned ret_pair[2]);

/** @return 0, -EINVAL */
int layout_reader_bool(struct layout_reader *reader, const struct layout_field *field,
                       bool *ret_flag);

/** One of some words.  @param words ends with NULL  @param ret_word index in it  @return 0, -EINVAL
 */
int layout_reader_word(struct layout_reader *reader, const struct layout_field *field,
                       const char *const *words, unsigned *ret_word);

/** A fraction: 1/3, 25%, 0, 1.  @return 0, -EINVAL */
int layout_reader_ratio(struct layout_reader *reader, const struct layout_field *field,
                        struct layout_ratio *ret_ratio);

/** Name of a layout, ladder, alias or seat; letters, digits and + . _ : -  @return 0, -EINVAL */
int layout_reader_name(struct layout_reader *reader, const struct layout_field *field,
                       const char *text, char ret_name[LAYOUT_NAME_SIZE]);

/** The word that is most like a text, or NULL if none is.  @param words ends with NULL */
const char *layout_reader_near(const char *text, const char *const *words);

#endif
