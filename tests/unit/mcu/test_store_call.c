/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_store_call.c  Calls and their legs
 */
#include "mcu/store/store_call.h"

#include "mcu/store/store_history.h"
#include "tests/unit/mcu/store_fixture.h"

static int put(const char *id, const char *from, uint64_t at_us)
{
    const struct store_call c = {.id = id,
                                 .from_id = from,
                                 .from_name = "Anna",
                                 .kind = "video",
                                 .room = "r",
                                 .started_us = at_us};

    return did(store_call_put(store, &c, none()));
}

static int put_leg(const char *call, const char *to, const char *result, uint64_t answered_us)
{
    const struct store_call_leg leg = {.call = call,
                                       .to_id = to,
                                       .kind = "web",
                                       .result = result,
                                       .rang_us = 5,
                                       .answered_us = answered_us,
                                       .ended_us = *result ? 1000 : 0};

    return did(store_call_put_leg(store, &leg, none()));
}

/* "call:leg,leg call:" ... of the last answer */
static char text[4096];

static void print_call(const struct store_call *c)
{
    sprintf(text + strlen(text), "%s:", c->id);
    for (uint32_t i = 0; i < c->legs_n; ++i)
        sprintf(text + strlen(text), "%s%s%s", i ? "," : "", c->legs[i].to_id,
                c->legs[i].seen ? "!" : "");
    strcat(text, " ");
}

static bool more;

static void on_calls(int err, const void *result, void *arg)
{
    const struct store_list *calls = result;
    (void)arg;

    note(err);
    text[0] = '\0';
    for (uint32_t i = 0; !err && i < calls->n; ++i)
        print_call(&((const struct store_call *)calls->rows)[i]);
    more = !err && calls->more;
}

static void on_call(int err, const void *result, void *arg)
{
    (void)arg;
    note(err);
    text[0] = '\0';
    if (!err)
        print_call(result);
}

static const char *calls(struct store_call_query query)
{
    query.limit = query.limit ? query.limit : 10;
    assert_int_equal(did(store_call_list(store, &query, (struct store_reply){on_calls, NULL})), 0);
    return text;
}

static void a_call_comes_back_with_its_legs(void **state)
{
    (void)state;
    assert_int_equal(put("c", "us_a", 100), 0);
    assert_int_equal(put_leg("c", "us_b", "", 0), 0);
    assert_int_equal(put_leg("c", "sip:x", "", 0), 0);
    assert_int_equal(put_leg("c", "us_b", "accepted", 10), 0);
    assert_int_equal(did(store_call_get(store, "c", (struct store_reply){on_call, NULL})), 0);
    assert_string_equal(text, "c:us_b,sip:x ");
    assert_int_equal(did(store_call_get(store, "d", (struct store_reply){on_call, NULL})), -ENOENT);
    assert_int_equal(put_leg("d", "us_b", "", 0), -ENOENT);
}

static void a_call_is_changed_by_putting_it_again(void **state)
{
    struct store_call c = {.id = "c", .started_us = 999, .state = "accepted", .answered_us = 120};
    (void)state;

    assert_int_equal(put("c", "us_a", 100), 0);
    assert_int_equal(put_leg("c", "us_b", "", 0), 0);
    assert_int_equal(did(store_call_put(store, &c, none())), 0);
    assert_int_equal(did(store_call_get(store, "c", row(&store_call_shape))), 0);
    assert_int_equal(((const struct store_call *)last.row)->started_us, 100);
    assert_int_equal(((const struct store_call *)last.row)->answered_us, 120);
    assert_string_equal(((const struct store_call *)last.row)->state, "accepted");
    assert_string_equal(calls((struct store_call_query){.identity = "us_b"}), "c:us_b ");
}

static void legs_have_a_limit(void **state)
{
    char name[16];
    (void)state;

    assert_int_equal(put("c", "us_a", 100), 0);
    for (int i = 0; i < STORE_CALL_LEGS_MAX; ++i) {
        snprintf(name, sizeof(name), "us_%d", i);
        assert_int_equal(put_leg("c", name, "", 0), 0);
    }
    assert_int_equal(put_leg("c", "us_more", "", 0), -EDQUOT);
    assert_int_equal(put_leg("c", name, "busy", 0), 0);
}

