/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_signin_block.c  Which tokens are refused before they expire
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/api/signin_block.h"
#include "mcu/auth/grants.h"

#define S UINT64_C(1000000)

static struct signin_block *block;

static int set_up(void **state)
{
    (void)state;
    return signin_block_new(&block);
}

static int tear_down(void **state)
{
    (void)state;
    block = signin_block_free(block);
    return 0;
}

static bool is_refused(const char *jti, const char *user, uint64_t issued_us)
{
    struct grants grants = {.issued_us = issued_us, .user = user[0] != 0};

    (void)snprintf(grants.jti, sizeof(grants.jti), "%s", jti);
    (void)snprintf(grants.identity, sizeof(grants.identity), "%s", user);
    return signin_block_why(block, &grants);
}

static void refuses_revoked_tokens_only(void **state)
{
    (void)state;
    assert_int_equal(signin_block_revoke(block, "a", 10 * S, true, 0), 0);
    assert_int_equal(signin_block_revoke(block, "a", 5 * S, true, 0), 0);
    assert_true(is_refused("a", "", 0));
    assert_false(is_refused("b", "", 0));
    assert_false(is_refused("", "", 0));
}

static void keeps_half_for_operators_and_forgets_what_expired(void **state)
{
    char jti[16];
    (void)state;

    for (unsigned i = 0; i < SIGNIN_BLOCK_OWN_MAX; ++i) {
        (void)snprintf(jti, sizeof(jti), "t%u", i);
        assert_int_equal(signin_block_revoke(block, jti, (i + 1) * S, true, 0), 0);
    }
    assert_int_equal(signin_block_revoke(block, "own", S, true, 0), -ENOSPC);
    assert_int_equal(signin_block_revoke(block, "t1", 2 * S, true, 0), 0);
    assert_int_equal(signin_block_revoke(block, "op", 2 * S, false, 0), 0);
    assert_true(is_refused("op", "", 0));
    assert_int_equal(signin_block_revoke(block, "own", 99 * S, true, 3 * S), 0);
    assert_false(is_refused("op", "", 0));
    assert_true(is_refused("t5", "", 0));
}

static void refuses_tokens_made_until_the_account_changed(void **state)
{
    uint64_t serial = signin_block_serial(block, "us_a");
    (void)state;

    assert_false(is_refused("", "us_a", 0));
    assert_int_equal(signin_block_user(block, "us_a", 7 * S + 5, 99 * S, 0), 0);
    assert_true(signin_block_serial(block, "us_a") != serial);
    assert_true(is_refused("", "us_a", 0));     /* does not say when */
    assert_true(is_refused("", "us_a", 7 * S)); /* says the second only */
    assert_true(is_refused("", "us_a", 7 * S + 5));
    assert_false(is_refused("", "us_a", 7 * S + 6));
    assert_false(is_refused("", "us_b", 1 * S));
    assert_int_equal(signin_block_user(block, "us_a", 3 * S, 99 * S, 0), 0);
    assert_true(is_refused("", "us_a", 7 * S));
}

static void lets_no_account_escape_when_full(void **state)
{
    char user[16];
    (void)state;

    for (unsigned i = 0; i <= SIGNIN_BLOCK_USERS_MAX; ++i) {
        (void)snprintf(user, sizeof(user), "us_%u", i);
        assert_int_equal(signin_block_user(block, user, (100 + i) * S, UINT64_MAX, 0), 0);
    }
    assert_true(is_refused("", "us_0", 100 * S)); /* was the oldest */
    assert_true(is_refused("", "us_1", 101 * S));
    assert_false(is_refused("", "us_1", 102 * S));
    assert_false(is_refused("", "us_0", 101 * S));
}

int main(void)
{
#define TEST(f_) cmocka_unit_test_setup_teardown(f_, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(refuses_revoked_tokens_only),
        TEST(keeps_half_for_operators_and_forgets_what_expired),
        TEST(refuses_tokens_made_until_the_account_changed),
        TEST(lets_no_account_escape_when_full),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
