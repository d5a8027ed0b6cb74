/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/codec/test_video_depay.c  Depacketizer: packets made by hand, losses, limits
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/depay_h264.h"
#include "codec/depay_vp8.h"
#include "codec/video_depay.h"

enum { STEPS_MAX = 8, AGAIN = -EAGAIN, BAD = -EBADMSG };

/* One packet, and what comes out after it; payload and unit in hexadecimal. */
struct step {
    unsigned seq, ts;
    bool marker;
    const char *payload;
    int err;
    const char *unit;
    char flags[3]; /* k = key, g = after a gap */
};

struct scenario {
    const char *name;
    struct step steps[STEPS_MAX];
};

static size_t from_hex(const char *hex, uint8_t *buf)
{
    size_t n = 0;

    for (; *hex; ++hex) {
        unsigned v;

        if (*hex == ' ')
            continue;
        assert_int_equal(sscanf(hex, "%2x", &v), 1);
        buf[n++] = (uint8_t)v;
        ++hex;
    }
    return n;
}

static void run_step(struct video_depay *depay, const struct scenario *sc, unsigned i)
{
    const struct step *st = &sc->steps[i];
    uint8_t buf[128], want[128];
    size_t size = from_hex(st->payload, buf), n;
    uint8_t *exact = malloc(size ? size : 1);
    struct video_depay_packet packet = {
        .payload = exact, .size = size, .ext_seq = st->seq, .ts = st->ts, .marker = st->marker};
    struct video_unit unit;
    int err;

    assert_non_null(exact);
    memcpy(exact, buf, size);
    err = video_depay_put(depay, &packet, &unit);
    free(exact);
    if (err != st->err)
        fail_msg("%s, packet %u: %d instead of %d", sc->name, i, err, st->err);
    if (err)
        return;
    n = from_hex(st->unit, want);
    if (unit.size != n || memcmp(unit.data, want, n) != 0)
        fail_msg("%s, packet %u: other unit of %zu bytes", sc->name, i, unit.size);
    if (unit.key != (strchr(st->flags, 'k') != NULL) ||
        unit.after_gap != (strchr(st->flags, 'g') != NULL))
        fail_msg("%s, packet %u: key %d, after gap %d", sc->name, i, unit.key, unit.after_gap);
}

static void run(const struct scenario *scenarios, size_t n, enum video_codec codec)
{
    for (size_t i = 0; i < n; ++i) {
        struct video_depay *depay = NULL;

        assert_int_equal(video_depay_new(&depay, codec), 0);
        for (unsigned j = 0; j < STEPS_MAX && scenarios[i].steps[j].payload; ++j)
            run_step(depay, &scenarios[i], j);
        video_depay_free(depay);
    }
}

#define N(array) (sizeof(array) / sizeof(array[0]))

