/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/codec/test_video_decoder.c  Video decoder: profiles, limits, bombs, broken units
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "codec/video_decoder.h"
#include "codec/video_depay.h"
#include "codec/video_encoder.h"
#include "tests/unit/codec/stream.h"

static const struct video_limits limits = {.max_width = 1280, .max_height = 720};

static const struct stream_cfg plain = {.profile = "baseline", .w = 320, .h = 192, .n = 8};

static struct video_decoder *make_decoder(enum video_codec codec)
{
    struct video_decoder *dec = NULL;

    assert_int_equal(video_decoder_new(&dec, codec, &limits), 0);
    return dec;
}

/* Decode one unit; returns the error, and drops the picture. */
static int decode(struct video_decoder *dec, const uint8_t *data, size_t size, uint64_t when_us,
                  bool *ret_shown)
{
    struct video_frame *frame = NULL;
    int err = video_decoder_decode(dec, data, size, when_us, &frame);

    assert_true(!err || !frame);
    if (ret_shown)
        *ret_shown = frame != NULL;
    video_frame_unref(frame);
    return err;
}

static void rejects_bad_arguments(void **state)
{
    static const struct video_limits bad[] = {{0, 720}, {1280, 0}, {8193, 720}, {1280, 8193}};
    struct video_decoder *dec = NULL;
    (void)state;

    for (unsigned i = 0; i < 4; ++i)
        assert_int_equal(video_decoder_new(&dec, VIDEO_CODEC_H264, &bad[i]), -EINVAL);
    assert_int_equal(video_decoder_new(&dec, VIDEO_CODEC_COUNT, &limits), -EINVAL);
    assert_null(dec);
    assert_null(video_decoder_free(NULL));
}

static const struct {
    struct stream_cfg cfg;
    int err;
    uint16_t w, h;
} kinds[] = {
    {{.profile = "baseline", .w = 320, .h = 180}, 0, 320, 180},
    {{.profile = "baseline", .w = 178, .h = 142, .slice_size = 500}, 0, 178, 142},
    {{.profile = "main", .w = 640, .h = 360, .cabac = 1}, 0, 640, 360},
    {{.profile = "high", .w = 1280, .h = 720, .cabac = 1}, 0, 1280, 720},
    {{.profile = "high", .w = 720, .h = 1280}, 0, 720, 1280},
    {{.profile = "high", .w = 322, .h = 182, .crop_right = 6, .crop_bottom = 4}, 0, 316, 178},
    {{.profile = "main", .w = 640, .h = 352, .interlaced = 1}, 0, 640, 352},
    {{.profile = "high", .w = 1282, .h = 720}, -EFBIG, 0, 0},
    {{.profile = "high", .w = 740, .h = 740}, -EFBIG, 0, 0},
    {{.profile = "high10", .w = 320, .h = 176}, -ENOTSUP, 0, 0},
    {{.profile = "high422", .csp = X264_CSP_I422, .w = 320, .h = 180}, -ENOTSUP, 0, 0},
    {{.profile = "high444", .csp = X264_CSP_I444, .w = 318, .h = 180}, -ENOTSUP, 0, 0},
};

static void takes_the_profiles_that_it_should_without_delay(void **state)
{
    (void)state;

    for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); ++i) {
        struct video_decoder *dec = make_decoder(VIDEO_CODEC_H264);
        struct stream_cfg cfg = kinds[i].cfg;
        struct stream s;

        cfg.n = 6;
        assert_int_equal(stream_make(&s, &cfg), 0);
        for (unsigned u = 0; u < s.n; ++u) {
            struct video_frame *frame = NULL;
            int want = kinds[i].err && u ? -EAGAIN : kinds[i].err;

            assert_int_equal(video_decoder_decode(dec, s.unit[u], s.size[u], u + 1, &frame), want);
            if (want)
                continue;
            assert_non_null(frame);
            assert_int_equal(frame->when_us, u + 1);
            assert_int_equal(frame->w, kinds[i].w);
            assert_int_equal(frame->h, kinds[i].h);
            frame = video_frame_unref(frame);
        }
        stream_free(&s);
        video_decoder_free(dec);
    }
}

