/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_store_purge.c  What is older than it must be kept
 */
#include "mcu/store/store_purge.h"

#include "mcu/store/store_call.h"
#include "mcu/store/store_chat.h"
#include "mcu/store/store_history.h"
#include "mcu/store/store_hook.h"
#include "mcu/store/store_idem.h"
#include "mcu/store/store_token.h"
#include "tests/unit/mcu/store_fixture.h"

static int purge(enum store_purge_what what, uint64_t older_us)
{
    return did(store_purge_run(store, what, older_us, count()));
}

static void add_messages(unsigned n, uint64_t sent_us)
{
    static unsigned number;
    char id[16];

    for (unsigned i = 0; i < n; ++i) {
        const struct store_chat m = {.id = id, .room = "r", .text = "x", .sent_us = sent_us};

        snprintf(id, sizeof(id), "m%u", ++number);
        assert_int_equal(store_chat_add(store, &m, count()), 0);
    }
    pump_until(last.n + 1);
}

static void many_rows_go_in_chunks_and_are_counted_together(void **state)
{
    (void)state;
    add_messages(2 * STORE_PURGE_CHUNK + 7, 100);
    add_messages(3, 200);
    pump_until(2 * STORE_PURGE_CHUNK + 10);
    assert_int_equal(purge(STORE_PURGE_CHAT, 150), 0);
    assert_int_equal(last.count, 2 * STORE_PURGE_CHUNK + 7);
    assert_int_equal(purge(STORE_PURGE_CHAT, 150), 0);
    assert_int_equal(last.count, 0);
    assert_int_equal(purge(STORE_PURGE_CHAT, 201), 0);
    assert_int_equal(last.count, 3);
}

static void sessions_and_calls_go_only_when_they_ended(void **state)
{
    const struct store_session s = {.id = "s", .room = "r", .started_us = 10, .ended_us = 20};
    const struct store_member m = {.id = "m", .session = "s"};
    struct store_call c = {.id = "c", .started_us = 10};
    const struct store_call_leg leg = {.call = "c", .to_id = "us_b"};
    (void)state;

    assert_int_equal(did(store_history_begin_session(store, &s, none())), 0);
    assert_int_equal(did(store_history_begin_member(store, &m, none())), 0);
    assert_int_equal(did(store_call_put(store, &c, none())), 0);
    assert_int_equal(did(store_call_put_leg(store, &leg, none())), 0);
    assert_int_equal(purge(STORE_PURGE_SESSIONS, 1000), 0);
    assert_int_equal(last.count, 0);
    assert_int_equal(purge(STORE_PURGE_CALLS, 1000), 0);
    assert_int_equal(last.count, 0);
    assert_int_equal(did(store_history_end_session(store, &s, none())), 0);
    c.ended_us = 20;
    assert_int_equal(did(store_call_put(store, &c, none())), 0);
    assert_int_equal(purge(STORE_PURGE_SESSIONS, 20), 0);
    assert_int_equal(last.count, 0);
    assert_int_equal(purge(STORE_PURGE_SESSIONS, 21), 0);
    assert_int_equal(last.count, 1);
    assert_int_equal(purge(STORE_PURGE_CALLS, 21), 0);
    assert_int_equal(last.count, 1);
    assert_int_equal(
        did(store_history_list_members(store, "s", "", 10, list(&store_history_member_shape))), 0);
    assert_int_equal(last.list->n, 0);
}

static void pending_deliveries_stay(void **state)
{
    const struct store_hook h = {.id = "h", .url = "u", .events = "*", .enabled = true};
    const struct store_hook_mark done = {.hook = "h", .seq = 1, .state = "done"};
    struct store_hook_event e = {.id = "e1", .type = "x", .created_us = 10};
    (void)state;

    assert_int_equal(did(store_hook_put(store, &h, none())), 0);
    assert_int_equal(did(store_hook_enqueue(store, &e, count())), 0);
    e.id = "e2";
    assert_int_equal(did(store_hook_enqueue(store, &e, count())), 0);
    assert_int_equal(did(store_hook_mark(store, &done, none())), 0);
    assert_int_equal(purge(STORE_PURGE_DELIVERIES, 11), 0);
    assert_int_equal(last.count, 1);
}

static void keys_and_tokens_go_at_their_end(void **state)
{
    const struct store_idem key = {.key = "k", .created_us = 100};
    const struct store_token token = {"t", 100};
    (void)state;

    assert_int_equal(did(store_idem_claim(store, &key, count())), 0);
    assert_int_equal(did(store_token_revoke(store, &token, none())), 0);
    for (uint64_t older_us = 100; older_us <= 101; ++older_us) {
        assert_int_equal(purge(STORE_PURGE_IDEM, older_us), 0);
        assert_int_equal(last.count, older_us - 100);
        assert_int_equal(purge(STORE_PURGE_TOKENS, older_us), 0);
        assert_int_equal(last.count, older_us - 100);
    }
}

static void what_is_not_known_is_refused(void **state)
{
    (void)state;
    assert_int_equal(store_purge_run(store, STORE_PURGE_N, 1, count()), -EINVAL);
}

static void a_purge_that_the_end_of_the_store_cuts_short_is_told(void **state)
{
    (void)state;
    add_messages(STORE_PURGE_CHUNK + 1, 100);
    pump_until(STORE_PURGE_CHUNK + 1);
    assert_int_equal(store_purge_run(store, STORE_PURGE_CHAT, 150, count()), 0);
    store = store_close(store);
    assert_int_equal(last.err, -ESHUTDOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(many_rows_go_in_chunks_and_are_counted_together, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(sessions_and_calls_go_only_when_they_ended, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(pending_deliveries_stay, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys_and_tokens_go_at_their_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_known_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_purge_that_the_end_of_the_store_cuts_short_is_told,
                                        set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
