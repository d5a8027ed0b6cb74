/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_shape.c  Structs described by tables, so that one piece of code handles all
 */
#include "mcu/store/store_shape.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "mcu/store/store_arena.h"

/* Bytes of the UTF-8 character at p (RFC 3629, section 4), 0 if there is none. */
static size_t character(const unsigned char *p)
{
    /* Least and greatest second byte say what is overlong, a surrogate or beyond U+10FFFF. */
    unsigned char low = 0x80, high = 0xbf;
    size_t n;

    if (p[0] < 0x80)
        return 1;
    if (p[0] < 0xc2 || p[0] > 0xf4)
        return 0;
    n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    if (p[0] == 0xe0)
        low = 0xa0;
    else if (p[0] == 0xed)
        high = 0x9f;
    else if (p[0] == 0xf0)
        low = 0x90;
    else if (p[0] == 0xf4)
        high = 0x8f;
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < n; ++i) {
        if ((p[i] & 0xc0) != 0x80) /* the NUL at the end included */
            return 0;
    }
    return n;
}

static bool is_utf8(const char *text)
{
    const unsigned char *p = (const unsigned char *)text;

    while (*p) {
        const size_t n = character(p);

        if (!n)
            return false;
        p += n;
    }
    return true;
}

const struct store_field *store_shape_field(const struct store_shape *shape, const char *name)
{
    for (const struct store_field *field = shape->fields; field->name; ++field) {
        if (!strcmp(field->name, name))
            return field;
    }
    return NULL;
}

static int copy_text(const char **text, const struct store_field *field, struct store_arena *arena)
{
    const char *src = *text ? *text : "";
    const size_t size = strnlen(src, (size_t)field->max + 1);

    if (size < field->min || size > field->max || !is_utf8(src))
        return -EINVAL;
    *text = store_arena_text(arena, src, size);
    return *text ? 0 : -ENOMEM;
}

static int copy_into(void *dst, const struct store_shape *shape, struct store_arena *arena);

static int copy_rows(void *dst, const struct store_field *field, struct store_arena *arena)
{
    const uint32_t n = *(const uint32_t *)((char *)dst + field->count_offset);
    const void **at = (const void **)((char *)dst + field->offset);
    const size_t size = field->rows->size;
    char *rows;

    if (n > field->max || (n && !*at))
        return -EINVAL;
    rows = store_arena_alloc(arena, n * size);
    if (!rows)
        return -ENOMEM;
    if (n)
        memcpy(rows, *at, n * size);
    *at = rows;
    for (uint32_t i = 0; i < n; ++i) {
        int err = copy_into(rows + i * size, field->rows, arena);

        if (err)
            return err;
    }
    return 0;
}

/* dst is a flat copy, whose pointers are still those of the source. */
static int copy_field(void *dst, const struct store_field *field, struct store_arena *arena)
{
    void *at = (char *)dst + field->offset;
    uint32_t value;

    switch (field->type) {
    case STORE_FIELD_TEXT:
        return copy_text(at, field, arena);
    case STORE_FIELD_U64:
        return *(const uint64_t *)at <= INT64_MAX ? 0 : -EINVAL;
    case STORE_FIELD_U32:
        value = *(const uint32_t *)at;
        return value >= field->min && value <= field->max ? 0 : -EINVAL;
    case STORE_FIELD_ROWS:
        return copy_rows(dst, field, arena);
    case STORE_FIELD_BOOL:
        break;
    }
    return 0;
}

static int copy_into(void *dst, const struct store_shape *shape, struct store_arena *arena)
{
    for (const struct store_field *field = shape->fields; field->name; ++field) {
        int err = copy_field(dst, field, arena);

        if (err)
            return err;
    }
    return 0;
}

int store_shape_copy(const void **ret, const struct store_shape *shape, const void *src,
                     struct store_arena *arena)
{
    void *dst = store_arena_alloc(arena, shape->size);
    int err;

    if (!dst)
        return -ENOMEM;
    memcpy(dst, src, shape->size);
    err = copy_into(dst, shape, arena);
    if (!err)
        *ret = dst;
    return err;
}
