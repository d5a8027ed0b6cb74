/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file test_room_rate.c  So many per period, all at once if need be
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/room/room_rate.h"

enum { SECOND = 1000000 };

static void the_whole_number_may_come_at_once_and_then_one_by_one(void **state)
{
    struct room_rate rate = {0};
    uint64_t now_us = 1000ull * SECOND;
    (void)state;

    for (unsigned i = 0; i < 5; ++i)
        assert_int_equal(room_rate_take(&rate, 5, 10 * SECOND, now_us), 0);
    assert_int_equal(room_rate_take(&rate, 5, 10 * SECOND, now_us), 2 * SECOND);
    assert_int_equal(room_rate_take(&rate, 5, 10 * SECOND, now_us + SECOND), SECOND);
    assert_int_equal(room_rate_take(&rate, 5, 10 * SECOND, now_us + 2 * SECOND), 0);
    assert_int_equal(room_rate_take(&rate, 5, 10 * SECOND, now_us + 2 * SECOND), 2 * SECOND);
}

static void a_pause_brings_back_the_whole_number_and_not_more(void **state)
{
    struct room_rate rate = {0};
    uint64_t now_us = 1;
    (void)state;

    for (unsigned round = 0; round < 3; ++round, now_us += 1000ull * SECOND) {
        for (unsigned i = 0; i < 3; ++i)
            assert_int_equal(room_rate_take(&rate, 3, 5 * SECOND, now_us), 0);
        assert_true(room_rate_take(&rate, 3, 5 * SECOND, now_us) > 0);
    }
}

static void over_a_long_time_there_are_so_many_per_period(void **state)
{
    struct room_rate rate = {0};
    unsigned ntaken = 0;
    (void)state;

    for (uint64_t now_us = 1; now_us < 1000ull * SECOND; now_us += 10000)
        ntaken += room_rate_take(&rate, 10, 10 * SECOND, now_us) == 0;
    assert_in_range(ntaken, 1000, 1010);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_number_may_come_at_once_and_then_one_by_one),
        cmocka_unit_test(a_pause_brings_back_the_whole_number_and_not_more),
        cmocka_unit_test(over_a_long_time_there_are_so_many_per_period),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