static const struct scenario h264[] = {
    {"single NAL units",
     {{1, 9, false, "67 42", AGAIN, NULL, ""},
      {2, 9, false, "68 ce", AGAIN, NULL, ""},
      {3, 9, true, "65 88", 0, "00000001 67 42 00000001 68 ce 00000001 65 88", "k"},
      {4, 10, true, "41 9a", 0, "00000001 41 9a", ""}}},
    {"STAP-A",
     {{1, 9, true, "78 0002 67 42 0002 68 ce 0003 65 88 84", 0,
       "00000001 67 42 00000001 68 ce 00000001 65 88 84", "k"}}},
    {"STAP-A that is cut off",
     {{1, 9, true, "78 0002 67 42 0003 68 ce", BAD, NULL, ""},
      {2, 10, true, "41 9a", 0, "00000001 41 9a", "g"}}},
    {"STAP-A with half a length", {{1, 9, true, "78 0002 67 42 00", BAD, NULL, ""}}},
    {"STAP-A with an empty NAL unit", {{1, 9, true, "78 0000 0002 67 42", BAD, NULL, ""}}},
    {"STAP-A with nothing", {{1, 9, true, "78", BAD, NULL, ""}}},
    {"STAP-A in a STAP-A", {{1, 9, true, "78 0005 78 0002 41 9a", BAD, NULL, ""}}},
    {"FU-A in a STAP-A", {{1, 9, true, "78 0003 7c 85 01", BAD, NULL, ""}}},
    {"FU-A",
     {{1, 9, false, "7c 85 88 01", AGAIN, NULL, ""},
      {2, 9, false, "7c 05 02", AGAIN, NULL, ""},
      {3, 9, true, "7c 45 03", 0, "00000001 65 88 01 02 03", "k"}}},
    {"FU-A with an empty fragment",
     {{1, 9, false, "5c 81 9a", AGAIN, NULL, ""},
      {2, 9, false, "5c 01", AGAIN, NULL, ""},
      {3, 9, true, "5c 41 03", 0, "00000001 41 9a 03", ""}}},
    {"FU-A in one packet", {{1, 9, true, "7c c5 88", 0, "00000001 65 88", "k"}}},
    {"FU-A whose start was lost",
     {{1, 9, true, "41 9a", 0, "00000001 41 9a", ""},
      {3, 10, false, "7c 05 02", AGAIN, NULL, ""},
      {4, 10, true, "7c 45 03", AGAIN, NULL, ""},
      {5, 11, true, "41 9b", 0, "00000001 41 9b", "g"}}},
    {"FU-A without start",
     {{1, 9, false, "7c 05 02", BAD, NULL, ""},
      {2, 9, true, "7c 45 03", AGAIN, NULL, ""},
      {3, 10, true, "41 9b", 0, "00000001 41 9b", "g"}}},
    {"FU-A whose middle was lost",
     {{1, 9, false, "7c 85 88 01", AGAIN, NULL, ""},
      {3, 9, true, "7c 45 03", AGAIN, NULL, ""},
      {4, 10, true, "41 9b", 0, "00000001 41 9b", "g"}}},
    {"FU-A without end",
     {{1, 9, false, "7c 85 88 01", AGAIN, NULL, ""},
      {2, 9, true, "7c 05 03", BAD, NULL, ""},
      {3, 10, true, "41 9b", 0, "00000001 41 9b", "g"}}},
    {"FU-A started twice",
     {{1, 9, false, "7c 85 88 01", AGAIN, NULL, ""}, {2, 9, true, "7c 85 03", BAD, NULL, ""}}},
    {"FU-A of two types",
     {{1, 9, false, "7c 85 88 01", AGAIN, NULL, ""}, {2, 9, true, "7c 41 03", BAD, NULL, ""}}},
    {"FU-A with a NAL unit inside",
     {{1, 9, false, "7c 85 88 01", AGAIN, NULL, ""}, {2, 9, true, "41 03", BAD, NULL, ""}}},
    {"FU-A without header", {{1, 9, true, "7c", BAD, NULL, ""}}},
    {"FU-A of a FU-A", {{1, 9, true, "7c dc 01", BAD, NULL, ""}}},
    {"STAP-B", {{1, 9, true, "79 0000 0002 67 42", BAD, NULL, ""}}},
    {"MTAP16", {{1, 9, true, "7a 00", BAD, NULL, ""}}},
    {"MTAP24", {{1, 9, true, "7b 00", BAD, NULL, ""}}},
    {"FU-B", {{1, 9, true, "7d 85 00", BAD, NULL, ""}}},
    {"data partition", {{1, 9, true, "42 85 00", BAD, NULL, ""}}},
    {"forbidden bit", {{1, 9, true, "c1 85 00", BAD, NULL, ""}}},
    {"SEI, delimiter, filler, reserved and extensions are left out",
     {{1, 9, false, "09 f0", AGAIN, NULL, ""},
      {2, 9, false, "06 05 01", AGAIN, NULL, ""},
      {3, 9, false, "0c ff", AGAIN, NULL, ""},
      {4, 9, false, "7e 01", AGAIN, NULL, ""},
      {5, 9, false, "7c 86 05", AGAIN, NULL, ""},
      {6, 9, false, "7c 46 05", AGAIN, NULL, ""},
      {7, 9, true, "41 9a", 0, "00000001 41 9a", ""}}},
    {"a unit with nothing left is none",
     {{1, 9, true, "06 05", AGAIN, NULL, ""}, {2, 10, true, "41 9a", 0, "00000001 41 9a", ""}}},
    {"no markers",
     {{1, 9, false, "67 42", AGAIN, NULL, ""},
      {2, 9, false, "65 88", AGAIN, NULL, ""},
      {3, 10, false, "41 9a", 0, "00000001 67 42 00000001 65 88", "k"},
      {4, 11, false, "41 9b", 0, "00000001 41 9a", ""}}},
    {"one marker forgotten",
     {{1, 9, false, "65 88", AGAIN, NULL, ""},
      {2, 10, true, "41 9a", 0, "00000001 65 88", "k"},
      {3, 11, true, "41 9b", 0, "00000001 41 9a", ""},
      {4, 12, false, "41 9c", 0, "00000001 41 9b", ""},
      {5, 12, true, "41 0c", 0, "00000001 41 9c 00000001 41 0c", ""}}},
    {"the marker packet was lost",
     {{1, 8, true, "41 99", 0, "00000001 41 99", ""},
      {2, 9, false, "41 9a", AGAIN, NULL, ""},
      {4, 10, false, "41 1b", AGAIN, NULL,
       ""}, /* head not to be seen, but it was the only one lost */
      {5, 10, true, "41 1c", 0, "00000001 41 1b 00000001 41 1c", "g"}}},
    {"the marker packet and one more were lost",
     {{1, 8, true, "41 99", 0, "00000001 41 99", ""},
      {2, 9, false, "41 9a", AGAIN, NULL, ""},
      {5, 10, false, "41 1b", AGAIN, NULL, ""},
      {6, 10, true, "41 1c", AGAIN, NULL, ""},
      {7, 11, true, "41 9d", 0, "00000001 41 9d", "g"}}},
    {"many lost, but the head is there",
     {{1, 8, true, "41 99", 0, "00000001 41 99", ""},
      {2, 9, false, "41 9a", AGAIN, NULL, ""},
      {50, 30, false, "67 42", AGAIN, NULL, ""},
      {51, 30, true, "65 88", 0, "00000001 67 42 00000001 65 88", "kg"}}},
    {"an IDR whose parameter sets were lost",
     {{1, 8, true, "78 0002 67 42 0002 65 88", 0, "00000001 67 42 00000001 65 88", "k"},
      {3, 9, true, "65 89", AGAIN, NULL, ""},
      {4, 10, true, "41 9b", 0, "00000001 41 9b", "g"}}},
    {"an IDR of a sender with parameter sets in the SDP",
     {{1, 8, true, "65 88", 0, "00000001 65 88", "k"},
      {3, 9, true, "65 89", 0, "00000001 65 89", "kg"}}},
    {"lost between units",
     {{1, 8, true, "41 99", 0, "00000001 41 99", ""},
      {3, 10, true, "41 9b", 0, "00000001 41 9b", "g"},
      {4, 11, true, "41 9c", 0, "00000001 41 9c", ""}}},
    {"padding is no loss",
     {{1, 8, true, "41 99", 0, "00000001 41 99", ""},
      {2, 8, false, "", AGAIN, NULL, ""},
      {3, 8, false, "", AGAIN, NULL, ""},
      {4, 9, true, "41 9b", 0, "00000001 41 9b", ""}}},
    {"padding within a unit",
     {{1, 8, false, "41 99", AGAIN, NULL, ""},
      {2, 8, false, "", AGAIN, NULL, ""},
      {3, 8, true, "41 1b", 0, "00000001 41 99 00000001 41 1b", ""}}},
    {"lost before padding",
     {{1, 8, true, "41 99", 0, "00000001 41 99", ""},
      {3, 8, false, "", AGAIN, NULL, ""},
      {4, 9, true, "41 1b", AGAIN, NULL, ""},
      {5, 10, true, "41 9b", 0, "00000001 41 9b", "g"}}},
    {"old and double packets",
     {{5, 8, false, "41 99", AGAIN, NULL, ""},
      {5, 8, false, "41 99", AGAIN, NULL, ""},
      {4, 7, true, "41 98", AGAIN, NULL, ""},
      {6, 8, true, "41 1a", 0, "00000001 41 99 00000001 41 1a", ""}}},
    {"a broken unit is thrown away whole",
     {{1, 8, false, "41 99", AGAIN, NULL, ""},
      {2, 8, false, "79 00", BAD, NULL, ""},
      {3, 8, true, "41 1a", AGAIN, NULL, ""},
      {4, 9, true, "41 9b", 0, "00000001 41 9b", "g"}}},
    {"a broken unit without marker",
     {{1, 8, false, "79 00", BAD, NULL, ""},
      {2, 9, false, "41 9b", AGAIN, NULL, ""},
      {3, 10, true, "41 9c", 0, "00000001 41 9b", "g"}}},
};

