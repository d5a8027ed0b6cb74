/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_jitter.c  Jitter buffer: promises one by one, and simulated lines
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/jitter.h"
#include "net/packet.h"

enum { MS = 1000, SEC = 1000000, CLOCK = 48000, FRAME = 960, START = 100 * SEC };

static struct jitter *jitter;
static struct jitter_frame frame;
static struct jitter_stats stats;

static const struct jitter_cfg default_cfg = {
    .clock_hz = CLOCK, .min_ms = 20, .max_ms = 200, .max_packets = 64};

static int setup(void **state)
{
    (void)state;
    packet_pool_init(1000);
    return jitter_new(&jitter, &default_cfg);
}

static int teardown(void **state)
{
    uint32_t used;
    (void)state;

    jitter = jitter_free(jitter);
    used = packet_pool_used();
    packet_pool_finish();
    return (int)used;
}

static int put_as(uint32_t ssrc, uint64_t seq, uint32_t ts, uint64_t when_us, uint32_t duration)
{
    struct packet *packet = packet_new();
    int err;

    packet->ssrc = ssrc;
    packet->ext_seq = seq;
    packet->ts = ts;
    packet->when_us = when_us;
    err = jitter_put(jitter, packet, duration);
    if (err)
        packet_unref(packet);
    return err;
}

/* Packet n of a stream of 20 ms packets that arrives at @p when_us. */
static int put(uint64_t n, uint64_t when_us)
{
    return put_as(1, 1000 + n, (uint32_t)(n * FRAME) - 5000, when_us, FRAME);
}

enum { EMPTY = -1, LOST = -2 };

/* Number of the packet that is played, or EMPTY, or LOST. */
static int get(uint64_t now_us)
{
    enum jitter_result result = jitter_get(jitter, now_us, &frame);
    int n = result == JITTER_LOST ? LOST : EMPTY;

    assert_int_equal(result == JITTER_PACKET, frame.packet != NULL);
    if (frame.packet)
        n = (int)(frame.packet->ext_seq - 1000);
    packet_unref(frame.packet);
    return n;
}

static void waits_for_the_least_delay_then_plays_in_order(void **state)
{
    (void)state;

    assert_int_equal(get(START), EMPTY);
    put(0, START);
    assert_int_equal(get(START + 19 * MS), EMPTY);
    put(2, START + 21 * MS);
    put(1, START + 22 * MS);
    for (int i = 0; i < 3; ++i) {
        assert_int_equal(get(START + (22 + 20 * (uint64_t)i) * MS), i);
        assert_int_equal(frame.duration, FRAME);
        assert_int_equal(frame.excess_ms, 0);
    }
    assert_int_equal(get(START + 82 * MS), EMPTY);
    jitter_stats(jitter, &stats);
    assert_int_equal(stats.played, 3);
    assert_int_equal(stats.underruns, 1);
    assert_int_equal(stats.lost, 0);
    assert_int_equal(stats.packets, 0);
}

static void tells_a_loss_and_shows_the_packet_behind_it(void **state)
{
    (void)state;

    put(0, START);
    put(3, START + 20 * MS);
    assert_int_equal(get(START + 20 * MS), 0);
    assert_int_equal(get(START + 40 * MS), LOST);
    assert_int_equal(frame.duration, FRAME);
    assert_null(jitter_peek(jitter)); /* the next one is lost as well */
    assert_int_equal(get(START + 60 * MS), LOST);
    assert_non_null(jitter_peek(jitter));
    assert_int_equal(jitter_peek(jitter)->ext_seq, 1003);
    assert_int_equal(get(START + 80 * MS), 3);
    put(4, START + 81 * MS);
    assert_null(jitter_peek(jitter)); /* nothing is lost now */
    jitter_stats(jitter, &stats);
    assert_int_equal(stats.lost, 2);
}

