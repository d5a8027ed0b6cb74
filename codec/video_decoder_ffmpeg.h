/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/video_decoder_ffmpeg.h  Back end of video_decoder: libavcodec
 *
 * For video_decoder.c only, which checks headers first.
 *
 * Threads: one at a time; frames may outlive the decoder.
 */
#ifndef CODEC_VIDEO_DECODER_FFMPEG_H
#define CODEC_VIDEO_DECODER_FFMPEG_H

#include <stddef.h>
#include <stdint.h>

#include "codec/params.h"

struct video_decoder_ffmpeg;
struct video_frame;

/** @return 0, -ENOMEM, -ENOSYS (library lacks the codec) */
int video_decoder_ffmpeg_new(struct video_decoder_ffmpeg **ret_dec, enum video_codec codec,
                             const struct video_limits *limits);

/** Free a decoder.  NULL is allowed.  Returns NULL. */
struct video_decoder_ffmpeg *video_decoder_ffmpeg_free(struct video_decoder_ffmpeg *dec);

/** Forget all pictures, as before a key frame that follows an error. */
void video_decoder_ffmpeg_flush(struct video_decoder_ffmpeg *dec);

/**
 * Where to write a unit of @p size bytes that is decoded next; padded as the library wants it.
 *
 * @return NULL without memory
 */
uint8_t *video_decoder_ffmpeg_room(struct video_decoder_ffmpeg *dec, size_t size);

/**
 * Decode what was written to video_decoder_ffmpeg_room(), at most as much.
 *
 * @param ret_frame  New reference, or NULL
 * @return 0, -EBADMSG, -ENOTSUP (sample format), -ENOMEM
 */
int video_decoder_ffmpeg_decode(struct video_decoder_ffmpeg *dec, size_t size, uint64_t when_us,
                                struct video_frame **ret_frame);

/** Size that the library is set up for, before cropping; 0 before the first picture [pixels]. */
void video_decoder_ffmpeg_coded_size(const struct video_decoder_ffmpeg *dec, uint32_t *ret_width,
                                     uint32_t *ret_height);

#endif
