/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file test_call_set.c  Calls: ringing, answers, ends, one rule after the other
 */
#include "tests/unit/mcu/call_fixture.h"

#define TWO      "in A1; in B1"
#define TALKING  "in A1; in B1; call A1 B; accept 0 B1"
#define TOGETHER "in A1; in B1; in C1; call A1 BC; accept 0 B1"

static void every_device_rings_and_the_first_answer_wins(void **state)
{
    static const struct scene scenes[] = {
        {TWO, "call A1 B", "ring B1", "0 ringing"},
        {"in A1; in B1; in B2; phone B3", "call A1 B", "ring B1; ring B2; dial B3", NULL},
        {"in A1; in B1; in B2; phone B3; call A1 B", "accept 0 B2",
         "undial B3 elsewhere; stop B2 accepted; stop B1 elsewhere; B accepted; 0 accepted; "
         "enter A1; enter B2",
         "B accepted; 0 accepted"},
        {"in A1; in B1; in B2; call A1 B; accept 0 B2", "accept 0 B1; accept 0 B2",
         "!already_answered; !already_answered", ""},
        {"in A1; in B1; in C1; call A1 B", "accept 0 C1; accept 0 A1; accept 0 B9; decline 0 C1",
         "!not_yours; !not_yours; !not_yours; !not_yours", ""},
        {TWO, "accept 0 B1; decline 0 B1; cancel 0 A1; hangup 0 A1; left 0 A",
         "!call_not_found; !call_not_found; !call_not_found; !call_not_found; !call_not_found", ""},
    };
    (void)state;

    PLAY(scenes, &call_set_defaults);
}

static void one_device_declines_for_all_of_them(void **state)
{
    static const struct scene scenes[] = {
        {"in A1; in B1; in B2; phone B3; call A1 B", "decline 0 B1",
         "undial B3 elsewhere; stop B2 elsewhere; stop B1 declined; B declined; 0 declined",
         "B declined; 0 declined end"},
        {"in A1; in B1; in B2; call A1 B", "decline 0 B0",
         "stop B2 declined; stop B1 declined; B declined; 0 declined", NULL},
        {"in A1; in B1; call A1 B; decline 0 B1", "decline 0 B1; accept 0 B1",
         "!call_not_found; !call_not_found", ""},
        {"in A1; in B1; in C1; call A1 BC; decline 0 B1", "accept 0 B1; decline 0 B1",
         "!not_ringing; !not_ringing", ""},
    };
    (void)state;

    PLAY(scenes, &call_set_defaults);
}

static void who_is_not_there_fails_at_once_but_has_missed_it(void **state)
{
    static const struct scene scenes[] = {
        {"in A1", "call A1 B", "=failed offline", "0 ringing; B failed missed; 0 failed end"},
        {"in A1; in B1", "call A1 BC", "ring B1", "0 ringing; C failed missed"},
        {"in A1; in B1; call A1 BC", "wait 60", "stop B1 timeout; B timeout; 0 timeout", NULL},
        /* Away is not gone: he may come back. */
        {"in A1; in B1; away B1", "call A1 B; back B1", "ring B1", NULL},
    };
    (void)state;

    PLAY(scenes, &call_set_defaults);
}

static void who_is_busy_is_told_that_a_call_waits_or_not_rung_at_all(void **state)
{
    static const struct scene waiting[] = {
        {TALKING "; in C1", "call C1 B; call C1 A", "ring B1*; ring A1*", NULL},
        /* He calls somebody himself. */
        {"in A1; in B1; in C1; call A1 B", "call C1 A", "ring A1*", NULL},
        /* Being rung is not being busy. */
        {"in A1; in B1; in C1; call A1 B", "call C1 B", "ring B1", NULL},
        {TALKING "; in C1; hangup 0 A1", "call C1 B", "ring B1", NULL},
        {TOGETHER "; in D1; decline 0 C1", "call D1 C", "ring C1", NULL},
    };
    static const struct scene not_waiting[] = {
        {TALKING "; in C1", "call C1 B", "=busy busy", "1 ringing; B busy missed; 1 busy end"},
        {TALKING "; in C1; in D1", "call C1 BD; accept 1 D1",
         "ring D1; stop D1 accepted; D accepted; 1 accepted; enter C1; enter D1", NULL},
        {"in A1; in B1; in C1; call A1 B", "call C1 B", "ring B1", NULL},
    };
    struct call_set_cfg cfg = call_set_defaults;
    (void)state;

    PLAY(waiting, &cfg);
    cfg.call_waiting = false;
    PLAY(not_waiting, &cfg);
}