static void an_announced_delay_is_ignored(void **state)
{
    struct video_decoder *dec = make_decoder(VIDEO_CODEC_H264);
    struct stream_cfg cfg = {
        .profile = "main", .w = 320, .h = 192, .bframes = 2, .only_p = 1, .n = 8};
    struct stream s;
    bool shown;
    (void)state;

    /* The parameter set allows reordering, but there is none. */
    assert_int_equal(stream_make(&s, &cfg), 0);
    for (unsigned u = 0; u < s.n; ++u) {
        assert_int_equal(decode(dec, s.unit[u], s.size[u], u, &shown), 0);
        assert_true(shown);
    }
    stream_free(&s);
    video_decoder_free(dec);
}

static void b_frames_are_shown_in_order(void **state)
{
    struct video_decoder *dec = make_decoder(VIDEO_CODEC_H264);
    struct stream_cfg cfg = {.profile = "main", .w = 320, .h = 192, .bframes = 2, .n = 24};
    unsigned nshown = 0;
    struct stream s;
    bool shown;
    (void)state;

    assert_int_equal(stream_make(&s, &cfg), 0);
    for (unsigned u = 0; u < s.n; ++u) {
        assert_int_equal(decode(dec, s.unit[u], s.size[u], u, &shown), 0);
        nshown += shown;
    }
    assert_true(nshown >= s.n - 6);
    stream_free(&s);
    video_decoder_free(dec);
}

static void starts_at_a_key_frame(void **state)
{
    struct video_decoder *dec = make_decoder(VIDEO_CODEC_H264);
    struct stream s;
    bool shown;
    (void)state;

    assert_int_equal(stream_make(&s, &plain), 0);
    assert_int_equal(decode(dec, s.unit[1], s.size[1], 1, NULL), -EAGAIN);
    assert_int_equal(decode(dec, s.unit[0], s.size[0], 2, &shown), 0);
    assert_true(shown);
    assert_int_equal(decode(dec, s.unit[1], s.size[1], 3, &shown), 0);
    assert_true(shown);
    video_decoder_want_key(dec);
    assert_int_equal(decode(dec, s.unit[2], s.size[2], 4, NULL), -EAGAIN);
    assert_int_equal(decode(dec, s.unit[0], s.size[0], 5, &shown), 0);
    assert_true(shown);
    stream_free(&s);
    video_decoder_free(dec);
}

static void parameter_sets_may_come_alone(void **state)
{
    struct video_decoder *dec = make_decoder(VIDEO_CODEC_H264);
    uint8_t *sps = NULL, *idr = NULL;
    struct stream s;
    size_t head;
    bool shown;
    (void)state;

    assert_int_equal(stream_make(&s, &plain), 0);
    assert_true(stream_find_nal(s.unit[0], s.size[0], 7, &sps) > 0);
    assert_true(stream_find_nal(s.unit[0], s.size[0], 5, &idr) > 0);
    head = (size_t)(idr - s.unit[0]) - 3;
    assert_int_equal(decode(dec, s.unit[0], head, 1, &shown), 0);
    assert_false(shown);
    assert_int_equal(decode(dec, s.unit[0] + head, s.size[0] - head, 2, &shown), 0);
    assert_true(shown);
    /* ... also in the middle of a stream */
    assert_int_equal(decode(dec, s.unit[1], s.size[1], 3, &shown), 0);
    assert_int_equal(decode(dec, s.unit[0], head, 4, &shown), 0);
    assert_false(shown);
    assert_int_equal(decode(dec, s.unit[2], s.size[2], 5, &shown), 0);
    assert_true(shown);
    stream_free(&s);
    video_decoder_free(dec);
}

static void a_broken_picture_is_not_shown_and_needs_a_key(void **state)
{
    static const struct stream_cfg kinds_of[] = {
        {.profile = "baseline", .w = 320, .h = 192, .n = 8, .slice_size = 300},
        {.profile = "high", .w = 320, .h = 192, .n = 8, .slice_size = 300, .cabac = 1},
    };
    (void)state;

    for (unsigned k = 0; k < 2; ++k) {
        struct video_decoder *dec = make_decoder(VIDEO_CODEC_H264);
        struct stream s;
        uint8_t *nal = NULL;
        size_t n;
        bool shown;

        assert_int_equal(stream_make(&s, &kinds_of[k]), 0);
        assert_int_equal(decode(dec, s.unit[0], s.size[0], 1, &shown), 0);
        /* Cut off the last slice of a picture: there are macroblocks missing. */
        n = stream_find_nal(s.unit[1], s.size[1], 1, &nal);
        assert_true(n > 0 && (size_t)(nal - s.unit[1]) + n < s.size[1]);
        assert_int_equal(decode(dec, s.unit[1], (size_t)(nal - s.unit[1]) + n, 2, &shown),
                         -EBADMSG);
        assert_int_equal(decode(dec, s.unit[2], s.size[2], 3, &shown), -EAGAIN);
        assert_int_equal(decode(dec, s.unit[0], s.size[0], 4, &shown), 0);
        assert_true(shown);
        /* ... and the first one, of a key frame */
        n = stream_find_nal(s.unit[0], s.size[0], 5, &nal);
        memmove(nal - 3, nal + n, s.size[0] - (size_t)(nal + n - s.unit[0]));
        assert_int_equal(decode(dec, s.unit[0], s.size[0] - n - 3, 5, &shown), -EBADMSG);
        stream_free(&s);
        video_decoder_free(dec);
    }
}

