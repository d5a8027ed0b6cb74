/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_hook_retry.c  When a delivery that failed is tried again
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mcu/hook/hook_retry.h"

static const uint64_t second_us = 1000000;

static void waits_as_the_table_says(void **state)
{
    static const uint64_t delays_s[] = {5, 30, 300, 1800, 7200, 21600};
    const uint64_t now_us = 1700000000 * second_us;
    (void)state;

    for (uint32_t i = 0; i < 6; ++i) {
        struct hook_retry retry = {hook_retry_delays_us, i + 1, 0, 0};

        assert_int_equal(hook_retry_next_us(&retry, now_us) - now_us, delays_s[i] * 900000);
        retry.random = 500;
        assert_int_equal(hook_retry_next_us(&retry, now_us) - now_us, delays_s[i] * second_us);
        retry.random = 1000;
        assert_int_equal(hook_retry_next_us(&retry, now_us) - now_us, delays_s[i] * 1100000);
        retry.random = UINT32_MAX;
        assert_in_range(hook_retry_next_us(&retry, now_us) - now_us, delays_s[i] * 900000,
                        delays_s[i] * 1100000);
    }
}

static void gives_up_after_the_last(void **state)
{
    (void)state;
    for (const uint32_t *n = (const uint32_t[]){7, 8, 100, UINT32_MAX, 0}; *n; ++n) {
        const struct hook_retry retry = {hook_retry_delays_us, *n, 3600, 0};

        assert_int_equal(hook_retry_next_us(&retry, 1), 0);
    }
}

static void the_receiver_makes_it_later_never_sooner(void **state)
{
    struct hook_retry retry = {hook_retry_delays_us, 1, 60, 0};
    (void)state;

    assert_int_equal(hook_retry_next_us(&retry, 1), 1 + 60 * second_us);
    retry.retry_after_s = 1;
    assert_int_equal(hook_retry_next_us(&retry, 1), 1 + 4500000);
}

static void an_empty_table_tries_once(void **state)
{
    const struct hook_retry retry = {(const uint64_t[]){0}, 1, 0, 0};
    (void)state;

    assert_int_equal(hook_retry_next_us(&retry, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_as_the_table_says),
        cmocka_unit_test(gives_up_after_the_last),
        cmocka_unit_test(the_receiver_makes_it_later_never_sooner),
        cmocka_unit_test(an_empty_table_tries_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
