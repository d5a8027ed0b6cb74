/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/codec/picture.h  Moving synthetic pictures, and how much two of them differ
 */
#ifndef TESTS_UNIT_CODEC_PICTURE_H
#define TESTS_UNIT_CODEC_PICTURE_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "codec/video_frame.h"

/** Paint a gradient that slides with @p t, and a bright square that moves across it. */
static inline void picture_paint(struct video_frame *frame, unsigned t)
{
    struct video_rect square = {
        .x = (uint16_t)(t * 4 % frame->w), .y = frame->h / 4, .w = 40, .h = 40};

    for (unsigned y = 0; y < frame->h; ++y) {
        uint8_t *row = frame->plane[0] + (size_t)y * (size_t)frame->stride[0];

        for (unsigned x = 0; x < frame->w; ++x)
            row[x] = (uint8_t)(40 + ((x + t) / 2 + y) % 160 + ((x / 8 + y / 8) & 1) * 8);
    }
    for (unsigned y = 0; y < (frame->h + 1u) / 2; ++y) {
        memset(frame->plane[1] + (size_t)y * (size_t)frame->stride[1], (int)(100 + y % 32),
               (frame->w + 1u) / 2);
        memset(frame->plane[2] + (size_t)y * (size_t)frame->stride[2], (int)(140 + t % 16),
               (frame->w + 1u) / 2);
    }
    video_frame_fill(frame, &square, 220, 90, 160);
}

/** PSNR of a plane [dB]; 99 if they are the same, -1 if sizes differ. */
static inline double picture_psnr(const struct video_frame *a, const struct video_frame *b,
                                  int plane)
{
    unsigned w = plane ? (a->w + 1u) / 2 : a->w, h = plane ? (a->h + 1u) / 2 : a->h;
    double sum = 0;

    if (a->w != b->w || a->h != b->h)
        return -1;
    for (unsigned y = 0; y < h; ++y) {
        const uint8_t *p = a->plane[plane] + (size_t)y * (size_t)a->stride[plane];
        const uint8_t *q = b->plane[plane] + (size_t)y * (size_t)b->stride[plane];

        for (unsigned x = 0; x < w; ++x)
            sum += (double)(p[x] - q[x]) * (double)(p[x] - q[x]);
    }
    if (sum == 0)
        return 99;
    return 10 * log10(255.0 * 255.0 * w * h / sum);
}

#endif
