/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file test_call_set_limit.c  Calls: what is refused, and how much there may be
 */
#include <errno.h>

#include "tests/unit/mcu/call_fixture.h"

static void rejects_bad_settings(void **state)
{
    struct stage stage;
    struct call_set *set = NULL;
    struct call_set_cfg row[] = {call_set_defaults, call_set_defaults, call_set_defaults,
                                 call_set_defaults, call_set_defaults, call_set_defaults};
    (void)state;

    row[0].max_calls = 0;
    row[1].ring_ms = CALL_SET_RING_MS_MIN - 1;
    row[2].ring_ms = CALL_SET_RING_MS_MAX + 1;
    row[3].starts_per_minute = 0;
    row[4].ringing_out_max = 0;
    row[5].grace_ms = 300001;
    assert_int_equal(call_set_new(&set, &call_set_defaults), -EINVAL); /* no presence */
    stage_init(&stage, &call_set_defaults);
    for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); ++i) {
        assert_int_equal(call_set_configure(stage.set, &row[i]), -EINVAL);
        row[i].presence = stage.presence;
        assert_int_equal(call_set_new(&set, &row[i]), -EINVAL);
    }
    stage_finish(&stage);
    assert_null(call_set_free(NULL, 0));
}

static void refuses_targets_that_are_none(void **state)
{
    static const struct scene scenes[] = {
        {"in A1; in B1", "call A1 A", "!bad_target", ""},
        {"in A1; in B1", "call A1 BA", "!bad_target", ""},
        {"in A1; in B1", "call A1 BB", "!bad_target", ""},
        {"in A1; in B1", "call A1 SS", "!bad_target", ""},
        {"in A1", "call A1", "!bad_target", ""},
        {"in A1", "call A1 BCDEFGHIJKLMNOPQR", "!too_many_targets", ""},
    };
    (void)state;

    PLAY(scenes, &call_set_defaults);
}

static void refuses_what_is_too_long_or_no_text(void **state)
{
    struct call_party to = {.identity = "B"};
    struct call_set_start start = {.from = {.identity = "A"}, .device = 651, .to = &to, .nto = 1};
    struct call_set_started started;
    struct stage stage;
    (void)state;

    stage_init(&stage, &call_set_defaults);
    memset(to.identity, 'x', sizeof(to.identity)); /* no NUL */
    assert_int_equal(call_set_start(stage.set, &start, stage.now_us, &started), -EINVAL);
    assert_string_equal(started.code, "bad_target");
    to = (struct call_party){.identity = "B", .address = SIP_ADDRESS};
    (void)call_set_start(stage.set, &start, stage.now_us, &started);
    assert_string_equal(started.code, "bad_target");
    for (unsigned i = 0; i < 2; ++i) { /* addresses, but none that can be dialled */
        to = (struct call_party){.address = "sips:b@h"};
        if (i)
            to = (struct call_party){.address = "tel:+49301234"};
        (void)call_set_start(stage.set, &start, stage.now_us, &started);
        assert_string_equal(started.code, "bad_target");
    }
    to = (struct call_party){.identity = "B\x01"};
    (void)call_set_start(stage.set, &start, stage.now_us, &started);
    assert_string_equal(started.code, "bad_target");
    to = (struct call_party){.identity = "B"};
    start.room = "no such name";
    (void)call_set_start(stage.set, &start, stage.now_us, &started);
    assert_string_equal(started.code, "bad_room");
    start.room = NULL;
    start.from = (struct call_party){.name = "\xff", .identity = "A"};
    (void)call_set_start(stage.set, &start, stage.now_us, &started);
    assert_string_equal(started.code, "bad_caller");
    start.from = (struct call_party){.identity = ""};
    (void)call_set_start(stage.set, &start, stage.now_us, &started);
    assert_string_equal(started.code, "bad_caller");
    assert_int_equal(call_set_count(stage.set), 0);
    assert_string_equal(stage.records, "");
    stage_finish(&stage);
}

