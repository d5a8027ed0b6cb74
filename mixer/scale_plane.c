/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/scale_plane.c  One plane to any other size; part of scale.c
 */
#include "mixer/scale_plane.h"

#include <stddef.h>
#include <string.h>

#include "mixer/scale_ops.h"

enum {
    SIDE_MAX = 8192,
    LEVEL_MAX = 4, /* halved so many times at most */
    GROUPS_MAX = SIDE_MAX / SCALE_OPS_GROUP,
    NO_ROW = -1,
};

static const double RATIO_MAX = 1.85;     /* eight pixels then come from 15 */
static const double ROWS_RATIO_MAX = 2.2; /* the same for rows, for the looks only */

/* The source after halving, of which the last rows are kept. */
struct reader {
    const struct scale_ops *ops;
    const struct scale_plane *src;
    unsigned level, w, h;
    int row[2]; /* which rows are in cache[], or NO_ROW */
    uint8_t cache[2][SIDE_MAX / 2];
};

static const uint8_t *source_row(const struct scale_plane *src, unsigned y)
{
    if (y >= src->h)
        y = src->h - 1;
    return src->data + (ptrdiff_t)y * src->stride;
}

/* Row y of the source halved level times, at least once. */
static void halve(const struct reader *reader, unsigned level, unsigned y, uint8_t *dst)
{
    uint8_t a[SIDE_MAX / 2], b[SIDE_MAX / 2];
    unsigned w = reader->src->w >> level;

    if (level == 1) {
        reader->ops->half(dst, source_row(reader->src, 2 * y), source_row(reader->src, 2 * y + 1),
                          w);
        return;
    }
    halve(reader, level - 1, 2 * y, a);
    halve(reader, level - 1, 2 * y + 1, b);
    reader->ops->half(dst, a, b, w);
}

/* Valid until the row after next is asked for. */
static const uint8_t *read_row(struct reader *reader, unsigned y)
{
    unsigned i = y % 2;

    if (reader->level == 0)
        return source_row(reader->src, y);
    if (reader->row[i] != (int)y) {
        halve(reader, reader->level, y, reader->cache[i]);
        reader->row[i] = (int)y;
    }
    return reader->cache[i];
}

/* The first of the two source pixels next to destination pixel i, and the weight of the second. */
static unsigned place(unsigned i, double ratio, unsigned len, unsigned *ret_weight)
{
    double at = (i + 0.5) * ratio - 0.5;
    unsigned first;

    if (at < 0.0)
        at = 0.0;
    first = (unsigned)at;
    if (first > len - 2) {
        *ret_weight = SCALE_OPS_WEIGHT;
        return len - 2;
    }
    *ret_weight = (unsigned)((at - first) * SCALE_OPS_WEIGHT + 0.5);
    return first;
}

static void plan(struct scale_ops_group *group, unsigned n, double ratio, unsigned len)
{
    for (unsigned i = 0; i < n; ++i) {
        struct scale_ops_group *g = &group[i / SCALE_OPS_GROUP];
        unsigned k = i % SCALE_OPS_GROUP * 2, weight, first = place(i, ratio, len, &weight);

        if (k == 0) {
            memset(g, 0, sizeof(*g));
            g->start = first;
        }
        g->at[k] = (uint8_t)(first - g->start);
        g->at[k + 1] = (uint8_t)(first - g->start + 1);
        g->weight[k] = (uint8_t)(SCALE_OPS_WEIGHT - weight);
        g->weight[k + 1] = (uint8_t)weight;
    }
}

static void draw_rows(const struct scale_plane *dst, struct reader *reader, double ratio_w,
                      double ratio_h)
{
    struct scale_ops_group group[GROUPS_MAX];
    uint8_t row[SIDE_MAX + SCALE_OPS_REACH], last[SCALE_OPS_GROUP];
    unsigned whole = dst->w / SCALE_OPS_GROUP, rest = dst->w % SCALE_OPS_GROUP;

    plan(group, dst->w, ratio_w, reader->w);
    memset(row + reader->w, 0, SCALE_OPS_REACH);
    for (unsigned y = 0; y < dst->h; ++y) {
        uint8_t *out = dst->data + (ptrdiff_t)y * dst->stride;
        unsigned weight, first = place(y, ratio_h, reader->h, &weight);
        const uint8_t *a = read_row(reader, first);

        reader->ops->blend(row, a, read_row(reader, first + 1), weight, reader->w);
        reader->ops->columns(out, row, group, whole);
        if (rest) {
            reader->ops->columns(last, row, group + whole, 1);
            memcpy(out + dst->w - rest, last, rest);
        }
    }
}

bool scale_plane_draw(const struct scale_plane *dst, const struct scale_plane *src)
{
    struct reader reader;
    double ratio_w = (double)src->w / dst->w, ratio_h = (double)src->h / dst->h;

    reader.ops = scale_ops_best();
    reader.src = src;
    reader.level = 0;
    while (ratio_w > RATIO_MAX) {
        ratio_w /= 2.0;
        ratio_h /= 2.0;
        ++reader.level;
    }
    reader.w = src->w >> reader.level;
    reader.h = src->h >> reader.level;
    reader.row[0] = reader.row[1] = NO_ROW;
    if (reader.level > LEVEL_MAX || ratio_h > ROWS_RATIO_MAX || reader.w < 2 || reader.h < 2 ||
        src->w > SIDE_MAX || dst->w > SIDE_MAX)
        return false;
    draw_rows(dst, &reader, ratio_w, ratio_h);
    return true;
}
