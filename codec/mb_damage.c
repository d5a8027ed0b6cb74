/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/mb_damage.c  Which macroblocks of a composite did not change since the last encoded
 * one
 */
#include "codec/mb_damage.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "codec/video_frame.h"

struct mb_damage {
    uint32_t cols, rows; /* [macroblocks] */
    uint8_t unchanged;
    unsigned nlast; /* 0: no frame before */
    struct video_damage last[MB_DAMAGE_RECTS_MAX];
    uint8_t map[];
};

static bool same_shape(const struct mb_damage *d, const struct video_frame *frame)
{
    if (!d->nlast || frame->ndamage != d->nlast)
        return false;
    for (unsigned i = 0; i < d->nlast; ++i) {
        const struct video_rect *a = &d->last[i].rect, *b = &frame->damage[i].rect;

        if (a->x != b->x || a->y != b->y || a->w != b->w || a->h != b->h)
            return false;
    }
    return true;
}

static void clear_rect(struct mb_damage *d, const struct video_rect *rect)
{
    uint32_t x0 = rect->x / MB_DAMAGE_SIZE, y0 = rect->y / MB_DAMAGE_SIZE;
    uint32_t x1 = ((uint32_t)rect->x + rect->w + MB_DAMAGE_SIZE - 1) / MB_DAMAGE_SIZE;
    uint32_t y1 = ((uint32_t)rect->y + rect->h + MB_DAMAGE_SIZE - 1) / MB_DAMAGE_SIZE;

    if (!rect->w || !rect->h)
        return;
    if (x1 > d->cols)
        x1 = d->cols;
    if (y1 > d->rows)
        y1 = d->rows;
    for (uint32_t y = y0; y < y1 && x0 < x1; ++y)
        memset(d->map + (size_t)y * d->cols + x0, 0, x1 - x0);
}

int mb_damage_new(struct mb_damage **ret_damage, uint16_t w, uint16_t h, uint8_t unchanged)
{
    uint32_t cols = (w + MB_DAMAGE_SIZE - 1u) / MB_DAMAGE_SIZE;
    uint32_t rows = (h + MB_DAMAGE_SIZE - 1u) / MB_DAMAGE_SIZE;
    struct mb_damage *d = calloc(1, sizeof(*d) + (size_t)cols * rows);

    if (!d)
        return -ENOMEM;
    d->cols = cols;
    d->rows = rows;
    d->unchanged = unchanged;

    *ret_damage = d;
    return 0;
}

struct mb_damage *mb_damage_free(struct mb_damage *damage)
{
    free(damage);
    return NULL;
}

uint8_t *mb_damage_next(struct mb_damage *damage, const struct video_frame *frame)
{
    bool same = same_shape(damage, frame);

    if (same) {
        memset(damage->map, damage->unchanged, (size_t)damage->cols * damage->rows);
        for (unsigned i = 0; i < damage->nlast; ++i) {
            if (frame->damage[i].version != damage->last[i].version)
                clear_rect(damage, &frame->damage[i].rect);
        }
    }

    damage->nlast = frame->damage && frame->ndamage <= MB_DAMAGE_RECTS_MAX ? frame->ndamage : 0;
    if (damage->nlast)
        memcpy(damage->last, frame->damage, damage->nlast * sizeof(damage->last[0]));
    return same ? damage->map : NULL;
}

void mb_damage_forget(struct mb_damage *damage)
{
    damage->nlast = 0;
}
