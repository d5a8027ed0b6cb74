/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_rtcp_packet.c  RTCP: every kind there and back, limits, broken input
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "net/rtcp_packet.h"

enum { N_MANY = 3000 };

static uint8_t memory[1500];
static struct rtcp_packet_buf buf;
static struct rtcp_packet_iter iter;
static struct rtcp_packet item;

static int clear(void **state)
{
    (void)state;
    buf = (struct rtcp_packet_buf){.buf = memory, .size = sizeof(memory)};
    return 0;
}

static void begin(void)
{
    assert_int_equal(rtcp_packet_begin(&iter, buf.buf, buf.len), 0);
}

static void expect(enum rtcp_packet_type type)
{
    assert_true(rtcp_packet_next(&iter, &item));
    assert_int_equal(item.type, type);
}

static void reads_back_a_compound(void **state)
{
    const struct rtcp_packet_sender sender = {
        .ntp = UINT64_C(0x0123456789abcdef), .ts = 7, .packets = 8, .bytes = 9};
    const struct rtcp_packet_report reports[2] = {{.ssrc = 1,
                                                   .fraction_lost = 255,
                                                   .lost = -5,
                                                   .ext_seq = 0x10002,
                                                   .jitter = 3,
                                                   .lsr = 4,
                                                   .dlsr = 5},
                                                  {.ssrc = 2, .lost = 0x7fffff}};
    const uint32_t ssrcs[2] = {10, 11};
    (void)state;

    assert_int_equal(rtcp_packet_write_sr(&buf, 10, &sender, reports, 2), 0);
    assert_int_equal(rtcp_packet_write_sdes(&buf, 10, "name"), 0);
    assert_int_equal(rtcp_packet_write_rr(&buf, 10, reports, 1), 0);
    assert_int_equal(rtcp_packet_write_bye(&buf, ssrcs, 2), 0);
    begin();
    expect(RTCP_PACKET_TYPE_SR);
    assert_int_equal(item.ssrc, 10);
    assert_int_equal(item.u.sr.sender.ntp, sender.ntp);
    assert_int_equal(item.u.sr.sender.ts, 7);
    assert_int_equal(item.u.sr.sender.packets, 8);
    assert_int_equal(item.u.sr.sender.bytes, 9);
    assert_int_equal(item.u.sr.nreports, 2);
    assert_memory_equal(item.u.sr.report, reports, sizeof(reports));
    expect(RTCP_PACKET_TYPE_SDES);
    assert_string_equal(item.u.sdes.cname, "name");
    assert_int_equal(item.u.sdes.len, 4);
    expect(RTCP_PACKET_TYPE_RR);
    assert_int_equal(item.u.sr.nreports, 1);
    assert_int_equal(item.u.sr.sender.packets, 0);
    expect(RTCP_PACKET_TYPE_BYE);
    assert_int_equal(item.ssrc, 10);
    assert_int_equal(item.u.bye.nssrcs, 2);
    assert_int_equal(item.u.bye.ssrc[1], 11);
    assert_false(rtcp_packet_next(&iter, &item));
    assert_int_equal(iter.nbroken, 0);
}

static void reads_back_feedback_of_reduced_size(void **state)
{
    const struct rtcp_packet_fir fir = {.ssrc = 3, .seq = 200};
    const uint32_t ssrcs[2] = {5, 6};
    (void)state;

    assert_int_equal(rtcp_packet_write_pli(&buf, 1, 2), 0);
    assert_int_equal(rtcp_packet_write_fir(&buf, 1, &fir), 0);
    assert_int_equal(rtcp_packet_write_remb(&buf, 1, 2500000, ssrcs, 2), 0);
    begin();
    expect(RTCP_PACKET_TYPE_PLI);
    assert_int_equal(item.ssrc, 1);
    assert_int_equal(item.u.pli.media, 2);
    expect(RTCP_PACKET_TYPE_FIR);
    assert_int_equal(item.u.fir.n, 1);
    assert_int_equal(item.u.fir.entry[0].ssrc, 3);
    assert_int_equal(item.u.fir.entry[0].seq, 200);
    expect(RTCP_PACKET_TYPE_REMB);
    assert_in_range(item.u.remb.bitrate_bps, 2499980, 2500000);
    assert_int_equal(item.u.remb.nssrcs, 2);
    assert_int_equal(item.u.remb.ssrc[1], 6);
    assert_false(rtcp_packet_next(&iter, &item));
}

