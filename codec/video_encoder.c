/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/video_encoder.c  Pictures to RTP payloads: checks, and the choice of a library
 */
#include "codec/video_encoder.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "codec/video_encoder_backend.h"
#include "codec/video_frame.h"

enum {
    SIDE_MIN = 64,
    SIDE_MAX = 4096,
    FPS_MAX = 60,
    BITRATE_MIN = 16 * 1000,
    BITRATE_MAX = 100 * 1000 * 1000,
    PAYLOAD_MIN = 200,
    PAYLOAD_MAX = 9000,
};

struct video_encoder {
    const struct video_encoder_backend *backend;
    void *impl;
    struct video_encoder_params params;
    bool want_key; /* the last picture was lost in the library */
};

static bool is_side(unsigned n)
{
    return n >= SIDE_MIN && n <= SIDE_MAX && n % 2 == 0;
}

static bool are_valid(const struct video_encoder_params *p)
{
    return (p->codec == VIDEO_CODEC_H264 || p->codec == VIDEO_CODEC_VP8) && is_side(p->width) &&
           is_side(p->height) && p->fps >= 1 && p->fps <= FPS_MAX &&
           p->bitrate_bps >= BITRATE_MIN && p->bitrate_bps <= BITRATE_MAX &&
           p->max_payload >= PAYLOAD_MIN && p->max_payload <= PAYLOAD_MAX &&
           (unsigned)p->preset <= VIDEO_PRESET_VERYFAST;
}

int video_encoder_new(struct video_encoder **ret_enc, const struct video_encoder_params *params)
{
    struct video_encoder *enc;
    int err;

    assert(ret_enc && params);
    if (!are_valid(params))
        return -EINVAL;

    enc = calloc(1, sizeof(*enc));
    if (!enc)
        return -ENOMEM;
    enc->params = *params;
    enc->want_key = true;
    enc->backend = params->codec == VIDEO_CODEC_H264 ? &video_encoder_x264_backend
                                                     : &video_encoder_vpx_backend;
    err = enc->backend->open(&enc->impl, params);
    if (err) {
        free(enc);
        return err;
    }

    *ret_enc = enc;
    return 0;
}

struct video_encoder *video_encoder_free(struct video_encoder *enc)
{
    if (!enc)
        return NULL;

    enc->backend->close(enc->impl);
    free(enc);
    return NULL;
}

int video_encoder_set(struct video_encoder *enc, const struct video_encoder_params *params)
{
    const struct video_encoder_params *old = &enc->params;
    int err;

    if (!are_valid(params) || params->codec != old->codec || params->width != old->width ||
        params->height != old->height || params->max_payload != old->max_payload ||
        params->preset != old->preset)
        return -EINVAL;
    if (params->bitrate_bps == old->bitrate_bps && params->fps == old->fps)
        return 0;

    err = enc->backend->set(enc->impl, params);
    if (!err)
        enc->params = *params;
    return err;
}

int video_encoder_encode(struct video_encoder *enc, const struct video_frame *frame, bool key,
                         bool *ret_key)
{
    int err;

    *ret_key = false;
    if (frame->w != enc->params.width || frame->h != enc->params.height)
        return -EINVAL;

    err = enc->backend->encode(enc->impl, frame, key || enc->want_key, ret_key);
    if (err)
        enc->want_key = true;
    else if (*ret_key)
        enc->want_key = false;
    return err;
}

size_t video_encoder_payload(struct video_encoder *enc, uint8_t *buf, bool *ret_marker)
{
    *ret_marker = false;
    return enc->backend->payload(enc->impl, buf, ret_marker);
}

size_t video_encoder_size(const struct video_encoder *enc)
{
    return enc->backend->size(enc->impl);
}