static void h264_scenarios(void **state)
{
    (void)state;
    run(h264, N(h264), VIDEO_CODEC_H264);
}

static const struct scenario vp8[] = {
    {"one packet",
     {{1, 9, true, "10 10 01", 0, "10 01", "k"}, {2, 10, true, "10 11 02", 0, "11 02", ""}}},
    {"three packets",
     {{1, 9, false, "10 10 01", AGAIN, NULL, ""},
      {2, 9, false, "00 02", AGAIN, NULL, ""},
      {3, 9, true, "00 03", 0, "10 01 02 03", "k"}}},
    {"two partitions",
     {{1, 9, false, "10 11 01", AGAIN, NULL, ""},
      {2, 9, false, "00 02", AGAIN, NULL, ""},
      {3, 9, true, "11 03", 0, "11 01 02 03", ""}}},
    {"all extensions", {{1, 9, true, "90 f0 92 34 56 a3 11 01", 0, "11 01", ""}}},
    {"short picture id", {{1, 9, true, "90 80 12 11 01", 0, "11 01", ""}}},
    {"an extension that is cut off", {{1, 9, true, "90 f0 92 34 56", BAD, NULL, ""}}},
    {"nothing behind the descriptor", {{1, 9, true, "90 80 12", BAD, NULL, ""}}},
    {"a partition that goes back",
     {{1, 9, false, "10 11", AGAIN, NULL, ""},
      {2, 9, false, "12 11", AGAIN, NULL, ""},
      {3, 9, true, "11 11", BAD, NULL, ""}}},
    {"two heads", {{1, 9, false, "10 11", AGAIN, NULL, ""}, {2, 9, true, "10 11", BAD, NULL, ""}}},
    {"no head",
     {{1, 9, false, "00 11", BAD, NULL, ""},
      {2, 9, true, "00 11", AGAIN, NULL, ""},
      {3, 10, true, "10 11 02", 0, "11 02", "g"}}},
    {"head lost",
     {{1, 9, true, "10 10 01", 0, "10 01", "k"},
      {3, 10, false, "00 12", AGAIN, NULL, ""},
      {4, 10, true, "00 13", AGAIN, NULL, ""},
      {5, 11, true, "10 11", 0, "11", "g"}}},
    {"tail lost",
     {{1, 9, true, "10 10 01", 0, "10 01", "k"},
      {2, 10, false, "10 11", AGAIN, NULL, ""},
      {4, 11, true, "10 11 03", 0, "11 03", "g"}}},
    {"no markers",
     {{1, 9, false, "10 10 01", AGAIN, NULL, ""},
      {2, 10, false, "10 11", 0, "10 01", "k"},
      {3, 11, false, "10 11 02", 0, "11", ""}}},
};

