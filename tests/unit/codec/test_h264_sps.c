/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/codec/test_h264_sps.c  SPS reader: real parameter sets, broken ones, NAL units
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/h264_sps.h"
#include "tests/unit/codec/stream.h"

static const struct {
    struct stream_cfg cfg;
    uint8_t profile, chroma, depth;
    uint16_t w, h, coded_w, coded_h;
} kinds[] = {
    {{.profile = "baseline", .w = 64, .h = 64}, 66, 1, 8, 64, 64, 64, 64},
    {{.profile = "baseline", .w = 1280, .h = 720}, 66, 1, 8, 1280, 720, 1280, 720},
    {{.profile = "baseline", .w = 178, .h = 142}, 66, 1, 8, 178, 142, 192, 144},
    {{.profile = "main", .w = 640, .h = 360, .cabac = 1}, 77, 1, 8, 640, 360, 640, 368},
    {{.profile = "main", .w = 640, .h = 360, .interlaced = 1}, 77, 1, 8, 640, 360, 640, 384},
    {{.profile = "main", .w = 352, .h = 288, .bframes = 2}, 77, 1, 8, 352, 288, 352, 288},
    {{.profile = "high", .w = 1920, .h = 1080}, 100, 1, 8, 1920, 1080, 1920, 1088},
    {{.profile = "high", .w = 322, .h = 182, .crop_right = 6, .crop_bottom = 4},
     100,
     1,
     8,
     316,
     178,
     336,
     192},
    {{.profile = "high10", .w = 320, .h = 176}, 110, 1, 10, 320, 176, 320, 176},
    {{.profile = "high422", .csp = X264_CSP_I422, .w = 320, .h = 180},
     122,
     2,
     8,
     320,
     180,
     320,
     192},
    {{.profile = "high444", .csp = X264_CSP_I444, .w = 318, .h = 180},
     244,
     3,
     8,
     318,
     180,
     320,
     192},
};

enum { N_KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static size_t make_sps(struct stream *s, unsigned kind, uint8_t **ret_nal)
{
    struct stream_cfg cfg = kinds[kind].cfg;
    size_t n;

