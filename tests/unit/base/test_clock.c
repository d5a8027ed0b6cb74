/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/base/test_clock.c  Clocks: monotonic, and NTP times in line with it
 */
#include "mcu/base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <time.h>

#include <cmocka.h>

static void monotonic_time_never_goes_back(void **state)
{
    uint64_t last = clock_now_us();
    (void)state;

    assert_true(last > 0);
    for (int i = 0; i < 1000; ++i) {
        uint64_t now = clock_now_us();

        assert_true(now >= last);
        last = now;
    }
}

static void ntp_time_is_seconds_since_1900(void **state)
{
    uint64_t now = clock_now_us();
    uint64_t wall = (uint64_t)time(NULL);
    uint64_t ntp = clock_ntp(now) >> 32;
    (void)state;

    assert_in_range(ntp - 2208988800u, wall - 2, wall + 2);
}

/* The lower half counts 2^-32 s, so a step of 250 ms is a quarter of 2^32. */
static void ntp_fractions_are_binary(void **state)
{
    static const struct {
        uint64_t us, ntp;
    } row[] = {
        {250000, 1ull << 30},
        {500000, 1ull << 31},
        {1000000, 1ull << 32},
        {3600000000, 3600ull << 32},
    };
    uint64_t base = clock_now_us();
    (void)state;

    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); ++i) {
        uint64_t step = clock_ntp(base + row[i].us) - clock_ntp(base);

        /* Each end is rounded down to 2^-32 s. */
        assert_in_range(step, row[i].ntp - 1, row[i].ntp + 1);
    }
}

static void ntp_times_do_not_depend_on_when_they_are_asked(void **state)
{
    uint64_t base = clock_now_us(), ntp = clock_ntp(base);
    (void)state;

    for (int i = 0; i < 1000; ++i)
        assert_true(clock_ntp(base) == ntp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(monotonic_time_never_goes_back),
        cmocka_unit_test(ntp_time_is_seconds_since_1900),
        cmocka_unit_test(ntp_fractions_are_binary),
        cmocka_unit_test(ntp_times_do_not_depend_on_when_they_are_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
