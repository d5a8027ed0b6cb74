/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/codec/test_jpeg_encoder.c  JPEG files: colours, sizes, quality
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <libavcodec/avcodec.h>

#include "codec/jpeg_encoder.h"
#include "codec/video_frame.h"
#include "tests/unit/codec/picture.h"

/** Decode as any other program would; asserts that it is a JPEG file in full range. */
static AVFrame *decode(const void *data, size_t size)
{
    AVCodecContext *ctx = avcodec_alloc_context3(avcodec_find_decoder(AV_CODEC_ID_MJPEG));
    AVPacket *packet = av_packet_alloc();
    AVFrame *av = av_frame_alloc();

    assert_true(size > 4);
    assert_memory_equal(data, "\xff\xd8\xff", 3);
    assert_memory_equal((const char *)data + size - 2, "\xff\xd9", 2);
    assert_int_equal(av_new_packet(packet, (int)size), 0);
    memcpy(packet->data, data, size);
    assert_int_equal(avcodec_open2(ctx, NULL, NULL), 0);
    assert_int_equal(avcodec_send_packet(ctx, packet), 0);
    assert_int_equal(avcodec_receive_frame(ctx, av), 0);
    av_packet_free(&packet);
    avcodec_free_context(&ctx);
    return av;
}

static int clamp(double v)
{
    return v < 0 ? 0 : v > 255 ? 255 : (int)(v + 0.5);
}

/** RGB of a full range BT.601 pixel, as JFIF says. */
static void full_rgb(const AVFrame *av, int x, int y, int rgb[3])
{
    double l = av->data[0][y * av->linesize[0] + x];
    double u = av->data[1][y / 2 * av->linesize[1] + x / 2] - 128.0;
    double v = av->data[2][y / 2 * av->linesize[2] + x / 2] - 128.0;

    rgb[0] = clamp(l + 1.402 * v);
    rgb[1] = clamp(l - 0.344136 * u - 0.714136 * v);
    rgb[2] = clamp(l + 1.772 * u);
}

static void keeps_the_colours(void **state)
{
    static const struct {
        uint8_t y, u, v; /* limited range */
        int rgb[3];
    } cases[] = {
        {16, 128, 128, {0, 0, 0}},        {235, 128, 128, {255, 255, 255}},
        {126, 128, 128, {128, 128, 128}}, {81, 90, 240, {255, 0, 0}},
        {145, 54, 34, {0, 255, 0}},       {41, 240, 110, {0, 0, 255}},
        {0, 128, 128, {0, 0, 0}},         {255, 128, 128, {255, 255, 255}},
    };
    const struct video_rect all = {.w = 64, .h = 64};
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        struct video_frame *frame;
        void *data = NULL;
        size_t size = 0;
        AVFrame *av;
        int rgb[3];

        assert_int_equal(video_frame_new(&frame, 64, 64), 0);
        video_frame_fill(frame, &all, cases[i].y, cases[i].u, cases[i].v);
        assert_int_equal(jpeg_encoder_run(&data, &size, frame, 95), 0);
        av = decode(data, size);
        full_rgb(av, 31, 33, rgb);
        for (int k = 0; k < 3; ++k)
            assert_in_range(rgb[k] + 6 - cases[i].rgb[k], 0, 12);
        av_frame_free(&av);
        free(data);
        video_frame_unref(frame);
    }
}

static void keeps_odd_and_small_sizes(void **state)
{
    static const uint16_t sides[][2] = {{1, 1}, {2, 2}, {3, 5}, {17, 9}, {321, 181}, {1280, 720}};
    (void)state;

    for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); ++i) {
        const struct video_rect all = {.w = sides[i][0], .h = sides[i][1]};
        struct video_frame *frame;
        void *data = NULL;
        size_t size = 0;
        AVFrame *av;

        assert_int_equal(video_frame_new(&frame, all.w, all.h), 0);
        for (int p = 0; p < 3; ++p) /* video_frame_fill() stops at even pixels */
            memset(frame->plane[p], 128, (size_t)frame->stride[p] * (p ? (all.h + 1u) / 2 : all.h));
        assert_int_equal(jpeg_encoder_run(&data, &size, frame, 80), 0);
        av = decode(data, size);
        assert_int_equal(av->width, all.w);
        assert_int_equal(av->height, all.h);
        av_frame_free(&av);
        free(data);
        video_frame_unref(frame);
    }
}

static void more_quality_is_closer_and_larger(void **state)
{
    struct video_frame *frame;
    size_t size[3] = {0};
    double error[3] = {0};
    (void)state;

    assert_int_equal(video_frame_new(&frame, 320, 180), 0);
    picture_paint(frame, 3);
    for (unsigned i = 0; i < 3; ++i) {
        static const unsigned quality[] = {1, 50, 100};
        void *data = NULL;
        AVFrame *av;

        assert_int_equal(jpeg_encoder_run(&data, &size[i], frame, quality[i]), 0);
        av = decode(data, size[i]);
        for (int y = 0; y < 180; ++y)
            for (int x = 0; x < 320; ++x) {
                double want = (frame->plane[0][y * frame->stride[0] + x] - 16) * 255.0 / 219;
                double d = av->data[0][y * av->linesize[0] + x] - want;

                error[i] += d * d / (320 * 180);
            }
        av_frame_free(&av);
        free(data);
    }
    assert_true(size[0] < size[1] && size[1] < size[2]);
    assert_true(error[0] > error[1] && error[1] > error[2]);
    assert_true(error[2] < 6.5); /* 40 dB */
    video_frame_unref(frame);
}

static void rejects_a_quality_that_is_none(void **state)
{
    struct video_frame *frame;
    void *data = NULL;
    size_t size = 0;
    (void)state;

    assert_int_equal(video_frame_new(&frame, 16, 16), 0);
    assert_int_equal(jpeg_encoder_run(&data, &size, frame, 0), -EINVAL);
    assert_int_equal(jpeg_encoder_run(&data, &size, frame, 101), -EINVAL);
    assert_null(data);
    video_frame_unref(frame);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_the_colours),
        cmocka_unit_test(keeps_odd_and_small_sizes),
        cmocka_unit_test(more_quality_is_closer_and_larger),
        cmocka_unit_test(rejects_a_quality_that_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