static void somebody_in_a_room_is_busy_too(void **state)
{
    struct call_set_cfg cfg = call_set_defaults;
    struct stage stage;
    (void)state;

    cfg.call_waiting = false;
    stage_init(&stage, &cfg);
    stage_play(&stage, TWO);
    assert_int_equal(presence_enter(stage.presence, "B"), 0);
    stage_play(&stage, "call A1 B");
    presence_leave(stage.presence, "B");
    stage_play(&stage, "call A1 B");
    assert_string_equal(stage.events, "=busy busy; ring B1");
    stage_finish(&stage);
}

static enum presence_state state_of(const struct stage *stage, const char *identity)
{
    struct presence_info info;

    presence_look(stage->presence, identity, &info);
    return info.state;
}

static void whoever_is_in_an_answered_call_is_busy_for_those_who_watch_him(void **state)
{
    struct stage stage;
    (void)state;

    stage_init(&stage, &call_set_defaults);
    stage_play(&stage, "in A1; in B1; in C1; call A1 BC; decline 0 C1");
    assert_int_equal(state_of(&stage, "A"), PRESENCE_ONLINE);
    stage_play(&stage, "accept 0 B1");
    assert_int_equal(state_of(&stage, "A"), PRESENCE_BUSY);
    assert_int_equal(state_of(&stage, "B"), PRESENCE_BUSY);
    assert_int_equal(state_of(&stage, "C"), PRESENCE_ONLINE);
    assert_int_equal(presence_enter(stage.presence, "A"), 0); /* the room counts, too */
    stage_play(&stage, "hangup 0 B1");
    assert_int_equal(state_of(&stage, "A"), PRESENCE_BUSY);
    presence_leave(stage.presence, "A");
    assert_int_equal(state_of(&stage, "A"), PRESENCE_ONLINE);
    assert_int_equal(state_of(&stage, "B"), PRESENCE_ONLINE);
    stage_finish(&stage);
}

static void a_call_that_nobody_answers_times_out_and_is_missed(void **state)
{
    static const struct scene scenes[] = {
        {"in A1; in B1; in B2; call A1 B", "wait 59; wait 1",
         "stop B2 timeout; stop B1 timeout; B timeout; 0 timeout",
         "B timeout missed; 0 timeout end"},
        {"in A1; in B1; call A1 B", "wait 59", "", ""},
        {"in A1; call A1 S", "wait 60", "undial S0 timeout; S timeout; 0 timeout", NULL},
    };
    (void)state;

    PLAY(scenes, &call_set_defaults);
}

static void the_ring_time_is_the_callers_if_he_names_one(void **state)
{
    static const struct {
        uint32_t ring_ms, wait_ms;
        const char *code;
    } row[] = {{0, 60000, ""},
               {5000, 5000, ""},
               {600000, 600000, ""},
               {4999, 0, "bad_timeout"},
               {600001, 0, "bad_timeout"}};
    (void)state;

    for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); ++i) {
        const struct call_party to = {.identity = "B"};
        const struct call_set_start start = {.from = {.identity = "A"},
                                             .device = 651,
                                             .to = &to,
                                             .nto = 1,
                                             .ring_ms = row[i].ring_ms};
        struct call_set_started started;
        struct stage stage;

        stage_init(&stage, &call_set_defaults);
        stage_play(&stage, TWO);
        (void)call_set_start(stage.set, &start, stage.now_us, &started);
        assert_string_equal(started.code, row[i].code);
        if (!*started.code) {
            assert_int_equal(started.expires_us, stage.now_us + row[i].wait_ms * 1000ull);
            assert_int_equal(call_set_next_us(stage.set), started.expires_us);
        } else {
            assert_int_equal(call_set_count(stage.set), 0);
        }
        stage_finish(&stage);
    }
}

