/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/codec/test_video_encoder.c  Pictures through encoder, depacketizer and decoder
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "codec/video_decoder.h"
#include "codec/video_depay.h"
#include "codec/video_encoder.h"
#include "tests/unit/codec/picture.h"

enum { MAX_PAYLOAD = 1180, NAL_IDR = 5, NAL_SPS = 7, NAL_PPS = 8 };

static const struct video_encoder_params defaults = {
    .codec = VIDEO_CODEC_H264,
    .width = 320,
    .height = 192,
    .fps = 30,
    .bitrate_bps = 500000,
    .max_payload = MAX_PAYLOAD,
    .preset = VIDEO_PRESET_SUPERFAST,
};

/* An encoder and what a receiver makes of it. */
struct link {
    struct video_encoder_params params;
    struct video_encoder *enc;
    struct video_depay *depay;
    struct video_decoder *dec;
    struct video_frame *shown; /* latest picture of the receiver */
    uint64_t seq;
    uint32_t ts;
    size_t bytes, payloads;
    unsigned nals[32]; /* by type, of the last frame */
    int fragments;
};

static void link_open(struct link *l, const struct video_encoder_params *params)
{
    struct video_limits limits = {.max_width = 1920, .max_height = 1080};

    *l = (struct link){.params = *params};
    assert_int_equal(video_encoder_new(&l->enc, params), 0);
    assert_int_equal(video_depay_new(&l->depay, params->codec), 0);
    assert_int_equal(video_decoder_new(&l->dec, params->codec, &limits), 0);
}

static void link_close(struct link *l)
{
    video_frame_unref(l->shown);
    video_encoder_free(l->enc);
    video_depay_free(l->depay);
    video_decoder_free(l->dec);
}

static void receive(struct link *l, const uint8_t *payload, size_t size, bool marker)
{
    struct video_depay_packet packet = {
        .payload = payload, .size = size, .ext_seq = l->seq++, .ts = l->ts, .marker = marker};
    struct video_unit unit;
    int err = video_depay_put(l->depay, &packet, &unit);

    assert_int_equal(err, marker ? 0 : -EAGAIN);
    if (err)
        return;
    assert_int_equal(unit.ts, l->ts);
    l->shown = video_frame_unref(l->shown);
    assert_int_equal(video_decoder_decode(l->dec, unit.data, unit.size, 1000 + l->ts, &l->shown),
                     0);
    assert_non_null(l->shown);
    assert_int_equal(l->shown->when_us, 1000 + l->ts);
}

/* Encode a picture and receive all its payloads. */
static bool link_send(struct link *l, const struct video_frame *frame, bool key)
{
    uint8_t *buf = malloc(l->params.max_payload);
    bool got_key, marker = false;
    size_t n, sum = 0;

    assert_non_null(buf);
    memset(l->nals, 0, sizeof(l->nals));
    assert_int_equal(video_encoder_encode(l->enc, frame, key, &got_key), 0);
    l->ts += 3000;
    while ((n = video_encoder_payload(l->enc, buf, &marker)) > 0) {
        assert_true(n <= l->params.max_payload);
        if (l->params.codec == VIDEO_CODEC_H264)
            ++l->nals[buf[0] & 31];
        receive(l, buf, n, marker);
        sum += n;
        ++l->payloads;
        if (marker)
            break;
    }
    assert_true(marker);
    assert_int_equal(video_encoder_payload(l->enc, buf, &marker), 0);
    assert_false(marker);
    assert_true(video_encoder_size(l->enc) > 0);
    l->bytes += sum;
    free(buf);
    return got_key;
}

static void round_trip(const struct video_encoder_params *params, unsigned n, double floor_db)
{
    struct video_frame *frame;
    struct link l;

    link_open(&l, params);
    assert_int_equal(video_frame_new(&frame, params->width, params->height), 0);
    for (unsigned t = 0; t < n; ++t) {
        picture_paint(frame, t);
        assert_int_equal(link_send(&l, frame, false), t == 0);
        for (int plane = 0; plane < 3; ++plane) {
            double db = picture_psnr(frame, l.shown, plane);

            if (db < floor_db)
                fail_msg("%ux%u codec %d preset %d frame %u plane %d: %.1f dB", params->width,
                         params->height, (int)params->codec, (int)params->preset, t, plane, db);
        }
    }
    video_frame_unref(frame);
    link_close(&l);
}

static void pictures_survive_the_way(void **state)
{
    static const struct {
        uint16_t w, h, max_payload;
    } sizes[] = {
        {64, 64, 200}, {320, 180, 1180}, {178, 142, 600}, {640, 360, 1180}, {362, 640, 9000}};
    (void)state;

    for (unsigned codec = 0; codec < VIDEO_CODEC_COUNT; ++codec) {
        for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); ++i) {
            struct video_encoder_params params = defaults;

            params.codec = (enum video_codec)codec;
            params.preset = (enum video_preset)(i % 3);
            params.width = sizes[i].w;
            params.height = sizes[i].h;
            params.max_payload = sizes[i].max_payload;
            params.bitrate_bps = 1500000;
            round_trip(&params, 15, 28);
        }
    }
}

