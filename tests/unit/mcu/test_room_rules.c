/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file test_room_rules.c  The policy of a room, and who gets in
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/room/room_rules.h"

/* A guest without anything, in a room that is open; what differs is in the row. */
struct row {
    const char *what;
    struct room_rules rules;
    struct room_ticket ticket;
    struct room_state state;
    enum room_rules_verdict verdict;
    const char *code;
    enum room_rules_role role;
};

#define OPEN                                                                                       \
    {                                                                                              \
        .locked = false                                                                            \
    }
#define TOKEN(role_)                                                                               \
    {                                                                                              \
        .has_token = true, .token_room = true, .token_role = role_                                 \
    }
#define HOST_TOKEN TOKEN(ROOM_RULES_HOST)
#define NOT_EMPTY                                                                                  \
    {                                                                                              \
        .nmembers = 2                                                                              \
    }
#define FULL                                                                                       \
    {                                                                                              \
        .nmembers = 3, .host_present = true                                                        \
    }

static const struct row rows[] = {
    {"open", OPEN, {0}, NOT_EMPTY, ROOM_RULES_ADMIT, "", ROOM_RULES_GUEST},
    {"viewer by token", OPEN, TOKEN(ROOM_RULES_VIEWER), NOT_EMPTY, ROOM_RULES_ADMIT, "",
     ROOM_RULES_VIEWER},
    {"token without a role", OPEN, TOKEN(ROOM_RULES_NOBODY), NOT_EMPTY, ROOM_RULES_ADMIT, "",
     ROOM_RULES_GUEST},
    {"host by token", OPEN, HOST_TOKEN, NOT_EMPTY, ROOM_RULES_ADMIT, "", ROOM_RULES_HOST},
    {"owner with a guest's token",
     OPEN,
     {.has_token = true, .token_room = true, .member_role = ROOM_RULES_HOST},
     NOT_EMPTY,
     ROOM_RULES_ADMIT,
     "",
     ROOM_RULES_HOST},
    {"participant listed as viewer",
     OPEN,
     {.member_role = ROOM_RULES_VIEWER},
     NOT_EMPTY,
     ROOM_RULES_ADMIT,
     "",
     ROOM_RULES_VIEWER},

    {"banned", OPEN, {.banned = true}, NOT_EMPTY, ROOM_RULES_DENY, "banned", ROOM_RULES_NOBODY},
    {"banned host",
     OPEN,
     {.has_token = true, .token_room = true, .token_role = ROOM_RULES_HOST, .banned = true},
     NOT_EMPTY,
     ROOM_RULES_DENY,
     "banned",
     ROOM_RULES_NOBODY},
    {"banned and let in",
     OPEN,
     {.banned = true, .let_in = true},
     NOT_EMPTY,
     ROOM_RULES_DENY,
     "banned",
     ROOM_RULES_NOBODY},

    {"token of another room",
     OPEN,
     {.has_token = true},
     NOT_EMPTY,
     ROOM_RULES_DENY,
     "token_room",
     ROOM_RULES_NOBODY},
    {"host's token of another room",
     OPEN,
     {.has_token = true, .token_role = ROOM_RULES_HOST},
     NOT_EMPTY,
     ROOM_RULES_DENY,
     "token_room",
     ROOM_RULES_NOBODY},

    {"members only",
     {.members_only = true},
     {0},
     NOT_EMPTY,
     ROOM_RULES_DENY,
     "guests_not_allowed",
     ROOM_RULES_NOBODY},
    {"members only, account",
     {.members_only = true},
     {.signed_in = true},
     NOT_EMPTY,
     ROOM_RULES_ADMIT,
     "",
     ROOM_RULES_GUEST},
    {"members only, token",
     {.members_only = true},
     TOKEN(ROOM_RULES_GUEST),
     NOT_EMPTY,
     ROOM_RULES_ADMIT,
     "",
     ROOM_RULES_GUEST},
    {"members only, host PIN",
     {.members_only = true, .host_pin = "9999"},
     {.pin = "9999"},
     NOT_EMPTY,
     ROOM_RULES_ADMIT,
     "",
     ROOM_RULES_HOST},

    {"PIN missing",
     {.pin = "1234"},
     {0},
     NOT_EMPTY,
     ROOM_RULES_DENY,
     "pin_required",
     ROOM_RULES_NOBODY},
    {"PIN empty",
     {.pin = "1234"},
     {.pin = ""},
     NOT_EMPTY,
     ROOM_RULES_DENY,
     "pin_required",
     ROOM_RULES_NOBODY},
    {"PIN wrong",
     {.pin = "1234"},
     {.pin = "1235"},
     NOT_EMPTY,
     ROOM_RULES_DENY,
     "pin_wrong",
     ROOM_RULES_NOBODY},
    {"PIN right",
     {.pin = "1234"},
     {.pin = "1234"},
     NOT_EMPTY,
     ROOM_RULES_ADMIT,
     "",
     ROOM_RULES_GUEST},
    {"host PIN",
     {.pin = "1234", .host_pin = "9999"},
     {.pin = "9999"},
     NOT_EMPTY,
     ROOM_RULES_ADMIT,
     "",
     ROOM_RULES_HOST},
    {"host PIN alone, wrong",
     {.host_pin = "9999"},
     {.pin = "9998"},
     NOT_EMPTY,
     ROOM_RULES_DENY,
     "pin_wrong",
     ROOM_RULES_NOBODY},
    {"host PIN alone, not given",
     {.host_pin = "9999"},
     {0},
     NOT_EMPTY,
     ROOM_RULES_ADMIT,
     "",
     ROOM_RULES_GUEST},
    {"PIN given, none needed",
     OPEN,
     {.pin = "1"},
     NOT_EMPTY,
     ROOM_RULES_ADMIT,
     "",
     ROOM_RULES_GUEST},
    {"PIN, account",
     {.pin = "1234"},
     {.signed_in = true},
     NOT_EMPTY,
     ROOM_RULES_DENY,
     "pin_required",
     ROOM_RULES_NOBODY},
    {"PIN, token",
     {.pin = "1234"},
     TOKEN(ROOM_RULES_GUEST),
     NOT_EMPTY,
     ROOM_RULES_ADMIT,
     "",
     ROOM_RULES_GUEST},
    {"PIN wrong, token",
     {.pin = "1234"},
     {.has_token = true, .token_room = true, .pin = "1"},
     NOT_EMPTY,
     ROOM_RULES_DENY,
     "pin_wrong",
     ROOM_RULES_NOBODY},
    {"PIN wrong, host",
     {.pin = "1234"},
     {.member_role = ROOM_RULES_HOST, .pin = "1"},
     NOT_EMPTY,
     ROOM_RULES_ADMIT,
     "",
     ROOM_RULES_HOST},
    {"PIN, listed",
     {.pin = "1234"},
     {.member_role = ROOM_RULES_GUEST},
     NOT_EMPTY,
     ROOM_RULES_ADMIT,
     "",
     ROOM_RULES_GUEST},

    {"locked",
     {.locked = true},
     TOKEN(ROOM_RULES_GUEST),
     NOT_EMPTY,
     ROOM_RULES_DENY,
     "locked",
     ROOM_RULES_NOBODY},
    {"locked, let in",
     {.locked = true},
     {.let_in = true},
     NOT_EMPTY,
     ROOM_RULES_ADMIT,
     "",
     ROOM_RULES_GUEST},
    {"locked, host",
     {.locked = true},
     HOST_TOKEN,
     NOT_EMPTY,
     ROOM_RULES_ADMIT,
     "",
     ROOM_RULES_HOST},
    {"locked, PIN not told",
     {.locked = true, .pin = "1234"},
     {0},
     NOT_EMPTY,
     ROOM_RULES_DENY,
     "pin_required",
     ROOM_RULES_NOBODY},
    {"locked and empty",
     {.locked = true, .first_is_host = true},
     {0},
     {0},
     ROOM_RULES_DENY,
     "locked",
     ROOM_RULES_NOBODY},

    {"full", {.max_participants = 3}, {0}, FULL, ROOM_RULES_DENY, "room_full", ROOM_RULES_NOBODY},
    {"full, host",
     {.max_participants = 3},
     HOST_TOKEN,
     FULL,
     ROOM_RULES_DENY,
     "room_full",
     ROOM_RULES_NOBODY},
    {"full, let in",
     {.max_participants = 3},
     {.let_in = true},
     FULL,
     ROOM_RULES_DENY,
     "room_full",
     ROOM_RULES_NOBODY},
    {"last place", {.max_participants = 3}, {0}, NOT_EMPTY, ROOM_RULES_ADMIT, "", ROOM_RULES_GUEST},

    {"no host",
     {.wait_for_host = true},
     TOKEN(ROOM_RULES_GUEST),
     NOT_EMPTY,
     ROOM_RULES_WAIT_HOST,
     "waiting_for_host",
     ROOM_RULES_GUEST},
    {"no host, let in",
     {.wait_for_host = true},
     {.let_in = true},
     NOT_EMPTY,
     ROOM_RULES_WAIT_HOST,
     "waiting_for_host",
     ROOM_RULES_GUEST},
    {"no host, viewer",
     {.wait_for_host = true},
     TOKEN(ROOM_RULES_VIEWER),
     NOT_EMPTY,
     ROOM_RULES_WAIT_HOST,
     "waiting_for_host",
     ROOM_RULES_VIEWER},
    {"host is there", {.wait_for_host = true}, {0}, FULL, ROOM_RULES_ADMIT, "", ROOM_RULES_GUEST},
    {"is the host",
     {.wait_for_host = true},
     HOST_TOKEN,
     NOT_EMPTY,
     ROOM_RULES_ADMIT,
     "",
     ROOM_RULES_HOST},
    {"host first, then the lobby",
     {.wait_for_host = true, .lobby = ROOM_RULES_LOBBY_ALL},
     {0},
     NOT_EMPTY,
     ROOM_RULES_WAIT_HOST,
     "waiting_for_host",
     ROOM_RULES_GUEST},

    {"lobby for guests",
     {.lobby = ROOM_RULES_LOBBY_GUESTS},
     {0},
     NOT_EMPTY,
     ROOM_RULES_WAIT_LOBBY,
     "lobby",
     ROOM_RULES_GUEST},
    {"lobby for guests, account",
     {.lobby = ROOM_RULES_LOBBY_GUESTS},
     {.signed_in = true},
     NOT_EMPTY,
     ROOM_RULES_ADMIT,
     "",
     ROOM_RULES_GUEST},
    {"lobby for guests, token",
     {.lobby = ROOM_RULES_LOBBY_GUESTS},
     TOKEN(ROOM_RULES_GUEST),
     NOT_EMPTY,
     ROOM_RULES_ADMIT,
     "",
     ROOM_RULES_GUEST},
    {"lobby for all, token",
     {.lobby = ROOM_RULES_LOBBY_ALL},
     TOKEN(ROOM_RULES_GUEST),
     NOT_EMPTY,
     ROOM_RULES_WAIT_LOBBY,
     "lobby",
     ROOM_RULES_GUEST},
    {"lobby for all, let in",
     {.lobby = ROOM_RULES_LOBBY_ALL},
     {.let_in = true},
     NOT_EMPTY,
     ROOM_RULES_ADMIT,
     "",
     ROOM_RULES_GUEST},
    {"lobby for all, host",
     {.lobby = ROOM_RULES_LOBBY_ALL},
     HOST_TOKEN,
     NOT_EMPTY,
     ROOM_RULES_ADMIT,
     "",
     ROOM_RULES_HOST},
    {"lobby, PIN first",
     {.lobby = ROOM_RULES_LOBBY_ALL, .pin = "1234"},
     {.pin = "4321"},
     NOT_EMPTY,
     ROOM_RULES_DENY,
     "pin_wrong",
     ROOM_RULES_NOBODY},

    {"first", {.first_is_host = true}, {0}, {0}, ROOM_RULES_ADMIT, "", ROOM_RULES_HOST},
    {"first, guest by token",
     {.first_is_host = true},
     TOKEN(ROOM_RULES_GUEST),
     {0},
     ROOM_RULES_ADMIT,
     "",
     ROOM_RULES_GUEST},
    {"first, token without a role",
     {.first_is_host = true},
     TOKEN(ROOM_RULES_NOBODY),
     {0},
     ROOM_RULES_ADMIT,
     "",
     ROOM_RULES_HOST},
    {"account's token of another room",
     OPEN,
     {.signed_in = true, .elsewhere = true},
     NOT_EMPTY,
     ROOM_RULES_DENY,
     "token_room",
     ROOM_RULES_NOBODY},
    {"second",
     {.first_is_host = true},
     {0},
     {.nmembers = 1},
     ROOM_RULES_ADMIT,
     "",
     ROOM_RULES_GUEST},
    {"first, viewer",
     {.first_is_host = true},
     TOKEN(ROOM_RULES_VIEWER),
     {0},
     ROOM_RULES_ADMIT,
     "",
     ROOM_RULES_VIEWER},
    {"first, waited for",
     {.first_is_host = true, .wait_for_host = true},
     {0},
     {0},
     ROOM_RULES_ADMIT,
     "",
     ROOM_RULES_HOST},
    {"first, with a PIN",
     {.first_is_host = true, .pin = "1234"},
     {0},
     {0},
     ROOM_RULES_DENY,
     "pin_required",
     ROOM_RULES_NOBODY},
};

