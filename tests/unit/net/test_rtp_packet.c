/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_rtp_packet.c  RTP headers: extensions in both forms, padding, RTX,
 * broken input
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "net/media_desc.h"
#include "net/packet.h"
#include "net/rtp_packet.h"

static const struct media_exts ids = {
    .mid = 4, .audio_level = 1, .transport_cc = 3, .abs_send_time = 2};

static struct packet packet;

/* Put a datagram at an odd place of the packet's buffer. */
static struct packet *load(const void *data, size_t len)
{
    memset(&packet, 0, sizeof(packet));
    packet.start = 7;
    packet.len = (uint16_t)len;
    memcpy(packet.buf + packet.start, data, len);
    return &packet;
}

static void reads_the_fixed_header(void **state)
{
    static const uint8_t data[] = {0x80, 0xe0, 0x12, 0x34, 1,   2,   3,
                                   4,    0xa,  0xb,  0xc,  0xd, 'x', 'y'};
    struct rtp_packet_exts exts;
    (void)state;

    assert_int_equal(rtp_packet_parse(load(data, sizeof(data)), &ids, &exts), 0);
    assert_int_equal(packet.pt, 96);
    assert_true(packet.marker);
    assert_int_equal(packet.seq, 0x1234);
    assert_int_equal(packet.ts, 0x01020304);
    assert_int_equal(packet.ssrc, 0x0a0b0c0d);
    assert_int_equal(packet.payload, 7 + 12);
    assert_int_equal(packet.payload_len, 2);
    assert_false(packet.has_level);
    assert_null(exts.mid);
}

static void reads_one_byte_extensions(void **state)
{
    static const uint8_t data[] = {0x91, 111,  0,    1, 0,    0,   0,    2, 0,    0,    0,
                                   3,    9,    9,    9, 9, /* one CSRC */
                                   0xbe, 0xde, 0,    4, 0x41, 'a', 'b',  0, 0x10, 0x85, 0x31,
                                   0xab, 0xcd, 0x22, 1, 2,    3,   0x50, 7, 0,    'P'};
    struct rtp_packet_exts exts;
    (void)state;

    assert_int_equal(rtp_packet_parse(load(data, sizeof(data)), &ids, &exts), 0);
    assert_int_equal(exts.mid_len, 2);
    assert_memory_equal(exts.mid, "ab", 2);
    assert_true(exts.has_level);
    assert_true(exts.voice);
    assert_int_equal(exts.level, 5);
    assert_true(packet.has_level);
    assert_int_equal(packet.level, 5);
    assert_true(exts.has_transport_cc);
    assert_int_equal(exts.transport_cc, 0xabcd);
    assert_true(exts.has_abs_send_time);
    assert_int_equal(exts.abs_send_time, 0x010203);
    assert_int_equal(packet.payload_len, 1);
}

static void reads_two_byte_extensions(void **state)
{
    static const struct media_exts high = {.mid = 20, .transport_cc = 200};
    static const uint8_t data[] = {0x90, 111, 0, 1, 0, 0, 0,  2, 0,   0,   0,   3,  0x10, 0x05, 0,
                                   3,    200, 2, 1, 2, 0, 20, 3, 'm', 'i', 'd', 30, 0,    'P'};
    struct rtp_packet_exts exts;
    (void)state;

    assert_int_equal(rtp_packet_parse(load(data, sizeof(data)), &high, &exts), 0);
    assert_int_equal(exts.transport_cc, 0x0102);
    assert_int_equal(exts.mid_len, 3);
    assert_memory_equal(exts.mid, "mid", 3);
    assert_int_equal(packet.payload_len, 1);
}

static void stops_at_the_reserved_ids(void **state)
{
    static const uint8_t data[] = {0x90, 111,  0, 1, 0,    0,    0, 2,    0,    0, 0, 3,
                                   0xbe, 0xde, 0, 2, 0xf0, 0x31, 1, 0x03, 0x31, 1, 2, 0};
    struct rtp_packet_exts exts;
    (void)state;

    assert_int_equal(rtp_packet_parse(load(data, sizeof(data)), &ids, &exts), 0);
    assert_false(exts.has_transport_cc);
}