static void a_caller_has_so_many_starts_a_minute(void **state)
{
    struct call_set_started started;
    struct stage stage;
    (void)state;

    stage_init(&stage, &call_set_defaults);
    stage_play(&stage, "in A1; in B1");
    for (unsigned i = 0; i < 10; ++i)
        stage_play(&stage, "call A1 C"); /* offline: over at once */
    started = stage_call(&stage, "A1", "B", NULL);
    assert_string_equal(started.code, "rate_limited");
    assert_int_equal(started.retry_after_ms, 6000);
    assert_string_equal(stage_call(&stage, "B1", "C", NULL).code, ""); /* others are not meant */
    stage_wait(&stage, 6 * SECOND - 1);
    started = stage_call(&stage, "A1", "B", NULL);
    assert_string_equal(started.code, "rate_limited");
    assert_int_equal(started.retry_after_ms, 1);
    stage_wait(&stage, 1);
    assert_string_equal(stage_call(&stage, "A1", "B", NULL).code, "");
    stage_finish(&stage);
}

static void answering_by_calling_back_is_not_limited(void **state)
{
    struct stage stage;
    (void)state;

    stage_init(&stage, &call_set_defaults);
    stage_play(&stage, "in A1; in B1");
    for (unsigned i = 0; i < 10; ++i)
        stage_play(&stage, "call B1 C");
    stage_play(&stage, "call A1 B");
    assert_true(stage_call(&stage, "B1", "A", NULL).glare);
    stage_finish(&stage);
}

static void a_caller_rings_so_many_at_a_time(void **state)
{
    struct call_set_started started;
    struct stage stage;
    (void)state;

    stage_init(&stage, &call_set_defaults);
    stage_play(&stage, "in A1; in B1; in C1; in D1; in E1; in F1; in G1");
    stage_play(&stage, "call A1 B; call A1 C; call A1 D; call A1 E; call A1 F");
    started = stage_call(&stage, "A1", "G", NULL);
    assert_string_equal(started.code, "too_many_calls");
    stage_play(&stage, "accept 0 B1");
    started = stage_call(&stage, "A1", "G", NULL);
    assert_string_equal(started.code, "");
    stage_finish(&stage);
}

static void a_callee_is_rung_by_so_many_at_a_time(void **state)
{
    struct stage stage;
    (void)state;

    stage_init(&stage, &call_set_defaults);
    stage_play(&stage, "in Z1");
    for (char who = 'A'; who < 'A' + CALL_SET_RINGING_IN_MAX; ++who) {
        const char from[] = {who, '1', '\0'};

        assert_int_equal(stage_call(&stage, from, "Z", NULL).state, CALL_RINGING);
    }
    assert_int_equal(stage_call(&stage, "Y1", "Z", NULL).state, CALL_BUSY);
    stage_play(&stage, "decline 0 Z1");
    assert_int_equal(stage_call(&stage, "Y1", "Z", NULL).state, CALL_RINGING);
    stage_finish(&stage);
}

static void there_are_so_many_calls_in_all(void **state)
{
    struct call_set_cfg cfg = call_set_defaults;
    struct stage stage;
    (void)state;

    cfg.max_calls = 2;
    stage_init(&stage, &cfg);
    stage_play(&stage, "in A1; in B1; in C1; call A1 B; call A1 C");
    assert_string_equal(stage_call(&stage, "C1", "B", NULL).code, "calls_full");
    stage_play(&stage, "cancel 0 A1");
    assert_string_equal(stage_call(&stage, "C1", "B", NULL).code, "");
    stage_finish(&stage);
}

static void a_reason_is_a_short_text(void **state)
{
    char longest[CALL_REASON_CHARS * 2 + 3];
    const char *code;
    struct stage stage;
    (void)state;

    for (unsigned i = 0; i < CALL_REASON_CHARS + 1; ++i)
        memcpy(longest + i * 2, "\xc3\xa4", 3);
    stage_init(&stage, &call_set_defaults);
    stage_play(&stage, "in A1; in B1; call A1 B");
    assert_int_equal(
        call_set_decline(stage.set, stage.id[0], "B", 661, longest, stage.now_us, &code), -EINVAL);
    assert_string_equal(code, "bad_reason");
    assert_int_equal(
        call_set_decline(stage.set, stage.id[0], "B", 661, "\xc3", stage.now_us, &code), -EINVAL);
    longest[CALL_REASON_CHARS * 2] = '\0';
    assert_int_equal(
        call_set_decline(stage.set, stage.id[0], "B", 661, longest, stage.now_us, &code), 0);
    stage_finish(&stage);
}

