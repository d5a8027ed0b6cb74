/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/codec/test_vp8_header.c  VP8 frame header: key and other frames, broken ones
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "codec/vp8_header.h"

/* First partition of 1 byte, shown, 640x360; the upper bits of the sides are scaling. */
static const uint8_t key[] = {0x30, 0x00, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x42, 0x68, 0x81, 0xff};

static void reads_a_key_frame(void **state)
{
    struct vp8_header h;
    (void)state;

    assert_int_equal(vp8_header_parse(&h, key, sizeof(key)), 0);
    assert_true(h.key);
    assert_true(h.show);
    assert_int_equal(h.version, 0);
    assert_int_equal(h.first_size, 1);
    assert_int_equal(h.width, 640);
    assert_int_equal(h.height, 360);
}

static void reads_other_frames(void **state)
{
    static const uint8_t other[] = {0x47, 0x00, 0x00, 1, 2};
    struct vp8_header h;
    (void)state;

    assert_int_equal(vp8_header_parse(&h, other, sizeof(other)), 0);
    assert_false(h.key);
    assert_false(h.show);
    assert_int_equal(h.version, 3);
    assert_int_equal(h.first_size, 2);
}

static void rejects_what_is_broken(void **state)
{
    static const struct {
        unsigned at;
        uint8_t value;
    } changes[] = {{0, 0x38}, {0, 0x50}, {1, 1}, {3, 0x9c}, {4, 0}, {5, 0x2b}};
    struct vp8_header h;
    uint8_t buf[sizeof(key)];
    (void)state;

    for (size_t n = 0; n < sizeof(key); ++n)
        assert_int_equal(vp8_header_parse(&h, key, n), -EBADMSG);
    for (unsigned i = 0; i < sizeof(changes) / sizeof(changes[0]); ++i) {
        for (unsigned j = 0; j < sizeof(key); ++j)
            buf[j] = j == changes[i].at ? changes[i].value : key[j];
        assert_int_equal(vp8_header_parse(&h, buf, sizeof(buf)), -EBADMSG);
    }
    for (unsigned j = 0; j < sizeof(key); ++j)
        buf[j] = j == 6 || j == 7 ? 0 : key[j]; /* no width */
    assert_int_equal(vp8_header_parse(&h, buf, sizeof(buf)), -EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_key_frame),
        cmocka_unit_test(reads_other_frames),
        cmocka_unit_test(rejects_what_is_broken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