static void the_caller_may_give_up(void **state)
{
    static const struct scene scenes[] = {
        {"in A1; in B1; phone B2; call A1 B", "cancel 0 A1",
         "undial B2 cancelled; stop B1 cancelled; B cancelled; 0 cancelled",
         "B cancelled missed; 0 cancelled end"},
        {"in A1; in B1; call A1 B", "hangup 0 A1", "stop B1 cancelled; B cancelled; 0 cancelled",
         NULL},
        {"in A1; in B1; in C1; call A1 B", "cancel 0 B1; cancel 0 C1; hangup 0 B1",
         "!not_yours; !not_yours; !not_answered", ""},
        {TALKING, "cancel 0 A1", "!already_answered", ""},
        /* In a group he gives up on those who still ring. */
        {TOGETHER, "cancel 0 A1", "stop C1 cancelled; C cancelled", "C cancelled missed"},
    };
    (void)state;

    PLAY(scenes, &call_set_defaults);
}

static void a_caller_who_is_lost_has_a_grace_to_come_back(void **state)
{
    static const struct scene scenes[] = {
        {"in A1; in B1; call A1 B; away A1", "wait 29; back A1; wait 10", "", ""},
        {"in A1; in B1; call A1 B; away A1", "wait 30",
         "stop B1 cancelled; B cancelled; 0 cancelled", "B cancelled missed; 0 cancelled end"},
        {"in A1; in B1; call A1 B; out A1", "wait 30",
         "stop B1 cancelled; B cancelled; 0 cancelled", NULL},
        {"in A1; in B1; call A1 B; wait 31; away A1", "wait 29",
         "stop B1 timeout; B timeout; 0 timeout", NULL},
        /* A registration that ends says nothing about the phone's call. */
        {"phone A1; in B1; call A1 B; out A1", "wait 59", "", ""},
        {TALKING "; away A1", "wait 29; back A1; wait 100", "", ""},
        {TALKING "; away A1", "wait 30", "leave B1", NULL},
        {TALKING "; away B1", "wait 30", "B left; leave A1; 0 ended", NULL},
    };
    (void)state;

    PLAY(scenes, &call_set_defaults);
}

static void two_who_call_each_other_meet_in_the_first_call(void **state)
{
    static const struct scene scenes[] = {
        {"in A1; in B1; call A1 B", "call B1 A",
         "stop B1 accepted; B accepted; 0 accepted; enter A1; enter B1; =glare 0",
         "B accepted; 0 accepted"},
        {"in A1; in A2; in B1; in B2; call A1 B", "call B2 A",
         "stop B2 accepted; stop B1 elsewhere; B accepted; 0 accepted; enter A1; enter B2; =glare "
         "0",
         NULL},
        {"in A1; in B1; phone B2; call A1 B", "call B2 A",
         "undial B2 elsewhere; stop B1 elsewhere; B accepted; 0 accepted; enter A1; enter B2; "
         "=glare 0",
         NULL},
        /* The oldest of several. */
        {"in A1; in B1; call A1 B; call A1 B", "call B1 A",
         "stop B1 accepted; B accepted; 0 accepted; enter A1; enter B1; =glare 0", NULL},
        /* Only one to one. */
        {"in A1; in B1; in C1; call A1 BC", "call B1 A", "ring A1*", NULL},
        {"in A1; in B1; in C1; call A1 B", "call B1 AC", "ring A1*; ring C1", NULL},
        /* Only while it rings. */
        {TALKING, "call B1 A", "ring A1*", NULL},
    };
    (void)state;

    PLAY(scenes, &call_set_defaults);
}