static void drops_late_and_duplicate_packets(void **state)
{
    (void)state;

    put(0, START);
    put(2, START + 20 * MS);
    assert_int_equal(put(2, START + 21 * MS), -EALREADY);
    assert_int_equal(get(START + 20 * MS), 0);
    assert_int_equal(get(START + 40 * MS), LOST);
    assert_int_equal(put(1, START + 41 * MS), -ETIME);
    assert_int_equal(put(0, START + 41 * MS), -ETIME);
    assert_int_equal(get(START + 60 * MS), 2);
    jitter_stats(jitter, &stats);
    assert_int_equal(stats.late, 2);
    assert_int_equal(stats.duplicate, 1);
}

static void takes_silence_for_what_it_is(void **state)
{
    (void)state;

    put(0, START);
    assert_int_equal(get(START + 20 * MS), 0);
    /* Next in sequence, but 400 ms later in time. */
    put_as(1, 1001, 20 * FRAME - 5000, START + 400 * MS, FRAME);
    for (uint64_t ms = 40; ms < 420; ms += 20)
        assert_int_equal(get(START + ms * MS), EMPTY);
    assert_int_equal(get(START + 420 * MS), 1);
    jitter_stats(jitter, &stats);
    assert_int_equal(stats.lost, 0);
}

static void passes_over_packets_without_sound(void **state)
{
    (void)state;

    put(0, START);
    assert_int_equal(put_as(1, 1001, 77, START + 20 * MS, 0), 0);
    assert_int_equal(put_as(1, 1002, 77, START + 20 * MS, 0), 0);
    put_as(1, 1003, FRAME - 5000, START + 20 * MS, FRAME);
    assert_int_equal(put_as(1, 1005, 0x80000000, START + 5 * SEC, 0), 0); /* of any time */
    put_as(1, 1006, 3 * FRAME - 5000, START + 60 * MS, FRAME);
    assert_int_equal(get(START + 20 * MS), 0);
    assert_int_equal(get(START + 40 * MS), 3);
    assert_int_equal(get(START + 60 * MS), LOST);
    assert_int_equal(get(START + 80 * MS), 6);
    jitter_stats(jitter, &stats);
    assert_int_equal(stats.resets, 0);
    assert_int_equal(stats.packets, 0);
}

static void plays_packets_of_every_length(void **state)
{
    static const uint32_t lengths_ms[] = {10, 20, 40, 60, 120};
    (void)state;

    for (unsigned i = 0; i < 5; ++i) {
        uint32_t duration = lengths_ms[i] * CLOCK / 1000;
        uint64_t played = 0;

        jitter_reset(jitter);
        for (uint64_t ms = 0, have_ms = 0; ms < 2400; ms += 10) {
            if (ms % lengths_ms[i] == 0)
                assert_int_equal(put_as(i + 10, ms / lengths_ms[i], (uint32_t)ms * 48,
                                        START + ms * MS, duration),
                                 0);
            while (ms % 20 == 0 && have_ms < 20) {
                if (get(START + ms * MS + 5 * MS) == EMPTY) {
                    have_ms = 20;
                } else {
                    assert_int_equal(frame.duration, duration);
                    have_ms += lengths_ms[i];
                    ++played;
                }
            }
            have_ms -= ms % 20 == 0 ? 20 : 0;
        }
        assert_in_range(played, 2400 / lengths_ms[i] - 5, 2400 / lengths_ms[i]);
    }
    jitter_stats(jitter, &stats);
    assert_int_equal(stats.lost, 0);
    assert_int_equal(stats.late, 0);
}

