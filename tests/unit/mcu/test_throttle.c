/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_throttle.c  Who may try how often
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/auth/throttle.h"

#define S_US UINT64_C(1000000)
#define T0   (UINT64_C(1000) * S_US)

/** Three in a row, one more each 10 s. */
static struct throttle *make(unsigned entries)
{
    const struct throttle_cfg cfg = {.burst = 3, .refill_ms = 10000, .entries = entries};
    struct throttle *throttle = NULL;

    assert_int_equal(throttle_new(&throttle, &cfg), 0);
    return throttle;
}

static void rejects_limits_out_of_range(void **state)
{
    static const struct throttle_cfg cfgs[] = {
        {0, 1, 8}, {THROTTLE_BURST_MAX + 1, 1, 8},   {1, 0, 8}, {1, THROTTLE_REFILL_MAX_MS + 1, 8},
        {1, 1, 7}, {1, 1, THROTTLE_ENTRIES_MAX + 1},
    };
    struct throttle *throttle = NULL;
    (void)state;

    for (size_t i = 0; i < sizeof(cfgs) / sizeof(cfgs[0]); ++i)
        assert_int_equal(throttle_new(&throttle, &cfgs[i]), -EINVAL);
    assert_null(throttle);
    assert_null(throttle_free(NULL));
}

static void allows_a_burst_and_says_how_long_to_wait(void **state)
{
    struct throttle *throttle = make(64);
    (void)state;

    for (int i = 0; i < 3; ++i)
        assert_int_equal(throttle_take(throttle, "a", T0), 0);
    assert_int_equal(throttle_take(throttle, "a", T0), 10000);
    assert_int_equal(throttle_take(throttle, "a", T0 + 4 * S_US), 6000); /* not prolonged */
    assert_int_equal(throttle_take(throttle, "a", T0 + 10 * S_US - 1), 1);
    assert_int_equal(throttle_take(throttle, "a", T0 + 10 * S_US), 0);
    assert_int_equal(throttle_take(throttle, "a", T0 + 10 * S_US), 10000);
    assert_int_equal(throttle_take(throttle, "b", T0), 0);
    /* Full again after 30 s, and never more than full. */
    for (int i = 0; i < 3; ++i)
        assert_int_equal(throttle_take(throttle, "a", T0 + 4000 * S_US), 0);
    assert_int_equal(throttle_take(throttle, "a", T0 + 4000 * S_US), 10000);
    throttle_free(throttle);
}

static void costs_nothing_to_be_right(void **state)
{
    struct throttle *throttle = make(64);
    (void)state;

    for (int i = 0; i < 100; ++i) {
        assert_int_equal(throttle_take(throttle, "a", T0), 0);
        throttle_give_back(throttle, "a", T0);
    }
    throttle_free(throttle);
}

static void does_not_forgive_failures_for_one_success(void **state)
{
    struct throttle *throttle = make(64);
    (void)state;

    for (int i = 0; i < 3; ++i)
        assert_int_equal(throttle_take(throttle, "a", T0), 0);
    throttle_give_back(throttle, "a", T0);
    assert_int_equal(throttle_take(throttle, "a", T0), 0);
    assert_int_equal(throttle_take(throttle, "a", T0), 10000);
    throttle_free(throttle);
}

static void gives_back_no_more_than_was_taken(void **state)
{
    struct throttle *throttle = make(64);
    (void)state;

    for (int i = 0; i < 9; ++i)
        throttle_give_back(throttle, "a", T0);
    assert_int_equal(throttle_take(throttle, "a", T0), 0);
    for (int i = 0; i < 9; ++i)
        throttle_give_back(throttle, "a", T0 + 5 * S_US);
    for (int i = 0; i < 3; ++i)
        assert_int_equal(throttle_take(throttle, "a", T0 + 5 * S_US), 0);
    assert_int_equal(throttle_take(throttle, "a", T0 + 5 * S_US), 10000);
    throttle_free(throttle);
}

