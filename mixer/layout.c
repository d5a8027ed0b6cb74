/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/layout.c  Where tiles are: a layout in fractions of a canvas, and on the pixels of
 * one
 */
#include "mixer/layout.h"

#include <assert.h>
#include <errno.h>

enum { GAP_SIDE = 720 /* the gap is given for a canvas with this shorter side [pixels] */ };

/*
 * The nearest even pixel; depends on the value of the fraction alone, so that 1/3
 * and 2/6 are one edge.  Never beyond the side: below 1 the nearest even pixel of
 * an odd side is that side - 1 at most.
 */
static unsigned edge(const struct layout_ratio *ratio, unsigned side)
{
    uint64_t den = ratio->den;

    if (ratio->num >= ratio->den)
        return side;
    return (unsigned)((ratio->num * (uint64_t)side + den) / (2 * den) * 2);
}

/* One dimension of a tile; false if nothing is left of it. */
static bool span(uint16_t *ret_start, uint16_t *ret_size, const struct layout_ratio *from,
                 const struct layout_ratio *to, unsigned side, unsigned half_gap)
{
    unsigned start = edge(from, side) + half_gap, end = edge(to, side);

    if (half_gap)
        end &= ~1u; /* only a tile that reaches an odd rim may be odd */
    if (end <= start + half_gap)
        return false;
    *ret_start = (uint16_t)start;
    *ret_size = (uint16_t)(end - half_gap - start);
    return true;
}

static bool valid_range(const struct layout_ratio *from, const struct layout_ratio *to)
{
    return from->den > 0 && from->den <= LAYOUT_DEN_MAX && to->den > 0 &&
           to->den <= LAYOUT_DEN_MAX && to->num <= to->den &&
           (uint64_t)from->num * to->den < (uint64_t)to->num * from->den;
}

static bool resolve_tile(struct layout_tile *tile, const struct layout_spec_tile *spec, uint16_t w,
                         uint16_t h, unsigned half_gap)
{
    if (!valid_range(&spec->left, &spec->right) || !valid_range(&spec->top, &spec->bottom))
        return false;
    tile->role = spec->role;
    tile->vacant = spec->vacant;
    tile->fit = spec->fit;
    return span(&tile->rect.x, &tile->rect.w, &spec->left, &spec->right, w, half_gap) &&
           span(&tile->rect.y, &tile->rect.h, &spec->top, &spec->bottom, h, half_gap);
}

/* An insertion sort by z; stable, so that the later of equals lies above. */
static void order_tiles(uint8_t *order, const struct layout_spec *spec)
{
    for (unsigned i = 0; i < spec->ntiles; ++i) {
        unsigned place = i;

        for (; place > 0 && spec->tile[order[place - 1]].z > spec->tile[i].z; --place)
            order[place] = order[place - 1];
        order[place] = (uint8_t)i;
    }
}

int layout_resolve(struct layout *ret_layout, const struct layout_spec *spec, uint16_t w,
                   uint16_t h)
{
    struct layout layout = {.w = w, .h = h};
    unsigned shorter = w < h ? w : h, half_gap;

    assert(ret_layout && spec);
    if (w < LAYOUT_SIDE_MIN || h < LAYOUT_SIDE_MIN || w > LAYOUT_SIDE_MAX || h > LAYOUT_SIDE_MAX)
        return -EINVAL;
    if (spec->ntiles == 0 || spec->ntiles > LAYOUT_TILES_MAX || spec->gap > LAYOUT_GAP_MAX)
        return -EINVAL;

    half_gap = (spec->gap * shorter + 2 * GAP_SIDE) / (4 * GAP_SIDE) * 2;
    layout.ntiles = spec->ntiles;
    for (unsigned i = 0; i < spec->ntiles; ++i) {
        if (!resolve_tile(&layout.tile[i], &spec->tile[i], w, h, half_gap))
            return -EINVAL;
    }
    order_tiles(layout.order, spec);

    *ret_layout = layout;
    return 0;
}

static bool less(const struct layout_ratio *a, const struct layout_ratio *b)
{
    return (uint64_t)a->num * b->den < (uint64_t)b->num * a->den;
}

static bool overlaps(const struct layout_spec_tile *a, const struct layout_spec_tile *b)
{
    return less(&a->left, &b->right) && less(&b->left, &a->right) && less(&a->top, &b->bottom) &&
           less(&b->top, &a->bottom);
}

bool layout_overlap(const struct layout_spec *spec, unsigned *ret_a, unsigned *ret_b)
{
    for (unsigned b = 1; b < spec->ntiles; ++b) {
        for (unsigned a = 0; a < b; ++a) {
            if (spec->tile[a].z == spec->tile[b].z && overlaps(&spec->tile[a], &spec->tile[b])) {
                *ret_a = a;
                *ret_b = b;
                return true;
            }
        }
    }
    return false;
}

unsigned layout_seats(const struct layout_spec *spec)
{
    unsigned n = 0;

    for (unsigned i = 0; i < spec->ntiles; ++i) {
        const struct layout_spec_tile *tile = &spec->tile[i];

        n += tile->role == LAYOUT_ROLE_ANY || tile->role == LAYOUT_ROLE_SPEAKER ||
             tile->vacant == LAYOUT_VACANT_FILL;
    }
    return n;
}
