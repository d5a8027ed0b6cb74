/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_rtp_source.c  Sequence line, loss, jitter and NACK of a received SSRC
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "net/rtcp_packet.h"
#include "net/rtp_source.h"

enum { CLOCK = 90000, T0 = 1000000 };

static struct rtp_source start(void)
{
    struct rtp_source source;

    rtp_source_init(&source, 7, CLOCK, true);
    return source;
}

static int put(struct rtp_source *source, uint16_t seq, uint64_t now_us)
{
    uint64_t ext;

    return rtp_source_put(source, seq, (uint32_t)(now_us * 9 / 100), false, now_us, &ext);
}

static void extends_sequence_numbers_over_the_wrap(void **state)
{
    struct rtp_source source = start();
    uint64_t a, b, c;

    (void)state;
    assert_int_equal(rtp_source_put(&source, 65534, 0, false, T0, &a), 0);
    assert_int_equal(rtp_source_put(&source, 1, 0, false, T0, &b), 0);
    assert_int_equal(rtp_source_put(&source, 65535, 0, false, T0, &c), 0);
    assert_int_equal(b - a, 3);
    assert_int_equal(c - a, 1);
}

static void drops_duplicates(void **state)
{
    struct rtp_source source = start();

    (void)state;
    assert_int_equal(put(&source, 10, T0), 0);
    assert_int_equal(put(&source, 12, T0), 0);
    assert_int_equal(put(&source, 10, T0), -EALREADY);
    assert_int_equal(put(&source, 11, T0), 0);
    assert_int_equal(put(&source, 11, T0), -EALREADY);
    assert_int_equal(rtp_source_lost(&source), 0);
}

static void confirms_a_jump_by_a_second_packet(void **state)
{
    struct rtp_source source = start();
    uint64_t before, after;

    (void)state;
    assert_int_equal(rtp_source_put(&source, 100, 0, false, T0, &before), 0);
    assert_int_equal(put(&source, 40000, T0), -ERANGE);
    assert_int_equal(put(&source, 20000, T0), -ERANGE);
    assert_int_equal(put(&source, 101, T0), 0);
    assert_int_equal(put(&source, 40000, T0), -ERANGE);
    assert_int_equal(rtp_source_put(&source, 40001, 0, false, T0, &after), 0);
    assert_true(after > before);
    assert_int_equal(after & 0xffff, 40001);
    assert_int_equal(rtp_source_lost(&source), 0);
}

static void a_retransmission_never_starts_or_moves_the_line(void **state)
{
    struct rtp_source source = start();
    uint64_t ext;

    (void)state;
    assert_int_equal(rtp_source_put(&source, 5, 0, true, T0, &ext), -ERANGE);
    assert_int_equal(put(&source, 100, T0), 0);
    assert_int_equal(rtp_source_put(&source, 99, 0, true, T0, &ext), -ERANGE);
    assert_int_equal(rtp_source_put(&source, 30000, 0, true, T0, &ext), -ERANGE);
    assert_int_equal(rtp_source_put(&source, 30001, 0, true, T0, &ext), -ERANGE);
    assert_int_equal(put(&source, 101, T0), 0);
}

static void reports_loss_of_the_interval_and_in_all(void **state)
{
    struct rtp_source source = start();
    struct rtcp_packet_report report;

    (void)state;
    for (uint16_t seq = 1; seq <= 100; ++seq)
        if (seq % 4)
            put(&source, seq, T0);
    put(&source, 101, T0);
    rtp_source_report(&source, T0, &report);
    assert_int_equal(report.ssrc, 7);
    assert_int_equal(report.lost, 25);
    assert_int_equal(report.fraction_lost, 25 * 256 / 101);
    assert_int_equal(report.ext_seq, 101);
    assert_int_equal(report.lsr, 0);

    for (uint16_t seq = 102; seq <= 200; ++seq)
        put(&source, seq, T0);
    rtp_source_report(&source, T0, &report);
    assert_int_equal(report.lost, 25);
    assert_int_equal(report.fraction_lost, 0);
}

