/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_store_hook.c  Webhooks and their durable queue
 */
#include "mcu/store/store_hook.h"

#include "tests/unit/mcu/store_fixture.h"

static int put(const char *id, const char *events, bool enabled)
{
    const struct store_hook h = {.id = id,
                                 .url = "https://x.example/",
                                 .secret = "whsec_x",
                                 .events = events,
                                 .enabled = enabled,
                                 .created_us = 1};

    return did(store_hook_put(store, &h, none()));
}

static const struct store_hook *hook(const char *id)
{
    assert_int_equal(did(store_hook_get(store, id, row(&store_hook_shape))), 0);
    return last.row;
}

static struct store_hook_enqueued enqueued;

static void on_enqueued(int err, const void *result, void *arg)
{
    (void)arg;
    note(err);
    assert_int_equal(err, 0);
    enqueued = *(const struct store_hook_enqueued *)result;
}

static unsigned enqueue(const char *id, const char *type, uint64_t at_us)
{
    const struct store_hook_event e = {.id = id, .type = type, .body = "{}", .created_us = at_us};

    assert_int_equal(did(store_hook_enqueue(store, &e, (struct store_reply){on_enqueued, NULL})),
                     0);
    return enqueued.n;
}

/* "hook:id" of what is due, in order */
static const char *take(uint64_t now_us)
{
    static char text[256];
    const struct store_hook_lease lease = {now_us, 100, STORE_HOOK_MAX};
    const struct store_hook_delivery *d;

    assert_int_equal(did(store_hook_take(store, &lease, list(&store_hook_delivery_shape))), 0);
    d = last.list->rows;
    text[0] = '\0';
    for (uint32_t i = 0; i < last.list->n; ++i)
        sprintf(text + strlen(text), "%s:%s ", d[i].hook, d[i].id);
    return text;
}

static int mark(const char *id, uint64_t seq, const char *state, uint64_t next_us)
{
    const struct store_hook_mark m = {.hook = id,
                                      .seq = seq,
                                      .state = state,
                                      .next_us = next_us,
                                      .last_status = 500,
                                      .last_error = "oh"};

    return did(store_hook_mark(store, &m, none()));
}

static void patterns_match_all_a_group_or_one(void **state)
{
    static const struct {
        const char *events, *type;
        bool matches;
    } cases[] = {
        {"*", "room.started", true},
        {"room.*", "room.started", true},
        {"room.*", "rooms.started", false},
        {"room.*", "room", false},
        {"room*", "room.started", false},
        {"room.started", "room.started", true},
        {"room.start", "room.started", false},
        {"room.started", "room.start", false},
        {"call.*, room.started", "room.started", true},
        {"call.*,room.ended", "room.started", false},
        {"", "room.started", false},
        {" ,, ", "room.started", false},
        {"a.*,*", "b.c", true},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i)
        assert_int_equal(store_hook_matches(cases[i].events, cases[i].type), cases[i].matches);
}

static void a_hook_is_put_changed_listed_and_removed(void **state)
{
    (void)state;
    assert_int_equal(put("b", "*", true), 0);
    assert_int_equal(put("a", "*", true), 0);
    assert_int_equal(put("a", "room.*", false), 0);
    assert_string_equal(hook("a")->events, "room.*");
    assert_false(hook("a")->enabled);
    assert_int_equal(did(store_hook_list(store, list(&store_hook_shape))), 0);
    assert_int_equal(last.list->n, 2);
    assert_string_equal(((const struct store_hook *)last.list->rows)->id, "a");
    assert_int_equal(did(store_hook_remove(store, "a", none())), 0);
    assert_int_equal(did(store_hook_remove(store, "a", none())), -ENOENT);
    assert_int_equal(did(store_hook_get(store, "a", row(&store_hook_shape))), -ENOENT);
}

