/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_rtp_tx.c  A sent stream: one line of numbers, retransmission, sender
 * reports
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "mcu/base/clock.h"
#include "net/media_desc.h"
#include "net/packet.h"
#include "net/rtcp_packet.h"
#include "net/rtp_packet.h"
#include "net/rtp_tx.h"
#include "net/twcc.h"

enum {
    T0 = 100000000,
    SSRC = 0x11223344,
    RTX_SSRC = 0x55667788,
    TS_OFFSET = 0x1234567,
    SIZE = 1500
};

static struct media_line video(void)
{
    return (struct media_line){.kind = MEDIA_KIND_VIDEO,
                               .pt = 100,
                               .rtx_pt = 101,
                               .clock = 90000,
                               .nack = true,
                               .ssrc = SSRC,
                               .rtx_ssrc = RTX_SSRC,
                               .ts_offset = TS_OFFSET,
                               .mid = "v",
                               .ext = {.mid = 1, .transport_cc = 3, .abs_send_time = 2},
                               .label = "label"};
}

static struct rtp_tx *start(const struct media_line *line)
{
    struct rtp_tx *tx;

    assert_int_equal(rtp_tx_new(&tx, line), 0);
    return tx;
}

static struct packet *make(uint32_t ts, uint64_t when_us, char fill, uint16_t len)
{
    struct packet *packet = packet_new();

    packet->ts = ts;
    packet->when_us = when_us;
    packet->payload_len = len;
    memset(packet->buf + packet->payload, fill, len);
    return packet;
}

static uint8_t buf[SIZE];

static int send_one(struct rtp_tx *tx, struct twcc *twcc, uint32_t ts, uint64_t now_us)
{
    struct packet *packet = make(ts, now_us, (char)ts, 100);
    int n = rtp_tx_write(tx, packet, twcc, now_us, buf, sizeof(buf));

    packet_unref(packet);
    return n;
}

/** What was written last, parsed. */
static struct packet *parse(int n, const struct media_line *line, struct rtp_packet_exts *exts)
{
    struct packet *packet = packet_new();

    assert_true(n > 0);
    memcpy(packet->buf, buf, (size_t)n);
    packet->len = (uint16_t)n;
    assert_int_equal(rtp_packet_parse(packet, &line->ext, exts), 0);
    return packet;
}

static void numbers_are_continuous_whatever_is_sent(void **state)
{
    struct media_line line = video();
    struct rtp_tx *tx = start(&line);
    uint16_t seq = 0;
    uint32_t ts = 0;

    (void)state;
    for (uint32_t i = 0; i < 5; ++i) {
        struct packet *packet = parse(send_one(tx, NULL, i * 3000, T0), &line, NULL);

        assert_int_equal(packet->ssrc, SSRC);
        assert_int_equal(packet->payload_len, 100);
        if (i) {
            assert_int_equal((uint16_t)(packet->seq - seq), 1);
            assert_int_equal(packet->ts - ts, 3000);
        }
        assert_int_equal(packet->ts, i * 3000 + TS_OFFSET); /* as the description says */
        seq = packet->seq;
        ts = packet->ts;
        packet_unref(packet);
        if (i == 2) { /* renegotiated */
            line.pt = 98;
            line.rtx_pt = 0;
            assert_int_equal(rtp_tx_update(tx, &line), 0);
        }
    }
    rtp_tx_free(tx);
}

static void carries_the_extensions_that_were_agreed(void **state)
{
    struct media_line line = video();
    struct rtp_tx *tx = start(&line);
    struct rtp_packet_exts exts;
    struct twcc *twcc;

    (void)state;
    assert_int_equal(twcc_new(&twcc), 0);
    for (uint16_t i = 0; i < 3; ++i) {
        packet_unref(parse(send_one(tx, twcc, 1, T0), &line, &exts));
        assert_int_equal(exts.mid_len, 1);
        assert_int_equal(exts.mid[0], 'v');
        assert_true(exts.has_transport_cc);
        assert_int_equal(exts.transport_cc, i);
        assert_true(exts.has_abs_send_time);
        assert_int_equal(exts.abs_send_time, rtp_packet_abs_send_time(T0));
    }
    twcc_free(twcc);
    rtp_tx_free(tx);
}

static void resends_as_rtx_where_agreed(void **state)
{
    struct media_line line = video();
    struct rtp_tx *tx = start(&line);
    struct packet *first = parse(send_one(tx, NULL, 5, T0), &line, NULL), *again;
    int n;

    (void)state;
    n = rtp_tx_resend(tx, first->seq, NULL, T0 + 50000, buf, sizeof(buf));
    again = parse(n, &line, NULL);
    assert_int_equal(again->ssrc, RTX_SSRC);
    assert_int_equal(again->pt, 101);
    assert_int_equal(again->ts, first->ts);
    assert_int_equal(rtp_packet_rtx_restore(again, 100, SSRC), 0);
    assert_int_equal(again->seq, first->seq);
    assert_int_equal(again->payload_len, 100);
    packet_unref(again);
    packet_unref(first);
    rtp_tx_free(tx);
}

