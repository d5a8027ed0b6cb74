/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/codec/test_pay.c  Packetizers: sizes, headers, and that nothing gets lost
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "codec/pay_h264.h"
#include "codec/pay_vp8.h"
#include "codec/video_depay.h"

enum { MAX = 300, SIZE_MAX_BYTES = 2000 };

static uint8_t bytes[SIZE_MAX_BYTES];

static void fill(uint8_t first)
{
    for (unsigned i = 0; i < sizeof(bytes); ++i)
        bytes[i] = (uint8_t)(i * 7 + i / 256);
    bytes[0] = first;
}

static int put(struct video_depay *depay, const uint8_t *buf, size_t n, uint64_t seq, bool last,
               struct video_unit *ret_unit)
{
    struct video_depay_packet packet = {
        .payload = buf, .size = n, .ext_seq = seq, .ts = 1, .marker = last};

    return video_depay_put(depay, &packet, ret_unit);
}

static void h264_units_of_any_size_come_back(void **state)
{
    (void)state;

    fill(0x65);
    for (size_t size = 2; size <= sizeof(bytes); ++size) {
        struct video_depay *depay = NULL;
        struct video_unit unit = {.size = 0};
        struct pay_h264 pay;
        uint8_t buf[MAX];
        uint64_t seq = 0;
        size_t n;

        assert_int_equal(video_depay_new(&depay, VIDEO_CODEC_H264), 0);
        pay_h264_start(&pay, bytes, size);
        while ((n = pay_h264_next(&pay, buf, MAX)) > 0) {
            assert_true(n <= MAX);
            assert_int_equal(buf[0] & 31, size <= MAX ? 5 : 28);
            assert_int_equal(put(depay, buf, n, ++seq, pay.done == size, &unit),
                             pay.done == size ? 0 : -EAGAIN);
        }
        assert_int_equal(unit.size, size + 4);
        assert_memory_equal(unit.data + 4, bytes, size);
        video_depay_free(depay);
    }
}

static void vp8_frames_of_any_size_come_back(void **state)
{
    struct pay_vp8 pay = {.picture_id = 0x7ffe};
    unsigned id = 0x7fff;
    (void)state;

    fill(0x10);
    for (size_t size = 1; size <= sizeof(bytes); ++size, id = (id + 1) & 0x7fff) {
        struct video_depay *depay = NULL;
        struct video_unit unit = {.size = 0};
        size_t n, least = MAX, most = 0;
        uint8_t buf[MAX];
        uint64_t seq = 0;

        assert_int_equal(video_depay_new(&depay, VIDEO_CODEC_VP8), 0);
        pay_vp8_start(&pay, bytes, size, MAX);
        while ((n = pay_vp8_next(&pay, buf)) > 0) {
            assert_int_equal(buf[0], seq ? 0x80 : 0x90);
            assert_int_equal(buf[1], 0x80);
            assert_int_equal(buf[2] << 8 | buf[3], 0x8000 | id);
            least = n < least ? n : least;
            most = n > most ? n : most;
            assert_int_equal(put(depay, buf, n, ++seq, pay.done == size, &unit),
                             pay.done == size ? 0 : -EAGAIN);
        }
        assert_true(most <= MAX && most - least <= seq);
        assert_int_equal(unit.size, size);
        assert_memory_equal(unit.data, bytes, size);
        assert_true(unit.key);
        video_depay_free(depay);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h264_units_of_any_size_come_back),
        cmocka_unit_test(vp8_frames_of_any_size_come_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
