/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/video_encoder_backend.h  What a library behind video_encoder must offer
 *
 * For video_encoder.c and its back ends only; video_encoder.c has checked all arguments.
 */
#ifndef CODEC_VIDEO_ENCODER_BACKEND_H
#define CODEC_VIDEO_ENCODER_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/params.h"

struct video_frame;

struct video_encoder_backend {
    /** @return 0, -ENOMEM, -ENOSYS */
    int (*open)(void **ret_impl, const struct video_encoder_params *params);
    void (*close)(void *impl);
    /** New bitrate or frame rate.  @return 0, -EINVAL */
    int (*set)(void *impl, const struct video_encoder_params *params);
    /** @return 0, -EIO */
    int (*encode)(void *impl, const struct video_frame *frame, bool key, bool *ret_key);
    size_t (*payload)(void *impl, uint8_t *buf, bool *ret_marker);
    size_t (*size)(const void *impl);
};

extern const struct video_encoder_backend video_encoder_x264_backend;
extern const struct video_encoder_backend video_encoder_vpx_backend;

#endif