static void rejects_params_out_of_range(void **state)
{
    struct video_encoder_params bad[12];
    struct video_encoder *enc = NULL;
    (void)state;

    for (unsigned i = 0; i < 12; ++i)
        bad[i] = defaults;
    bad[0].width = 62;
    bad[1].height = 4098;
    bad[2].width = 321;
    bad[3].fps = 0;
    bad[4].fps = 61;
    bad[5].bitrate_bps = 1000;
    bad[6].bitrate_bps = 200000000;
    bad[7].max_payload = 199;
    bad[8].max_payload = 9001;
    bad[9].codec = VIDEO_CODEC_COUNT;
    bad[10].preset = (enum video_preset)3;
    bad[11].height = 181;
    for (unsigned i = 0; i < 12; ++i)
        assert_int_equal(video_encoder_new(&enc, &bad[i]), -EINVAL);
    assert_null(enc);
    assert_null(video_encoder_free(NULL));
}

static void rejects_a_frame_of_another_size(void **state)
{
    struct video_encoder *enc;
    struct video_frame *frame;
    bool key;
    (void)state;

    assert_int_equal(video_encoder_new(&enc, &defaults), 0);
    assert_int_equal(video_frame_new(&frame, 320, 180), 0);
    assert_int_equal(video_encoder_encode(enc, frame, false, &key), -EINVAL);
    video_frame_unref(frame);
    video_encoder_free(enc);
}

static void set_changes_rate_only(void **state)
{
    struct video_encoder_params params = defaults;
    struct video_encoder *enc;
    (void)state;

    for (unsigned codec = 0; codec < VIDEO_CODEC_COUNT; ++codec) {
        params = defaults;
        params.codec = (enum video_codec)codec;
        assert_int_equal(video_encoder_new(&enc, &params), 0);
        params.bitrate_bps = 300000;
        params.fps = 15;
        assert_int_equal(video_encoder_set(enc, &params), 0);
        params.bitrate_bps = 1;
        assert_int_equal(video_encoder_set(enc, &params), -EINVAL);
        params = defaults;
        params.codec = (enum video_codec)codec;
        params.width = 640;
        assert_int_equal(video_encoder_set(enc, &params), -EINVAL);
        video_encoder_free(enc);
    }
}

static void key_frames_come_on_request_only(void **state)
{
    struct video_frame *frame;
    struct link l;
    (void)state;

    for (unsigned codec = 0; codec < VIDEO_CODEC_COUNT; ++codec) {
        struct video_encoder_params params = defaults;

        params.codec = (enum video_codec)codec;
        link_open(&l, &params);
        assert_int_equal(video_frame_new(&frame, params.width, params.height), 0);
        for (unsigned t = 0; t < 60; ++t) {
            bool want = t % 20 == 7;

            /* A scene change alone is no reason. */
            picture_paint(frame, t < 30 ? t : t + 10000);
            assert_int_equal(link_send(&l, frame, want), want || t == 0);
        }
        video_frame_unref(frame);
        link_close(&l);
    }
}

static void parameter_sets_come_with_each_idr_and_no_sei(void **state)
{
    struct video_frame *frame;
    struct link l;
    (void)state;

    link_open(&l, &defaults);
    assert_int_equal(video_frame_new(&frame, defaults.width, defaults.height), 0);
    for (unsigned t = 0; t < 12; ++t) {
        bool key = t % 4 == 0;

        picture_paint(frame, t);
        link_send(&l, frame, key);
        assert_int_equal(l.nals[NAL_SPS], key);
        assert_int_equal(l.nals[NAL_PPS], key);
        assert_int_equal(l.nals[NAL_IDR] > 0, key);
        assert_int_equal(l.nals[1] > 0, !key);
        assert_int_equal(l.nals[6] + l.nals[9] + l.nals[28], 0);
    }
    video_frame_unref(frame);
    link_close(&l);
}

/* Noise on top, so that there is something to spend bits on. */
static void add_noise(struct video_frame *frame, uint32_t *seed)
{
    for (unsigned y = 0; y < frame->h; ++y) {
        uint8_t *row = frame->plane[0] + (size_t)y * (size_t)frame->stride[0];

        for (unsigned x = 0; x < frame->w; ++x) {
            *seed = *seed * 1664525 + 1013904223;
            row[x] = (uint8_t)(row[x] + (*seed >> 28));
        }
    }
}