static void starts_afresh_with_a_new_source(void **state)
{
    static const struct {
        uint32_t ssrc;
        uint64_t seq;
        uint32_t ts;
    } table[] = {
        {2, 1001, FRAME - 5000},         /* another SSRC */
        {1, 2000, FRAME - 5000},         /* far in sequence */
        {1, 10, FRAME - 5000},           /* ... backwards */
        {1, 1001, 4 * CLOCK - 5000},     /* far ahead in time */
        {1, 1001, (uint32_t)-4 * CLOCK}, /* ... backwards */
    };
    (void)state;

    for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); ++i) {
        jitter_reset(jitter);
        put(0, START);
        assert_int_equal(put_as(table[i].ssrc, table[i].seq, table[i].ts, START + 10 * MS, FRAME),
                         0);
        assert_int_equal(get(START + 29 * MS), EMPTY);
        assert_int_equal(jitter_get(jitter, START + 30 * MS, &frame), JITTER_PACKET);
        assert_int_equal(frame.packet->ext_seq, table[i].seq);
        packet_unref(frame.packet);
        jitter_stats(jitter, &stats);
        assert_int_equal(stats.resets, i + 1);
    }
}

static void never_holds_more_than_its_limit(void **state)
{
    (void)state;

    for (uint64_t n = 0; n < 64; ++n)
        assert_int_equal(put(n, START), 0);
    assert_int_equal(put(64, START), -ENOSPC);
    assert_int_equal(put_as(1, 1065, 0, START, CLOCK), -EINVAL); /* a second in one packet */
    jitter_stats(jitter, &stats);
    assert_int_equal(stats.packets, 64);
    assert_int_equal(stats.discarded, 1);
}

static void survives_any_order_of_calls(void **state)
{
    uint32_t seed = 11;
    uint64_t now_us = START;
    (void)state;

    for (unsigned i = 0; i < 200000; ++i) {
        uint32_t r = (seed = seed * 1103515245 + 12345) >> 8;

        now_us += r % 20000;
        if (r >> 4 & 1)
            (void)put_as(r % 50 == 0, 1000 + i / 4 + r % 37,
                         (uint32_t)(now_us / 1000 * 48) + r % 9999, now_us - r % 5000,
                         r % 11 ? r % 5000 : 0);
        else
            (void)get(now_us);
        if (r % 1000 == 0)
            (void)jitter_set_range(jitter, r % 100, 100 + r % 400);
    }
    jitter_stats(jitter, &stats);
    assert_true(stats.packets <= 64);
}

static void checks_its_configuration(void **state)
{
    static const struct jitter_cfg table[] = {
        {7999, 20, 200, 64},   {96001, 20, 200, 64}, {48000, 201, 200, 64},
        {48000, 20, 1001, 64}, {48000, 20, 200, 7},  {48000, 20, 200, 257},
    };
    struct jitter *none = NULL;
    (void)state;

    for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); ++i)
        assert_int_equal(jitter_new(&none, &table[i]), -EINVAL);
    assert_int_equal(jitter_set_range(jitter, 100, 50), -EINVAL);
    assert_null(jitter_free(NULL));
}

/*
 * A line: packet n is sent at n * 20 ms of the sender's clock and arrives
 * delay_us later, if at all.  The player ticks every 20 ms.
 */
enum { PACKETS = 6000, GONE = INT32_MAX };

struct line {
    int32_t delay_us[PACKETS];
    int drift_ppm;   /* the sender's clock is so much faster */
    bool accelerate; /* the player leaves out 2 ms of 20 while there is an excess */
    unsigned played, lost, empty;
    uint32_t delay_ms[PACKETS]; /* when packet n was played, 0 = never */
    uint32_t excess_max_ms;
};

static struct line line;
static uint32_t seed;

static uint32_t random_below(uint32_t n)
{
    seed = seed * 1103515245 + 12345;
    return (seed >> 8) % n;
}

static uint64_t sent_us(uint64_t n)
{
    uint64_t us = n * 20 * MS;

    return START + (uint64_t)((int64_t)us - (int64_t)us * line.drift_ppm / 1000000);
}

