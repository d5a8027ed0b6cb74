/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_twcc.c  Transport-cc feedback, both directions
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>

#include "net/rtcp_packet.h"
#include "net/twcc.h"

enum { T0 = 5000000, SIZE = 1200 };

static struct twcc *start(void)
{
    struct twcc *twcc;

    assert_int_equal(twcc_new(&twcc), 0);
    return twcc;
}

/** Write a message and read it.  @return entries, 0 if there was no message */
static unsigned feedback(struct twcc *twcc, struct rtcp_packet_arrival *arrivals,
                         struct rtcp_packet *packet)
{
    static uint8_t buf[SIZE]; /* what packet points into */
    struct rtcp_packet_buf rtcp = {.buf = buf, .size = SIZE};
    struct rtcp_packet_iter iter;
    int n;

    assert_int_equal(twcc_write(twcc, 1, 2, &rtcp), 0);
    if (!rtcp.len)
        return 0;
    assert_int_equal(rtcp_packet_begin(&iter, buf, rtcp.len), 0);
    assert_true(rtcp_packet_next(&iter, packet));
    assert_int_equal(packet->type, RTCP_PACKET_TYPE_TRANSPORT_CC);
    n = rtcp_packet_arrivals(packet, arrivals, RTCP_PACKET_FEEDBACK_MAX);
    assert_true(n > 0);
    return (unsigned)n;
}

static struct rtcp_packet_arrival arrivals[RTCP_PACKET_FEEDBACK_MAX];

static void reports_what_came_and_what_did_not(void **state)
{
    struct twcc *twcc = start();
    struct rtcp_packet packet;

    (void)state;
    twcc_put(twcc, 65534, T0);
    twcc_put(twcc, 65535, T0 + 1000);
    twcc_put(twcc, 2, T0 + 5000);
    assert_int_equal(twcc_waiting(twcc), 5);
    assert_int_equal(feedback(twcc, arrivals, &packet), 5);
    assert_int_equal(packet.u.transport_cc.base, 65534);
    for (unsigned i = 0; i < 5; ++i)
        assert_int_equal(arrivals[i].received, i < 2 || i == 4);
    assert_int_equal(arrivals[4].when_us - arrivals[0].when_us, 5000);
    assert_int_equal(twcc_waiting(twcc), 0);
    assert_int_equal(feedback(twcc, arrivals, &packet), 0);
    twcc_free(twcc);
}

static void reports_a_late_packet_again(void **state)
{
    struct twcc *twcc = start();
    struct rtcp_packet packet;

    (void)state;
    twcc_put(twcc, 10, T0);
    twcc_put(twcc, 12, T0);
    assert_int_equal(feedback(twcc, arrivals, &packet), 3);
    twcc_put(twcc, 11, T0 + 1000);
    twcc_put(twcc, 11, T0 + 2000);
    assert_int_equal(feedback(twcc, arrivals, &packet), 2);
    assert_int_equal(packet.u.transport_cc.base, 11);
    assert_true(arrivals[0].received && arrivals[1].received);
    assert_int_equal(packet.u.transport_cc.feedback, 1);
    twcc_free(twcc);
}

static void survives_jumps_of_any_size(void **state)
{
    struct twcc *twcc = start();
    uint32_t random = 1;
    struct rtcp_packet packet;

    (void)state;
    for (unsigned i = 0; i < 20000; ++i) {
        random = random * 1664525u + 1013904223u;
        twcc_put(twcc, (uint16_t)(random >> 16), T0 + i * 10000ull);
        assert_true(twcc_waiting(twcc) <= TWCC_WINDOW);
        for (unsigned k = 0; i % 7 == 0 && twcc_waiting(twcc); ++k) {
            assert_true(k < 64);
            feedback(twcc, arrivals, &packet);
        }
    }
    twcc_free(twcc);
}

static void learns_loss_delay_and_rate_from_a_receiver(void **state)
{
    struct twcc *sender = start(), *receiver = start();
    struct rtcp_packet packet;
    struct twcc_stats stats;

    (void)state;
    for (unsigned i = 0; i < 100; ++i) { /* one in ten lost, the delay grows by 1 ms each 10 ms */
        uint16_t seq = twcc_sent(sender, 1000, T0 + i * 10000ull);

        if (i % 10 != 5)
            twcc_put(receiver, seq, T0 + i * 11000ull);
    }
    assert_int_equal(feedback(receiver, arrivals, &packet), 100);
    assert_int_equal(twcc_feedback(sender, &packet), 0);
    twcc_stats(sender, &stats);
    assert_int_equal(stats.received, 90);
    assert_int_equal(stats.lost, 10);
    assert_in_range(stats.delay_us, 98000, 100000);
    assert_in_range(stats.rate_bps, 640000, 660000);
    twcc_free(sender);
    twcc_free(receiver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_what_came_and_what_did_not),
        cmocka_unit_test(reports_a_late_packet_again),
        cmocka_unit_test(survives_jumps_of_any_size),
        cmocka_unit_test(learns_loss_delay_and_rate_from_a_receiver),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