static void each_row_of_the_table_gets_its_answer(void **state)
{
    (void)state;

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); ++i) {
        const struct row *row = &rows[i];
        const char *code = NULL;
        enum room_rules_role role;
        enum room_rules_verdict verdict =
            room_rules_admit(&row->rules, &row->ticket, &row->state, &code, &role);

        if (verdict != row->verdict || strcmp(code, row->code) != 0 || role != row->role)
            print_error("row %s: %d %s %d\n", row->what, (int)verdict, code, (int)role);
        assert_int_equal(verdict, row->verdict);
        assert_string_equal(code, row->code);
        assert_int_equal(role, row->role);
    }
}

/* What must hold for any combination at all. */
static void check_promises(const struct room_rules *rules, const struct room_ticket *ticket,
                           const struct room_state *state)
{
    const char *code = NULL;
    enum room_rules_role role;
    enum room_rules_verdict verdict = room_rules_admit(rules, ticket, state, &code, &role);
    bool is_host = (ticket->has_token && ticket->token_role == ROOM_RULES_HOST) ||
                   ticket->member_role == ROOM_RULES_HOST ||
                   (ticket->pin && strcmp(ticket->pin, "9999") == 0);
    bool entitled = !ticket->banned && (!ticket->has_token || ticket->token_room) &&
                    state->nmembers < rules->max_participants;

    assert_true((verdict == ROOM_RULES_ADMIT) == (*code == '\0'));
    assert_true((verdict == ROOM_RULES_DENY) == (role == ROOM_RULES_NOBODY));
    assert_true(entitled || verdict == ROOM_RULES_DENY);
    if (is_host && entitled)
        assert_true(verdict == ROOM_RULES_ADMIT && role == ROOM_RULES_HOST);
    if (role == ROOM_RULES_HOST && !is_host)
        assert_true(rules->first_is_host && state->nmembers == 0);
    if (is_host || verdict != ROOM_RULES_ADMIT)
        return;
    assert_true(!rules->locked || ticket->let_in);
    assert_true(!ticket->pin || strcmp(ticket->pin, "1234") == 0);
    if (role != ROOM_RULES_HOST) {
        assert_true(!rules->wait_for_host || state->host_present);
        assert_true(rules->lobby != ROOM_RULES_LOBBY_ALL || ticket->let_in);
    }
}