static void devices_that_come_ring_and_those_that_go_stop(void **state)
{
    static const struct scene scenes[] = {
        {"in A1; in B1; call A1 B", "in B2; phone B3", "ring B2; dial B3", ""},
        {"in A1; in B1; in B2; call A1 B", "out B1; accept 0 B1; accept 0 B2",
         "stop B1 cancelled; !not_yours; stop B2 accepted; B accepted; 0 accepted; enter A1; "
         "enter B2",
         NULL},
        /* The last one: somebody may come back. */
        {"in A1; in B1; call A1 B", "out B1; wait 30; in B2; accept 0 B2",
         "stop B1 cancelled; ring B2; stop B2 accepted; B accepted; 0 accepted; enter A1; enter B2",
         NULL},
        {"in A1; in B1; call A1 B", "out B1; wait 60", "stop B1 cancelled; B timeout; 0 timeout",
         "B timeout missed; 0 timeout end"},
        {"in A1; in B1; call A1 B", "away B1; back B1; back B1", "stop B1 cancelled; ring B1", ""},
        {"in A1; in B1; phone B2; call A1 B", "out B2", "undial B2 cancelled", ""},
        /* Of two calls at once. */
        {"in A1; in B1; in C1; call A1 B; call C1 B", "out B1; in B2",
         "stop B1 cancelled; stop B1 cancelled; ring B2; ring B2", ""},
        {TALKING, "in B2", "", ""},
    };
    (void)state;

    PLAY(scenes, &call_set_defaults);
}

static void in_a_group_everybody_answers_for_himself(void **state)
{
    static const struct scene scenes[] = {
        {"in A1; in B1; in C1", "call A1 BC; accept 0 B1",
         "ring B1; ring C1; stop B1 accepted; B accepted; 0 accepted; enter A1; enter B1", NULL},
        {TOGETHER, "accept 0 C1", "stop C1 accepted; C accepted; enter C1", "C accepted"},
        {TOGETHER, "decline 0 C1", "stop C1 declined; C declined", "C declined"},
        {TOGETHER, "wait 60", "stop C1 timeout; C timeout", "C timeout missed"},
        /* Nobody: the first of timeout, declined, busy, failed. */
        {"in A1; in B1; in C1; call A1 BC; decline 0 B1", "wait 60",
         "stop C1 timeout; C timeout; 0 timeout", NULL},
        {"in A1; in B1; call A1 BC", "decline 0 B1", "stop B1 declined; B declined; 0 declined",
         NULL},
        /* The one who came leaves while another still rings. */
        {TOGETHER, "hangup 0 B1; accept 0 C1", "B left; stop C1 accepted; C accepted; enter C1",
         "B accepted left; C accepted"},
        {TOGETHER "; hangup 0 B1", "wait 60", "stop C1 timeout; C timeout; leave A1; 0 ended",
         "C timeout missed; 0 ended end"},
        {TOGETHER, "hangup 0 A1; hangup 0 B1", "stop C1 cancelled", NULL},
    };
    (void)state;

    PLAY(scenes, &call_set_defaults);
}

