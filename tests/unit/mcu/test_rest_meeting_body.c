/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_rest_meeting_body.c  What a request wants of a meeting
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/api/rest_meeting_body.h"

#define NOW_US 1795863269000000ull /* 2026-11-28T10:54:29Z */

static struct json_t *root;
static struct rest_meeting_body body;
static struct rest_meeting_draft draft;

/** Lay @p text over a meeting of "us_ada" without anything. */
static enum rest_problem apply(const char *text)
{
    char why[256];

    root = api_field_free(root);
    rest_meeting_body_finish(&draft);
    memset(&body, 0, sizeof(body));
    memset(&draft, 0, sizeof(draft));
    draft.meeting = (struct store_meeting){.id = "mt_1",
                                           .room = "old",
                                           .title = "Old",
                                           .owner = "us_ada",
                                           .time_zone = "UTC",
                                           .recurrence = "",
                                           .pin = "1111",
                                           .host_pin = "",
                                           .policy = ""};
    assert_int_equal(0, api_field_parse(&root, text, strlen(text), 16, why, sizeof(why)));
    if (api_field_read(&body, rest_meeting_body_change, root, true, "", why, sizeof(why)))
        return REST_PROBLEM_BAD_REQUEST;
    return rest_meeting_body_apply(&draft, &body, NOW_US);
}

static void changes_what_is_named_and_keeps_the_rest(void **state)
{
    (void)state;

    assert_int_equal(REST_PROBLEMS, apply("{}"));
    assert_string_equal("Old", draft.meeting.title);
    assert_string_equal("1111", draft.meeting.pin);
    assert_int_equal(
        REST_PROBLEMS,
        apply("{\"title\":\"New\",\"room\":\"Fresh\",\"pin\":null,\"host_pin\":\"2222\","
              "\"policy\":{\"lobby\":\"all\"},\"starts_at\":\"2027-01-11T09:00:00Z\","
              "\"ends_at\":\"2027-01-11T10:00:00Z\",\"recurrence\":\"FREQ=DAILY\"}"));
    assert_string_equal("New", draft.meeting.title);
    assert_string_equal("fresh", draft.meeting.room);
    assert_string_equal("", draft.meeting.pin);
    assert_string_equal("2222", draft.meeting.host_pin);
    assert_string_equal("{\"lobby\":\"all\"}", draft.meeting.policy);
    assert_true(draft.meeting.starts_us == 1799658000000000ull);
    assert_string_equal("FREQ=DAILY", draft.meeting.recurrence);
}

static void makes_a_pin_up_if_asked(void **state)
{
    (void)state;

    assert_int_equal(REST_PROBLEMS, apply("{\"pin\":true}"));
    assert_true(pin_is_valid(draft.meeting.pin));
    assert_string_not_equal("1111", draft.meeting.pin);
}

static void counts_the_owner_among_the_people(void **state)
{
    (void)state;

    assert_int_equal(REST_PROBLEMS, apply("{\"people\":[{\"who\":\"us_bob\"}]}"));
    assert_int_equal(2, draft.meeting.people_n);
    assert_string_equal("us_bob", draft.meeting.people[0].who);
    assert_string_equal("guest", draft.meeting.people[0].role);
    assert_string_equal("us_ada", draft.meeting.people[1].who);
    assert_string_equal("host", draft.meeting.people[1].role);
    assert_int_equal(REST_PROBLEMS,
                     apply("{\"people\":[{\"who\":\"us_ada\",\"role\":\"viewer\"}]}"));
    assert_int_equal(1, draft.meeting.people_n);
}

