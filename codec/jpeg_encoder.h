/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/jpeg_encoder.h  One picture as a JPEG file, for thumbnails
 *
 * Our pictures are limited range BT.601, a JPEG file (JFIF) is full range BT.601: the values are
 * stretched, so that black stays black.
 *
 * Threads: any; takes some milliseconds, so not on control.
 */
#ifndef CODEC_JPEG_ENCODER_H
#define CODEC_JPEG_ENCODER_H

#include <stddef.h>

struct video_frame;

enum { JPEG_ENCODER_QUALITY_MAX = 100 };

/**
 * Encode a picture.
 * @param ret_data  From malloc, the caller's; set on success only
 * @param quality   1 (small) to JPEG_ENCODER_QUALITY_MAX; 80 looks good
 * @return 0, -EINVAL (quality), -ENOSYS (libavcodec without this encoder), -ENOMEM
 */
int jpeg_encoder_run(void **ret_data, size_t *ret_size, const struct video_frame *frame,
                     unsigned quality);

#endif
