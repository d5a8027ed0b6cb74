/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/layout_tiles.c  The tiles of a layout, read from a file and checked
 */
#include "mcu/config/layout_tiles.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "mcu/config/config_error.h"
#include "mcu/config/config_tree.h"

enum { CHECK_W = 1280, CHECK_H = 720 /* canvas that the smallest tile is given for [pixels] */ };

enum { KEY_AT, KEY_SPAN, KEY_RECT, KEY_ROLE, KEY_FIT, KEY_Z, KEY_VACANT, KEYS };
static const char *const keys[] = {"at", "span", "rect", "role", "fit", "z", "vacant", NULL};

static const char *const fit_words[] = {"contain", "cover", NULL};
static const char *const vacant_words[] = {"show", "hide", "fill", NULL};
static const char *const role_words[] = {"any", "speaker", "content", "reserved:NAME", NULL};
static const char reserved_prefix[] = "reserved:";

static uint32_t divisor(uint32_t a, uint32_t b)
{
    while (b) {
        uint32_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

/* Adds in lowest terms; false if the result is beyond 1 or too fine for a layout. */
static bool add_ratio(struct layout_ratio *ret_sum, const struct layout_ratio *a,
                      const struct layout_ratio *b)
{
    const uint32_t common = divisor(a->den, b->den);
    uint32_t den = a->den / common * b->den; /* at most 10^8, so numerators fit as well */
    uint32_t num = a->num * (b->den / common) + b->num * (a->den / common);
    const uint32_t by = divisor(num, den);

    num /= by;
    den /= by;
    if (num > den || den > LAYOUT_DEN_MAX)
        return false;
    *ret_sum = (struct layout_ratio){num, den};
    return true;
}

static int read_side(struct layout_reader *reader, const struct layout_field *rect,
                     const char *side, struct layout_ratio *from, struct layout_ratio *size,
                     struct layout_ratio *ret_to)
{
    if (!size->num) {
        layout_reader_complain(reader, rect, "has no %s", side);
        return -EINVAL;
    }
    if (add_ratio(ret_to, from, size))
        return 0;
    if ((uint64_t)from->num * size->den + (uint64_t)size->num * from->den >
        (uint64_t)from->den * size->den)
        layout_reader_complain(reader, rect, "reaches out of the canvas by its %s", side);
    else
        layout_reader_complain(reader, rect,
                               "is too fine: position plus %s has a denominator beyond %d", side,
                               LAYOUT_DEN_MAX);
    return -EINVAL;
}

/* [x, y, w, h] as fractions of the canvas. */
static int read_rect(struct layout_reader *reader, const struct layout_field *rect,
                     struct layout_spec_tile *tile)
{
    struct layout_ratio value[4];
    const struct config_node *item;
    int err;

    if (layout_reader_list(reader, rect, 4, 4))
        return -EINVAL;
    item = rect->node->child;
    for (unsigned i = 0; i < 4; ++i, item = item->next) {
        struct layout_field part;

        layout_reader_part(&part, rect, item, "[%u]", i);
        if (layout_reader_ratio(reader, &part, &value[i]))
            return -EINVAL;
    }
    tile->left = value[0];
    tile->top = value[1];
    err = read_side(reader, rect, "width", &value[0], &value[2], &tile->right);
    return err ? err : read_side(reader, rect, "height", &value[1], &value[3], &tile->bottom);
}

static void place_in_grid(struct layout_spec_tile *tile, const struct layout_tiles_cfg *cfg,
                          const unsigned at[2], const unsigned span[2])
{
    tile->left = (struct layout_ratio){at[0], cfg->columns};
    tile->top = (struct layout_ratio){at[1], cfg->rows};
    tile->right = (struct layout_ratio){at[0] + span[0], cfg->columns};
    tile->bottom = (struct layout_ratio){at[1] + span[1], cfg->rows};
}

static int read_cells(struct layout_reader *reader, const struct layout_field *fields,
                      const struct layout_tiles_cfg *cfg, struct layout_spec_tile *tile)
{
    const struct layout_field *at_field = &fields[KEY_AT], *span_field = &fields[KEY_SPAN];
    const struct layout_field *blame = span_field->node ? span_field : at_field;
    unsigned at[2], span[2] = {1, 1};

    if (!cfg->columns) {
        layout_reader_complain(reader, at_field, "needs the layout's \"grid\"");
        return -EINVAL;
    }
    if (layout_reader_pair(reader, at_field, 0, LAYOUT_TILES_GRID_MAX, at))
        return -EINVAL;
    if (span_field->node && layout_reader_pair(reader, span_field, 1, LAYOUT_TILES_GRID_MAX, span))
        return -EINVAL;
    if (at[0] >= cfg->columns || at[1] >= cfg->rows) {
        layout_reader_complain(reader, at_field,
                               "is outside of the grid of %ux%u (the first cell is [0, 0])",
                               cfg->columns, cfg->rows);
        return -EINVAL;
    }
    if (at[0] + span[0] > cfg->columns || at[1] + span[1] > cfg->rows) {
        const bool wide = at[0] + span[0] > cfg->columns;

        layout_reader_complain(reader, blame, "%u %s do not fit a grid of %u at %c=%u",
                               wide ? span[0] : span[1], wide ? "columns" : "rows",
                               wide ? cfg->columns : cfg->rows, wide ? 'x' : 'y',
                               wide ? at[0] : at[1]);
        return -EINVAL;
    }
    place_in_grid(tile, cfg, at, span);
    return 0;
}

static int read_place(struct layout_reader *reader, const struct layout_field *map,
                      const struct layout_field *fields, const struct layout_tiles_cfg *cfg,
                      struct layout_spec_tile *tile)
{
    const bool cells = fields[KEY_AT].node || fields[KEY_SPAN].node;

    if (cells && fields[KEY_RECT].node)
        layout_reader_complain(reader, &fields[KEY_RECT], "excludes \"at\" and \"span\"");
    else if (fields[KEY_RECT].node)
        return read_rect(reader, &fields[KEY_RECT], tile);
    else if (fields[KEY_AT].node)
        return read_cells(reader, fields, cfg, tile);
    else
        layout_reader_complain(reader, map, "needs \"at: [x, y]\" or \"rect: [x, y, w, h]\"");
    return -EINVAL;
}

static int read_role(struct layout_reader *reader, const struct layout_field *field,
                     struct layout_spec_tile *tile)
{
    const size_t prefix = sizeof(reserved_prefix) - 1;
    const char *text = layout_reader_text(reader, field);
    unsigned role;

    if (!text)
        return -EINVAL;
    if (strncmp(text, reserved_prefix, prefix) == 0 && strcmp(text, role_words[3]) != 0) {
        tile->role = LAYOUT_ROLE_RESERVED;
        return layout_reader_name(reader, field, text + prefix, tile->reserved);
    }
    if (layout_reader_word(reader, field, role_words, &role))
        return -EINVAL;
    if (role == LAYOUT_ROLE_RESERVED) {
        layout_reader_complain(reader, field, "needs the name of a seat, as reserved:interpreter");
        return -EINVAL;
    }
    tile->role = (enum layout_role)role;
    return 0;
}

static int read_tile(struct layout_reader *reader, const struct layout_field *map,
                     const struct layout_tiles_cfg *cfg, struct layout_spec_tile *tile)
{
    struct layout_field fields[KEYS];
    unsigned word, z;
    int err = layout_reader_keys(reader, map, keys, fields);

    if (map->node->type != CONFIG_NODE_MAP)
        return err;
    if (read_place(reader, map, fields, cfg, tile))
        err = -EINVAL;
    if (fields[KEY_ROLE].node && read_role(reader, &fields[KEY_ROLE], tile))
        err = -EINVAL;
    tile->fit = cfg->fit;
    if (fields[KEY_FIT].node) {
        if (layout_reader_word(reader, &fields[KEY_FIT], fit_words, &word))
            err = -EINVAL;
        else
            tile->fit = (enum scale_fit)word;
    }
    if (fields[KEY_VACANT].node) {
        if (layout_reader_word(reader, &fields[KEY_VACANT], vacant_words, &word))
            err = -EINVAL;
        else
            tile->vacant = (enum layout_vacant)word;
    }
    if (fields[KEY_Z].node) {
        if (layout_reader_number(reader, &fields[KEY_Z], 0, UINT8_MAX, &z))
            err = -EINVAL;
        else
            tile->z = (uint8_t)z;
    }
    return err;
}

static int fill_grid(struct layout_reader *reader, const struct layout_field *field,
                     const struct layout_tiles_cfg *cfg, struct layout_spec_tile *ret_tile)
{
    const unsigned n = cfg->columns * cfg->rows;
    const unsigned span[2] = {1, 1};

    if (n > LAYOUT_TILES_MAX) {
        layout_reader_complain(reader, field, "a grid of %ux%u has more than %d cells; list tiles",
                               cfg->columns, cfg->rows, LAYOUT_TILES_MAX);
        return -EINVAL;
    }
    for (unsigned i = 0; i < n; ++i) {
        const unsigned at[2] = {i % cfg->columns, i / cfg->columns};

        memset(&ret_tile[i], 0, sizeof(ret_tile[i]));
        ret_tile[i].fit = cfg->fit;
        place_in_grid(&ret_tile[i], cfg, at, span);
    }
    return (int)n;
}

int layout_tiles_read(struct layout_reader *reader, const struct layout_field *layout,
                      const struct layout_field *field, const struct layout_tiles_cfg *cfg,
                      struct layout_spec_tile *ret_tile)
{
    unsigned n = 0;
    int err = 0;

    if (!field->node && cfg->columns)
        return fill_grid(reader, layout, cfg, ret_tile);
    if (!field->node) {
        layout_reader_complain(reader, layout, "needs \"grid\" or \"tiles\"");
        return -EINVAL;
    }
    if (layout_reader_list(reader, field, 1, LAYOUT_TILES_MAX))
        return -EINVAL;
    for (const struct config_node *item = field->node->child; item; item = item->next, ++n) {
        struct layout_field part;

        memset(&ret_tile[n], 0, sizeof(ret_tile[n]));
        layout_reader_part(&part, field, item, "[%u]", n);
        if (read_tile(reader, &part, cfg, &ret_tile[n]))
            err = -EINVAL;
    }
    return err ? err : (int)n;
}

/* Where to complain about tile i: at the tile, or at the layout if its tiles are a grid's cells. */
static void tile_field(struct layout_field *ret_field, const struct layout_field *layout,
                       const struct layout_field *field, unsigned i)
{
    const struct config_node *item = field->node ? field->node->child : NULL;

    for (unsigned n = i; item && n; --n)
        item = item->next;
    layout_reader_part(ret_field, field, item ? item : layout->node, "[%u]", i);
}

static int check_size(struct layout_reader *reader, const struct layout_field *layout,
                      const struct layout_field *field, const struct layout_spec *spec, unsigned i)
{
    struct layout_spec alone = *spec;
    struct layout resolved;
    struct layout_field at;
    unsigned w = 0, h = 0;

    alone.tile = &spec->tile[i];
    alone.ntiles = 1;
    if (layout_resolve(&resolved, &alone, CHECK_W, CHECK_H) == 0) {
        w = resolved.tile[0].rect.w;
        h = resolved.tile[0].rect.h;
    }
    if (w >= LAYOUT_TILE_W_MIN && h >= LAYOUT_TILE_H_MIN)
        return 0;
    tile_field(&at, layout, field, i);
    layout_reader_complain(reader, &at, "is %ux%u pixels on %dx%d; the least is %dx%d", w, h,
                           CHECK_W, CHECK_H, LAYOUT_TILE_W_MIN, LAYOUT_TILE_H_MIN);
    return -EINVAL;
}

int layout_tiles_check(struct layout_reader *reader, const struct layout_field *layout,
                       const struct layout_field *field, const struct layout_spec *spec)
{
    unsigned people = 0, a, b;
    struct layout_field at;
    int err = 0;

    for (unsigned i = 0; i < spec->ntiles && !err; ++i) {
        people +=
            spec->tile[i].role != LAYOUT_ROLE_CONTENT || spec->tile[i].vacant == LAYOUT_VACANT_FILL;
        err = check_size(reader, layout, field, spec, i);
    }
    if (!err && !people) {
        layout_reader_complain(reader, layout, "has no tile for people");
        err = -EINVAL;
    }
    if (!err && layout_overlap(spec, &a, &b)) {
        tile_field(&at, layout, field, b);
        layout_reader_complain(reader, &at, "overlaps tiles[%u]; give the upper one a greater z",
                               a);
        err = -EINVAL;
    }
    return err;
}