static void ignores_unknown_profiles_and_ids_that_were_not_agreed(void **state)
{
    static const uint8_t profile[] = {0x90, 111,  0,    1, 0, 0,    0,    2,    0,    0,  0,
                                      3,    0x12, 0x34, 0, 1, 0xff, 0xff, 0xff, 0xff, 'P'};
    static const uint8_t level[] = {0x90, 111,  0,    1, 0, 0,    0, 2, 0, 0,  0,
                                    3,    0xbe, 0xde, 0, 1, 0x10, 5, 0, 0, 'P'};
    struct rtp_packet_exts exts;
    (void)state;

    assert_int_equal(rtp_packet_parse(load(profile, sizeof(profile)), &ids, &exts), 0);
    assert_int_equal(packet.payload_len, 1);
    assert_int_equal(rtp_packet_parse(load(level, sizeof(level)), NULL, NULL), 0);
    assert_false(packet.has_level);
}

static void takes_padding_off(void **state)
{
    static const uint8_t some[] = {0xa0, 96, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 'x', 0, 0, 3};
    static const uint8_t only[] = {0xa0, 96, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4};
    (void)state;

    assert_int_equal(rtp_packet_parse(load(some, sizeof(some)), &ids, NULL), 0);
    assert_int_equal(packet.payload_len, 1);
    assert_int_equal(rtp_packet_parse(load(only, sizeof(only)), &ids, NULL), 0);
    assert_int_equal(packet.payload_len, 0);
}

static void refuses_broken_packets(void **state)
{
    static const struct {
        size_t len;
        uint8_t data[24];
    } table[] = {
        {11, {0x80, 96}},                                         /* short */
        {12, {0x40, 96}},                                         /* version 1 */
        {12, {0x81, 96}},                                         /* CSRC is missing */
        {12, {0x90, 96}},                                         /* extension is missing */
        {16, {0x90, 96, [12] = 0xbe, 0xde, 0, 1}},                /* ... is cut off */
        {20, {0x90, 96, [12] = 0xbe, 0xde, 0, 1, 0x43, 1, 2, 3}}, /* element leaves the block */
        {20, {0x90, 96, [12] = 0x10, 0x00, 0, 1, 4, 3, 1, 2}},    /* the same in two-byte form */
        {20, {0x90, 96, [12] = 0x10, 0x00, 0, 1, 0, 0, 0, 4}},    /* length is missing */
        {12, {0xa0, 96}},                                         /* padding without a byte */
        {13, {0xa0, 96, [12] = 0}},                               /* padding of 0 */
        {13, {0xa0, 96, [12] = 2}},                               /* padding beyond the payload */
    };
    (void)state;

    for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); ++i)
        assert_int_equal(rtp_packet_parse(load(table[i].data, table[i].len), &ids, NULL), -EBADMSG);
    load(table[0].data, 12);
    packet.len = PACKET_BUF_SIZE;
    assert_int_equal(rtp_packet_parse(&packet, &ids, NULL), -EBADMSG);
}

static void peeks_without_reading_the_rest(void **state)
{
    static const uint8_t data[] = {0x9f, 0xe0, 0x12, 0x34, 1, 2, 3, 4, 0xa, 0xb, 0xc, 0xd};
    struct rtp_packet_header header;
    (void)state;

    assert_int_equal(rtp_packet_peek(data, sizeof(data), &header), 0);
    assert_int_equal(header.ssrc, 0x0a0b0c0d);
    assert_int_equal(header.seq, 0x1234);
    assert_int_equal(header.pt, 96);
    assert_int_equal(rtp_packet_peek(data, 11, &header), -EBADMSG);
}

