/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/video_encoder_vpx.c  Back end of video_encoder: VP8 by libvpx
 *
 * Realtime CBR, one layer, one thread, no frames dropped or held back.
 */
#include <errno.h>
#include <stdlib.h>

#include <vpx/vp8cx.h>
#include <vpx/vpx_encoder.h>

#include "codec/pay_vp8.h"
#include "codec/video_encoder_backend.h"
#include "codec/video_frame.h"

enum {
    TIMEBASE = 90000,
    BUFFER_MS = 600,
    BUFFER_INITIAL_MS = 400,
    BUFFER_OPTIMAL_MS = 500,
    Q_MIN = 4,
    Q_MAX = 56,
    KEY_PERCENT = 450, /* largest key frame in percent of a frame's mean size */
    STATIC_THRESHOLD = 1,
};

struct vpx_encoder {
    vpx_codec_ctx_t vpx;
    vpx_codec_enc_cfg_t cfg;
    uint16_t max_payload, fps;
    int64_t pts; /* [1/TIMEBASE s] */
    size_t size; /* of the last frame [bytes] */
    struct pay_vp8 pay;
};

/* Negative numbers are fixed speeds; positive ones would be steered by a clock. */
static int speed(enum video_preset preset)
{
    static const int speeds[] = {
        [VIDEO_PRESET_ULTRAFAST] = -12,
        [VIDEO_PRESET_SUPERFAST] = -8,
        [VIDEO_PRESET_VERYFAST] = -6,
    };

    return speeds[preset];
}

static int set_config(struct vpx_encoder *enc, const struct video_encoder_params *params)
{
    vpx_codec_enc_cfg_t *cfg = &enc->cfg;

    if (vpx_codec_enc_config_default(vpx_codec_vp8_cx(), cfg, 0) != VPX_CODEC_OK)
        return -ENOSYS;
    cfg->g_threads = 1;
    cfg->g_w = params->width;
    cfg->g_h = params->height;
    cfg->g_timebase.num = 1;
    cfg->g_timebase.den = TIMEBASE;
    cfg->g_lag_in_frames = 0;
    cfg->g_pass = VPX_RC_ONE_PASS;
    cfg->g_error_resilient = 0;
    cfg->kf_mode = VPX_KF_DISABLED;
    cfg->rc_end_usage = VPX_CBR;
    cfg->rc_target_bitrate = params->bitrate_bps / 1000;
    cfg->rc_dropframe_thresh = 0;
    cfg->rc_resize_allowed = 0;
    cfg->rc_min_quantizer = Q_MIN;
    cfg->rc_max_quantizer = Q_MAX;
    cfg->rc_undershoot_pct = 100;
    cfg->rc_overshoot_pct = 15;
    cfg->rc_buf_sz = BUFFER_MS;
    cfg->rc_buf_initial_sz = BUFFER_INITIAL_MS;
    cfg->rc_buf_optimal_sz = BUFFER_OPTIMAL_MS;
    return 0;
}

static int set_controls(struct vpx_encoder *enc, const struct video_encoder_params *params)
{
    vpx_codec_ctx_t *vpx = &enc->vpx;

    if (vpx_codec_control(vpx, VP8E_SET_CPUUSED, speed(params->preset)) != VPX_CODEC_OK ||
        vpx_codec_control(vpx, VP8E_SET_STATIC_THRESHOLD, STATIC_THRESHOLD) != VPX_CODEC_OK ||
        vpx_codec_control(vpx, VP8E_SET_TOKEN_PARTITIONS, VP8_ONE_TOKENPARTITION) != VPX_CODEC_OK ||
        vpx_codec_control(vpx, VP8E_SET_MAX_INTRA_BITRATE_PCT, KEY_PERCENT) != VPX_CODEC_OK ||
        vpx_codec_control(vpx, VP8E_SET_NOISE_SENSITIVITY, 0) != VPX_CODEC_OK)
        return -ENOSYS;
    return 0;
}

static void close_vpx(void *impl)
{
    struct vpx_encoder *enc = impl;

    (void)vpx_codec_destroy(&enc->vpx);
    free(enc);
}

static int open_vpx(void **ret_impl, const struct video_encoder_params *params)
{
    struct vpx_encoder *enc = calloc(1, sizeof(*enc));
    int err;

    if (!enc)
        return -ENOMEM;
    enc->max_payload = params->max_payload;
    enc->fps = params->fps;
    err = set_config(enc, params);
    if (err)
        goto out;
    if (vpx_codec_enc_init(&enc->vpx, vpx_codec_vp8_cx(), &enc->cfg, 0) != VPX_CODEC_OK) {
        err = -ENOSYS;
        goto out;
    }
    err = set_controls(enc, params);

out:
    if (err)
        close_vpx(enc);
    else
        *ret_impl = enc;
    return err;
}

static int set_vpx(void *impl, const struct video_encoder_params *params)
{
    struct vpx_encoder *enc = impl;

    enc->cfg.rc_target_bitrate = params->bitrate_bps / 1000;
    if (vpx_codec_enc_config_set(&enc->vpx, &enc->cfg) != VPX_CODEC_OK)
        return -EINVAL;
    enc->fps = params->fps;
    return 0;
}

/* Planes are read only by the library, whose struct has no const. */
static void describe(vpx_image_t *img, const struct video_frame *frame)
{
    static const int planes[] = {VPX_PLANE_Y, VPX_PLANE_U, VPX_PLANE_V};

    (void)vpx_img_wrap(img, VPX_IMG_FMT_I420, frame->w, frame->h, 1, frame->plane[0]);
    for (int i = 0; i < 3; ++i) {
        img->planes[planes[i]] = frame->plane[i];
        img->stride[planes[i]] = frame->stride[i];
    }
}

static int encode_vpx(void *impl, const struct video_frame *frame, bool key, bool *ret_key)
{
    struct vpx_encoder *enc = impl;
    unsigned long duration = TIMEBASE / enc->fps;
    const vpx_codec_cx_pkt_t *packet;
    vpx_codec_iter_t iter = NULL;
    vpx_image_t img;
    int err;

    enc->size = 0;
    enc->pay.size = enc->pay.done = 0;
    describe(&img, frame);
    err = vpx_codec_encode(&enc->vpx, &img, enc->pts, duration, key ? VPX_EFLAG_FORCE_KF : 0,
                           VPX_DL_REALTIME);
    enc->pts += (int64_t)duration;
    if (err != VPX_CODEC_OK)
        return -EIO;

    while ((packet = vpx_codec_get_cx_data(&enc->vpx, &iter)) != NULL) {
        if (packet->kind != VPX_CODEC_CX_FRAME_PKT)
            continue;
        enc->size = packet->data.frame.sz;
        pay_vp8_start(&enc->pay, packet->data.frame.buf, enc->size, enc->max_payload);
        *ret_key = packet->data.frame.flags & VPX_FRAME_IS_KEY;
        return 0;
    }
    return -EIO;
}

static size_t payload_vpx(void *impl, uint8_t *buf, bool *ret_marker)
{
    struct vpx_encoder *enc = impl;
    size_t n = pay_vp8_next(&enc->pay, buf);

    *ret_marker = n && enc->pay.done == enc->pay.size;
    return n;
}

static size_t size_vpx(const void *impl)
{
    const struct vpx_encoder *enc = impl;

    return enc->size;
}

const struct video_encoder_backend video_encoder_vpx_backend = {
    .open = open_vpx,
    .close = close_vpx,
    .set = set_vpx,
    .encode = encode_vpx,
    .payload = payload_vpx,
    .size = size_vpx,
};
