/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/video_encoder_x264.c  Back end of video_encoder: H.264 by x264
 *
 * Baseline profile, so that every phone decodes it; slices cut to the size of a payload; CBR with a
 * buffer of half a second, which bounds key frames.
 */
#include <stdint.h>

#include <x264.h>

#include <errno.h>
#include <stdlib.h>

#include "codec/mb_damage.h"
#include "codec/pay_h264.h"
#include "codec/video_encoder_backend.h"
#include "codec/video_frame.h"

enum {
    SLICE_MARGIN = 16, /* what x264 may exceed its slice limit by [bytes] */
    BUFFER_MS = 500,
    QP_MIN = 18, /* nobody sees more; a picture that stands still becomes free sooner */
};

struct x264_encoder {
    x264_t *x264;
    x264_param_t param;
    struct mb_damage *damage;
    uint16_t max_payload;
    uint16_t fps; /* that the library was opened with */
    int64_t count;
    x264_nal_t *nals; /* of the last frame; the library's */
    int nnals, next;
    size_t size; /* [bytes] */
    struct pay_h264 pay;
};

static const char *preset_name(enum video_preset preset)
{
    static const char *const names[] = {
        [VIDEO_PRESET_ULTRAFAST] = "ultrafast",
        [VIDEO_PRESET_SUPERFAST] = "superfast",
        [VIDEO_PRESET_VERYFAST] = "veryfast",
    };

    return names[preset];
}

/* The library counts bits per frame at the rate it was opened with: another frame rate is another
 * bitrate to it. */
static void set_rate(struct x264_encoder *enc, const struct video_encoder_params *params)
{
    uint64_t kbps = (uint64_t)params->bitrate_bps * enc->fps / params->fps / 1000;
    uint64_t buffer = (uint64_t)params->bitrate_bps * BUFFER_MS / 1000 / 1000;

    enc->param.rc.i_bitrate = (int)kbps;
    enc->param.rc.i_vbv_max_bitrate = (int)kbps;
    enc->param.rc.i_vbv_buffer_size = (int)buffer;
}

static int set_params(struct x264_encoder *enc, const struct video_encoder_params *params)
{
    x264_param_t *p = &enc->param;

    if (x264_param_default_preset(p, preset_name(params->preset), "zerolatency") < 0)
        return -ENOSYS;
    p->i_log_level = X264_LOG_NONE;
    p->i_csp = X264_CSP_I420;
    p->i_width = params->width;
    p->i_height = params->height;
    p->i_fps_num = params->fps;
    p->i_fps_den = 1;
    p->b_vfr_input = 0;
    p->i_threads = 1;
    p->b_sliced_threads = 0;
    p->i_keyint_max = X264_KEYINT_MAX_INFINITE;
    p->i_scenecut_threshold = 0;
    p->i_bframe = 0;
    p->b_repeat_headers = 1;
    p->b_annexb = 1;
    p->b_aud = 0;
    p->i_slice_max_size = params->max_payload - SLICE_MARGIN;
    p->analyse.b_mb_info = 1;
    p->rc.i_rc_method = X264_RC_ABR;
    p->rc.i_qp_min = QP_MIN;
    set_rate(enc, params);
    return x264_param_apply_profile(p, "baseline") < 0 ? -ENOSYS : 0;
}

static void close_x264(void *impl)
{
    struct x264_encoder *enc = impl;

    if (enc->x264)
        x264_encoder_close(enc->x264);
    mb_damage_free(enc->damage);
    free(enc);
}

static int open_x264(void **ret_impl, const struct video_encoder_params *params)
{
    struct x264_encoder *enc = calloc(1, sizeof(*enc));
    int err;

    if (!enc)
        return -ENOMEM;
    enc->fps = params->fps;
    enc->max_payload = params->max_payload;
    err = mb_damage_new(&enc->damage, params->width, params->height, X264_MBINFO_CONSTANT);
    if (err)
        goto out;
    err = set_params(enc, params);
    if (err)
        goto out;
    enc->x264 = x264_encoder_open(&enc->param);
    if (!enc->x264)
        err = -ENOSYS;

out:
    if (err)
        close_x264(enc);
    else
        *ret_impl = enc;
    return err;
}

static int set_x264(void *impl, const struct video_encoder_params *params)
{
    struct x264_encoder *enc = impl;

    set_rate(enc, params);
    return x264_encoder_reconfig(enc->x264, &enc->param) < 0 ? -EINVAL : 0;
}

/* The library's own version message and the like are nobody's business. */
static void drop_sei(struct x264_encoder *enc)
{
    int n = 0;

    enc->size = 0;
    for (int i = 0; i < enc->nnals; ++i) {
        if (enc->nals[i].i_type == NAL_SEI)
            continue;
        enc->size += (size_t)enc->nals[i].i_payload;
        enc->nals[n++] = enc->nals[i];
    }
    enc->nnals = n;
}

static int encode_x264(void *impl, const struct video_frame *frame, bool key, bool *ret_key)
{
    struct x264_encoder *enc = impl;
    x264_picture_t in, out;
    int size;

    x264_picture_init(&in);
    in.img.i_csp = X264_CSP_I420;
    in.img.i_plane = 3;
    for (int i = 0; i < 3; ++i) {
        in.img.plane[i] = frame->plane[i];
        in.img.i_stride[i] = frame->stride[i];
    }
    in.i_type = key ? X264_TYPE_IDR : X264_TYPE_AUTO;
    in.i_pts = enc->count++;
    in.prop.mb_info = mb_damage_next(enc->damage, frame);

    enc->nnals = enc->next = 0;
    enc->pay = (struct pay_h264){.nal = NULL};
    size = x264_encoder_encode(enc->x264, &enc->nals, &enc->nnals, &in, &out);
    if (size <= 0 || enc->nnals < 1) {
        enc->nnals = 0;
        enc->size = 0;
        mb_damage_forget(enc->damage);
        return -EIO;
    }
    drop_sei(enc);
    *ret_key = out.b_keyframe;
    return 0;
}

/* Begin the NAL unit after the last one, without its start code. */
static bool next_nal(struct x264_encoder *enc)
{
    const x264_nal_t *nal = &enc->nals[enc->next];
    int code = nal->b_long_startcode ? 4 : 3;

    if (enc->next == enc->nnals)
        return false;
    ++enc->next;
    pay_h264_start(&enc->pay, nal->p_payload + code, (size_t)(nal->i_payload - code));
    return true;
}

static size_t payload_x264(void *impl, uint8_t *buf, bool *ret_marker)
{
    struct x264_encoder *enc = impl;
    size_t n = pay_h264_next(&enc->pay, buf, enc->max_payload);

    if (!n && next_nal(enc))
        n = pay_h264_next(&enc->pay, buf, enc->max_payload);
    *ret_marker = n && enc->next == enc->nnals && enc->pay.done == enc->pay.size;
    return n;
}

static size_t size_x264(const void *impl)
{
    const struct x264_encoder *enc = impl;

    return enc->size;
}

const struct video_encoder_backend video_encoder_x264_backend = {
    .open = open_x264,
    .close = close_x264,
    .set = set_x264,
    .encode = encode_x264,
    .payload = payload_x264,
    .size = size_x264,
};