static void the_promises_hold_for_every_combination(void **state)
{
    static const char *const pins[] = {NULL, "1234", "9999", "0000"};
    (void)state;

    for (uint32_t bits = 0; bits < 1u << 20; ++bits) {
        const struct room_rules rules = {.pin = "1234",
                                         .host_pin = "9999",
                                         .lobby = (enum room_rules_lobby)((bits & 3) % 3),
                                         .locked = bits >> 2 & 1,
                                         .wait_for_host = bits >> 3 & 1,
                                         .members_only = bits >> 4 & 1,
                                         .first_is_host = bits >> 5 & 1,
                                         .max_participants = 3};
        const struct room_ticket ticket = {
            .has_token = bits >> 6 & 1,
            .token_room = bits >> 7 & 1,
            .token_role = (enum room_rules_role)(bits >> 8 & 3),
            .member_role = (enum room_rules_role)(bits >> 10 & 3),
            .signed_in = bits >> 12 & 1,
            .banned = bits >> 13 & 1,
            .let_in = bits >> 14 & 1,
            .pin = pins[bits >> 15 & 3],
        };
        const struct room_state where = {.nmembers = bits >> 17 & 3,
                                         .host_present = bits >> 19 & 1};

        check_promises(&rules, &ticket, &where);
    }
}

