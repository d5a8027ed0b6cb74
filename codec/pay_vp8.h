/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/pay_vp8.h  VP8 frames to RTP payloads (RFC 7741)
 *
 * Descriptors have a 15-bit picture id that counts frames; payloads of a frame are about equally
 * large.  Partition limits are not told (every payload but the first has S = 0, PID = 0).
 *
 * Threads: one at a time.
 */
#ifndef CODEC_PAY_VP8_H
#define CODEC_PAY_VP8_H

#include <stddef.h>
#include <stdint.h>

enum { PAY_VP8_HEADER = 4 /**< Descriptor in front of each payload [bytes] */ };

/** Embedded; pay_vp8_start() sets up everything but the picture id. */
struct pay_vp8 {
    const uint8_t *frame; /* borrowed */
    size_t size, done;    /* [bytes] */
    size_t piece;         /* VP8 bytes per payload */
    uint16_t picture_id;  /**< Of the current frame; any value to start with */
};

/** Begin a frame; it must stay until the last payload.  @p max as in pay_vp8_next() */
void pay_vp8_start(struct pay_vp8 *pay, const uint8_t *frame, size_t size, size_t max);

/**
 * Next payload of the frame.
 *
 * @param buf  Room for the @p max of pay_vp8_start(), more than PAY_VP8_HEADER [bytes]
 * @return size [bytes], 0 when there is none left
 */
size_t pay_vp8_next(struct pay_vp8 *pay, uint8_t *buf);

#endif