static void play_tick(uint64_t now_us, int32_t *have)
{
    while (*have < FRAME) {
        uint64_t at_us = now_us + (uint64_t)*have * 1000 / 48;
        int n = get(at_us);

        if (n == EMPTY) {
            line.empty += now_us < sent_us(PACKETS);
            *have = FRAME;
            break;
        }
        *have += (int32_t)frame.duration;
        if (n == LOST) {
            ++line.lost;
        } else {
            ++line.played;
            line.delay_ms[n] = (uint32_t)((at_us - sent_us((uint64_t)n)) / 1000);
        }
        if (frame.excess_ms > line.excess_max_ms)
            line.excess_max_ms = frame.excess_ms;
        if (frame.excess_ms && line.accelerate)
            *have -= 2 * CLOCK / 1000;
    }
    *have -= FRAME;
}

/* Run the line in steps of 1 ms. */
static void run_line(void)
{
    uint64_t end_us = sent_us(PACKETS) + 2 * (uint64_t)SEC;
    unsigned first = 0;
    int32_t have = 0;

    for (uint64_t now_us = START; now_us < end_us; now_us += MS) {
        for (unsigned n = first; n < PACKETS && sent_us(n) <= now_us; ++n) {
            uint64_t at_us = sent_us(n) + (uint64_t)line.delay_us[n];

            if (line.delay_us[n] != GONE && at_us <= now_us) {
                (void)put(n, at_us);
                line.delay_us[n] = GONE;
            }
            if (n == first && line.delay_us[n] == GONE)
                ++first;
        }
        if ((now_us - START) % (20 * MS) == 7 * MS)
            play_tick(now_us, &have);
    }
    jitter_stats(jitter, &stats);
}

static int setup_line(void **state)
{
    line = (struct line){.drift_ppm = 0};
    seed = 1;
    for (unsigned n = 0; n < PACKETS; ++n)
        line.delay_us[n] = 30 * MS;
    return setup(state);
}

/* Mean delay of the packets from..to that were played [ms]. */
static uint32_t mean_delay(unsigned from, unsigned to)
{
    uint64_t sum = 0, n = 0;

    for (unsigned i = from; i < to; ++i) {
        sum += line.delay_ms[i];
        n += line.delay_ms[i] > 0;
    }
    assert_true(n > 0);
    return (uint32_t)(sum / n);
}

static void adds_little_to_a_perfect_line(void **state)
{
    (void)state;

    run_line();
    assert_int_equal(line.played, PACKETS);
    assert_int_equal(line.lost, 0);
    assert_in_range(mean_delay(0, PACKETS), 30 + 20, 30 + 41);
    assert_int_equal(stats.target_ms, 20);
}

static void adapts_to_steady_jitter(void **state)
{
    (void)state;

    for (unsigned n = 0; n < PACKETS; ++n)
        line.delay_us[n] += (int32_t)random_below(80 * MS);
    line.accelerate = true;
    run_line();
    assert_in_range(stats.target_ms, 70, 100);
    assert_in_range(mean_delay(1000, PACKETS), 30 + 60, 30 + 130);
    assert_true(line.played > PACKETS * 98 / 100);
    assert_true(line.empty < 20);
}

static void plays_in_order_over_loss_and_reordering(void **state)
{
    unsigned gone = 0;
    (void)state;

    for (unsigned n = 0; n < PACKETS; ++n) {
        line.delay_us[n] += (int32_t)random_below(30 * MS);
        if (random_below(100) < 10) {
            line.delay_us[n] = GONE;
            ++gone;
        }
    }
    line.accelerate = true;
    assert_int_equal(jitter_set_range(jitter, 60, 200), 0);
    run_line();
    assert_in_range(line.lost, gone - 30, gone + 10);
    assert_true(line.played > PACKETS - gone - 30);
    assert_true(line.empty < 20);
}

static void comes_back_down_after_a_burst(void **state)
{
    (void)state;

    for (unsigned n = 1500; n < 2000; ++n) /* 10 s of trouble */
        line.delay_us[n] += (int32_t)random_below(170 * MS);
    line.accelerate = true;
    run_line();
    assert_in_range(mean_delay(1000, 1500), 30 + 20, 30 + 41);
    assert_true(mean_delay(1700, 2000) > 30 + 100);
    assert_in_range(mean_delay(4500, PACKETS), 30 + 20, 30 + 50);
    assert_int_equal(stats.target_ms, 20);
}