static void takes_every_bitrate_for_remb(void **state)
{
    static const uint64_t rates[] = {
        0, 1, 262143, 262144, UINT64_C(10000000000), UINT64_C(1) << 57};
    (void)state;

    for (unsigned i = 0; i < sizeof(rates) / sizeof(rates[0]); ++i) {
        buf.len = 0;
        assert_int_equal(rtcp_packet_write_remb(&buf, 1, rates[i], NULL, 0), 0);
        begin();
        expect(RTCP_PACKET_TYPE_REMB);
        assert_true(item.u.remb.bitrate_bps <= rates[i]);
        assert_true(item.u.remb.bitrate_bps >= rates[i] - rates[i] / 100000);
    }
}

static void packs_neighbours_into_one_nack(void **state)
{
    static const uint16_t seqs[] = {65530, 65535, 0, 10, 11, 500, 517};
    uint16_t back[32];
    (void)state;

    assert_int_equal(rtcp_packet_write_nack(&buf, 1, 2, seqs, 7), 0);
    assert_int_equal(buf.len, 12 + 4 * 4);
    begin();
    expect(RTCP_PACKET_TYPE_NACK);
    assert_int_equal(item.u.nack.media, 2);
    assert_int_equal(rtcp_packet_nack_seqs(&item, back, 32), 7);
    assert_memory_equal(back, seqs, sizeof(seqs));
    assert_int_equal(rtcp_packet_nack_seqs(&item, back, 3), 3);
    assert_int_equal(rtcp_packet_write_nack(&buf, 1, 2, seqs, 0), -EINVAL);
}

static void writes_nothing_without_room(void **state)
{
    const struct rtcp_packet_sender sender = {0};
    const struct rtcp_packet_report report = {0};
    const struct rtcp_packet_fir fir = {0};
    const struct rtcp_packet_feedback head = {0};
    const struct rtcp_packet_arrival arrival = {.received = true};
    const uint32_t ssrc = 1;
    const uint16_t seq = 1;
    (void)state;

    for (unsigned room = 0; room < 12; room += 3) {
        buf.size = 40;
        buf.len = 40 - room;
        assert_int_equal(rtcp_packet_write_sr(&buf, 1, &sender, &report, 1), -ENOSPC);
        assert_int_equal(rtcp_packet_write_rr(&buf, 1, &report, 1), -ENOSPC);
        assert_int_equal(rtcp_packet_write_sdes(&buf, 1, "abcd"), -ENOSPC);
        assert_int_equal(rtcp_packet_write_bye(&buf, &ssrc, 1), room < 8 ? -ENOSPC : 0);
        if (room >= 8)
            buf.len -= 8;
        assert_int_equal(rtcp_packet_write_nack(&buf, 1, 2, &seq, 1), -ENOSPC);
        assert_int_equal(rtcp_packet_write_pli(&buf, 1, 2), -ENOSPC);
        assert_int_equal(rtcp_packet_write_fir(&buf, 1, &fir), -ENOSPC);
        assert_int_equal(rtcp_packet_write_remb(&buf, 1, 1, &ssrc, 1), -ENOSPC);
        assert_int_equal(rtcp_packet_write_transport_cc(&buf, &head, &arrival, 1), -ENOSPC);
        assert_int_equal(buf.len, 40 - room);
    }
}