static void resends_as_it_was_without_rtx(void **state)
{
    struct media_line line = video();
    struct rtp_tx *tx;
    struct packet *first, *again;

    (void)state;
    line.rtx_pt = 0;
    tx = start(&line);
    first = parse(send_one(tx, NULL, 5, T0), &line, NULL);
    again = parse(rtp_tx_resend(tx, first->seq, NULL, T0 + 50000, buf, sizeof(buf)), &line, NULL);
    assert_int_equal(again->ssrc, SSRC);
    assert_int_equal(again->seq, first->seq);
    packet_unref(again);
    packet_unref(first);
    rtp_tx_free(tx);
}

/* The same number means the same nonce: not one bit may differ (RFC 7714, 8.4). */
static void resends_the_same_bytes_without_rtx(void **state)
{
    struct media_line line = video();
    uint8_t first[SIZE];
    struct twcc *twcc;
    struct rtp_tx *tx;
    uint16_t seq;
    int n;

    (void)state;
    assert_int_equal(twcc_new(&twcc), 0);
    line.rtx_pt = 0;
    tx = start(&line);
    n = send_one(tx, twcc, 5, T0);
    memcpy(first, buf, (size_t)n);
    seq = (uint16_t)(buf[2] << 8 | buf[3]);
    send_one(tx, twcc, 6, T0 + 10000);
    assert_int_equal(rtp_tx_resend(tx, seq, twcc, T0 + 50000, buf, sizeof(buf)), n);
    assert_memory_equal(buf, first, (size_t)n);

    line.ext.transport_cc = 5; /* it would be written otherwise now */
    assert_int_equal(rtp_tx_update(tx, &line), 0);
    assert_int_equal(rtp_tx_resend(tx, seq, twcc, T0 + 100000, buf, sizeof(buf)), 0);
    twcc_free(twcc);
    rtp_tx_free(tx);
}

static void resends_neither_too_often_nor_what_is_gone(void **state)
{
    struct media_line line = video();
    struct rtp_tx *tx = start(&line);
    struct packet *first = parse(send_one(tx, NULL, 5, T0), &line, NULL);
    uint16_t seq = first->seq;

    (void)state;
    packet_unref(first);
    assert_true(rtp_tx_resend(tx, seq, NULL, T0 + 50000, buf, sizeof(buf)) > 0);
    assert_int_equal(rtp_tx_resend(tx, seq, NULL, T0 + 51000, buf, sizeof(buf)), 0);
    assert_true(rtp_tx_resend(tx, seq, NULL, T0 + 90000, buf, sizeof(buf)) > 0);
    assert_int_equal(rtp_tx_resend(tx, (uint16_t)(seq + 1), NULL, T0, buf, sizeof(buf)), 0);
    assert_int_equal(rtp_tx_resend(tx, seq, NULL, T0 + RTP_TX_HISTORY_US + 1000, buf, sizeof(buf)),
                     0);
    for (unsigned i = 0; i < RTP_TX_HISTORY_VIDEO; ++i)
        send_one(tx, NULL, 6, T0 + 100000);
    assert_int_equal(rtp_tx_resend(tx, seq, NULL, T0 + 200000, buf, sizeof(buf)), 0);
    rtp_tx_free(tx);
}

static void resends_within_a_budget(void **state)
{
    struct media_line line = video();
    struct rtp_tx *tx = start(&line);
    unsigned resent = 0;
    uint16_t first = 0;

    (void)state;
    for (unsigned i = 0; i < 400; ++i) {
        struct packet *packet = parse(send_one(tx, NULL, 5, T0), &line, NULL);

        first = i ? first : packet->seq;
        packet_unref(packet);
    }
    for (unsigned round = 0; round < 10; ++round) /* a storm of a second */
        for (uint16_t i = 0; i < 400; ++i)
            resent += rtp_tx_resend(tx, (uint16_t)(first + i), NULL, T0 + round * 100000u, buf,
                                    sizeof(buf)) > 0;
    assert_in_range(resent, RTP_TX_RESEND_BURST, RTP_TX_RESEND_BURST + RTP_TX_RESEND_PER_S);
    rtp_tx_free(tx);
}

