/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/video_frame.c  A picture: I420, 8 bit, counted, immutable once handed on
 */
#include "codec/video_frame.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGN = 64, SIDE_MAX = 8192, PADDING = 64 };

static void free_frame(struct video_frame *frame)
{
    free(frame->plane[0]);
    free(frame);
}

int video_frame_new(struct video_frame **ret_frame, uint16_t w, uint16_t h)
{
    struct video_frame *frame;
    size_t luma, chroma;

    assert(ret_frame);
    if (!w || !h || w > SIDE_MAX || h > SIDE_MAX)
        return -EINVAL;

    frame = calloc(1, sizeof(*frame));
    if (!frame)
        return -ENOMEM;

    ref_init(&frame->ref);
    frame->w = w;
    frame->h = h;
    frame->stride[0] = (w + ALIGN - 1) & ~(ALIGN - 1);
    frame->stride[1] = frame->stride[2] = ((w + 1) / 2 + ALIGN - 1) & ~(ALIGN - 1);
    luma = (size_t)frame->stride[0] * h;
    chroma = (size_t)frame->stride[1] * ((h + 1u) / 2);
    luma = (luma + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    chroma = (chroma + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    frame->plane[0] = aligned_alloc(ALIGN, luma + 2 * chroma + PADDING);
    if (!frame->plane[0]) {
        free(frame);
        return -ENOMEM;
    }
    frame->plane[1] = frame->plane[0] + luma;
    frame->plane[2] = frame->plane[1] + chroma;
    frame->freeh = free_frame;

    *ret_frame = frame;
    return 0;
}

struct video_frame *video_frame_ref(struct video_frame *frame)
{
    ref_get(&frame->ref);
    return frame;
}

struct video_frame *video_frame_unref(struct video_frame *frame)
{
    if (frame && ref_put(&frame->ref))
        frame->freeh(frame);
    return NULL;
}

static void fill_plane(uint8_t *plane, int stride, unsigned x, unsigned y, unsigned w, unsigned h,
                       uint8_t value)
{
    for (unsigned row = y; row < y + h; ++row)
        memset(plane + (size_t)row * (size_t)stride + x, value, w);
}

void video_frame_fill(struct video_frame *frame, const struct video_rect *rect, uint8_t y,
                      uint8_t u, uint8_t v)
{
    unsigned x0 = rect->x & ~1u, y0 = rect->y & ~1u;
    unsigned x1 = (unsigned)rect->x + rect->w, y1 = (unsigned)rect->y + rect->h;
    unsigned w, h;

    if (x1 > frame->w)
        x1 = frame->w;
    if (y1 > frame->h)
        y1 = frame->h;
    if (x0 >= x1 || y0 >= y1)
        return;

    w = x1 - x0;
    h = y1 - y0;
    fill_plane(frame->plane[0], frame->stride[0], x0, y0, w, h, y);
    fill_plane(frame->plane[1], frame->stride[1], x0 / 2, y0 / 2, (w + 1) / 2, (h + 1) / 2, u);
    fill_plane(frame->plane[2], frame->stride[2], x0 / 2, y0 / 2, (w + 1) / 2, (h + 1) / 2, v);
}
