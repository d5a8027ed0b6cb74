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
    bool key;       /**< H.264: has an IDR; VP8: key frame */
    bool after_gap; /**< Packets or a unit were lost since the unit before: without key, references
                       are missing */
};

/** @return 0, -EINVAL (no such codec), -ENOMEM */
int video_depay_new(struct video_depay **ret_depay, enum video_codec codec);
/** Free a depacketizer.  NULL is allowed.  Returns NULL. */
struct video_depay *video_depay_free(struct video_depay *depay);

/**
 * Take the next packet.
 *
 * A unit ends with the marker, or, when a sender sets none, with the first packet of another
 * timestamp: then the finished unit is returned and the packet is kept as the start of the next
 * one.  Should that packet complete its unit as well, the unit comes with the next call; a call
 * without a packet asks for it.  An error of a packet that had a finished unit to return is told by
 * the next unit's after_gap only.
 *
 * A packet without payload (padding) counts in the sequence and does nothing else; one that is
 * older than its predecessor is ignored.
 *
 * @param packet    May be NULL: only ask for a unit that is complete already
 * @param ret_unit  Set on success only
 *
 * @return 0 and a whole unit, -EAGAIN (unit not complete yet), -EBADMSG (broken payload; the unit
 *         is dropped), -EFBIG (unit over the limit; dropped), -ENOMEM (dropped)
 */
int video_depay_put(struct video_depay *depay, const struct video_depay_packet *packet,
                    struct video_unit *ret_unit);

#endif
