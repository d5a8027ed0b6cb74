/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_hook_event.c  Events for webhooks: their text, into the queue
 */
#include "mcu/hook/hook_event.h"

#include "mcu/store/store_hook.h"
#include "tests/unit/mcu/store_fixture.h"

static void types_are_lower_case_words_with_a_dot(void **state)
{
    (void)state;
    for (const char *const *type = hook_event_types(); *type; ++type) {
        unsigned dots = 0;

        assert_in_range(strlen(*type), 1, STORE_WORD_MAX);
        for (const char *p = *type; *p; ++p) {
            dots += *p == '.';
            assert_true(*p == '.' || (*p >= 'a' && *p <= 'z'));
        }
        assert_int_equal(dots, strcmp(*type, "ping") ? 1 : 0);
        assert_true(hook_event_is_type(*type));
    }
    assert_false(hook_event_is_type("room"));
    assert_false(hook_event_is_type("room.started "));
    assert_false(hook_event_is_type(""));
}

static void makes_the_text(void **state)
{
    static const struct {
        const char *data, *body;
    } rows[] = {
        {NULL, "{\"id\":\"ev_1\",\"type\":\"room.started\","
               "\"timestamp\":\"2026-01-31T12:00:00.123Z\",\"data\":{}}"},
        {"{ \"b\" : [1, null], \"a\": \"\\u00e9\\\"\" }",
         "{\"id\":\"ev_1\",\"type\":\"room.started\",\"timestamp\":\"2026-01-31T12:00:00.123Z\","
         "\"data\":{\"b\":[1,null],\"a\":\"\xc3\xa9\\\"\"}}"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
        char *body = NULL;

        assert_int_equal(
            hook_event_make(&body, "ev_1", "room.started", 1769860800123456, rows[i].data), 0);
        assert_string_equal(body, rows[i].body);
        free(body);
    }
}

static void rejects_what_is_no_event(void **state)
{
    static const struct {
        const char *type, *data;
    } rows[] = {
        {"no.such", "{}"},
        {"", "{}"},
        {"ping", ""},
        {"ping", "[]"},
        {"ping", "1"},
        {"ping", "{} {}"},
        {"ping", "{"},
        {"ping", "{\"a\":1,\"a\":2}"},
        {"ping", "{\"a\":\"\xff\"}"},
        {"ping", "{}, \"id\": \"forged\""},
    };
    char *body = NULL;
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i)
        assert_int_equal(hook_event_make(&body, "ev_1", rows[i].type, 1, rows[i].data), -EINVAL);
    assert_null(body);
}

static void rejects_what_is_too_long(void **state)
{
    static char data[STORE_HOOK_BODY_MAX + 64];
    char *body = NULL;
    (void)state;

    /* As long as a body may be, and with what is around it longer. */
    snprintf(data, sizeof(data), "{\"a\":\"%0*d\"}", STORE_HOOK_BODY_MAX - 8, 0);
    assert_int_equal(strlen(data), STORE_HOOK_BODY_MAX);
    assert_int_equal(hook_event_make(&body, "ev_1", "ping", 1, data), -E2BIG);
    snprintf(data, sizeof(data), "{\"a\":\"%0*d\"}", STORE_HOOK_BODY_MAX - 7, 0);
    assert_int_equal(hook_event_make(&body, "ev_1", "ping", 1, data), -E2BIG);
    assert_null(body);
    snprintf(data, sizeof(data), "{\"a\":\"%0*d\"}", STORE_HOOK_BODY_MAX - 200, 0);
    assert_int_equal(hook_event_make(&body, "ev_1", "ping", 1, data), 0);
    free(body);
}

static void queues_it_for_hooks_that_want_it(void **state)
{
    const struct store_hook rooms = {.id = "wh_a", .url = "u", .events = "room.*", .enabled = true},
                            calls = {.id = "wh_b", .url = "u", .events = "call.*", .enabled = true};
    const struct store_hook_lease lease = {.now_us = INT64_MAX / 4, .lease_us = 1, .limit = 10};
    const struct store_hook_delivery *delivery;
    (void)state;

    assert_int_equal(did(store_hook_put(store, &rooms, none())), 0);
    assert_int_equal(did(store_hook_put(store, &calls, none())), 0);
    assert_int_equal(hook_event_send(store, "room.ended", "{\"room\":\"a\"}"), 0);
    assert_int_equal(did(store_hook_take(store, &lease, list(&store_hook_delivery_shape))), 0);
    assert_int_equal(last.list->n, 1);
    delivery = last.list->rows;
    assert_string_equal(delivery->type, "room.ended");
    assert_int_equal(strncmp(delivery->id, "ev_", 3), 0);
    assert_non_null(strstr(delivery->body, delivery->id));
    assert_int_equal(did(store_hook_get(store, "wh_b", row(&store_hook_shape))), 0);
    assert_int_equal(((const struct store_hook *)last.row)->pending, 0);
    assert_int_equal(hook_event_send(store, "room.ended", "no"), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_are_lower_case_words_with_a_dot),
        cmocka_unit_test(makes_the_text),
        cmocka_unit_test(rejects_what_is_no_event),
        cmocka_unit_test(rejects_what_is_too_long),
        cmocka_unit_test_setup_teardown(queues_it_for_hooks_that_want_it, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