static void hooks_have_a_limit(void **state)
{
    char id[16];
    (void)state;

    for (int i = 0; i < STORE_HOOK_MAX; ++i) {
        snprintf(id, sizeof(id), "h%d", i);
        assert_int_equal(put(id, "*", true), 0);
    }
    assert_int_equal(put("more", "*", true), -EDQUOT);
    assert_int_equal(put("h5", "x", true), 0);
    assert_int_equal(did(store_hook_list(store, list(&store_hook_shape))), 0);
    assert_int_equal(last.list->n, STORE_HOOK_MAX);
}

static void an_event_is_for_the_enabled_hooks_that_want_it(void **state)
{
    (void)state;
    assert_int_equal(put("a", "room.*", true), 0);
    assert_int_equal(put("b", "*", true), 0);
    assert_int_equal(put("c", "*", false), 0);
    assert_int_equal(put("d", "call.*", true), 0);
    assert_int_equal(enqueue("e1", "room.started", 10), 2);
    assert_int_equal(enqueue("e1", "room.started", 10), 0); /* once only */
    assert_string_equal(take(10), "a:e1 b:e1 ");
    assert_int_equal(hook("a")->pending, 1);
    assert_int_equal(hook("d")->pending, 0);
}

static void a_delivery_has_all_that_is_needed(void **state)
{
    const struct store_hook_delivery *d;
    (void)state;

    assert_int_equal(put("a", "*", true), 0);
    assert_int_equal(enqueue("e1", "room.started", 10), 1);
    reopen_store();
    take(20);
    d = last.list->rows;
    assert_string_equal(d->url, "https://x.example/");
    assert_string_equal(d->secret, "whsec_x");
    assert_string_equal(d->type, "room.started");
    assert_string_equal(d->body, "{}");
    assert_int_equal(d->seq, 1);
    assert_int_equal(d->attempts, 1);
    assert_int_equal(d->created_us, 10);
}

static void a_later_delivery_waits_for_an_earlier_one(void **state)
{
    (void)state;
    assert_int_equal(put("a", "*", true), 0);
    assert_int_equal(enqueue("e1", "x", 10), 1);
    assert_int_equal(enqueue("e2", "x", 11), 1);
    assert_string_equal(take(9), "");
    assert_string_equal(take(20), "a:e1 ");
    assert_string_equal(take(20), "");       /* leased */
    assert_string_equal(take(120), "a:e1 "); /* the lease is over */
    assert_int_equal(mark("a", 1, "pending", 500), 0);
    assert_string_equal(take(499), ""); /* the first one waits, and so does the second */
    assert_string_equal(take(500), "a:e1 ");
    assert_int_equal(((const struct store_hook_delivery *)last.list->rows)->attempts, 3);
    assert_int_equal(mark("a", 1, "done", 0), 0);
    assert_string_equal(take(500), "a:e2 ");
    assert_int_equal(mark("a", 2, "dead", 0), 0);
    assert_string_equal(take(5000), "");
}

static void outcomes_are_counted_at_the_hook(void **state)
{
    (void)state;
    assert_int_equal(put("a", "*", true), 0);
    assert_int_equal(enqueue("e1", "x", 10), 1);
    assert_int_equal(enqueue("e2", "x", 10), 1);
    assert_int_equal(hook("a")->pending, 2);
    assert_int_equal(mark("a", 1, "pending", 20), 0);
    assert_int_equal(mark("a", 1, "dead", 0), 0);
    assert_int_equal(hook("a")->failures, 2);
    assert_int_equal(hook("a")->pending, 1);
    assert_int_equal(hook("a")->last_status, 500);
    assert_string_equal(hook("a")->last_error, "oh");
    assert_int_equal(mark("a", 2, "done", 0), 0);
    assert_int_equal(hook("a")->failures, 0);
    assert_int_equal(hook("a")->pending, 0);
    assert_int_equal(mark("a", 2, "done", 0), -EALREADY);
    assert_int_equal(mark("a", 3, "done", 0), -ENOENT);
    assert_int_equal(enqueue("e3", "x", 10), 1);
    assert_int_equal(mark("a", 3, "nonsense", 0), -EINVAL);
    assert_int_equal(hook("a")->pending, 1);
}