static void comes_back_down_after_a_blackout(void **state)
{
    (void)state;

    for (unsigned n = 1500; n < 1550; ++n) /* 1 s, then all of it at once */
        line.delay_us[n] += (int32_t)(1550 - n) * 20 * MS;
    line.accelerate = true;
    run_line();
    for (unsigned n = 1550; n < PACKETS; ++n)
        assert_true(line.delay_ms[n] <= 30 + 200 + 40);
    assert_in_range(mean_delay(4000, PACKETS), 30 + 20, 30 + 50);
}

static void bounds_the_delay_even_if_nobody_plays_faster(void **state)
{
    (void)state;

    for (unsigned n = 1000; n < PACKETS; ++n)
        if (n % 500 < 25) /* every 10 s, half a second late */
            line.delay_us[n] += (int32_t)(25 - n % 500) * 20 * MS;
    run_line();
    for (unsigned n = 0; n < PACKETS; ++n)
        assert_true(line.delay_ms[n] <= 30 + 200 + 40);
    assert_true(line.excess_max_ms > 0);
}

static void follows_a_clock_that_drifts(void **state)
{
    static const int ppm[] = {-500, 500};

    for (unsigned i = 0; i < 2; ++i) {
        teardown(state);
        setup_line(state);
        line.drift_ppm = ppm[i];
        line.accelerate = true;
        run_line();
        assert_true(line.played > PACKETS - 10);
        assert_int_equal(line.lost, 0);
        assert_true(line.empty < 10);
        assert_in_range(mean_delay(PACKETS - 500, PACKETS), 30,
                        30 + 60); /* a slow clock eats the delay up */
    }
}

static void follows_a_line_that_got_longer(void **state)
{
    (void)state;

    for (unsigned n = 2000; n < PACKETS; ++n)
        line.delay_us[n] += 300 * MS;
    line.accelerate = true;
    run_line();
    assert_in_range(mean_delay(4000, PACKETS), 330 + 15, 330 + 50);
    assert_true(line.played > PACKETS - 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(waits_for_the_least_delay_then_plays_in_order, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(tells_a_loss_and_shows_the_packet_behind_it, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(drops_late_and_duplicate_packets, setup, teardown),
        cmocka_unit_test_setup_teardown(takes_silence_for_what_it_is, setup, teardown),
        cmocka_unit_test_setup_teardown(passes_over_packets_without_sound, setup, teardown),
        cmocka_unit_test_setup_teardown(plays_packets_of_every_length, setup, teardown),
        cmocka_unit_test_setup_teardown(starts_afresh_with_a_new_source, setup, teardown),
        cmocka_unit_test_setup_teardown(never_holds_more_than_its_limit, setup, teardown),
        cmocka_unit_test_setup_teardown(survives_any_order_of_calls, setup, teardown),
        cmocka_unit_test_setup_teardown(checks_its_configuration, setup, teardown),
        cmocka_unit_test_setup_teardown(adds_little_to_a_perfect_line, setup_line, teardown),
        cmocka_unit_test_setup_teardown(adapts_to_steady_jitter, setup_line, teardown),
        cmocka_unit_test_setup_teardown(plays_in_order_over_loss_and_reordering, setup_line,
                                        teardown),
        cmocka_unit_test_setup_teardown(comes_back_down_after_a_burst, setup_line, teardown),
        cmocka_unit_test_setup_teardown(comes_back_down_after_a_blackout, setup_line, teardown),
        cmocka_unit_test_setup_teardown(bounds_the_delay_even_if_nobody_plays_faster, setup_line,
                                        teardown),
        cmocka_unit_test_setup_teardown(follows_a_clock_that_drifts, setup_line, teardown),
        cmocka_unit_test_setup_teardown(follows_a_line_that_got_longer, setup_line, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