static void garbage_is_broken(void **state)
{
    static const uint8_t garbage[64] = {0, 0, 0, 1, 0x65, 0x88, 0x84, 7, 99, 3, 0xff, 12};
    static const uint8_t sps[] = {0, 0, 0, 1, 0x67, 66, 0xc0};
    (void)state;

    for (unsigned codec = 0; codec < VIDEO_CODEC_COUNT; ++codec) {
        struct video_decoder *dec = make_decoder((enum video_codec)codec);

        assert_int_equal(decode(dec, garbage, sizeof(garbage), 1, NULL), -EBADMSG);
        assert_int_equal(decode(dec, sps, sizeof(sps), 1, NULL), -EBADMSG);
        assert_int_equal(decode(dec, garbage + 4, 3, 1, NULL), -EBADMSG);
        assert_int_equal(decode(dec, garbage, 0, 1, NULL), -EBADMSG);
        assert_int_equal(decode(dec, garbage, VIDEO_DEPAY_UNIT_MAX + 1, 1, NULL), -EFBIG);
        video_decoder_free(dec);
    }
}

static long peak_kb(void)
{
    struct rusage usage;

    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss;
}

static void bombs_are_refused_and_cost_no_memory(void **state)
{
    static const uint8_t vp8[] = {0x10, 0x00, 0x00, 0x9d, 0x01, 0x2a, 0xff, 0x3f, 0xff, 0x3f, 0, 0};
    uint8_t unit[1024] = {0, 0, 0, 1};
    struct stream_bits b;
    struct stream s;
    uint8_t *old = NULL, *rest = NULL;
    size_t n, tail;
    long before;
    (void)state;

    assert_int_equal(stream_make(&s, &plain), 0);
    stream_find_nal(s.unit[0], s.size[0], 7, &old);
    stream_find_nal(s.unit[0], s.size[0], 8, &rest);
    n = stream_sps(&b, 512, 512, 66);
    memcpy(unit + 4, b.data, n);
    tail = s.size[0] - (size_t)(rest - 3 - s.unit[0]);
    if (tail > sizeof(unit) - 4 - n)
        tail = sizeof(unit) - 4 - n;
    memcpy(unit + 4 + n, rest - 3, tail);

    before = peak_kb();
    for (unsigned i = 0; i < 3; ++i) {
        struct video_decoder *h264 = make_decoder(VIDEO_CODEC_H264);
        struct video_decoder *dec = make_decoder(VIDEO_CODEC_VP8);

        assert_int_equal(decode(h264, unit, 4 + n + tail, 1, NULL), -EFBIG);
        assert_int_equal(decode(dec, vp8, sizeof(vp8), 1, NULL), -EFBIG);
        video_decoder_free(h264);
        video_decoder_free(dec);
    }
    assert_true(peak_kb() - before < 48 * 1024); /* a picture of that size has 96 MB */
    stream_free(&s);
}

static void a_start_code_inside_a_slice_hides_nothing(void **state)
{
    struct video_decoder *dec = make_decoder(VIDEO_CODEC_H264);
    uint8_t unit[64] = {0, 0, 0, 1, 0x41, 1, 2, 0, 0, 1};
    struct stream_bits b;
    size_t n = stream_sps(&b, 512, 512, 66);
    (void)state;

    memcpy(unit + 10, b.data, n);
    assert_int_equal(decode(dec, unit, 10 + n, 1, NULL), -EFBIG);
    video_decoder_free(dec);
}

