/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_store_idem.c  Idempotency keys
 */
#include "mcu/store/store_idem.h"

#include "tests/unit/mcu/store_fixture.h"

static struct store_idem_claimed claimed;
static char body[64];

static void on_claim(int err, const void *result, void *arg)
{
    (void)arg;
    note(err);
    assert_int_equal(err, 0);
    claimed = *(const struct store_idem_claimed *)result;
    snprintf(body, sizeof(body), "%s", claimed.body);
}

static enum store_idem_state claim(const char *key, const char *hash, uint64_t now_us)
{
    const struct store_idem i = {
        .scope = "POST /rooms", .key = key, .request_hash = hash, .created_us = now_us};

    assert_int_equal(did(store_idem_claim(store, &i, (struct store_reply){on_claim, NULL})), 0);
    return claimed.state;
}

static int finish(const char *key)
{
    const struct store_idem i = {
        .scope = "POST /rooms", .key = key, .status = 201, .body = "{\"a\":1}"};

    return did(store_idem_finish(store, &i, none()));
}

static int drop(const char *key)
{
    const struct store_idem i = {.scope = "POST /rooms", .key = key};

    return did(store_idem_drop(store, &i, none()));
}

static void the_second_gets_the_answer_of_the_first(void **state)
{
    (void)state;
    assert_int_equal(claim("k", "h", 100), STORE_IDEM_NEW);
    assert_int_equal(claim("k", "h", 101), STORE_IDEM_IN_FLIGHT);
    assert_int_equal(finish("k"), 0);
    reopen_store();
    assert_int_equal(claim("k", "h", 102), STORE_IDEM_DONE);
    assert_int_equal(claimed.status, 201);
    assert_string_equal(body, "{\"a\":1}");
}

static void another_request_with_the_key_is_told(void **state)
{
    (void)state;
    assert_int_equal(claim("k", "h", 100), STORE_IDEM_NEW);
    assert_int_equal(claim("k", "i", 100), STORE_IDEM_MISMATCH);
    assert_int_equal(finish("k"), 0);
    assert_int_equal(claim("k", "i", 100), STORE_IDEM_MISMATCH);
    assert_int_equal(claim("l", "i", 100), STORE_IDEM_NEW);
}

static void only_what_is_in_flight_is_finished_or_dropped(void **state)
{
    const struct store_idem none_yet = {.key = "k"};
    (void)state;

    assert_int_equal(finish("k"), -ENOENT);
    assert_int_equal(drop("k"), -ENOENT);
    assert_int_equal(claim("k", "h", 100), STORE_IDEM_NEW);
    assert_int_equal(drop("k"), 0);
    assert_int_equal(claim("k", "i", 100), STORE_IDEM_NEW);
    assert_int_equal(finish("k"), 0);
    assert_int_equal(finish("k"), -EALREADY);
    assert_int_equal(drop("k"), -ENOENT);
    assert_int_equal(store_idem_finish(store, &none_yet, none()), -EINVAL);
}

static void a_key_ends_after_a_day(void **state)
{
    (void)state;
    assert_int_equal(claim("k", "h", 100), STORE_IDEM_NEW);
    assert_int_equal(finish("k"), 0);
    assert_int_equal(claim("k", "h", 99 + STORE_IDEM_KEEP_US), STORE_IDEM_DONE);
    assert_int_equal(claim("k", "i", 100 + STORE_IDEM_KEEP_US), STORE_IDEM_NEW);
    assert_int_equal(claim("k", "i", 101 + STORE_IDEM_KEEP_US), STORE_IDEM_IN_FLIGHT);
}

static void what_a_crash_left_in_flight_is_new(void **state)
{
    (void)state;
    assert_int_equal(claim("k", "h", 100), STORE_IDEM_NEW);
    reopen_store();
    assert_int_equal(claim("k", "h", 101), STORE_IDEM_NEW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_second_gets_the_answer_of_the_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_request_with_the_key_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_what_is_in_flight_is_finished_or_dropped, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_key_ends_after_a_day, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_a_crash_left_in_flight_is_new, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