static void vp8_scenarios(void **state)
{
    (void)state;
    run(vp8, N(vp8), VIDEO_CODEC_VP8);
}

static void vp8_descriptors_are_read(void **state)
{
    static const uint8_t all[] = {0xb3, 0xf0, 0x92, 0x34, 0x56, 0xa3, 0x11};
    struct depay_vp8_descriptor d;
    (void)state;

    assert_int_equal(depay_vp8_parse(&d, all, sizeof(all)), 0);
    assert_true(d.start);
    assert_false(d.reference);
    assert_int_equal(d.partition, 3);
    assert_int_equal(d.picture_id, 0x1234);
    assert_int_equal(d.tl0_index, 0x56);
    assert_int_equal(d.temporal, 2);
    assert_int_equal(d.key_index, 3);
    assert_int_equal(d.size, 6);
    for (size_t n = 0; n < sizeof(all); ++n)
        assert_int_equal(depay_vp8_parse(&d, all, n), -EBADMSG);
}

static void a_unit_over_the_limit_is_dropped(void **state)
{
    static uint8_t payload[60000];
    struct video_depay_packet packet = {.payload = payload, .size = sizeof(payload), .ts = 1};
    struct video_depay *depay = NULL;
    struct video_unit unit;
    int err = -EAGAIN;
    (void)state;

    assert_int_equal(video_depay_new(&depay, VIDEO_CODEC_H264), 0);
    payload[0] = 0x65;
    payload[1] = 0x80;
    for (; err == -EAGAIN && packet.ext_seq < 100; ++packet.ext_seq)
        err = video_depay_put(depay, &packet, &unit);
    assert_int_equal(err, -EFBIG);
    assert_int_equal(packet.ext_seq, VIDEO_DEPAY_UNIT_MAX / (sizeof(payload) + 4) + 1);
    packet.marker = true;
    assert_int_equal(video_depay_put(depay, &packet, &unit), -EAGAIN);
    ++packet.ext_seq;
    ++packet.ts;
    assert_int_equal(video_depay_put(depay, &packet, &unit), 0);
    assert_true(unit.after_gap);
    video_depay_free(depay);
}

