/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/codec/stream.h  Short H.264 streams of many kinds, straight from x264
 */
#ifndef TESTS_UNIT_CODEC_STREAM_H
#define TESTS_UNIT_CODEC_STREAM_H

#include <stdint.h>

#include <x264.h>

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/codec/picture.h"

enum { STREAM_UNITS_MAX = 32 };

struct stream_cfg {
    const char *profile; /* baseline main high high422 high10 high444; NULL: whatever fits */
    int csp;             /* 0: I420 */
    uint16_t w, h;
    int crop_right, crop_bottom;
    int interlaced, bframes, keyint, slice_size, cabac;
    int only_p; /* bframes are announced but not used */
    unsigned n; /* units */
};

struct stream {
    uint8_t *unit[STREAM_UNITS_MAX];
    size_t size[STREAM_UNITS_MAX];
    unsigned n;
};

/** Change a parameter set in place: find the first NAL unit of a type.  Returns its size, 0 if
 * there is none. */
static inline size_t stream_find_nal(uint8_t *data, size_t size, uint8_t type, uint8_t **ret_nal)
{
    for (size_t i = 0; i + 4 < size; ++i) {
        if (data[i] || data[i + 1] || data[i + 2] != 1 || (data[i + 3] & 31) != type)
            continue;
        *ret_nal = data + i + 3;
        for (size_t j = i + 3; j + 3 <= size; ++j) {
            if (!data[j] && !data[j + 1] && data[j + 2] <= 1)
                return j - i - 3;
        }
        return size - i - 3;
    }
    return 0;
}

static inline int stream_open(x264_t **ret_x264, x264_picture_t *pic, const struct stream_cfg *cfg)
{
    x264_param_t p;

    if (x264_param_default_preset(&p, "veryfast", cfg->bframes ? NULL : "zerolatency") < 0)
        return -1;
    p.i_log_level = X264_LOG_NONE;
    p.i_csp = cfg->csp ? cfg->csp : X264_CSP_I420;
    p.i_bitdepth = cfg->profile && strcmp(cfg->profile, "high10") == 0 ? 10 : 8;
    if (p.i_bitdepth == 10)
        p.i_csp |= X264_CSP_HIGH_DEPTH;
    p.i_width = cfg->w;
    p.i_height = cfg->h;
    p.i_fps_num = 30;
    p.i_fps_den = 1;
    p.i_threads = 1;
    p.b_sliced_threads = 0;
    p.i_bframe = cfg->bframes;
    p.b_interlaced = cfg->interlaced;
    p.b_cabac = cfg->cabac;
    p.i_keyint_max = cfg->keyint ? cfg->keyint : 250;
    p.i_slice_max_size = cfg->slice_size;
    p.crop_rect.i_right = cfg->crop_right;
    p.crop_rect.i_bottom = cfg->crop_bottom;
    p.b_repeat_headers = 1;
    p.b_annexb = 1;
    p.rc.i_rc_method = X264_RC_CQP;
    p.rc.i_qp_constant = 24;
    if (cfg->profile && x264_param_apply_profile(&p, cfg->profile) < 0)
        return -1;
    if (x264_picture_alloc(pic, p.i_csp, p.i_width, p.i_height) < 0)
        return -1;
    *ret_x264 = x264_encoder_open(&p);
    return *ret_x264 ? 0 : -1;
}

static inline void stream_add(struct stream *s, const x264_nal_t *nals, int size)
{
    if (size <= 0 || s->n == STREAM_UNITS_MAX)
        return;
    s->unit[s->n] = (uint8_t *)malloc((size_t)size);
    if (!s->unit[s->n])
        abort();
    memcpy(s->unit[s->n], nals[0].p_payload, (size_t)size);
    s->size[s->n++] = (size_t)size;
}

/** Encode cfg->n pictures.  @return 0, -1 (x264 does not do that) */
static inline int stream_make(struct stream *s, const struct stream_cfg *cfg)
{
    struct video_frame frame = {.w = cfg->w, .h = cfg->h};
    x264_t *x264 = NULL;
    x264_picture_t pic, out;
    x264_nal_t *nals;
    int nnals, size;

    memset(s, 0, sizeof(*s));
    if (stream_open(&x264, &pic, cfg) < 0)
        return -1;
    for (int i = 0; i < pic.img.i_plane; ++i) {
        frame.plane[i] = pic.img.plane[i];
        frame.stride[i] = pic.img.i_stride[i];
        /* Where the layout is not I420, any content will do. */
        memset(pic.img.plane[i], 1,
               (size_t)pic.img.i_stride[i] * (cfg->h / (i && !cfg->csp ? 2u : 1u)));
    }
    for (unsigned t = 0; t < cfg->n; ++t) {
        if (!cfg->csp && !(cfg->profile && strcmp(cfg->profile, "high10") == 0))
            picture_paint(&frame, t);
        pic.i_pts = (int64_t)t;
        pic.i_type = cfg->only_p && t ? X264_TYPE_P : X264_TYPE_AUTO;
        size = x264_encoder_encode(x264, &nals, &nnals, &pic, &out);
        stream_add(s, nals, size);
    }
    while (x264_encoder_delayed_frames(x264)) {
        size = x264_encoder_encode(x264, &nals, &nnals, NULL, &out);
        stream_add(s, nals, size);
    }
    x264_encoder_close(x264);
    x264_picture_clean(&pic);
    return 0;
}

static inline void stream_free(struct stream *s)
{
    for (unsigned i = 0; i < s->n; ++i)
        free(s->unit[i]);
    s->n = 0;
}

/** Writes bits, for parameter sets made by hand. */
struct stream_bits {
    uint8_t data[256];
    unsigned pos;
};

static inline void stream_put(struct stream_bits *b, uint32_t v, unsigned n)
{
    while (n--) {
        if (v >> n & 1)
            b->data[b->pos / 8] |= (uint8_t)(0x80 >> b->pos % 8);
        ++b->pos;
    }
}

static inline void stream_put_ue(struct stream_bits *b, uint32_t v)
{
    unsigned n = 0;

    while ((v + 1) >> (n + 1))
        ++n;
    stream_put(b, 0, n);
    stream_put(b, v + 1, n + 1);
}

/** A baseline SPS of a size in macroblocks; returns its size with the NAL header. */
static inline size_t stream_sps(struct stream_bits *b, uint32_t w_mbs, uint32_t h_mbs,
                                uint8_t profile)
{
    memset(b, 0, sizeof(*b));
    stream_put(b, 0x67, 8);
    stream_put(b, profile, 8);
    stream_put(b, 0xc0, 8);
    stream_put(b, 31, 8);
    stream_put_ue(b, 0); /* id */
    stream_put_ue(b, 0); /* log2_max_frame_num_minus4 */
    stream_put_ue(b, 2); /* pic_order_cnt_type */
    stream_put_ue(b, 1); /* max_num_ref_frames */
    stream_put(b, 0, 1);
    stream_put_ue(b, w_mbs - 1);
    stream_put_ue(b, h_mbs - 1);
    stream_put(b, 1, 1); /* frame_mbs_only_flag */
    stream_put(b, 1, 1);
    stream_put(b, 0, 1); /* cropping */
    stream_put(b, 0, 1); /* vui */
    stream_put(b, 1, 1); /* stop */
    return (b->pos + 7) / 8;
}

#endif
