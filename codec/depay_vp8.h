/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/depay_vp8.h  VP8 RTP payloads to a frame (RFC 7741)
 *
 * Appends one payload after the other to a frame; when a frame starts and
 * ends is decided by video_depay.c.
 *
 * Threads: one at a time.
 */
#ifndef CODEC_DEPAY_VP8_H
#define CODEC_DEPAY_VP8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct unit_buf;

/** Payload descriptor, 4.2. */
struct depay_vp8_descriptor {
    bool start;         /**< S: first packet of a partition */
    bool reference;     /**< Not N: others may refer to this frame */
    uint8_t partition;  /**< PID, 0 to 7 */
    int32_t picture_id; /**< 7 or 15 bits, -1 if there is none */
    int16_t tl0_index;  /**< TL0PICIDX, -1 if there is none */
    int8_t temporal;    /**< TID, -1 if there is none */
    int8_t key_index;   /**< KEYIDX, -1 if there is none */
    size_t size;        /**< Bytes before the VP8 payload */
};

/** Embedded; all zero is a frame that has not begun. */
struct depay_vp8 {
    bool begun;
    uint8_t partition;
    bool key; /**< Frame is a key frame */
};

/** Read a payload descriptor.  @return 0, -EBADMSG (cut off, or nothing behind it) */
int depay_vp8_parse(struct depay_vp8_descriptor *ret_desc, const uint8_t *payload, size_t size);

/** Begin a frame. */
void depay_vp8_start(struct depay_vp8 *depay);

/** Append a payload.  @return 0, -EBADMSG (broken, out of order), -EFBIG, -ENOMEM */
int depay_vp8_append(struct depay_vp8 *depay, struct unit_buf *buf, const uint8_t *payload,
                     size_t size);

/** Whether a payload is the first one of a frame. */
bool depay_vp8_is_head(const uint8_t *payload, size_t size);

#endif