static void hanging_up_ends_it_for_the_last_two_only(void **state)
{
    static const struct scene scenes[] = {
        {TALKING, "hangup 0 A1", "leave B1", "B accepted left; 0 ended end"},
        {TALKING, "hangup 0 B1", "B left; leave A1; 0 ended", "B accepted left; 0 ended end"},
        {TALKING, "hangup 0 B1; hangup 0 A1", "B left; leave A1; 0 ended; !call_not_found", NULL},
        {TALKING, "leaves B1", "B left; leave A1; 0 ended", NULL},
        {TALKING, "left 0 B", "B left; leave A1; 0 ended", NULL},
        {TALKING, "left 0 A", "leave B1", NULL},
        /* A third one came by himself: the call is over, its room is not. */
        {TALKING "; join D1", "hangup 0 B1", "B left; 0 ended", NULL},
        {TOGETHER "; accept 0 C1", "hangup 0 C1", "C left", "C accepted left"},
        {TOGETHER "; accept 0 C1", "hangup 0 A1; hangup 0 A1", "!not_yours", ""},
        {TOGETHER "; accept 0 C1", "hangup 0 C1; hangup 0 B1", "C left; B left; leave A1; 0 ended",
         NULL},
        {TALKING, "leaves A2; leaves B2", "", ""}, /* with another device than in the call */
        {"in A1; in B1; call A0 B; accept 0 B1", "leaves A1", "leave B1", NULL},
        {TALKING, "end", "0 ended", "B accepted left; 0 ended end"},
        {"in A1; in B1; call A1 B", "end", "stop B1 cancelled; B cancelled; 0 cancelled", NULL},
    };
    (void)state;

    PLAY(scenes, &call_set_defaults);
}

static void adding_people_drops_nobody(void **state)
{
    static const struct scene scenes[] = {
        {TALKING "; in C1", "add A1 C; accept 1 C1",
         "ring C1; stop C1 accepted; C accepted; 1 accepted; enter A1; enter C1", NULL},
        {TALKING "; in C1; add A1 C", "decline 1 C1", "stop C1 declined; C declined; 1 declined",
         NULL},
        {TALKING "; in C1; add A1 C; accept 1 C1", "leaves C1", "C left; 1 ended", NULL},
        {TALKING "; in C1; add A1 C; accept 1 C1", "leaves B1; leaves C1",
         "B left; 0 ended; C left; leave A1; 1 ended", NULL},
        {TALKING "; in C1; add A1 C; accept 1 C1", "leaves A1; leaves C1", "", NULL},
        /* The other hangs up while the new one is still being called. */
        {TALKING "; in C1; add A1 C", "leaves B1; accept 1 C1",
         "B left; 0 ended; stop C1 accepted; C accepted; 1 accepted; enter A1; enter C1", NULL},
        {TALKING "; in C1; add A1 C", "leaves A1",
         "stop C1 cancelled; C cancelled; 1 cancelled; leave B1", NULL},
        {TALKING "; in C1", "add A1 BC", "ring C1", "1 ringing; B failed"},
    };
    (void)state;

    PLAY(scenes, &call_set_defaults);
}

static void nobody_is_sent_from_a_meeting_by_a_call_to_it(void **state)
{
    struct stage stage;
    (void)state;

    stage_init(&stage, &call_set_defaults);
    stage_play(&stage, TWO "; join A1");
    (void)stage_call(&stage, "A1", "B", "daily");
    assert_string_equal(stage.room[0], "daily");
    stage_play(&stage, "accept 0 B1; hangup 0 B1");
    assert_string_equal(stage.events,
                        "ring B1; stop B1 accepted; B accepted; 0 accepted; enter A1; "
                        "enter B1; B left; 0 ended");
    stage.events[0] = '\0';
    stage_play(&stage, "in C1");
    (void)stage_call(&stage, "A1", "BC", "daily");
    stage_play(&stage, "accept 1 B1; hangup 1 B1; wait 60");
    assert_string_equal(stage.events,
                        "ring B1; ring C1; stop B1 accepted; B accepted; 1 accepted; enter A1; "
                        "enter B1; B left; stop C1 timeout; C timeout; 1 ended");
    stage_finish(&stage);
}