static void refuses_what_is_wrong_with_a_pointer(void **state)
{
    static const struct {
        const char *text;
        enum rest_problem problem;
        const char *why;
    } cases[] = {
        {"{\"pin\":\"12\"}", REST_PROBLEM_BAD_REQUEST, "/pin: "},
        {"{\"pin\":false}", REST_PROBLEM_BAD_REQUEST, "/pin: "},
        {"{\"pin\":123456}", REST_PROBLEM_BAD_REQUEST, "/pin: "},
        {"{\"host_pin\":\"12a4\"}", REST_PROBLEM_BAD_REQUEST, "/host_pin: "},
        {"{\"host_pin\":\"1111\"}", REST_PROBLEM_BAD_REQUEST, "/host_pin: must differ"},
        {"{\"policy\":[]}", REST_PROBLEM_BAD_REQUEST, "/policy: "},
        {"{\"policy\":{\"lobby\":1}}", REST_PROBLEM_BAD_REQUEST, "/policy/lobby: "},
        {"{\"people\":{}}", REST_PROBLEM_BAD_REQUEST, "/people: "},
        {"{\"people\":[1]}", REST_PROBLEM_BAD_REQUEST, "/people/0: "},
        {"{\"people\":[{\"who\":\"a\"},{\"who\":\"a\"}]}", REST_PROBLEM_BAD_REQUEST,
         "/people/1/who: "},
        {"{\"people\":[{\"who\":\"a\",\"role\":\"god\"}]}", REST_PROBLEM_BAD_REQUEST,
         "/people/0/role: "},
        {"{\"time_zone\":\"Mars/Base\"}", REST_PROBLEM_TIME_ZONE, "/time_zone: "},
        {"{\"time_zone\":\"../../etc/passwd\"}", REST_PROBLEM_TIME_ZONE, "/time_zone: "},
        {"{\"ends_at\":\"2027-01-11T09:00:00Z\"}", REST_PROBLEM_BAD_REQUEST, "/ends_at: "},
        {"{\"starts_at\":\"2027-01-11T09:00:00Z\",\"ends_at\":\"2027-01-11T09:00:00Z\"}",
         REST_PROBLEM_ENDS_BEFORE_START, "/ends_at: "},
        {"{\"starts_at\":\"2020-01-11T09:00:00Z\"}", REST_PROBLEM_IN_THE_PAST, "/starts_at: "},
        {"{\"starts_at\":\"2026-11-28T10:52:00Z\",\"ends_at\":\"2026-11-28T10:53:00Z\"}",
         REST_PROBLEM_IN_THE_PAST, "/ends_at: "},
        {"{\"recurrence\":\"FREQ=DAILY\"}", REST_PROBLEM_RECURRENCE, "/recurrence: needs"},
        {"{\"starts_at\":\"2027-01-11T09:00:00Z\",\"recurrence\":\"FREQ=NEVER\"}",
         REST_PROBLEM_RECURRENCE, "/recurrence: "},
        {"{\"starts_at\":\"2027-01-11T09:00:00Z\",\"recurrence\":\"FREQ=DAILY;UNTIL=20200101\"}",
         REST_PROBLEM_IN_THE_PAST, "/recurrence: "},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        assert_int_equal(cases[i].problem, apply(cases[i].text));
        if (strncmp(draft.why, cases[i].why, strlen(cases[i].why)) != 0)
            fail_msg("%s: %s", cases[i].text, draft.why);
    }
}

static void makes_up_rooms_that_can_be_said(void **state)
{
    char room[REST_MEETING_ROOM_LEN + 1], again[REST_MEETING_ROOM_LEN + 1];
    char clean[API_TEXT_ROOM_SIZE];
    (void)state;

    rest_meeting_body_make_room(room);
    rest_meeting_body_make_room(again);
    assert_int_equal(REST_MEETING_ROOM_LEN, strlen(room));
    assert_int_equal('-', room[3]);
    assert_int_equal('-', room[8]);
    assert_int_equal(0, api_text_clean_room(clean, room, strlen(room)));
    assert_string_equal(room, clean);
    assert_string_not_equal(room, again);
}

static int finish(void **state)
{
    (void)state;
    root = api_field_free(root);
    rest_meeting_body_finish(&draft);
    return 0;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes_what_is_named_and_keeps_the_rest),
        cmocka_unit_test(makes_a_pin_up_if_asked),
        cmocka_unit_test(counts_the_owner_among_the_people),
        cmocka_unit_test(refuses_what_is_wrong_with_a_pointer),
        cmocka_unit_test(makes_up_rooms_that_can_be_said),
    };

    return cmocka_run_group_tests(tests, NULL, finish);
}