static void calls_are_listed_by_caller_and_callee(void **state)
{
    (void)state;
    assert_int_equal(put("a", "us_a", 100), 0);
    assert_int_equal(put_leg("a", "us_b", "accepted", 10), 0);
    assert_int_equal(put("b", "us_b", 200), 0);
    assert_int_equal(put_leg("b", "us_a", "declined", 0), 0);
    assert_int_equal(put_leg("b", "us_c", "timeout", 0), 0);
    assert_int_equal(put("c", "us_c", 200), 0);
    assert_int_equal(put_leg("c", "us_a", "timeout", 0), 0);
    assert_string_equal(calls((struct store_call_query){.identity = "us_a"}),
                        "c:us_a b:us_a,us_c a:us_b ");
    assert_string_equal(calls((struct store_call_query){.identity = "us_b"}),
                        "b:us_a,us_c a:us_b ");
    assert_string_equal(calls((struct store_call_query){.identity = "us_a", .limit = 2}),
                        "c:us_a b:us_a,us_c ");
    assert_true(more);
    assert_string_equal(
        calls((struct store_call_query){.identity = "us_a", .before_us = 200, .before_id = "b"}),
        "a:us_b ");
    assert_false(more);
    assert_string_equal(calls((struct store_call_query){.identity = "us_x"}), "");
}

static void missed_is_what_ended_unanswered_by_nobodys_will(void **state)
{
    static const struct {
        const char *call, *result;
        uint64_t answered_us;
    } legs[] = {{"a", "timeout", 0},  {"b", "cancelled", 0}, {"c", "busy", 0},
                {"d", "declined", 0}, {"e", "elsewhere", 0}, {"f", "accepted", 10},
                {"g", "", 0}};
    (void)state;

    for (size_t i = 0; i < sizeof(legs) / sizeof(legs[0]); ++i) {
        assert_int_equal(put(legs[i].call, "us_a", 100), 0);
        assert_int_equal(put_leg(legs[i].call, "us_b", legs[i].result, legs[i].answered_us), 0);
    }
    assert_string_equal(calls((struct store_call_query){.identity = "us_b", .missed = true}),
                        "c:us_b b:us_b a:us_b ");
    assert_string_equal(calls((struct store_call_query){.identity = "us_a", .missed = true}), "");
}

static void calls_are_marked_as_seen(void **state)
{
    (void)state;
    assert_int_equal(put("a", "us_a", 100), 0);
    assert_int_equal(put_leg("a", "us_b", "timeout", 0), 0);
    assert_int_equal(put("b", "us_a", 200), 0);
    assert_int_equal(put_leg("b", "us_b", "timeout", 0), 0);
    assert_int_equal(did(store_call_mark_seen(store, "us_b", 100, count())), 0);
    assert_int_equal(last.count, 1);
    assert_int_equal(put_leg("a", "us_b", "timeout", 0), 0);
    assert_string_equal(calls((struct store_call_query){.identity = "us_b"}), "b:us_b a:us_b! ");
}

static void what_was_left_open_is_closed_at_the_start(void **state)
{
    const struct store_call *c;
    (void)state;

    assert_int_equal(put("c", "us_a", 100), 0);
    assert_int_equal(put_leg("c", "us_b", "", 0), 0);
    assert_int_equal(did(store_history_mark_alive(store, 500, none())), 0);
    reopen_store();
    assert_int_equal(did(store_call_get(store, "c", row(&store_call_shape))), 0);
    c = last.row;
    assert_string_equal(c->cause, "server_lost");
    assert_string_equal(c->state, "failed");
    assert_int_equal(c->ended_us, 500);
    assert_string_equal(calls((struct store_call_query){.identity = "us_b", .missed = true}),
                        "c:us_b ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_call_comes_back_with_its_legs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_call_is_changed_by_putting_it_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(legs_have_a_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(calls_are_listed_by_caller_and_callee, set_up, tear_down),
        cmocka_unit_test_setup_teardown(missed_is_what_ended_unanswered_by_nobodys_will, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(calls_are_marked_as_seen, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_left_open_is_closed_at_the_start, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
