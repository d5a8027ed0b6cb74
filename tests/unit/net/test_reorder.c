/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_reorder.c  Reordering of pictures: order, waiting, limits, restarts
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/packet.h"
#include "net/reorder.h"

enum { MS = 1000, WAIT_MS = 150, CAPACITY = 16 };

static struct reorder *reorder;
static struct reorder_stats stats;

static int setup(void **state)
{
    const struct reorder_cfg cfg = {.max_wait_ms = WAIT_MS, .max_packets = CAPACITY};
    (void)state;

    packet_pool_init(1000);
    return reorder_new(&reorder, &cfg);
}

static int teardown(void **state)
{
    uint32_t used;
    (void)state;

    reorder = reorder_free(reorder);
    used = packet_pool_used();
    packet_pool_finish();
    return (int)used;
}

static int put_ssrc(uint64_t seq, uint64_t now_us, uint32_t ssrc)
{
    struct packet *packet = packet_new();
    int err;

    packet->ext_seq = seq;
    packet->when_us = now_us;
    packet->ssrc = ssrc;
    err = reorder_put(reorder, packet);
    if (err)
        packet_unref(packet);
    return err;
}

static int put(uint64_t seq, uint64_t now_us)
{
    return put_ssrc(seq, now_us, 1);
}

/* Number of the next packet, 0 = none. */
static uint64_t get(uint64_t now_us)
{
    struct packet *packet = reorder_get(reorder, now_us);
    uint64_t seq = packet ? packet->ext_seq : 0;

    packet_unref(packet);
    return seq;
}

static void releases_at_once_what_is_in_order(void **state)
{
    (void)state;

    assert_int_equal(get(0), 0);
    assert_int_equal(reorder_deadline_us(reorder), 0);
    for (uint64_t seq = 100; seq < 200; ++seq) {
        assert_int_equal(put(seq, seq * MS), 0);
        assert_int_equal(reorder_deadline_us(reorder), seq * MS);
        assert_int_equal(get(seq * MS), seq);
        assert_int_equal(get(seq * MS), 0);
    }
}

static void holds_packets_until_the_gap_is_filled(void **state)
{
    (void)state;

    put(1, 0);
    put(3, 0);
    put(4, 10 * MS);
    assert_int_equal(get(0), 1);
    assert_int_equal(get(100 * MS), 0);
    assert_int_equal(reorder_deadline_us(reorder), WAIT_MS * MS);
    assert_int_equal(put(2, 100 * MS), 0);
    assert_int_equal(get(100 * MS), 2);
    assert_int_equal(get(100 * MS), 3);
    assert_int_equal(get(100 * MS), 4);
    reorder_stats(reorder, &stats);
    assert_int_equal(stats.recovered, 1);
    assert_int_equal(stats.lost, 0);
    assert_int_equal(stats.released, 4);
}

static void gives_a_gap_up_in_time(void **state)
{
    (void)state;

    put(1, 0);
    put(4, 0);
    put(6, 50 * MS);
    assert_int_equal(get(0), 1);
    assert_int_equal(get(WAIT_MS * MS - 1), 0);
    assert_int_equal(get(WAIT_MS * MS), 4);
    assert_int_equal(get(WAIT_MS * MS), 0); /* the second gap has its own time */
    assert_int_equal(reorder_deadline_us(reorder), (WAIT_MS + 50) * MS);
    assert_int_equal(get((WAIT_MS + 50) * MS), 6);
    assert_int_equal(put(5, (WAIT_MS + 60) * MS), -ETIME);
    reorder_stats(reorder, &stats);
    assert_int_equal(stats.lost, 3);
    assert_int_equal(stats.late, 1);
}

static void refuses_duplicates(void **state)
{
    (void)state;

    put(1, 0);
    put(3, 0);
    assert_int_equal(put(3, 0), -EALREADY);
    assert_int_equal(get(0), 1);
    assert_int_equal(put(1, 0), -ETIME);
    reorder_stats(reorder, &stats);
    assert_int_equal(stats.duplicate, 1);
    assert_int_equal(stats.packets, 1);
}

