/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_store_token.c  Revoked tokens
 */
#include "mcu/store/store_token.h"

#include "tests/unit/mcu/store_fixture.h"

static bool is_revoked(const char *jti)
{
    assert_int_equal(did(store_token_is_revoked(store, jti, count())), 0);
    return last.count == 1;
}

static int put(const char *jti, uint64_t expires_us)
{
    return did(store_token_revoke(store, &(struct store_token){jti, expires_us}, none()));
}

static void a_revoked_token_is_known(void **state)
{
    (void)state;
    assert_false(is_revoked("t"));
    assert_int_equal(put("t", 100), 0);
    assert_int_equal(put("t", 50), 0);
    reopen_store();
    assert_true(is_revoked("t"));
    assert_false(is_revoked("u"));
    assert_int_equal(put("", 1), -EINVAL);
}

static void tokens_are_listed(void **state)
{
    const struct store_token *t;
    (void)state;

    assert_int_equal(put("b", 100), 0);
    assert_int_equal(put("a", 100), 0);
    assert_int_equal(put("a", 50), 0);
    assert_int_equal(did(store_token_list(store, NULL, 1, list(&store_token_shape))), 0);
    t = last.list->rows;
    assert_string_equal(t->jti, "a");
    assert_int_equal(t->expires_us, 100);
    assert_true(last.list->more);
    assert_int_equal(did(store_token_list(store, "a", 1, list(&store_token_shape))), 0);
    assert_string_equal(((const struct store_token *)last.list->rows)->jti, "b");
    assert_false(last.list->more);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_revoked_token_is_known, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tokens_are_listed, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
