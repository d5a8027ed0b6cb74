/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/video_frame.h  A picture: I420, 8 bit, counted, immutable once handed on
 *
 * Planes Y, U, V; U and V are (w + 1) / 2 by (h + 1) / 2.  Rows start at
 * multiples of stride[i] bytes, at least 64 bytes aligned for frames that we
 * allocate; decoded frames keep the library's own buffers.
 *
 * Ownership: counted.  Threads: any.
 */
#ifndef CODEC_VIDEO_FRAME_H
#define CODEC_VIDEO_FRAME_H

#include <stdint.h>

#include "mcu/base/ref.h"

struct video_rect {
    uint16_t x, y, w, h; /**< [pixels] */
};

/** A part of a composite and the number of its last change; versions only grow. */
struct video_damage {
    struct video_rect rect;
    uint64_t version;
};

struct video_frame {
    struct ref ref;
    uint16_t w, h; /**< [pixels] */
    uint8_t *plane[3];
    int stride[3];    /**< [bytes] */
    uint64_t when_us; /**< Media clock: arrival of a decoded frame's last packet, tick of a
                         composite [us] */

    /* Composite only: what changed when, for encoders that skip what did not; else NULL, 0 */
    const struct video_damage *damage;
    unsigned ndamage;

    void (*freeh)(struct video_frame *frame); /**< Called with the last reference gone */
    void *owner;                              /**< For freeh */
};

/** Allocate a frame; content undefined.  @return 0, -EINVAL (0 or over 8192), -ENOMEM */
int video_frame_new(struct video_frame **ret_frame, uint16_t w, uint16_t h);
struct video_frame *video_frame_ref(struct video_frame *frame);
/** Drop a reference.  NULL is allowed.  Returns NULL. */
struct video_frame *video_frame_unref(struct video_frame *frame);
/** Paint a rectangle in one colour (BT.601 limited range Y, U, V); clipped to even pixels and to
 * the frame. */
void video_frame_fill(struct video_frame *frame, const struct video_rect *rect, uint8_t y,
                      uint8_t u, uint8_t v);

#endif
