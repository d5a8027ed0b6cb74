/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_dtmf.c  Digits from telephone-event packets
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/dtmf.h"

/** A packet, and what is to come of it. */
struct step {
    uint32_t ts;
    uint8_t event;
    bool end;
    char digit;
};

static void play(const struct step *steps, unsigned n)
{
    struct dtmf dtmf = {0};

    for (unsigned i = 0; i < n; ++i) {
        uint8_t payload[4] = {steps[i].event, steps[i].end ? 0x8a : 0x0a, 0, 160};

        assert_int_equal(dtmf_put(&dtmf, steps[i].ts, payload, sizeof(payload)), steps[i].digit);
    }
}

static void tells_an_event_at_its_first_end(void **state)
{
    static const struct step steps[] = {
        {1000, 1, false, 0}, {1000, 1, false, 0}, {1000, 1, true, '1'},
        {1000, 1, true, 0},  {1000, 1, true, 0},
    };

    (void)state;
    play(steps, 5);
}

static void tells_the_same_digit_twice_when_it_is_pressed_twice(void **state)
{
    static const struct step steps[] = {
        {1000, 11, true, '#'}, {1000, 11, true, 0}, {2000, 11, true, '#'}};

    (void)state;
    play(steps, 3);
}

static void tells_an_event_whose_ends_were_lost(void **state)
{
    static const struct step steps[] = {
        {1000, 2, false, 0}, {2000, 3, false, '2'}, {2000, 3, true, '3'}};

    (void)state;
    play(steps, 3);
}

static void ignores_late_and_unknown_events(void **state)
{
    static const struct step steps[] = {
        {5000, 4, true, '4'}, {1000, 5, true, 0},          {6000, 16, true, 0},
        {6000, 255, true, 0}, {0x70005000, 15, true, 'D'},
    };

    (void)state;
    play(steps, 5);
}

static void ignores_short_packets(void **state)
{
    struct dtmf dtmf = {0};
    uint8_t payload[4] = {1, 0x80, 0, 1};

    (void)state;
    for (size_t n = 0; n < 4; ++n)
        assert_int_equal(dtmf_put(&dtmf, 1, payload, n), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_an_event_at_its_first_end),
        cmocka_unit_test(tells_the_same_digit_twice_when_it_is_pressed_twice),
        cmocka_unit_test(tells_an_event_whose_ends_were_lost),
        cmocka_unit_test(ignores_late_and_unknown_events),
        cmocka_unit_test(ignores_short_packets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