static void measure_rate(struct link *l, struct video_frame *frame, unsigned seconds, uint32_t bps)
{
    unsigned n = seconds * l->params.fps;
    uint32_t seed = 1;
    double got;

    l->bytes = 0;
    for (unsigned t = 0; t < n; ++t) {
        picture_paint(frame, t);
        add_noise(frame, &seed);
        link_send(l, frame, t % 50 == 49);
    }
    got = (double)l->bytes * 8 / seconds;
    if (got > bps * 1.5 || got < bps / 1.5)
        fail_msg("codec %d: %.0f instead of %u bit/s", (int)l->params.codec, got, bps);
}

static void bitrate_is_kept_and_can_be_changed(void **state)
{
    struct video_frame *frame;
    struct link l;
    (void)state;

    for (unsigned codec = 0; codec < VIDEO_CODEC_COUNT; ++codec) {
        struct video_encoder_params params = defaults;

        params.codec = (enum video_codec)codec;
        link_open(&l, &params);
        assert_int_equal(video_frame_new(&frame, params.width, params.height), 0);
        measure_rate(&l, frame, 5, 500000);
        l.params.bitrate_bps = 250000;
        assert_int_equal(video_encoder_set(l.enc, &l.params), 0);
        measure_rate(&l, frame, 5, 250000);
        l.params.fps = 15;
        assert_int_equal(video_encoder_set(l.enc, &l.params), 0);
        measure_rate(&l, frame, 5, 250000);
        video_frame_unref(frame);
        link_close(&l);
    }
}

static void a_static_composite_costs_next_to_nothing(void **state)
{
    struct video_damage damage[2] = {{.rect = {.w = 160, .h = 192}, .version = 1},
                                     {.rect = {.x = 160, .w = 160, .h = 192}, .version = 1}};
    struct video_frame *frame;
    struct link l;
    (void)state;

    link_open(&l, &defaults);
    assert_int_equal(video_frame_new(&frame, defaults.width, defaults.height), 0);
    frame->damage = damage;
    frame->ndamage = 2;
    picture_paint(frame, 0);
    for (unsigned t = 0; t < 30; ++t)
        link_send(&l, frame, false);
    assert_true(video_encoder_size(l.enc) < 60);
    assert_true(picture_psnr(frame, l.shown, 0) > 30);
    frame->damage = NULL;
    frame->ndamage = 0;
    video_frame_unref(frame);
    link_close(&l);
}

/* The left half moves and the right half stands; one link is told so, the other is not. */
static void damage_does_not_let_the_picture_drift(void **state)
{
    struct video_damage damage[2] = {{.rect = {.w = 152, .h = 192}, .version = 1},
                                     {.rect = {.x = 152, .w = 168, .h = 192}, .version = 1}};
    struct video_frame *frame, *moving;
    struct link told, plain;
    (void)state;

    link_open(&told, &defaults);
    link_open(&plain, &defaults);
    assert_int_equal(video_frame_new(&frame, defaults.width, defaults.height), 0);
    assert_int_equal(video_frame_new(&moving, 152, 192), 0);
    picture_paint(frame, 0);
    for (unsigned t = 0; t < 90; ++t) {
        picture_paint(moving, t);
        for (unsigned y = 0; y < 192; ++y)
            memcpy(frame->plane[0] + (size_t)y * (size_t)frame->stride[0],
                   moving->plane[0] + (size_t)y * (size_t)moving->stride[0], 152);
        ++damage[0].version;
        if (t == 45) { /* the other half changes once */
            video_frame_fill(frame, &(struct video_rect){.x = 200, .y = 60, .w = 50, .h = 50}, 200,
                             90, 90);
            ++damage[1].version;
        }
        frame->damage = NULL;
        frame->ndamage = 0;
        link_send(&plain, frame, false);
        frame->damage = damage;
        frame->ndamage = 2;
        link_send(&told, frame, false);
    }
    assert_true(picture_psnr(frame, told.shown, 0) > picture_psnr(frame, plain.shown, 0) - 1.5);
    assert_true(picture_psnr(frame, told.shown, 0) > 30);
    frame->damage = NULL;
    frame->ndamage = 0;
    video_frame_unref(frame);
    video_frame_unref(moving);
    link_close(&told);
    link_close(&plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures_survive_the_way),
        cmocka_unit_test(rejects_params_out_of_range),
        cmocka_unit_test(rejects_a_frame_of_another_size),
        cmocka_unit_test(set_changes_rate_only),
        cmocka_unit_test(key_frames_come_on_request_only),
        cmocka_unit_test(parameter_sets_come_with_each_idr_and_no_sei),
        cmocka_unit_test(bitrate_is_kept_and_can_be_changed),
        cmocka_unit_test(a_static_composite_costs_next_to_nothing),
        cmocka_unit_test(damage_does_not_let_the_picture_drift),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
