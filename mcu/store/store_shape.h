/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_shape.h  Structs described by tables, so that one piece of code handles all
 *
 * A shape names the fields of a struct, where they are and what they may hold.  By it requests are
 * checked and copied, and a back end binds a struct to a statement's parameters and reads rows
 * into structs: a field, a parameter and a column have the same name.
 *
 *     static const struct store_field fields[] = {
 *         STORE_TEXT(struct store_token, jti, 1, STORE_TOKEN_JTI_MAX),
 *         STORE_U64(struct store_token, expires_us),
 *         STORE_FIELDS_END,
 *     };
 *     const struct store_shape store_token_shape = {sizeof(struct store_token), fields};
 *
 * Threads: any.
 */
#ifndef MCU_STORE_STORE_SHAPE_H
#define MCU_STORE_STORE_SHAPE_H

#include <stddef.h>
#include <stdint.h>

struct store_arena;
struct store_shape;

enum store_field_type {
    STORE_FIELD_TEXT, /**< const char *, never NULL in a copy     */
    STORE_FIELD_U64,  /**< uint64_t, at most INT64_MAX            */
    STORE_FIELD_U32,  /**< uint32_t                               */
    STORE_FIELD_BOOL, /**< bool                                   */
    STORE_FIELD_ROWS, /**< const struct *, with its count beside; no parameter or column */
};

struct store_field {
    const char *name; /**< NULL ends a table */
    size_t offset;
    enum store_field_type type;
    uint32_t min, max;              /**< Text: length [bytes]; U32: value; rows: how many    */
    const struct store_shape *rows; /**< Rows: shape of one                                  */
    size_t count_offset;            /**< Rows: the uint32_t with their number                */
};

struct store_shape {
    size_t size; /**< Of the struct [bytes] */
    const struct store_field *fields;
};

#define STORE_FIELD(s_, f_, ...) .name = #f_, .offset = offsetof(s_, f_), __VA_ARGS__
#define STORE_TEXT(s_, f_, min_, max_)                                                             \
    {                                                                                              \
        STORE_FIELD(s_, f_, .type = STORE_FIELD_TEXT, .min = (min_), .max = (max_))                \
    }
#define STORE_U64(s_, f_)                                                                          \
    {                                                                                              \
        STORE_FIELD(s_, f_, .type = STORE_FIELD_U64)                                               \
    }
#define STORE_U32(s_, f_, min_, max_)                                                              \
    {                                                                                              \
        STORE_FIELD(s_, f_, .type = STORE_FIELD_U32, .min = (min_), .max = (max_))                 \
    }
#define STORE_BOOL(s_, f_)                                                                         \
    {                                                                                              \
        STORE_FIELD(s_, f_, .type = STORE_FIELD_BOOL)                                              \
    }
/** @p f_ is a pointer to rows, @p f_n their number. */
#define STORE_ROWS(s_, f_, max_, shape_)                                                           \
    {                                                                                              \
        STORE_FIELD(s_, f_, .type = STORE_FIELD_ROWS, .max = (max_), .rows = (shape_),             \
                    .count_offset = offsetof(s_, f_##_n))                                          \
    }
#define STORE_FIELDS_END                                                                           \
    {                                                                                              \
        .name = NULL                                                                               \
    }

/** The field of that name, NULL if there is none. */
const struct store_field *store_shape_field(const struct store_shape *shape, const char *name);

/**
 * Check a struct and copy it with all that it points to.
 *
 * @param ret    New struct, set on success only
 * @param src    NULL text counts as ""
 *
 * @return 0, -EINVAL (out of range, too long or short, not UTF-8), -ENOMEM
 */
int store_shape_copy(const void **ret, const struct store_shape *shape, const void *src,
                     struct store_arena *arena);

#endif
