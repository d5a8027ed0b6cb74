/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/video_depay.h  RTP payloads to access units (depay_h264.c, depay_vp8.c)
 *
 * H.264: RFC 6184 single NAL unit, STAP-A, FU-A (both packetization modes);
 * VP8: RFC 7741.  Takes packets in sequence order with gaps; a unit with a
 * missing packet is dropped whole.
 *
 * Threads: one at a time.
 */
#ifndef CODEC_VIDEO_DEPAY_H
#define CODEC_VIDEO_DEPAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/params.h"

struct video_depay;

enum { VIDEO_DEPAY_UNIT_MAX = 1024 * 1024 /**< Largest access unit [bytes] */ };

struct video_depay_packet {
    const uint8_t *payload;
    size_t size;      /**< [bytes] */
    uint64_t ext_seq; /**< Without wrap-around */
    uint32_t ts;
    bool marker;
};

struct video_unit {
    const uint8_t *data; /**< Valid until the next call with this depay */
    size_t size;
    uint32_t ts;
    bool key;        /**< H.264: has an IDR; VP8: key frame */
    bool after_gap;  /**< Packets were lost since the unit before: without key, references are missing */
};

int video_depay_new(struct video_depay **ret_depay, enum video_codec codec);
struct video_depay *video_depay_free(struct video_depay *depay);

/**
 * Take the next packet.
 *
 * @return 0 and a whole unit, -EAGAIN (unit not complete yet), -EBADMSG (broken payload; the unit is dropped),
 *         -EFBIG (unit over the limit; dropped)
 */
int video_depay_put(struct video_depay *depay, const struct video_depay_packet *packet,
                    struct video_unit *ret_unit);

#endif