static void refuses_lists_over_their_limits(void **state)
{
    static struct rtcp_packet_report reports[40];
    static uint32_t ssrcs[40];
    static char cname[300];
    (void)state;

    memset(cname, 'x', 256);
    assert_int_equal(rtcp_packet_write_rr(&buf, 1, reports, 32), -EINVAL);
    assert_int_equal(rtcp_packet_write_rr(&buf, 1, reports, 31), 0);
    assert_int_equal(rtcp_packet_write_bye(&buf, ssrcs, 32), -EINVAL);
    assert_int_equal(rtcp_packet_write_remb(&buf, 1, 1, ssrcs, 32), -EINVAL);
    assert_int_equal(rtcp_packet_write_sdes(&buf, 1, cname), -EINVAL);
    cname[255] = 0;
    buf.len = 0;
    assert_int_equal(rtcp_packet_write_sdes(&buf, 1, cname), 0);
    begin();
    expect(RTCP_PACKET_TYPE_SDES);
    assert_string_equal(item.u.sdes.cname, cname);
}

static void skips_what_it_does_not_know(void **state)
{
    static const uint8_t xr[] = {0x80, 207, 0, 1, 0, 0, 0, 1};
    static const uint8_t app[] = {0x81, 204, 0, 2, 0, 0, 0, 1, 'a', 'b', 'c', 'd'};
    static const uint8_t sli[] = {0x82, 206, 0, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0};
    static const uint8_t afb[] = {0x8f, 206, 0, 3, 0, 0, 0, 1, 0, 0, 0, 1, 'X', 'X', 'X', 'X'};
    (void)state;

    memcpy(memory, xr, sizeof(xr));
    memcpy(memory + 8, app, sizeof(app));
    memcpy(memory + 20, sli, sizeof(sli));
    memcpy(memory + 36, afb, sizeof(afb));
    buf.len = 52;
    assert_int_equal(rtcp_packet_write_pli(&buf, 1, 2), 0);
    begin();
    expect(RTCP_PACKET_TYPE_PLI);
    assert_int_equal(iter.nbroken, 0);
}

static void skips_broken_packets_and_counts_them(void **state)
{
    static const uint8_t broken[] = {
        0x81, 201, 0,   1,   0, 0, 0, 1, /* RR without its report */
        0x80, 200, 0,   1,   0, 0, 0, 1, /* SR without sender info */
        0x81, 202, 0,   2,   0, 0, 0, 1,
        1,    200, 'x', 'x', /* CNAME leaves the packet */
        0x81, 202, 0,   2,   0, 0, 0, 1,
        1,    2,   'x', 'x',             /* no end mark */
        0x82, 203, 0,   1,   0, 0, 0, 1, /* BYE of two with one */
        0x81, 205, 0,   2,   0, 0, 0, 1,
        0,    0,   0,   2,               /* NACK without an entry */
        0x81, 206, 0,   1,   0, 0, 0, 1, /* PLI without its source */
        0x84, 206, 0,   2,   0, 0, 0, 1,
        0,    0,   0,   0, /* FIR without an entry */
        0x8f, 205, 0,   2,   0, 0, 0, 1,
        0,    0,   0,   2, /* transport-cc without a head */
        0xa2, 202, 0,   2,   0, 0, 0, 1,
        0,    0,   0,   2,               /* SDES with an end mark and no word after it */
        0xa0, 201, 0,   1,   0, 0, 0, 5, /* padding beyond the packet */
    };
    (void)state;

    memcpy(memory, broken, sizeof(broken));
    buf.len = sizeof(broken);
    assert_int_equal(rtcp_packet_write_pli(&buf, 1, 2), 0);
    begin();
    expect(RTCP_PACKET_TYPE_PLI);
    assert_int_equal(iter.nbroken, 11);
}

static void takes_padding_off_the_last_packet(void **state)
{
    static const uint8_t data[] = {0xa1, 205, 0, 4, 0, 0, 0, 1, 0, 0, 0, 2, 0, 7, 0, 0, 0, 0, 0, 4};
    uint16_t seqs[8];
    (void)state;

    memcpy(memory, data, sizeof(data));
    buf.len = sizeof(data);
    begin();
    expect(RTCP_PACKET_TYPE_NACK);
    assert_int_equal(rtcp_packet_nack_seqs(&item, seqs, 8), 1);
    assert_int_equal(seqs[0], 7);
}

