/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/overlay.c  Small pictures with transparency: made of pixels, counted, blended
 */
#include "mixer/overlay.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <cairo.h>

#include "mixer/overlay_ops.h"
#include "mixer/picture.h"

enum { ALIGN = 64, SIDE_MAX = 8192 };

/* Sums of premultiplied pixels. */
struct sum {
    int r, g, b, a;
};

static size_t aligned(size_t n)
{
    return (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

static uint64_t next_id(void)
{
    static _Atomic uint64_t last;

    /* Relaxed: all that matters is that no two get the same one. */
    return atomic_fetch_add_explicit(&last, 1, memory_order_relaxed) + 1;
}

static int new_overlay(struct overlay **ret_overlay, uint16_t w, uint16_t h)
{
    struct overlay *overlay = calloc(1, sizeof(*overlay));
    size_t luma, chroma;

    if (!overlay)
        return -ENOMEM;
    overlay->stride[0] = (int)aligned(w);
    overlay->stride[1] = (int)aligned(w / 2u);
    luma = (size_t)overlay->stride[0] * h;
    chroma = (size_t)overlay->stride[1] * (h / 2u);
    overlay->plane[0] = aligned_alloc(ALIGN, 2 * luma + 3 * chroma);
    if (!overlay->plane[0]) {
        free(overlay);
        return -ENOMEM;
    }
    overlay->keep[0] = overlay->plane[0] + luma;
    overlay->plane[1] = overlay->keep[0] + luma;
    overlay->plane[2] = overlay->plane[1] + chroma;
    overlay->keep[1] = overlay->plane[2] + chroma;
    overlay->w = w;
    overlay->h = h;
    overlay->id = next_id();
    ref_init(&overlay->ref);

    *ret_overlay = overlay;
    return 0;
}

struct overlay *overlay_ref(struct overlay *overlay)
{
    ref_get(&overlay->ref);
    return overlay;
}

struct overlay *overlay_unref(struct overlay *overlay)
{
    if (overlay && ref_put(&overlay->ref)) {
        free(overlay->plane[0]);
        free(overlay);
    }
    return NULL;
}

static void add(struct sum *sum, const uint8_t *argb)
{
    uint32_t px;

    memcpy(&px, argb, sizeof(px)); /* in the machine's byte order */
    sum->a += (int)(px >> 24);
    sum->r += (int)(px >> 16 & 0xff);
    sum->g += (int)(px >> 8 & 0xff);
    sum->b += (int)(px & 0xff);
}

static uint8_t byte(int v)
{
    return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

/*
 * BT.601 limited range of n pixels: weights of the colours in 256ths and an offset, which is
 * premultiplied as the colours are.
 */
static uint8_t weigh(const struct sum *s, int r, int g, int b, int offset, int n)
{
    int v = (r * s->r + g * s->g + b * s->b) * 255 + offset * 256 * s->a;
    int unit = n * 255 * 256;

    return byte((v + unit / 2) / unit);
}

static void convert_luma(struct overlay *overlay, const uint8_t *argb, int stride, unsigned y)
{
    size_t at = (size_t)y * (size_t)overlay->stride[0];
    const uint8_t *row = argb + (size_t)y * (size_t)stride;

    for (unsigned x = 0; x < overlay->w; ++x) {
        struct sum px = {0};

        add(&px, row + 4u * x);
        overlay->plane[0][at + x] = weigh(&px, 66, 129, 25, 16, 1);
        overlay->keep[0][at + x] = (uint8_t)(255 - px.a);
    }
}

static void convert_chroma(struct overlay *overlay, const uint8_t *argb, int stride, unsigned y)
{
    size_t at = (size_t)y * (size_t)overlay->stride[1];
    const uint8_t *row = argb + 2u * y * (size_t)stride;

    for (unsigned x = 0; x < overlay->w / 2u; ++x) {
        struct sum px = {0};

        add(&px, row + 8u * x);
        add(&px, row + 8u * x + 4);
        add(&px, row + stride + 8u * x);
        add(&px, row + stride + 8u * x + 4);
        overlay->plane[1][at + x] = weigh(&px, -38, -74, 112, 128, 4);
        overlay->plane[2][at + x] = weigh(&px, 112, -94, -18, 128, 4);
        overlay->keep[1][at + x] = (uint8_t)(255 - (px.a + 2) / 4);
    }
}

int overlay_from_argb(struct overlay **ret_overlay, const uint8_t *argb, int stride, uint16_t w,
                      uint16_t h)
{
    struct overlay *overlay;
    int err;

    assert(ret_overlay);
    if (!w || !h || (w | h) & 1 || w > SIDE_MAX || h > SIDE_MAX || stride < 4 * w)
        return -EINVAL;
    err = new_overlay(&overlay, w, h);
    if (err)
        return err;
    for (unsigned y = 0; y < h; ++y)
        convert_luma(overlay, argb, stride, y);
    for (unsigned y = 0; y < h / 2u; ++y)
        convert_chroma(overlay, argb, stride, y);

    *ret_overlay = overlay;
    return 0;
}

/* Largest size of the picture's shape within the box; at least a pixel. */
static void fit(unsigned *w, unsigned *h, unsigned max_w, unsigned max_h)
{
    unsigned pw = *w, ph = *h;

    if (pw <= max_w && ph <= max_h)
        return;
    if ((uint64_t)pw * max_h > (uint64_t)ph * max_w) {
        *w = max_w;
        *h = (ph * max_w + pw / 2) / pw;
    } else {
        *h = max_h;
        *w = (pw * max_h + ph / 2) / ph;
    }
    *w = *w ? *w : 1;
    *h = *h ? *h : 1;
}

/* Draws the picture w x h pixels large; the pixels that make the size even stay clear. */
static int draw_picture(cairo_surface_t *to, const struct picture *picture, unsigned w, unsigned h)
{
    int stride;
    uint8_t *argb = picture_argb(picture, &stride);
    cairo_surface_t *from = cairo_image_surface_create_for_data(
        argb, CAIRO_FORMAT_ARGB32, picture_w(picture), picture_h(picture), stride);
    cairo_t *cairo = cairo_create(to);
    cairo_status_t status;

    cairo_rectangle(cairo, 0.0, 0.0, w, h);
    cairo_clip(cairo);
    cairo_scale(cairo, (double)w / picture_w(picture), (double)h / picture_h(picture));
    cairo_set_source_surface(cairo, from, 0.0, 0.0);
    cairo_pattern_set_filter(cairo_get_source(cairo), CAIRO_FILTER_GOOD);
    cairo_pattern_set_extend(cairo_get_source(cairo), CAIRO_EXTEND_PAD); /* no soft rim */
    cairo_paint(cairo);
    status = cairo_status(cairo);
    cairo_destroy(cairo);
    cairo_surface_destroy(from);
    cairo_surface_flush(to);
    return status == CAIRO_STATUS_SUCCESS ? 0 : -ENOMEM;
}

int overlay_from_picture(struct overlay **ret_overlay, const struct picture *picture,
                         uint16_t max_w, uint16_t max_h)
{
    unsigned w = picture_w(picture), h = picture_h(picture);
    uint16_t even_w, even_h;
    cairo_surface_t *surface;
    int err;

    assert(ret_overlay);
    if (max_w < 2 || max_h < 2)
        return -EINVAL;
    fit(&w, &h, max_w & ~1u, max_h & ~1u);
    even_w = (uint16_t)((w + 1) & ~1u);
    even_h = (uint16_t)((h + 1) & ~1u);
    surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, even_w, even_h);
    err = draw_picture(surface, picture, w, h);
    if (!err)
        err = overlay_from_argb(ret_overlay, cairo_image_surface_get_data(surface),
                                cairo_image_surface_get_stride(surface), even_w, even_h);
    cairo_surface_destroy(surface);
    return err;
}

/* Blends n x rows bytes of a plane; dst, colour and keep are where they begin. */
static void blend_plane(uint8_t *dst, int dst_stride, const uint8_t *colour, const uint8_t *keep,
                        int stride, const struct video_rect *size)
{
    const struct overlay_ops *ops = overlay_ops_best();

    for (unsigned y = 0; y < size->h; ++y) {
        ops->blend(dst, colour, keep, size->w);
        dst += dst_stride;
        colour += stride;
        keep += stride;
    }
}

static unsigned least(unsigned a, unsigned b, unsigned c)
{
    unsigned m = a < b ? a : b;

    return m < c ? m : c;
}

void overlay_blend(struct video_frame *frame, const struct video_rect *clip, uint16_t x, uint16_t y,
                   const struct overlay *overlay)
{
    unsigned x0 = x > clip->x ? x : clip->x, y0 = y > clip->y ? y : clip->y;
    unsigned x1 = least((unsigned)x + overlay->w, (unsigned)clip->x + clip->w, frame->w);
    unsigned y1 = least((unsigned)y + overlay->h, (unsigned)clip->y + clip->h, frame->h);

    if (x0 >= x1 || y0 >= y1)
        return;
    for (unsigned p = 0; p < 3; ++p) {
        unsigned s = p > 0;
        const struct video_rect size = {.w = (uint16_t)((x1 - x0 + s) >> s),
                                        .h = (uint16_t)((y1 - y0 + s) >> s)};
        size_t from = (size_t)((y0 - y) >> s) * (size_t)overlay->stride[s] + ((x0 - x) >> s);
        size_t to = (size_t)(y0 >> s) * (size_t)frame->stride[p] + (x0 >> s);

        blend_plane(frame->plane[p] + to, frame->stride[p], overlay->plane[p] + from,
                    overlay->keep[s] + from, overlay->stride[s], &size);
    }
}