static void tells_the_delay_since_the_last_sr(void **state)
{
    struct rtp_source source = start();
    struct rtcp_packet_report report;

    (void)state;
    put(&source, 1, T0);
    rtp_source_sr(&source, 0x1122334455667788u, T0);
    rtp_source_report(&source, T0 + 500000, &report);
    assert_int_equal(report.lsr, 0x33445566);
    assert_int_equal(report.dlsr, 32768);
}

static void measures_jitter_like_rfc_3550(void **state)
{
    struct rtp_source source = start();
    uint64_t ext, now = T0;

    (void)state;
    for (uint16_t i = 0; i < 1000; ++i) { /* every other one 8 ms late: the jitter is 8 ms */
        uint64_t late = i % 2 ? 8000 : 0;

        rtp_source_put(&source, i, i * 1800u, false, now + late, &ext);
        now += 20000;
    }
    assert_in_range(rtp_source_jitter_us(&source), 7500, 8500);
}

static void asks_after_the_tolerance_and_backs_off(void **state)
{
    struct rtp_source source = start();
    uint64_t last = 0, gap = 0;
    unsigned asked = 0;
    uint16_t seqs[8];

    (void)state;
    put(&source, 1, T0);
    put(&source, 4, T0);
    assert_int_equal(rtp_source_nack(&source, T0 + 9000, 0, seqs, 8), 0);
    assert_int_equal(rtp_source_due(&source), T0 + RTP_SOURCE_REORDER_US);
    put(&source, 2, T0 + 5000); /* was only reordered */
    for (uint64_t now = T0; now < T0 + 1000000; now += 1000) {
        if (!rtp_source_nack(&source, now, 40000, seqs, 8))
            continue;
        assert_int_equal(seqs[0], 3);
        if (last) {
            assert_true(now - last >= 50000 && now - last >= gap);
            gap = now - last;
        }
        last = now;
        ++asked;
    }
    assert_in_range(asked, 3, RTP_SOURCE_TRIES_MAX);
    assert_true(last < T0 + RTP_SOURCE_GIVE_UP_US);
    assert_int_equal(rtp_source_due(&source), UINT64_MAX);
    assert_int_equal(rtp_source_lost(&source), 1);
}

static void stops_asking_for_what_came(void **state)
{
    struct rtp_source source = start();
    uint64_t ext;
    uint16_t seqs[8];

    (void)state;
    put(&source, 1, T0);
    put(&source, 3, T0);
    assert_int_equal(rtp_source_nack(&source, T0 + 20000, 0, seqs, 8), 1);
    assert_int_equal(rtp_source_put(&source, 2, 0, true, T0 + 30000, &ext), 0);
    assert_int_equal(rtp_source_due(&source), UINT64_MAX);
    assert_int_equal(rtp_source_lost(&source), 0);
}

static void waits_for_a_bounded_number(void **state)
{
    struct rtp_source source = start();
    uint16_t seqs[2 * RTP_SOURCE_MISSING_MAX];

    (void)state;
    put(&source, 0, T0);
    for (uint16_t seq = 2; seq < 1000; seq = (uint16_t)(seq + 2))
        put(&source, seq, T0);
    put(&source, 2500, T0);
    assert_int_equal(rtp_source_nack(&source, T0 + 20000, 0, seqs, 2 * RTP_SOURCE_MISSING_MAX),
                     RTP_SOURCE_MISSING_MAX);
    assert_int_equal(seqs[RTP_SOURCE_MISSING_MAX - 1], 2499);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(extends_sequence_numbers_over_the_wrap),
        cmocka_unit_test(drops_duplicates),
        cmocka_unit_test(confirms_a_jump_by_a_second_packet),
        cmocka_unit_test(a_retransmission_never_starts_or_moves_the_line),
        cmocka_unit_test(reports_loss_of_the_interval_and_in_all),
        cmocka_unit_test(tells_the_delay_since_the_last_sr),
        cmocka_unit_test(measures_jitter_like_rfc_3550),
        cmocka_unit_test(asks_after_the_tolerance_and_backs_off),
        cmocka_unit_test(stops_asking_for_what_came),
        cmocka_unit_test(waits_for_a_bounded_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