static void size_may_change_but_not_all_the_time(void **state)
{
    static const struct stream_cfg sizes[2] = {
        {.profile = "baseline", .w = 320, .h = 192, .n = 1},
        {.profile = "baseline", .w = 160, .h = 96, .n = 1},
    };
    struct video_decoder *dec = make_decoder(VIDEO_CODEC_H264);
    uint64_t now = 1000000;
    struct stream s[2];
    (void)state;

    assert_int_equal(stream_make(&s[0], &sizes[0]), 0);
    assert_int_equal(stream_make(&s[1], &sizes[1]), 0);
    for (unsigned i = 0; i <= VIDEO_DECODER_CHANGES_MAX; ++i) {
        struct video_frame *frame = NULL;

        assert_int_equal(video_decoder_decode(dec, s[i % 2].unit[0], s[i % 2].size[0], now, &frame),
                         0);
        assert_int_equal(frame->w, sizes[i % 2].w);
        video_frame_unref(frame);
        now += 100000;
    }
    assert_int_equal(decode(dec, s[1].unit[0], s[1].size[0], now, NULL), -EFBIG);
    assert_int_equal(decode(dec, s[1].unit[0], s[1].size[0], now + 10000000, NULL), 0);
    stream_free(&s[0]);
    stream_free(&s[1]);
    video_decoder_free(dec);
}

static void frames_outlive_the_decoder_and_are_limited(void **state)
{
    struct video_decoder *dec = make_decoder(VIDEO_CODEC_H264);
    struct stream_cfg cfg = {.profile = "baseline", .w = 64, .h = 64, .n = 1};
    struct video_frame *frames[VIDEO_DECODER_FRAMES_MAX], *more = NULL;
    struct stream s;
    (void)state;

    assert_int_equal(stream_make(&s, &cfg), 0);
    for (unsigned i = 0; i < VIDEO_DECODER_FRAMES_MAX; ++i)
        assert_int_equal(video_decoder_decode(dec, s.unit[0], s.size[0], i, &frames[i]), 0);
    assert_int_equal(video_decoder_decode(dec, s.unit[0], s.size[0], 99, &more), -ENOMEM);
    assert_null(more);
    video_frame_unref(frames[0]);
    assert_int_equal(video_decoder_decode(dec, s.unit[0], s.size[0], 100, &frames[0]), 0);
    video_decoder_free(dec);
    assert_true(picture_psnr(frames[0], frames[1], 0) > 98);
    for (unsigned i = 0; i < VIDEO_DECODER_FRAMES_MAX; ++i)
        video_frame_unref(frames[i]);
    stream_free(&s);
}

/* Releases frames as they come, while the decoder goes on. */
static void *release(void *arg)
{
    struct video_frame **frames = arg;

    for (unsigned i = 0; i < 16; ++i)
        video_frame_unref(frames[i]);
    return NULL;
}

static void frames_may_be_released_on_another_thread(void **state)
{
    struct stream_cfg cfg = {.profile = "baseline", .w = 64, .h = 64, .n = 1};
    struct video_decoder *dec = make_decoder(VIDEO_CODEC_H264);
    struct video_frame *frames[16], *more = NULL;
    struct stream s;
    pthread_t thread;
    (void)state;

    assert_int_equal(stream_make(&s, &cfg), 0);
    for (unsigned round = 0; round < 8; ++round) {
        for (unsigned i = 0; i < 16; ++i)
            assert_int_equal(video_decoder_decode(dec, s.unit[0], s.size[0], i, &frames[i]), 0);
        assert_int_equal(pthread_create(&thread, NULL, release, frames), 0);
        for (unsigned i = 0; i < 16; ++i) {
            assert_int_equal(video_decoder_decode(dec, s.unit[0], s.size[0], i, &more), 0);
            video_frame_unref(more);
        }
        if (round == 7)
            dec = video_decoder_free(dec);
        pthread_join(thread, NULL);
    }
    stream_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bombs_are_refused_and_cost_no_memory),
        cmocka_unit_test(rejects_bad_arguments),
        cmocka_unit_test(takes_the_profiles_that_it_should_without_delay),
        cmocka_unit_test(an_announced_delay_is_ignored),
        cmocka_unit_test(b_frames_are_shown_in_order),
        cmocka_unit_test(starts_at_a_key_frame),
        cmocka_unit_test(parameter_sets_may_come_alone),
        cmocka_unit_test(a_broken_picture_is_not_shown_and_needs_a_key),
        cmocka_unit_test(garbage_is_broken),
        cmocka_unit_test(a_start_code_inside_a_slice_hides_nothing),
        cmocka_unit_test(size_may_change_but_not_all_the_time),
        cmocka_unit_test(frames_outlive_the_decoder_and_are_limited),
        cmocka_unit_test(frames_may_be_released_on_another_thread),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