static void new_settings_hold_for_new_calls(void **state)
{
    struct call_set_cfg cfg = call_set_defaults;
    struct stage stage;
    (void)state;

    stage_init(&stage, &call_set_defaults);
    stage_play(&stage, "in A1; in B1; in C1; call A1 B");
    cfg.ring_ms = 10000;
    cfg.call_waiting = false;
    assert_int_equal(call_set_configure(stage.set, &cfg), 0);
    stage_play(&stage, "call A1 C; wait 10");
    assert_string_equal(stage.events, "ring B1; ring C1; stop C1 timeout; C timeout; 1 timeout");
    stage_finish(&stage);
}

static void a_room_name_is_made_and_nobody_can_guess_it(void **state)
{
    struct stage stage;
    (void)state;

    stage_init(&stage, &call_set_defaults);
    stage_play(&stage, "in A1; in B1; call A1 B; call A1 B");
    assert_int_equal(strlen(stage.room[0]), strlen("call-") + 16);
    assert_memory_equal(stage.room[0], "call-", 5);
    assert_true(call_room_ok(stage.room[0]));
    assert_string_not_equal(stage.room[0], stage.room[1]);
    assert_memory_equal(stage.id[0], "cl_", 3);
    stage_finish(&stage);
}

struct tally {
    unsigned n;
    int leg[8];
};

static void count(const struct call *call, int leg, void *arg)
{
    struct tally *tally = arg;

    assert_non_null(call);
    tally->leg[tally->n++] = leg;
}

static void lists_the_calls_of_a_person(void **state)
{
    struct tally tally = {0};
    struct stage stage;
    (void)state;

    stage_init(&stage, &call_set_defaults);
    stage_play(&stage, "in A1; in B1; in C1; call A1 B; call B1 C; call C1 A; cancel 1 B1");
    call_set_each_of(stage.set, "A", count, &tally);
    assert_int_equal(tally.n, 2);
    assert_int_equal(tally.leg[0], 0); /* the latest one first */
    assert_int_equal(tally.leg[1], CALL_CALLER);
    assert_null(call_set_find(stage.set, stage.id[1]));
    assert_string_equal(call_set_find(stage.set, stage.id[2])->caller.identity, "C");
    stage_finish(&stage);
}

static void stopping_ends_every_call(void **state)
{
    struct stage stage;
    (void)state;

    stage_init(&stage, &call_set_defaults);
    stage_play(&stage, "in A1; in B1; in C1; call A1 B; accept 0 B1; call C1 S");
    stage.events[0] = stage.records[0] = '\0';
    stage.set = call_set_free(stage.set, stage.now_us);
    assert_non_null(strstr(stage.events, "leave A1; leave B1; 0 ended"));
    assert_non_null(strstr(stage.events, "undial S0 cancelled; S cancelled; 1 cancelled"));
    assert_non_null(strstr(stage.records, "0 ended end"));
    stage_finish(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rejects_bad_settings),
        cmocka_unit_test(refuses_targets_that_are_none),
        cmocka_unit_test(refuses_what_is_too_long_or_no_text),
        cmocka_unit_test(a_caller_has_so_many_starts_a_minute),
        cmocka_unit_test(answering_by_calling_back_is_not_limited),
        cmocka_unit_test(a_caller_rings_so_many_at_a_time),
        cmocka_unit_test(a_callee_is_rung_by_so_many_at_a_time),
        cmocka_unit_test(there_are_so_many_calls_in_all),
        cmocka_unit_test(a_reason_is_a_short_text),
        cmocka_unit_test(new_settings_hold_for_new_calls),
        cmocka_unit_test(a_room_name_is_made_and_nobody_can_guess_it),
        cmocka_unit_test(lists_the_calls_of_a_person),
        cmocka_unit_test(stopping_ends_every_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