static void keeps_a_blocked_key_through_a_flood(void **state)
{
    struct throttle *throttle = make(64);
    char key[32];
    (void)state;

    for (int i = 0; i < 3; ++i)
        assert_int_equal(throttle_take(throttle, "blocked", T0), 0);
    for (int i = 0; i < 10000; ++i) {
        (void)snprintf(key, sizeof(key), "flood %d", i);
        (void)throttle_take(throttle, key, T0 + 1);
    }
    assert_int_not_equal(throttle_take(throttle, "blocked", T0 + 1), 0);
    assert_int_not_equal(throttle_take(throttle, "blocked", T0 + 10 * S_US - 1), 0);
    throttle_free(throttle);
}

/** Fewer tries may be left after a flood, but never more. */
static void buys_no_try_by_a_flood(void **state)
{
    (void)state;
    for (int used = 1; used <= 3; ++used) {
        struct throttle *throttle = make(8);
        int got = 0;
        char key[32];

        for (int i = 0; i < used; ++i)
            assert_int_equal(throttle_take(throttle, "victim", T0), 0);
        for (int i = 0; i < 500; ++i) {
            (void)snprintf(key, sizeof(key), "flood %d", i);
            if (throttle_take(throttle, key, T0) == 0 && i % 2)
                throttle_give_back(throttle, key, T0);
        }
        while (throttle_take(throttle, "victim", T0) == 0)
            ++got;
        assert_true(got <= 3 - used);
        throttle_free(throttle);
    }
}

static void lets_strangers_in_again_after_a_flood(void **state)
{
    struct throttle *throttle = make(64);
    char key[32];
    (void)state;

    for (int i = 0; i < 10000; ++i) {
        (void)snprintf(key, sizeof(key), "flood %d", i);
        (void)throttle_take(throttle, key, T0);
    }
    assert_in_range(throttle_take(throttle, "stranger", T0), 1, 10000);
    assert_int_equal(throttle_take(throttle, "stranger", T0 + 10 * S_US), 0);
    for (int i = 0; i < 3; ++i)
        assert_int_equal(throttle_take(throttle, "another", T0 + 60 * S_US), 0);
    throttle_free(throttle);
}

static void takes_a_network_of_ipv6_as_one(void **state)
{
    static const struct {
        const char *address, *key;
    } cases[] = {
        {"192.0.2.7", "192.0.2.7"},
        {"192.0.2.7:5060", "192.0.2.7"},
        {"::ffff:192.0.2.7", "192.0.2.7"},
        {"[::ffff:192.0.2.7]:443", "192.0.2.7"},
        {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
        {"2001:DB8:1:2::1", "2001:db8:1:2::/64"},
        {"[2001:db8:1:2::1]:5061", "2001:db8:1:2::/64"},
        {"2001:db8:1:3::1", "2001:db8:1:3::/64"},
        {"fe80::1%eth0", "fe80::/64"},
        {"::1", "::/64"},
        {"unix", "unix"},
        {"", ""},
        {"[", ""},
    };
    char key[THROTTLE_ADDRESS_SIZE], longest[300];
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        throttle_address(key, cases[i].address);
        assert_string_equal(key, cases[i].key);
    }
    memset(longest, 'x', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    throttle_address(key, longest);
    assert_int_equal(strlen(key), sizeof(key) - 1);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(rejects_limits_out_of_range),
        cmocka_unit_test(allows_a_burst_and_says_how_long_to_wait),
        cmocka_unit_test(costs_nothing_to_be_right),
        cmocka_unit_test(does_not_forgive_failures_for_one_success),
        cmocka_unit_test(gives_back_no_more_than_was_taken),
        cmocka_unit_test(keeps_a_blocked_key_through_a_flood),
        cmocka_unit_test(buys_no_try_by_a_flood),
        cmocka_unit_test(lets_strangers_in_again_after_a_flood),
        cmocka_unit_test(takes_a_network_of_ipv6_as_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