static void refuses_lengths_that_do_not_add_up(void **state)
{
    static const struct {
        size_t len;
        uint8_t data[12];
    } table[] = {
        {0, {0}},
        {3, {0x80, 201, 0}},
        {8, {0x80, 201, 0, 2, 0, 0, 0, 1}},
        {12, {0x80, 201, 0, 1, 0, 0, 0, 1, 0x40, 201, 0, 0}},
        {10, {0x80, 201, 0, 1, 0, 0, 0, 1, 0x80, 201}},
        {8, {0x80, 96, 0, 1, 0, 0, 0, 1}},
        {8, {0x00, 201, 0, 1, 0, 0, 0, 1}},
    };
    (void)state;

    for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); ++i)
        assert_int_equal(rtcp_packet_begin(&iter, table[i].data, table[i].len), -EBADMSG);
}

/* Made by hand from the draft's section 3.1. */
static void decodes_every_kind_of_chunk(void **state)
{
    static const uint8_t data[] = {
        0x8f, 205,  0,    7, 0, 0, 0, 1, 0, 0, 0, 2, 0xff, 0xff, 0, 18, /* base 65535, 18 packets */
        0,    0,    2,    9,                                            /* 2 * 64 ms, number 9 */
        0x20, 0x02,                                                     /* run: small twice */
        0xd2, 0x00,         /* two bits each: small, lost, large, lost four times */
        0xa0, 0x01,         /* one bit each: small, lost 12 times, small (beyond the end) */
        4,    8,            /* 1 ms, 2 ms */
        1,    0xff, 0xfc, 4 /* 250 us, -1 ms, 1 ms */
    };
    static const struct {
        unsigned index;
        int64_t when_us;
    } want[] = {{0, 129000}, {1, 131000}, {2, 131250}, {4, 130250}, {9, 131250}};
    struct rtcp_packet_arrival arrivals[18];
    unsigned next = 0;
    (void)state;

    assert_int_equal(rtcp_packet_begin(&iter, data, sizeof(data)), 0);
    expect(RTCP_PACKET_TYPE_TRANSPORT_CC);
    assert_int_equal(item.u.transport_cc.media, 2);
    assert_int_equal(item.u.transport_cc.feedback, 9);
    assert_int_equal(rtcp_packet_arrivals(&item, arrivals, 17), -E2BIG);
    assert_int_equal(rtcp_packet_arrivals(&item, arrivals, 18), 18);
    for (unsigned i = 0; i < 18; ++i) {
        bool received = next < 5 && want[next].index == i;

        assert_int_equal(arrivals[i].seq, (uint16_t)(65535 + i));
        assert_int_equal(arrivals[i].received, received);
        if (received)
            assert_int_equal(arrivals[i].when_us, want[next++].when_us);
    }
}

static void reads_back_transport_cc(void **state)
{
    static struct rtcp_packet_arrival sent[N_MANY], back[RTCP_PACKET_FEEDBACK_MAX];
    const struct rtcp_packet_feedback head = {.ssrc = 1, .media = 2, .number = 3};
    uint32_t seed = 1;
    unsigned done = 0, n = 0;
    int64_t when_us = INT64_C(64000) * 1000 + 12345;
    uint16_t seq = 64000;
    (void)state;

    while (n < N_MANY) { /* bursts of loss, reordering in time, pauses */
        seed = seed * 1103515245 + 12345;
        seq = (uint16_t)(seq + 1 + (seed >> 16 & 7) / 6 * (seed >> 20 & 31));
        when_us += (int64_t)(seed >> 8 & 4095) - 500 + (seed >> 28 ? 0 : 300000);
        sent[n++] = (struct rtcp_packet_arrival){.seq = seq, .received = true, .when_us = when_us};
    }
    while (done < N_MANY) {
        unsigned found = done;
        int taken, total;

        buf.len = 0;
        buf.size = 300;
        taken = rtcp_packet_write_transport_cc(&buf, &head, sent + done, N_MANY - done);
        assert_true(taken > 0);
        begin();
        expect(RTCP_PACKET_TYPE_TRANSPORT_CC);
        total = rtcp_packet_arrivals(&item, back, RTCP_PACKET_FEEDBACK_MAX);
        assert_true(total >= taken);
        for (int i = 0; i < total; ++i) {
            if (!back[i].received)
                continue;
            assert_int_equal(back[i].seq, sent[found].seq);
            assert_in_range(sent[found].when_us - back[i].when_us + 250, 0, 500);
            ++found;
        }
        assert_int_equal(found, done + (unsigned)taken);
        done = found;
    }
}

