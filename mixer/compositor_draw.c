/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/compositor_draw.c  Draws what changed onto a canvas of the compositor
 */
#include "mixer/compositor_draw.h"

#include <string.h>

#include "mixer/overlay.h"

/* Rectangles, which may overlap, of what is drawn anew. */
struct region {
    unsigned n;
    struct video_rect rect[COMPOSITOR_TILES_MAX];
};

static bool overlap(const struct video_rect *a, const struct video_rect *b)
{
    return a->x < b->x + b->w && b->x < a->x + a->w && a->y < b->y + b->h && b->y < a->y + a->h;
}

/* A rectangle by its edges. */
static struct video_rect edges(unsigned x0, unsigned y0, unsigned x1, unsigned y1)
{
    return (struct video_rect){(uint16_t)x0, (uint16_t)y0, (uint16_t)(x1 - x0),
                               (uint16_t)(y1 - y0)};
}

/* What is common to two rectangles that overlap. */
static struct video_rect common(const struct video_rect *a, const struct video_rect *b)
{
    unsigned ax1 = (unsigned)a->x + a->w, ay1 = (unsigned)a->y + a->h;
    unsigned bx1 = (unsigned)b->x + b->w, by1 = (unsigned)b->y + b->h;

    return edges(a->x > b->x ? a->x : b->x, a->y > b->y ? a->y : b->y, ax1 < bx1 ? ax1 : bx1,
                 ay1 < by1 ? ay1 : by1);
}

static void copy_plane(uint8_t *dst, int dst_stride, const uint8_t *src, int src_stride, unsigned w,
                       unsigned h)
{
    for (unsigned y = 0; y < h; ++y) {
        memcpy(dst, src, w);
        dst += dst_stride;
        src += src_stride;
    }
}

static void draw_background(const struct compositor_draw *draw, const struct video_rect *rect)
{
    struct video_frame *frame = draw->frame;
    const struct video_frame *image = draw->image;

    if (!image) {
        video_frame_fill(frame, rect, draw->yuv[0], draw->yuv[1], draw->yuv[2]);
        return;
    }
    for (unsigned p = 0; p < 3; ++p) {
        unsigned s = p > 0, x = rect->x >> s, y = rect->y >> s;

        copy_plane(frame->plane[p] + (size_t)y * (size_t)frame->stride[p] + x, frame->stride[p],
                   image->plane[p] + (size_t)y * (size_t)image->stride[p] + x, image->stride[p],
                   rect->w >> s, rect->h >> s);
    }
}

static void fill_clipped(struct video_frame *frame, const struct video_rect *clip,
                         const struct video_rect *rect, const uint8_t yuv[3])
{
    struct video_rect part;

    if (!rect->w || !rect->h || !overlap(rect, clip))
        return;
    part = common(rect, clip);
    video_frame_fill(frame, &part, yuv[0], yuv[1], yuv[2]);
}

static void draw_border(struct video_frame *frame, const struct video_rect *clip,
                        const struct compositor_tile *tile)
{
    const struct video_rect *r = &tile->rect;
    unsigned x1 = (unsigned)r->x + r->w, y1 = (unsigned)r->y + r->h, b = tile->border;
    struct video_rect side[4];

    if (2 * b >= r->w || 2 * b >= r->h) { /* as wide as the tile */
        fill_clipped(frame, clip, r, tile->border_yuv);
        return;
    }
    side[0] = edges(r->x, r->y, x1, r->y + b);
    side[1] = edges(r->x, y1 - b, x1, y1);
    side[2] = edges(r->x, r->y + b, r->x + b, y1 - b);
    side[3] = edges(x1 - b, r->y + b, x1, y1 - b);
    for (unsigned i = 0; i < 4; ++i)
        fill_clipped(frame, clip, &side[i], tile->border_yuv);
}

