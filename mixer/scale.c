/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/scale.c  A picture into a rectangle of another one
 *
 * Halves, quarters and doubles go through libyuv, which has kernels for them; all
 * other ratios go through scale_plane.c, which is three times as fast there.  What that
 * does not do (tiny sides, stretching) falls back to libyuv's box filter.
 */
#include "mixer/scale.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#include <libyuv/planar_functions.h>
#include <libyuv/scale.h>

#include "mixer/scale_plane.h"

enum {
    BLACK_Y = 16,
    BLACK_UV = 128,
    SNAP = 2, /* bars and cuts of up to so many pixels in all are not worth it */
};

/*
 * Length of a side that must be len * num / den, but not over most: even, or all
 * of most if it comes close.
 */
static uint16_t side(uint16_t len, uint16_t num, uint16_t den, uint16_t most)
{
    uint64_t n = (uint64_t)len * num / den;

    if (n + SNAP >= most)
        return most;
    return n < 2 ? 2 : (uint16_t)(n & ~UINT64_C(1));
}

static uint16_t middle(uint16_t most, uint16_t len)
{
    return (uint16_t)((most - len) / 2 & ~1);
}

/* Is a picture of w x h wider than a rectangle? */
static bool is_wider(uint16_t w, uint16_t h, const struct video_rect *rect)
{
    return (uint32_t)w * rect->h > (uint32_t)rect->w * h;
}

void scale_place(struct video_rect *ret_src, struct video_rect *ret_dst,
                 const struct video_rect *rect, uint16_t w, uint16_t h, enum scale_fit fit)
{
    struct video_rect src = {.w = w, .h = h}, dst = *rect;

    if (fit == SCALE_COVER) {
        if (is_wider(w, h, rect))
            src.w = side(h, rect->w, rect->h, w);
        else
            src.h = side(w, rect->h, rect->w, h);
        src.x = middle(w, src.w);
        src.y = middle(h, src.h);
    } else {
        if (is_wider(w, h, rect))
            dst.h = side(rect->w, h, w, rect->h);
        else
            dst.w = side(rect->h, w, h, rect->w);
        dst.x = (uint16_t)(rect->x + middle(rect->w, dst.w));
        dst.y = (uint16_t)(rect->y + middle(rect->h, dst.h));
    }
    *ret_src = src;
    *ret_dst = dst;
}

static uint8_t *at(const struct video_frame *frame, unsigned plane, const struct video_rect *rect)
{
    unsigned shift = plane > 0;

    return frame->plane[plane] + (ptrdiff_t)(rect->y >> shift) * frame->stride[plane] +
           (rect->x >> shift);
}

static bool is_odd_inside(uint16_t start, uint16_t len, uint16_t most)
{
    return (len & 1) && start + len != most;
}

static bool is_valid(const struct video_frame *dst, const struct video_rect *rect)
{
    return rect->w && rect->h && !(rect->x & 1) && !(rect->y & 1) && rect->x + rect->w <= dst->w &&
           rect->y + rect->h <= dst->h && !is_odd_inside(rect->x, rect->w, dst->w) &&
           !is_odd_inside(rect->y, rect->h, dst->h);
}

static void black(struct video_frame *dst, unsigned x, unsigned y, unsigned w, unsigned h)
{
    const struct video_rect rect = {(uint16_t)x, (uint16_t)y, (uint16_t)w, (uint16_t)h};

    if (w && h)
        video_frame_fill(dst, &rect, BLACK_Y, BLACK_UV, BLACK_UV);
}

/* Paints what is in outer and not in inner. */
static void paint_bars(struct video_frame *dst, const struct video_rect *outer,
                       const struct video_rect *inner)
{
    unsigned right = inner->x + inner->w, bottom = inner->y + inner->h;

    black(dst, outer->x, outer->y, outer->w, (unsigned)(inner->y - outer->y));
    black(dst, outer->x, bottom, outer->w, outer->y + outer->h - bottom);
    black(dst, outer->x, inner->y, (unsigned)(inner->x - outer->x), inner->h);
    black(dst, right, inner->y, outer->x + outer->w - right, inner->h);
}

static struct scale_plane part(const struct video_frame *frame, unsigned plane,
                               const struct video_rect *rect)
{
    return (struct scale_plane){
        .data = at(frame, plane, rect),
        .stride = frame->stride[plane],
        .w = plane ? (rect->w + 1u) / 2 : rect->w,
        .h = plane ? (rect->h + 1u) / 2 : rect->h,
    };
}

static bool has_kernel(const struct scale_plane *dst, const struct scale_plane *src)
{
    return (src->w == 2 * dst->w && src->h == 2 * dst->h) ||
           (src->w == 4 * dst->w && src->h == 4 * dst->h) ||
           (2 * src->w == dst->w && 2 * src->h == dst->h);
}

static void draw_plane(const struct scale_plane *dst, const struct scale_plane *src)
{
    if (dst->w == src->w && dst->h == src->h) {
        CopyPlane(src->data, src->stride, dst->data, dst->stride, (int)dst->w, (int)dst->h);
        return;
    }
    if (!has_kernel(dst, src) && scale_plane_draw(dst, src))
        return;
    ScalePlane(src->data, src->stride, (int)src->w, (int)src->h, dst->data, dst->stride,
               (int)dst->w, (int)dst->h, kFilterBox);
}

int scale_draw(struct video_frame *dst, const struct video_rect *rect,
               const struct video_frame *src, enum scale_fit fit)
{
    struct video_rect from, to;

    if (!is_valid(dst, rect))
        return -EINVAL;
    scale_place(&from, &to, rect, src->w, src->h, fit);
    paint_bars(dst, rect, &to);
    for (unsigned i = 0; i < 3; ++i) {
        struct scale_plane plane = part(dst, i, &to), source = part(src, i, &from);

        draw_plane(&plane, &source);
    }
    return 0;
}