static void splits_transport_cc_at_a_long_pause(void **state)
{
    const struct rtcp_packet_feedback head = {0};
    const struct rtcp_packet_arrival arrivals[3] = {
        {1, true, 0}, {2, false, 0}, {3, true, 9000000}};
    const struct rtcp_packet_arrival wrong[2] = {{5, true, 0}, {4, true, 0}};
    (void)state;

    assert_int_equal(rtcp_packet_write_transport_cc(&buf, &head, arrivals, 3), 2);
    assert_int_equal(rtcp_packet_write_transport_cc(&buf, &head, arrivals, 0), -EINVAL);
    assert_int_equal(rtcp_packet_write_transport_cc(&buf, &head, arrivals + 1, 2), -EINVAL);
    assert_int_equal(rtcp_packet_write_transport_cc(&buf, &head, wrong, 2), -EINVAL);
}

static void refuses_broken_transport_cc(void **state)
{
    static const struct {
        uint8_t count[2], fci[8];
        int result;
    } table[] = {
        {{0, 5}, {0x20, 0x04, 0, 0, 0, 0, 0, 0}, -EBADMSG}, /* a run of 4, then runs of 0 */
        {{0, 1}, {0x60, 0x01, 0, 0, 0, 0, 0, 0}, -EBADMSG}, /* reserved status */
        {{0, 9}, {0x20, 0x09, 0, 0, 0, 0, 0, 0}, -EBADMSG}, /* 9 deltas in 6 bytes */
        {{0, 4}, {0x40, 0x04, 0, 0, 0, 0, 0, 0}, -EBADMSG}, /* 8 bytes of deltas in 6 */
        {{0, 3}, {0x40, 0x03, 0, 0, 0, 0, 0, 0}, 3},
        {{255, 255}, {0x1f, 0xff, 0, 0, 0, 0, 0, 0}, -E2BIG},
    };
    static struct rtcp_packet_arrival arrivals[RTCP_PACKET_FEEDBACK_MAX];
    (void)state;

    for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); ++i) {
        uint8_t data[28] = {0x8f, 205, 0, 6};

        memcpy(data + 14, table[i].count, 2);
        memcpy(data + 20, table[i].fci, 8);
        assert_int_equal(rtcp_packet_begin(&iter, data, sizeof(data)), 0);
        expect(RTCP_PACKET_TYPE_TRANSPORT_CC);
        assert_int_equal(rtcp_packet_arrivals(&item, arrivals, RTCP_PACKET_FEEDBACK_MAX),
                         table[i].result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(reads_back_a_compound, clear),
        cmocka_unit_test_setup(reads_back_feedback_of_reduced_size, clear),
        cmocka_unit_test_setup(takes_every_bitrate_for_remb, clear),
        cmocka_unit_test_setup(packs_neighbours_into_one_nack, clear),
        cmocka_unit_test_setup(writes_nothing_without_room, clear),
        cmocka_unit_test_setup(refuses_lists_over_their_limits, clear),
        cmocka_unit_test_setup(skips_what_it_does_not_know, clear),
        cmocka_unit_test_setup(skips_broken_packets_and_counts_them, clear),
        cmocka_unit_test_setup(takes_padding_off_the_last_packet, clear),
        cmocka_unit_test_setup(refuses_lengths_that_do_not_add_up, clear),
        cmocka_unit_test_setup(decodes_every_kind_of_chunk, clear),
        cmocka_unit_test_setup(reads_back_transport_cc, clear),
        cmocka_unit_test_setup(splits_transport_cc_at_a_long_pause, clear),
        cmocka_unit_test_setup(refuses_broken_transport_cc, clear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