/* What lies on a tile, within a part of it. */
static void decorate(struct compositor_draw *draw, const struct video_rect *clip,
                     const struct compositor_tile *tile)
{
    for (unsigned i = 0; i < tile->noverlays; ++i) {
        const struct compositor_overlay *overlay = &tile->overlay[i];
        const struct overlay *image = overlay->image;

        /* Not as a rectangle: its far edges may be beyond what one can tell. */
        if (overlay->x >= clip->x + clip->w || overlay->y >= clip->y + clip->h ||
            overlay->x + image->w <= clip->x || overlay->y + image->h <= clip->y)
            continue;
        overlay_blend(draw->frame, clip, overlay->x, overlay->y, image);
        ++draw->blended;
    }
    if (tile->border)
        draw_border(draw->frame, clip, tile);
}

static int draw_opaque(struct compositor_draw *draw, const struct compositor_tile *tile)
{
    int err = 0;

    ++draw->drawn;
    if (tile->frame)
        err = scale_draw(draw->frame, &tile->rect, tile->frame, tile->fit);
    else
        draw_background(draw, &tile->rect);
    if (!err)
        decorate(draw, &tile->rect, tile);
    return err;
}

/*
 * Decorate a clear tile in what part has in common with the region's rectangles from i on. Each
 * pixel once: after a rectangle only what is left around it goes on to the next ones.
 */
static void draw_clear(struct compositor_draw *draw, const struct compositor_tile *tile,
                       struct video_rect part, const struct region *region, unsigned i)
{
    unsigned x1 = (unsigned)part.x + part.w, y1 = (unsigned)part.y + part.h;
    struct video_rect in, rest[4];

    while (i < region->n && !overlap(&part, &region->rect[i]))
        ++i;
    if (i == region->n)
        return;
    in = common(&part, &region->rect[i]);
    decorate(draw, &in, tile);
    rest[0] = edges(part.x, part.y, x1, in.y);
    rest[1] = edges(part.x, in.y + in.h, x1, y1);
    rest[2] = edges(part.x, in.y, in.x, in.y + in.h);
    rest[3] = edges(in.x + in.w, in.y, x1, in.y + in.h);
    for (unsigned k = 0; k < 4; ++k) {
        if (rest[k].w && rest[k].h)
            draw_clear(draw, tile, rest[k], region, i + 1);
    }
}

/* Must opaque tile i be drawn because of another one that is? */
static bool is_drawn_with(const struct compositor_draw *draw, unsigned i)
{
    for (unsigned k = 0; k < draw->ntiles; ++k) {
        if (draw->changed[k] && (k < i || draw->tile[k].clear) &&
            overlap(&draw->tile[i].rect, &draw->tile[k].rect))
            return true;
    }
    return false;
}

/*
 * Add the opaque tiles that have to be drawn with the changed ones. Going upwards once is enough: a
 * tile that is added brings only others above it along.
 */
static void close_changed(struct compositor_draw *draw)
{
    for (unsigned i = 0; i < draw->ntiles; ++i) {
        if (!draw->tile[i].clear && !draw->changed[i])
            draw->changed[i] = is_drawn_with(draw, i);
    }
}

/* Find out what is drawn anew, and paint the background where it may show through. */
static void prepare(struct compositor_draw *draw, struct region *region)
{
    const struct video_rect whole = {.w = draw->frame->w, .h = draw->frame->h};

    region->n = 0;
    if (draw->all) {
        memset(draw->changed, true, sizeof(draw->changed));
        draw_background(draw, &whole);
        region->rect[region->n++] = whole;
        return;
    }
    close_changed(draw);
    for (unsigned i = 0; i < draw->ntiles; ++i) {
        if (!draw->changed[i])
            continue;
        region->rect[region->n++] = draw->tile[i].rect;
        if (draw->tile[i].clear)
            draw_background(draw, &draw->tile[i].rect);
    }
}

int compositor_draw_run(struct compositor_draw *draw)
{
    struct region region;

    prepare(draw, &region);
    for (unsigned i = 0; i < draw->ntiles; ++i) {
        const struct compositor_tile *tile = &draw->tile[i];
        int err = 0;

        if (tile->clear)
            draw_clear(draw, tile, tile->rect, &region, 0);
        else if (draw->changed[i])
            err = draw_opaque(draw, tile);
        if (err)
            return err;
    }
    return 0;
}