static void a_disabled_hook_keeps_its_deliveries(void **state)
{
    (void)state;
    assert_int_equal(put("a", "*", true), 0);
    assert_int_equal(enqueue("e1", "x", 10), 1);
    assert_int_equal(put("a", "*", false), 0);
    assert_string_equal(take(20), "");
    assert_int_equal(put("a", "*", true), 0);
    assert_string_equal(take(20), "a:e1 ");
}

static void deliveries_are_listed_newest_first(void **state)
{
    struct store_hook_query query = {.hook = "a", .limit = 2};
    const struct store_hook_delivery *d;
    (void)state;

    assert_int_equal(put("a", "*", true), 0);
    assert_int_equal(enqueue("e1", "x", 10), 1);
    assert_int_equal(enqueue("e2", "x", 10), 1);
    assert_int_equal(enqueue("e3", "x", 10), 1);
    assert_int_equal(mark("a", 1, "done", 0), 0);
    assert_int_equal(
        did(store_hook_list_deliveries(store, &query, list(&store_hook_delivery_shape))), 0);
    d = last.list->rows;
    assert_int_equal(last.list->n, 2);
    assert_true(last.list->more);
    assert_string_equal(d[0].id, "e3");
    assert_string_equal(d[0].secret, "");
    query.before_seq = 2;
    assert_int_equal(
        did(store_hook_list_deliveries(store, &query, list(&store_hook_delivery_shape))), 0);
    assert_int_equal(last.list->n, 1);
    query = (struct store_hook_query){.hook = "a", .state = "pending", .limit = 10};
    assert_int_equal(
        did(store_hook_list_deliveries(store, &query, list(&store_hook_delivery_shape))), 0);
    assert_int_equal(last.list->n, 2);
}

static void too_many_pending_kill_the_oldest(void **state)
{
    struct store_hook_event e = {.type = "x", .body = "{}", .created_us = 10};
    struct store_hook_query query = {.hook = "a", .state = "dead", .limit = 10};
    char id[16];
    (void)state;

    assert_int_equal(put("a", "*", true), 0);
    e.id = id;
    for (int i = 0; i < STORE_HOOK_PENDING_MAX + 2; ++i) {
        snprintf(id, sizeof(id), "e%d", i);
        while (store_hook_enqueue(store, &e, (struct store_reply){on_enqueued, NULL}) == -ENOSPC)
            pump();
    }
    pump_until(STORE_HOOK_PENDING_MAX + 3);
    assert_int_equal(enqueued.dropped, 1);
    assert_int_equal(hook("a")->pending, STORE_HOOK_PENDING_MAX);
    assert_int_equal(hook("a")->dropped, 2);
    assert_string_equal(take(20), "a:e2 ");
    assert_int_equal(
        did(store_hook_list_deliveries(store, &query, list(&store_hook_delivery_shape))), 0);
    assert_int_equal(last.list->n, 2);
}

static void a_removed_hook_takes_its_deliveries_along(void **state)
{
    (void)state;
    assert_int_equal(put("a", "*", true), 0);
    assert_int_equal(enqueue("e1", "x", 10), 1);
    assert_int_equal(did(store_hook_remove(store, "a", none())), 0);
    assert_string_equal(take(20), "");
    assert_int_equal(put("a", "*", true), 0);
    assert_int_equal(enqueue("e1", "x", 10), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(patterns_match_all_a_group_or_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_hook_is_put_changed_listed_and_removed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(hooks_have_a_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_event_is_for_the_enabled_hooks_that_want_it, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_delivery_has_all_that_is_needed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_later_delivery_waits_for_an_earlier_one, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(outcomes_are_counted_at_the_hook, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_disabled_hook_keeps_its_deliveries, set_up, tear_down),
        cmocka_unit_test_setup_teardown(deliveries_are_listed_newest_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(too_many_pending_kill_the_oldest, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_removed_hook_takes_its_deliveries_along, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