static void lets_go_of_old_packets(void **state)
{
    struct media_line line = video();
    struct rtp_tx *tx = start(&line);

    (void)state;
    for (unsigned i = 0; i < 2000; ++i)
        send_one(tx, NULL, 5, T0 + i * 1000);
    assert_int_equal(packet_pool_used(), RTP_TX_HISTORY_VIDEO);
    rtp_tx_purge(tx, T0 + 2000000 + RTP_TX_HISTORY_US);
    assert_int_equal(packet_pool_used(), 0);
    send_one(tx, NULL, 5, T0 + 9000000);
    assert_int_equal(packet_pool_used(), 1);
    rtp_tx_free(tx);
    assert_int_equal(packet_pool_used(), 0);
}

static void keeps_nothing_without_nack(void **state)
{
    struct media_line line = video();
    struct rtp_tx *tx;

    (void)state;
    line.nack = false;
    tx = start(&line);
    send_one(tx, NULL, 5, T0);
    assert_int_equal(packet_pool_used(), 0);
    rtp_tx_free(tx);
}

static void sr_lies_on_the_line_of_the_media_time(void **state)
{
    struct media_line line = video();
    struct rtp_tx *tx = start(&line);
    uint8_t rtcp[200];
    struct rtcp_packet_buf out = {.buf = rtcp, .size = sizeof(rtcp)};
    struct rtcp_packet_iter iter;
    struct rtcp_packet sr;
    struct packet *packet;

    (void)state;
    assert_int_equal(rtp_tx_write_sr(tx, T0, &out), 0);
    assert_int_equal(out.len, 0);
    packet = parse(send_one(tx, NULL, 9000, T0), &line, NULL);
    assert_int_equal(rtp_tx_write_sr(tx, T0 + 500000, &out), 1);
    assert_int_equal(rtcp_packet_begin(&iter, rtcp, out.len), 0);
    assert_true(rtcp_packet_next(&iter, &sr));
    assert_int_equal(sr.u.sr.sender.ts - packet->ts, 45000);
    assert_true(sr.u.sr.sender.ntp == clock_ntp(T0 + 500000));
    assert_int_equal(sr.u.sr.sender.packets, 1);
    assert_int_equal(sr.u.sr.sender.bytes, 100);
    assert_true(rtcp_packet_next(&iter, &sr));
    assert_string_equal(sr.u.sdes.cname, "label");
    packet_unref(packet);
    rtp_tx_free(tx);
}

static void learns_rtt_and_loss_from_reports(void **state)
{
    struct media_line line = video();
    struct rtp_tx *tx = start(&line);
    struct rtp_tx_stats stats;
    struct rtcp_packet_report report = {.ssrc = SSRC,
                                        .fraction_lost = 64,
                                        .lsr = (uint32_t)(clock_ntp(T0) >> 16),
                                        .dlsr = 65536 / 2};

    (void)state;
    rtp_tx_report(tx, &report, T0 + 600000); /* half a second there, 100 ms on the way */
    rtp_tx_stats(tx, &stats);
    assert_int_equal(stats.loss, 64);
    assert_in_range(stats.rtt_us, 99000, 101000);
    report.lsr += 100 << 16; /* from the future: nonsense */
    rtp_tx_report(tx, &report, T0 + 600000);
    rtp_tx_stats(tx, &stats);
    assert_in_range(stats.rtt_us, 99000, 101000);
    rtp_tx_free(tx);
}

static void refuses_what_does_not_fit(void **state)
{
    struct media_line line = video();
    struct rtp_tx *tx = start(&line);
    struct packet *packet = make(1, T0, 'x', 1400);

    (void)state;
    assert_int_equal(rtp_tx_write(tx, packet, NULL, T0, buf, 1400), -ENOSPC);
    packet_unref(packet);
    rtp_tx_free(tx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_continuous_whatever_is_sent),
        cmocka_unit_test(carries_the_extensions_that_were_agreed),
        cmocka_unit_test(resends_as_rtx_where_agreed),
        cmocka_unit_test(resends_as_it_was_without_rtx),
        cmocka_unit_test(resends_the_same_bytes_without_rtx),
        cmocka_unit_test(resends_neither_too_often_nor_what_is_gone),
        cmocka_unit_test(resends_within_a_budget),
        cmocka_unit_test(lets_go_of_old_packets),
        cmocka_unit_test(keeps_nothing_without_nack),
        cmocka_unit_test(sr_lies_on_the_line_of_the_media_time),
        cmocka_unit_test(learns_rtt_and_loss_from_reports),
        cmocka_unit_test(refuses_what_does_not_fit),
    };
    int err = packet_pool_init(2048);

    if (!err)
        err = cmocka_run_group_tests(tests, NULL, NULL);
    packet_pool_finish();
    return err;
}