static void gives_gaps_up_for_room(void **state)
{
    (void)state;

    put(1, 0);
    assert_int_equal(get(0), 1);
    put(5, 0);
    assert_int_equal(put(2 + CAPACITY, 0), 0); /* 2 is given up, and 3 and 4 with it if need be */
    assert_int_equal(put(4 + CAPACITY, 0), 0);
    assert_int_equal(put(2, 0), -ETIME);
    assert_int_equal(get(0), 5);
    assert_int_equal(put(7, 0), 0);
    assert_int_equal(get(WAIT_MS * MS), 7);
    assert_int_equal(get(WAIT_MS * MS), 2 + CAPACITY);
    assert_int_equal(get(WAIT_MS * MS), 4 + CAPACITY);
}

static void drops_the_newest_if_nobody_takes(void **state)
{
    (void)state;

    for (uint64_t seq = 1; seq <= CAPACITY; ++seq)
        assert_int_equal(put(seq, 0), 0);
    assert_int_equal(put(CAPACITY + 1, 0), -ENOSPC);
    assert_int_equal(get(0), 1);
    assert_int_equal(put(CAPACITY + 1, 0), 0);
    reorder_stats(reorder, &stats);
    assert_int_equal(stats.overflow, 1);
    assert_int_equal(stats.packets, CAPACITY);
}

static void starts_afresh_with_a_new_source_or_a_far_jump(void **state)
{
    (void)state;

    put(1, 0);
    put(3, 0);
    assert_int_equal(put_ssrc(500, 0, 2), 0);
    assert_int_equal(get(0), 500);
    assert_int_equal(put_ssrc(5000, 0, 2), 0);
    assert_int_equal(get(0), 5000);
    assert_int_equal(put_ssrc(100, 0, 2), 0);
    assert_int_equal(get(0), 100);
    reorder_stats(reorder, &stats);
    assert_int_equal(stats.resets, 3);
    reorder_reset(reorder);
    assert_int_equal(put_ssrc(7, 0, 2), 0);
    assert_int_equal(get(0), 7);
}

/* 5 % loss, most of it repaired 80 ms later; half of the packets shaken by up to 20 ms. */
static void delivers_in_order_over_a_lossy_line(void **state)
{
    static uint64_t arrival[4000];
    uint64_t last = 0, n = 0;
    uint32_t seed = 5;
    (void)state;

    for (uint64_t seq = 1; seq < 4000; ++seq) {
        uint32_t r = (seed = seed * 1103515245 + 12345) >> 16;

        arrival[seq] = 2 * seq + r % 20;
        if (r % 100 < 5)
            arrival[seq] = r % 7 ? 2 * seq + 80 : UINT64_MAX; /* [ms] */
    }
    for (uint64_t now = 0; now < 9000; ++now) {
        uint64_t seq;

        for (seq = now > 100 ? now / 2 - 50 : 1; seq <= now / 2 && seq < 4000; ++seq)
            if (arrival[seq] == now && put(seq, now * MS) == 0)
                ++n;
        while ((seq = get(now * MS)) != 0) {
            assert_true(seq > last);
            last = seq;
        }
    }
    reorder_stats(reorder, &stats);
    assert_int_equal(stats.packets, 0);
    assert_int_equal(stats.released, n);
    assert_true(stats.released + stats.lost >= 3990);
}

static void checks_its_configuration(void **state)
{
    static const struct reorder_cfg table[] = {{1001, 100}, {100, 15}, {100, 4097}};
    struct reorder *none = NULL;
    (void)state;

    for (unsigned i = 0; i < 3; ++i)
        assert_int_equal(reorder_new(&none, &table[i]), -EINVAL);
    assert_null(reorder_free(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(releases_at_once_what_is_in_order, setup, teardown),
        cmocka_unit_test_setup_teardown(holds_packets_until_the_gap_is_filled, setup, teardown),
        cmocka_unit_test_setup_teardown(gives_a_gap_up_in_time, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_duplicates, setup, teardown),
        cmocka_unit_test_setup_teardown(gives_gaps_up_for_room, setup, teardown),
        cmocka_unit_test_setup_teardown(drops_the_newest_if_nobody_takes, setup, teardown),
        cmocka_unit_test_setup_teardown(starts_afresh_with_a_new_source_or_a_far_jump, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(delivers_in_order_over_a_lossy_line, setup, teardown),
        cmocka_unit_test(checks_its_configuration),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