static void phones_ring_answer_and_refuse(void **state)
{
    static const struct scene scenes[] = {
        {"in A1", "call A1 S; alert 0 S0; alert 0 S0; answer 0 S0",
         "dial S0; S ringing; S accepted; 0 accepted; enter A1; enter S0", NULL},
        {"in A1; in B1; phone B2; call A1 B", "answer 0 B2",
         "stop B1 elsewhere; B accepted; 0 accepted; enter A1; enter B2", NULL},
        {"in A1; in B1; phone B2; call A1 B; accept 0 B1", "answer 0 B2; fail 0 B2 487",
         "!already_answered; !already_answered", ""},
        {"in A1; call A1 S", "fail 0 S0 486", "S busy; 0 busy", "S busy missed; 0 busy end"},
        {"in A1; call A1 S", "fail 0 S0 603", "S declined; 0 declined", NULL},
        {"in A1; call A1 S", "fail 0 S0 404", "S failed; 0 failed", "S failed; 0 failed end"},
        {"in A1; call A1 S", "fail 0 S0 480", "S failed; 0 failed",
         "S failed missed; 0 failed end"},
        {"in A1; call A1 S", "fail 0 S0 408", "S timeout; 0 timeout", NULL},
        /* One of several is busy or broken: the others ring on; one declines: all stop. */
        {"in A1; in B1; phone B2; call A1 B", "fail 0 B2 486; accept 0 B1",
         "stop B1 accepted; B accepted; 0 accepted; enter A1; enter B1", NULL},
        {"in A1; in B1; phone B2; call A1 B", "fail 0 B2 603",
         "stop B1 elsewhere; B declined; 0 declined", NULL},
        {"in A1; phone B1; phone B2; call A1 B", "fail 0 B1 486; fail 0 B2 480", "B busy; 0 busy",
         NULL},
        {"in A1; phone B1; phone B2; call A1 B", "fail 0 B1 500; fail 0 B1 500; back B1",
         "!not_yours", ""},
        {"in A1; in B1; call A1 B", "answer 0 B1; alert 0 B1; fail 0 B1 486; answer 0 C1",
         "!not_yours; !not_yours; !not_yours; !not_yours", ""},
        {"in A1; call A1 S; answer 0 S0", "left 0 S", "S left; leave A1; 0 ended", NULL},
        {"in A1; call A1 S", "cancel 0 A1; answer 0 S0",
         "undial S0 cancelled; S cancelled; 0 cancelled; !call_not_found", NULL},
    };
    (void)state;

    PLAY(scenes, &call_set_defaults);
}

static void a_phone_that_cannot_be_dialled_fails_at_once(void **state)
{
    struct stage stage;
    (void)state;

    stage_init(&stage, &call_set_defaults);
    stage.dial_fails = true;
    stage_play(&stage, "in A1; phone B1; call A1 S; call A1 B; in B2; call A1 B");
    assert_string_equal(stage.events, "dial S0; =failed failed; dial B1; =failed failed; "
                                      "dial B1; ring B2");
    stage_finish(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_device_rings_and_the_first_answer_wins),
        cmocka_unit_test(one_device_declines_for_all_of_them),
        cmocka_unit_test(who_is_not_there_fails_at_once_but_has_missed_it),
        cmocka_unit_test(who_is_busy_is_told_that_a_call_waits_or_not_rung_at_all),
        cmocka_unit_test(somebody_in_a_room_is_busy_too),
        cmocka_unit_test(whoever_is_in_an_answered_call_is_busy_for_those_who_watch_him),
        cmocka_unit_test(a_call_that_nobody_answers_times_out_and_is_missed),
        cmocka_unit_test(the_ring_time_is_the_callers_if_he_names_one),
        cmocka_unit_test(the_caller_may_give_up),
        cmocka_unit_test(a_caller_who_is_lost_has_a_grace_to_come_back),
        cmocka_unit_test(two_who_call_each_other_meet_in_the_first_call),
        cmocka_unit_test(devices_that_come_ring_and_those_that_go_stop),
        cmocka_unit_test(in_a_group_everybody_answers_for_himself),
        cmocka_unit_test(hanging_up_ends_it_for_the_last_two_only),
        cmocka_unit_test(adding_people_drops_nobody),
        cmocka_unit_test(nobody_is_sent_from_a_meeting_by_a_call_to_it),
        cmocka_unit_test(phones_ring_answer_and_refuse),
        cmocka_unit_test(a_phone_that_cannot_be_dialled_fails_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