static void pins_are_the_same_or_not(void **state)
{
    static const struct {
        char pin[ROOM_RULES_PIN_SIZE];
        const char *given;
        bool same;
    } row[] = {
        {"1234", "1234", true},
        {"1234", "1235", false},
        {"1234", "12345", false},
        {"1234", "123", false},
        {"1234", "", false},
        {"1234", NULL, false},
        {"", "", false},
        {"", NULL, false},
        {"", "1234", false},
        {"123456789012", "123456789012", true},
        {"123456789012", "1234567890123", false},
        {"123456789012", "123456789012345678901234567890", false},
    };
    (void)state;

    for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); ++i)
        assert_int_equal(room_rules_same_pin(row[i].pin, row[i].given), row[i].same);
}

static void a_role_may_what_the_rules_say(void **state)
{
    struct room_rules rules = room_rules_defaults;
    (void)state;

    for (int act = ROOM_RULES_SPEAK; act <= ROOM_RULES_HAND; ++act) {
        memset(&rules.guests_can, 1, sizeof(rules.guests_can));
        assert_true(room_rules_may(&rules, ROOM_RULES_GUEST, (enum room_rules_act)act));
        assert_int_equal(room_rules_may(&rules, ROOM_RULES_VIEWER, (enum room_rules_act)act),
                         act >= ROOM_RULES_CHAT);
        assert_false(room_rules_may(&rules, ROOM_RULES_NOBODY, (enum room_rules_act)act));
        memset(&rules.guests_can, 0, sizeof(rules.guests_can));
        assert_false(room_rules_may(&rules, ROOM_RULES_GUEST, (enum room_rules_act)act));
        assert_false(room_rules_may(&rules, ROOM_RULES_VIEWER, (enum room_rules_act)act));
        assert_true(room_rules_may(&rules, ROOM_RULES_HOST, (enum room_rules_act)act));
    }
    rules.guests_can.share = true;
    assert_true(room_rules_may(&rules, ROOM_RULES_GUEST, ROOM_RULES_SHARE));
    assert_false(room_rules_may(&rules, ROOM_RULES_GUEST, ROOM_RULES_SHOW));
}

