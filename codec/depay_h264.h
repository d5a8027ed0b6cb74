/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/depay_h264.h  H.264 RTP payloads to an Annex B access unit (RFC 6184)
 *
 * Appends one payload after the other to a unit; when a unit starts and ends
 * is decided by video_depay.c.  Takes single NAL unit packets, STAP-A and
 * FU-A.  Slices and parameter sets are kept, each behind a 4-byte start code;
 * SEI, delimiters, filler, extensions and reserved types are left out.
 *
 * Threads: one at a time.
 */
#ifndef CODEC_DEPAY_H264_H
#define CODEC_DEPAY_H264_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct unit_buf;

enum {
    DEPAY_H264_NALS_MAX = 4096, /**< NAL units in an access unit, left out ones included */
    DEPAY_H264_OTHERS_MAX = 64, /**< ... other than slices */
};

/** Embedded; depay_h264_start() sets it up. */
struct depay_h264 {
    unsigned nals, others;
    uint8_t fu_header; /* NAL header of the open fragmented unit, 0 if there is none */
    bool fu_skip;      /* its type is left out */
    bool key;          /**< Unit has an IDR slice */
    bool sends_sets;   /* parameter sets came in this stream */
};

/** Begin a unit.  What is known about the stream stays. */
void depay_h264_start(struct depay_h264 *depay);

/**
 * Append a payload to a unit.
 *
 * @param size  At least 1 [bytes]
 *
 * @return 0, -EBADMSG (broken or a packet type that we do not take), -EFBIG (too many bytes or NAL
 * units), -ENOMEM
 */
int depay_h264_append(struct depay_h264 *depay, struct unit_buf *buf, const uint8_t *payload,
                      size_t size);

/** Check that nothing is open at the end of a unit.  @return 0, -EBADMSG */
int depay_h264_end(const struct depay_h264 *depay);

/**
 * Whether a payload is surely the first one of a unit: nothing that its pictures need can stand
 * before it.
 */
bool depay_h264_is_head(const struct depay_h264 *depay, const uint8_t *payload, size_t size);

#endif