static void too_many_nal_units_are_dropped(void **state)
{
    static const struct {
        uint8_t nal[2];
        unsigned limit;
    } floods[] = {{{0x06, 0x05}, DEPAY_H264_OTHERS_MAX},
                  {{0x67, 0x42}, DEPAY_H264_OTHERS_MAX},
                  {{0x41, 0x12}, DEPAY_H264_NALS_MAX}};
    (void)state;

    for (unsigned i = 0; i < N(floods); ++i) {
        struct video_depay_packet packet = {.payload = floods[i].nal, .size = 2, .ts = 1};
        struct video_depay *depay = NULL;
        struct video_unit unit;

        assert_int_equal(video_depay_new(&depay, VIDEO_CODEC_H264), 0);
        for (; packet.ext_seq < floods[i].limit; ++packet.ext_seq)
            assert_int_equal(video_depay_put(depay, &packet, &unit), -EAGAIN);
        assert_int_equal(video_depay_put(depay, &packet, &unit), -EFBIG);
        video_depay_free(depay);
    }
}

static void a_unit_that_is_complete_can_be_asked_for(void **state)
{
    static const uint8_t slice[] = {0x41, 0x9a};
    struct video_depay_packet packet = {.payload = slice, .size = 2, .ext_seq = 1, .ts = 1};
    struct video_depay *depay = NULL;
    struct video_unit unit;
    (void)state;

    assert_int_equal(video_depay_new(&depay, VIDEO_CODEC_H264), 0);
    assert_int_equal(video_depay_put(depay, NULL, &unit), -EAGAIN);
    assert_int_equal(video_depay_put(depay, &packet, &unit), -EAGAIN);
    packet.ext_seq = packet.ts = 2;
    packet.marker = true;
    assert_int_equal(video_depay_put(depay, &packet, &unit), 0);
    assert_int_equal(unit.ts, 1);
    assert_int_equal(video_depay_put(depay, NULL, &unit), 0);
    assert_int_equal(unit.ts, 2);
    assert_int_equal(video_depay_put(depay, NULL, &unit), -EAGAIN);
    video_depay_free(depay);
}

static void rejects_an_unknown_codec(void **state)
{
    struct video_depay *depay = NULL;
    (void)state;

    assert_int_equal(video_depay_new(&depay, VIDEO_CODEC_COUNT), -EINVAL);
    assert_null(depay);
    assert_null(video_depay_free(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(h264_scenarios),
        cmocka_unit_test(vp8_scenarios),
        cmocka_unit_test(vp8_descriptors_are_read),
        cmocka_unit_test(a_unit_over_the_limit_is_dropped),
        cmocka_unit_test(too_many_nal_units_are_dropped),
        cmocka_unit_test(a_unit_that_is_complete_can_be_asked_for),
        cmocka_unit_test(rejects_an_unknown_codec),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
