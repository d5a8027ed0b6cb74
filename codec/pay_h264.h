/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/pay_h264.h  NAL units to RTP payloads (RFC 6184)
 *
 * One NAL unit per payload, which suits packetization-mode 0 and 1; only what does not fit is
 * fragmented (FU-A, packetization-mode 1), so an encoder should cut its slices to size.
 *
 * Threads: one at a time.
 */
#ifndef CODEC_PAY_H264_H
#define CODEC_PAY_H264_H

#include <stddef.h>
#include <stdint.h>

/** Embedded; pay_h264_start() sets it up. */
struct pay_h264 {
    const uint8_t *nal; /* borrowed */
    size_t size, done;  /* [bytes] */
};

/** Begin a NAL unit of at least 1 byte, without start code; it must stay until the last payload. */
void pay_h264_start(struct pay_h264 *pay, const uint8_t *nal, size_t size);

/**
 * Next payload of the NAL unit.
 *
 * @param max  Room in @p buf, at least 3 [bytes]
 * @return size [bytes], 0 when there is none left
 */
size_t pay_h264_next(struct pay_h264 *pay, uint8_t *buf, size_t max);

#endif