static void history_is_for_all_or_for_members(void **state)
{
    struct room_rules rules = room_rules_defaults;
    (void)state;

    assert_true(room_rules_sees_history(&rules, false));
    rules.history_for = ROOM_RULES_HISTORY_MEMBERS;
    assert_false(room_rules_sees_history(&rules, false));
    assert_true(room_rules_sees_history(&rules, true));
    rules.chat_history = 0;
    assert_false(room_rules_sees_history(&rules, true));
}

static void names_the_field_that_is_wrong(void **state)
{
    struct room_rules rules = room_rules_defaults;
    (void)state;

    assert_null(room_rules_check(&rules));
    rules.chat_history = ROOM_RULES_HISTORY_MAX + 1;
    assert_string_equal(room_rules_check(&rules), "chat_history");
    (void)strcpy(rules.pin, "1234");
    (void)strcpy(rules.host_pin, "1234");
    assert_string_equal(room_rules_check(&rules), "host_pin");
    (void)strcpy(rules.pin, "123");
    assert_string_equal(room_rules_check(&rules), "pin");
    (void)strcpy(rules.pin, "12a4");
    assert_string_equal(room_rules_check(&rules), "pin");
    (void)strcpy(rules.title, "a\x01");
    assert_string_equal(room_rules_check(&rules), "title");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_of_the_table_gets_its_answer),
        cmocka_unit_test(the_promises_hold_for_every_combination),
        cmocka_unit_test(pins_are_the_same_or_not),
        cmocka_unit_test(a_role_may_what_the_rules_say),
        cmocka_unit_test(history_is_for_all_or_for_members),
        cmocka_unit_test(names_the_field_that_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
