/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/compositor_picture.c  What a canvas of the compositor shows, to be compared
 */
#include "mixer/compositor_picture.h"

#include <string.h>

#include "mixer/overlay.h"

static void set_tile(struct compositor_picture_tile *to, const struct compositor_tile *from)
{
    to->rect = from->rect;
    to->clear = from->clear;
    to->frame = from->clear ? NULL : from->frame;
    to->version = from->clear ? 0 : from->version;
    to->fit = from->clear ? SCALE_CONTAIN : from->fit;
    to->border = from->border;
    memcpy(to->border_yuv, from->border_yuv, sizeof(to->border_yuv));
    to->noverlays = from->noverlays;
    for (unsigned i = 0; i < from->noverlays; ++i)
        to->overlay[i] = (struct compositor_picture_overlay){
            .id = from->overlay[i].image->id, .x = from->overlay[i].x, .y = from->overlay[i].y};
}

void compositor_picture_set(struct compositor_picture *picture, uint64_t background,
                            const struct compositor_tile *tiles, unsigned ntiles)
{
    picture->background = background;
    picture->ntiles = ntiles;
    for (unsigned i = 0; i < ntiles; ++i)
        set_tile(&picture->tile[i], &tiles[i]);
}

static bool same_rect(const struct video_rect *a, const struct video_rect *b)
{
    return a->x == b->x && a->y == b->y && a->w == b->w && a->h == b->h;
}

bool compositor_picture_same_arrangement(const struct compositor_picture *a,
                                         const struct compositor_picture *b)
{
    if (a->ntiles != b->ntiles || a->background != b->background)
        return false;
    for (unsigned i = 0; i < a->ntiles; ++i) {
        if (a->tile[i].clear != b->tile[i].clear || !same_rect(&a->tile[i].rect, &b->tile[i].rect))
            return false;
    }
    return true;
}

static bool same_border(const struct compositor_picture_tile *a,
                        const struct compositor_picture_tile *b)
{
    return a->border == b->border &&
           (!a->border || memcmp(a->border_yuv, b->border_yuv, sizeof(a->border_yuv)) == 0);
}

bool compositor_picture_same_tile(const struct compositor_picture *a,
                                  const struct compositor_picture *b, unsigned i)
{
    const struct compositor_picture_tile *s = &a->tile[i], *t = &b->tile[i];

    if (s->frame != t->frame || s->version != t->version || s->fit != t->fit ||
        s->noverlays != t->noverlays || !same_border(s, t))
        return false;
    for (unsigned k = 0; k < s->noverlays; ++k) {
        if (s->overlay[k].id != t->overlay[k].id || s->overlay[k].x != t->overlay[k].x ||
            s->overlay[k].y != t->overlay[k].y)
            return false;
    }
    return true;
}

unsigned compositor_picture_differing(const struct compositor_picture *a,
                                      const struct compositor_picture *b)
{
    unsigned n = 0;

    for (unsigned i = 0; i < a->ntiles; ++i)
        n += !compositor_picture_same_tile(a, b, i);
    return n;
}
