/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/video_encoder.h  Pictures to RTP payloads
 *
 * H.264 (x264): zerolatency, no B frames, SPS and PPS before each IDR, one
 * slice per packet, so that what comes out suits packetization-mode 0 and 1.
 * VP8 (libvpx): realtime, RFC 7741 descriptors with a 15-bit picture id.
 * Key frames only on request (and the first one).
 *
 * Threads: one at a time.
 */
#ifndef CODEC_VIDEO_ENCODER_H
#define CODEC_VIDEO_ENCODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/params.h"

struct video_encoder;
struct video_frame;

/** @return 0, -EINVAL (params out of range), -ENOMEM, -ENOSYS */
int video_encoder_new(struct video_encoder **ret_enc, const struct video_encoder_params *params);
struct video_encoder *video_encoder_free(struct video_encoder *enc);

/** Change bitrate or rate; other fields must be as before.  @return 0, -EINVAL */
int video_encoder_set(struct video_encoder *enc, const struct video_encoder_params *params);

/**
 * Encode a picture of the size in params.
 *
 * With frame->damage, parts that did not change since the last encoded frame are told to the
 * encoder as such.
 *
 * @param ret_key  Set to whether a key frame came out
 * @return 0, -EINVAL (other size), -EIO (library failed; a key frame follows by itself)
 */
int video_encoder_encode(struct video_encoder *enc, const struct video_frame *frame, bool key,
                         bool *ret_key);

/**
 * Next RTP payload of the frame that was encoded last.
 *
 * @param buf         Room for params.max_payload bytes
 * @param ret_marker  Set to whether it is the last one of the frame
 * @return size [bytes], 0 when there is none left
 */
size_t video_encoder_payload(struct video_encoder *enc, uint8_t *buf, bool *ret_marker);

/** Bytes of the frame that was encoded last. */
size_t video_encoder_size(const struct video_encoder *enc);

#endif