static void reads_back_what_it_writes(void **state)
{
    static const struct {
        struct media_exts ids;
        const char *mid;
        bool level, cc, ast;
        size_t len;
    } table[] = {
        {{0}, "0", true, true, true, 12},
        {{4, 1, 3, 2}, NULL, false, false, false, 12},
        {{4, 1, 3, 2}, "", false, true, false, 20},
        {{4, 1, 3, 2}, "0", true, true, true, 28},
        {{4, 0, 3, 2}, "0", true, true, true, 28},
        {{4, 1, 30, 2}, "0", true, true, true, 32},
        {{4, 1, 3, 2}, "0123456789abcdefg", true, true, true, 48},
        {{14, 1, 3, 2}, "0123456789abcdef", false, false, false, 36},
        {{255, 254, 253, 252}, "0123456789abcdef0123456789abcdefX", true, true, true, 64},
    };
    (void)state;

    for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); ++i) {
        const struct rtp_packet_header header = {
            .pt = 111, .marker = true, .seq = 65535, .ts = 4000000000, .ssrc = 0xdeadbeef};
        const struct rtp_packet_ext_values values = {.ids = &table[i].ids,
                                                     .mid = table[i].mid,
                                                     .has_level = table[i].level,
                                                     .voice = true,
                                                     .level = 127,
                                                     .has_transport_cc = table[i].cc,
                                                     .transport_cc = 0xfedc,
                                                     .has_abs_send_time = table[i].ast,
                                                     .abs_send_time = 0xabcdef};
        struct rtp_packet_exts exts;
        uint8_t buf[RTP_PACKET_HEADER_MAX];
        int n = rtp_packet_write_header(buf, sizeof(buf), &header, &values);

        assert_int_equal(n, (int)table[i].len);
        assert_int_equal(rtp_packet_write_header(buf, (size_t)n - 1, &header, &values), -ENOSPC);
        assert_int_equal(rtp_packet_parse(load(buf, (size_t)n), &table[i].ids, &exts), 0);
        assert_int_equal(packet.pt, 111);
        assert_true(packet.marker);
        assert_int_equal(packet.seq, 65535);
        assert_int_equal(packet.ts, 4000000000);
        assert_int_equal(packet.ssrc, 0xdeadbeef);
        assert_int_equal(packet.payload_len, 0);
        assert_int_equal(exts.has_level, table[i].level && table[i].ids.audio_level);
        assert_int_equal(exts.has_transport_cc, table[i].cc && table[i].ids.transport_cc);
        assert_int_equal(exts.has_abs_send_time, table[i].ast && table[i].ids.abs_send_time);
        assert_int_equal(exts.transport_cc, exts.has_transport_cc ? 0xfedc : 0);
        assert_int_equal(exts.abs_send_time, exts.has_abs_send_time ? 0xabcdef : 0);
        if (table[i].ids.mid && table[i].mid && *table[i].mid) {
            size_t want = strlen(table[i].mid) > 32 ? 32 : strlen(table[i].mid);

            assert_int_equal(exts.mid_len, want);
            assert_memory_equal(exts.mid, table[i].mid, want);
        }
    }
}

static void restores_a_retransmission(void **state)
{
    const struct rtp_packet_header header = {.pt = 97, .seq = 5, .ts = 90000, .ssrc = 2};
    uint8_t buf[64];
    int n = rtp_packet_write_rtx_header(buf, sizeof(buf), &header, NULL, 0xfffe);
    (void)state;

    assert_int_equal(n, 14);
    assert_int_equal(rtp_packet_write_rtx_header(buf, 13, &header, NULL, 1), -ENOSPC);
    buf[n++] = 'A';
    assert_int_equal(rtp_packet_parse(load(buf, (size_t)n), NULL, NULL), 0);
    assert_int_equal(rtp_packet_rtx_restore(&packet, 96, 1), 0);
    assert_int_equal(packet.seq, 0xfffe);
    assert_int_equal(packet.pt, 96);
    assert_int_equal(packet.ssrc, 1);
    assert_int_equal(packet.payload_len, 1);
    assert_int_equal(packet.buf[packet.payload], 'A');
}

static void tells_a_probe_from_a_retransmission(void **state)
{
    static const uint8_t only[] = {0xa0, 97, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4};
    (void)state;

    assert_int_equal(rtp_packet_parse(load(only, sizeof(only)), &ids, NULL), 0);
    assert_int_equal(rtp_packet_rtx_restore(&packet, 96, 9), -ENODATA);
    assert_int_equal(packet.pt, 97);
}

static void makes_abs_send_time(void **state)
{
    (void)state;

    assert_int_equal(rtp_packet_abs_send_time(0), 0);
    assert_int_equal(rtp_packet_abs_send_time(1000000), 1 << 18);
    assert_int_equal(rtp_packet_abs_send_time(63500000), 63 << 18 | 1 << 17);
    assert_int_equal(rtp_packet_abs_send_time(UINT64_C(64000000) * 1000000), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_fixed_header),
        cmocka_unit_test(reads_one_byte_extensions),
        cmocka_unit_test(reads_two_byte_extensions),
        cmocka_unit_test(stops_at_the_reserved_ids),
        cmocka_unit_test(ignores_unknown_profiles_and_ids_that_were_not_agreed),
        cmocka_unit_test(takes_padding_off),
        cmocka_unit_test(refuses_broken_packets),
        cmocka_unit_test(peeks_without_reading_the_rest),
        cmocka_unit_test(reads_back_what_it_writes),
        cmocka_unit_test(restores_a_retransmission),
        cmocka_unit_test(tells_a_probe_from_a_retransmission),
        cmocka_unit_test(makes_abs_send_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
