/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/video_decoder.h  Access units to pictures
 *
 * Checks the picture size that the bytes announce (H.264 SPS, VP8 key-frame
 * header) before a library sees them.  Low delay, one thread, no reordering.
 * Starts at a key frame; after an error it wants one again.
 *
 * Threads: one at a time.
 */
#ifndef CODEC_VIDEO_DECODER_H
#define CODEC_VIDEO_DECODER_H

#include <stddef.h>
#include <stdint.h>

#include "codec/params.h"

struct video_decoder;
struct video_frame;

/** @return 0, -EINVAL, -ENOMEM, -ENOSYS (library lacks the codec) */
int video_decoder_new(struct video_decoder **ret_dec, enum video_codec codec,
                      const struct video_limits *limits);
struct video_decoder *video_decoder_free(struct video_decoder *dec);

/**
 * Decode one access unit (H.264: Annex B; VP8: one frame).
 *
 * @param when_us    Copied to the frame
 * @param ret_frame  New reference, or NULL if this unit shows nothing
 *
 * @return 0, -EAGAIN (a key frame is needed first), -EBADMSG (broken: ask for a key frame),
 *         -EFBIG (larger than the limits), -ENOTSUP (profile that we do not take), -ENOMEM
 */
int video_decoder_decode(struct video_decoder *dec, const uint8_t *data, size_t size,
                         uint64_t when_us, struct video_frame **ret_frame);

#endif
