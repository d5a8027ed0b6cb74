/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/video_decoder.h  Access units to pictures
 *
 * Checks the picture size that the bytes announce (H.264 SPS, VP8 key-frame
 * header) before a library sees them.  Low delay, one thread, no reordering.
 * Starts at a key frame; after an error it wants one again.  A picture with
 * missing or broken parts is an error, never shown.
 *
 * Threads:   one at a time; frames may outlive the decoder and be released anywhere.
 * Ownership: decoded frames are the library's own buffers, counted.
 */
#ifndef CODEC_VIDEO_DECODER_H
#define CODEC_VIDEO_DECODER_H

#include <stddef.h>
#include <stdint.h>

#include "codec/params.h"

struct video_decoder;
struct video_frame;

enum {
    VIDEO_DECODER_SIDE_MAX = 8192,  /**< Largest limit that may be asked for [pixels] */
    VIDEO_DECODER_FRAMES_MAX = 64,  /**< Frames of one decoder that may be alive at a time */
    VIDEO_DECODER_CHANGES_MAX = 16, /**< Changes of size in 10 s */
};

/** @return 0, -EINVAL, -ENOMEM, -ENOSYS (library lacks the codec) */
int video_decoder_new(struct video_decoder **ret_dec, enum video_codec codec,
                      const struct video_limits *limits);
struct video_decoder *video_decoder_free(struct video_decoder *dec);

/**
 * Refuse everything up to the next key frame.
 *
 * For units after a gap that are no key: that their references are missing cannot be seen in all
 * streams, so whoever knows of the gap says so.
 */
void video_decoder_want_key(struct video_decoder *dec);

/**
 * Decode one access unit (H.264: Annex B; VP8: one frame).
 *
 * A stream may change its size at any key frame, but only VIDEO_DECODER_CHANGES_MAX times in
 * 10 s of @p when_us; whoever does it more often gets -EFBIG until the 10 s are over.
 *
 * @param when_us    Copied to the frame
 * @param ret_frame  New reference, or NULL if this unit shows nothing
 *
 * @return 0, -EAGAIN (a key frame is needed first), -EBADMSG (broken: ask for a key frame),
 *         -EFBIG (larger than the limits), -ENOTSUP (profile that we do not take), -ENOMEM (or
 *         VIDEO_DECODER_FRAMES_MAX frames are alive); after all but -ENOMEM a key frame is needed
 */
int video_decoder_decode(struct video_decoder *dec, const uint8_t *data, size_t size,
                         uint64_t when_us, struct video_frame **ret_frame);

#endif