    cfg.n = 1;
    assert_int_equal(stream_make(s, &cfg), 0);
    assert_true(s->n >= 1);
    n = stream_find_nal(s->unit[0], s->size[0], 7, ret_nal);
    assert_true(n > 4);
    return n;
}

static void reads_what_x264_writes(void **state)
{
    struct h264_sps sps;
    struct stream s;
    uint8_t *nal;
    (void)state;

    for (unsigned i = 0; i < N_KINDS; ++i) {
        size_t n = make_sps(&s, i, &nal);

        assert_int_equal(h264_sps_parse(&sps, nal, n), 0);
        assert_int_equal(sps.profile, kinds[i].profile);
        assert_int_equal(sps.chroma, kinds[i].chroma);
        assert_int_equal(sps.depth_luma, kinds[i].depth);
        assert_int_equal(sps.depth_chroma, kinds[i].depth);
        assert_int_equal(sps.width, kinds[i].w);
        assert_int_equal(sps.height, kinds[i].h);
        assert_int_equal(sps.coded_width, kinds[i].coded_w);
        assert_int_equal(sps.coded_height, kinds[i].coded_h);
        assert_int_equal(sps.frame_mbs_only, !kinds[i].cfg.interlaced);
        assert_true(sps.level >= 10 && sps.level <= 62);
        assert_true(sps.num_ref_frames >= 1 && sps.num_ref_frames <= 16);
        assert_true(sps.vui);
        stream_free(&s);
    }
}

/* Member by member: padding is not initialised. */
static void assert_same_sps(const struct h264_sps *a, const struct h264_sps *b)
{
    assert_int_equal(a->profile, b->profile);
    assert_int_equal(a->constraints, b->constraints);
    assert_int_equal(a->level, b->level);
    assert_int_equal(a->id, b->id);
    assert_int_equal(a->chroma, b->chroma);
    assert_int_equal(a->depth_luma, b->depth_luma);
    assert_int_equal(a->depth_chroma, b->depth_chroma);
    assert_int_equal(a->num_ref_frames, b->num_ref_frames);
    assert_int_equal(a->frame_mbs_only, b->frame_mbs_only);
    assert_int_equal(a->coded_width, b->coded_width);
    assert_int_equal(a->coded_height, b->coded_height);
    assert_int_equal(a->width, b->width);
    assert_int_equal(a->height, b->height);
    assert_int_equal(a->vui_bit, b->vui_bit);
}

static void strips_only_the_usability_information(void **state)
{
    struct h264_sps a, b;
    struct stream s;
    uint8_t *nal, buf[H264_SPS_SIZE_MAX];
    (void)state;

    for (unsigned i = 0; i < N_KINDS; ++i) {
        size_t n = make_sps(&s, i, &nal);
        int m;

        assert_int_equal(h264_sps_parse(&a, nal, n), 0);
        m = h264_sps_strip(&a, nal, n, buf, sizeof(buf));
        assert_true(m > 4 && (size_t)m < n);
        assert_int_equal(h264_sps_parse(&b, buf, (size_t)m), 0);
        assert_false(b.vui);
        assert_same_sps(&a, &b);
        for (size_t room = 0; room < (size_t)m; ++room)
            assert_int_equal(h264_sps_strip(&a, nal, n, buf, room), -EBADMSG);
        stream_free(&s);
    }
}

static void a_set_that_is_cut_off_is_broken(void **state)
{
    struct h264_sps sps;
    struct stream s;
    (void)state;

    for (unsigned i = 0; i < N_KINDS; ++i) {
        uint8_t *nal;
        size_t n = make_sps(&s, i, &nal);

        assert_int_equal(h264_sps_parse(&sps, nal, n), 0);
        for (size_t cut = 0; cut * 8 < sps.vui_bit; ++cut) {
            uint8_t *exact = malloc(cut ? cut : 1);

            assert_non_null(exact);
            memcpy(exact, nal, cut);
            assert_int_equal(h264_sps_parse(&sps, exact, cut), -EBADMSG);
            assert_int_equal(h264_sps_parse(&sps, nal, n), 0);
            free(exact);
        }
        stream_free(&s);
    }
}

static void anything_may_come(void **state)
{
    struct h264_sps sps;
    uint32_t seed = 7;
    (void)state;

    for (unsigned i = 0; i < 20000; ++i) {
        uint8_t nal[64] = {0x67, 100};
        size_t n = 4 + i % 60;

        for (size_t j = 4; j < n; ++j) {
            seed = seed * 1664525 + 1013904223;
            nal[j] = (uint8_t)(seed >> 24);
        }
        if (h264_sps_parse(&sps, nal, n) < 0)
            continue;
        assert_true(sps.width >= 1 && sps.width <= sps.coded_width && sps.coded_width <= 65536);
        assert_true(sps.height >= 1 && sps.height <= sps.coded_height && sps.coded_height <= 65536);
    }
}

static void rejects_other_nal_units_and_long_ones(void **state)
{
    static uint8_t nal[H264_SPS_SIZE_MAX + 1];
    struct stream_bits b;
    struct h264_sps sps;
    size_t n = stream_sps(&b, 20, 12, 66);
    (void)state;

    memcpy(nal, b.data, n);
    assert_int_equal(h264_sps_parse(&sps, nal, H264_SPS_SIZE_MAX), 0);
    assert_int_equal(sps.width, 320);
    assert_int_equal(sps.height, 192);
    assert_int_equal(h264_sps_parse(&sps, nal, H264_SPS_SIZE_MAX + 1), -EBADMSG);
    nal[0] = 0x68;
    assert_int_equal(h264_sps_parse(&sps, nal, n), -EBADMSG);
    nal[0] = 0xe7; /* forbidden_zero_bit */
    assert_int_equal(h264_sps_parse(&sps, nal, n), -EBADMSG);
}

static void huge_sizes_are_told_or_rejected(void **state)
{
    struct stream_bits b;
    struct h264_sps sps;
    size_t n = stream_sps(&b, 512, 512, 66);
    (void)state;

    assert_int_equal(h264_sps_parse(&sps, b.data, n), 0);
    assert_int_equal(sps.width, 8192);
    n = stream_sps(&b, 4097, 1, 66);
    assert_int_equal(h264_sps_parse(&sps, b.data, n), -EBADMSG);
    n = stream_sps(&b, 1, 0x7fffffff, 66);
    assert_int_equal(h264_sps_parse(&sps, b.data, n), -EBADMSG);
}

static void finds_nal_units_behind_start_codes_of_any_length(void **state)
{
    static const uint8_t data[] = {9, 9, 0, 0, 1, 0x65, 1, 0, 0, 0, 1, 0x41, 2, 3,
                                   0, 0, 0, 0, 1, 0,    0, 1, 7, 1, 1, 0,    1};
    static const struct {
        size_t at, size;
    } want[] = {{5, 2}, {11, 3}, {22, 5}};
    const uint8_t *nal;
    size_t pos = 0;
    (void)state;

    for (unsigned i = 0; i < 3; ++i) {
        assert_int_equal(h264_sps_next_nal(data, sizeof(data), &pos, &nal), want[i].size);
        assert_ptr_equal(nal, data + want[i].at);
    }
    assert_int_equal(h264_sps_next_nal(data, sizeof(data), &pos, &nal), 0);
    assert_int_equal(h264_sps_next_nal(data, sizeof(data), &pos, &nal), 0);
    pos = 0;
    assert_int_equal(h264_sps_next_nal(data, 0, &pos, &nal), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_x264_writes),
        cmocka_unit_test(strips_only_the_usability_information),
        cmocka_unit_test(a_set_that_is_cut_off_is_broken),
        cmocka_unit_test(anything_may_come),
        cmocka_unit_test(rejects_other_nal_units_and_long_ones),
        cmocka_unit_test(huge_sizes_are_told_or_rejected),
        cmocka_unit_test(finds_nal_units_behind_start_codes_of_any_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
