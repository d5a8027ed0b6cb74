/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_rest_table.c  Who may use which route: every row, every kind of caller
 *
 * The matrix below is what was decided; a row of the server that is not in it fails, and so does
 * one whose callers change.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/api/rest_reply.h"
#include "mcu/api/rest_table.h"
#include "mcu/api/rest_who.h"

#define API "/api/v1"

enum caller {
    NOBODY,
    LOCAL,      /* admin listener */
    TOKEN,      /* the operator's token */
    OPERATOR,   /* signed in, role operator */
    USER,       /* signed in to the account that {x} of the path names, if it names one */
    OTHER,      /* signed in to another one */
    HOST,       /* token of a host of the room of the path */
    OTHER_HOST, /* of another room */
    GUEST,      /* token of a guest of the room of the path */
    CALLERS
};

/* In that order: "y" may, "n" may not, "t" is asked for a token, "o" if the meeting is his. */
static const struct {
    const char *method, *path, *expected;
} matrix[] = {
    {"GET", "/healthz", "yyyyyyyyy"},
    {"GET", "/readyz", "yyyyyyyyy"},
    {"GET", "/metrics", "tynnnnnnn"},
    {"GET", API "/openapi.json", "yyyyyyyyy"},

    {"GET", API "/node", "tyyynnnnn"},
    {"POST", API "/node/drain", "tyyynnnnn"},
    {"PUT", API "/node/log", "tyyynnnnn"},
    {"GET", API "/config", "tyyynnnnn"},
    {"POST", API "/config/check", "tyyynnnnn"},
    {"POST", API "/config/reload", "tyyynnnnn"},
    {"GET", API "/layouts", "tyyynnnnn"},
    {"GET", API "/layouts/{n}/preview.png", "tyyynnnnn"},
    {"POST", API "/layouts/check", "tyyynnnnn"},

    {"GET", API "/rooms", "tyyynnnnn"},
    {"GET", API "/rooms/{r}", "tyyyooynn"},
    {"PATCH", API "/rooms/{r}", "tyyyooynn"},
    {"DELETE", API "/rooms/{r}", "tyyyooynn"},
    {"GET", API "/rooms/{r}/join-info", "yyyyyyyyy"},
    {"GET", API "/rooms/{r}/lobby", "tyyyooynn"},
    {"POST", API "/rooms/{r}/lobby/{p}/admit", "tyyyooynn"},
    {"POST", API "/rooms/{r}/lobby/{p}/deny", "tyyyooynn"},
    {"POST", API "/rooms/{r}/calls", "tyyyooynn"},
    {"GET", API "/rooms/{r}/participants", "tyyyooynn"},
    {"GET", API "/rooms/{r}/participants/{p}", "tyyyooynn"},
    {"PATCH", API "/rooms/{r}/participants/{p}", "tyyyooynn"},
    {"DELETE", API "/rooms/{r}/participants/{p}", "tyyyooynn"},
    {"POST", API "/rooms/{r}/participants/{p}/move", "tyyynnnnn"},
    {"PUT", API "/rooms/{r}/participants/{p}/role", "tyyyooynn"},
    {"POST", API "/rooms/{r}/mute", "tyyyooynn"},
    {"GET", API "/rooms/{r}/layout", "tyyyooynn"},
    {"PUT", API "/rooms/{r}/layout", "tyyyooynn"},
    {"GET", API "/rooms/{r}/snapshot.jpg", "tyyyooynn"},
    {"POST", API "/rooms/{r}/recordings", "tyyyooynn"},
    {"DELETE", API "/rooms/{r}/recordings", "tyyyooynn"},
    {"GET", API "/rooms/{r}/messages", "tyyyooynn"},
    {"POST", API "/rooms/{r}/messages", "tyyyooynn"},

    {"POST", API "/login", "yyyyyyyyy"},
    {"POST", API "/logout", "tyyyyyyyy"},
    {"GET", API "/users/me", "tnnyyynnn"},
    {"PATCH", API "/users/me", "tnnyyynnn"},
    {"PUT", API "/users/me/password", "tnnyyynnn"},
    {"GET", API "/users/lookup", "tyyyyynnn"},
    {"GET", API "/users", "tyyynnnnn"},
    {"POST", API "/users", "tyyynnnnn"},
    {"GET", API "/users/{u}", "tyyyynnnn"},
    {"PATCH", API "/users/{u}", "tyyynnnnn"},
    {"DELETE", API "/users/{u}", "tyyynnnnn"},
    {"GET", API "/users/{u}/presence", "tyyyyynnn"},

    {"POST", API "/tokens", "tyyyyyyyy"}, /* the handler asks for which room */
    {"DELETE", API "/tokens/{t}", "tyyynnnnn"},
    {"GET", API "/turn", "tyyyyyyyy"},

    {"GET", API "/meetings", "tyyyyynnn"},
    {"POST", API "/meetings", "tyyyyynnn"},
    {"GET", API "/meetings/{m}", "tyyyyynnn"}, /* the handler asks for whose it is */
    {"PATCH", API "/meetings/{m}", "tyyyyynnn"},
    {"DELETE", API "/meetings/{m}", "tyyyyynnn"},
    {"GET", API "/meetings/{m}/invite", "tyyyyynnn"},
    {"GET", API "/meetings/{m}/invite.ics", "tyyyyynnn"},

    {"GET", API "/history/sessions", "tyyyyyyyy"}, /* the handler asks for which room */
    {"GET", API "/history/sessions/{s}/members", "tyyyyynnn"},
    {"GET", API "/calls", "tyyyyynnn"},
    {"POST", API "/calls/seen", "tnnyyynnn"},
    {"GET", API "/calls/{c}", "tyyyyynnn"},
    {"POST", API "/calls/{c}/decline", "tnnyyynnn"},
    {"POST", API "/calls/{c}/cancel", "tnnyyynnn"},
    {"POST", API "/calls/{c}/hangup", "tnnyyynnn"},

    {"GET", API "/webhooks", "tyyynnnnn"},
    {"POST", API "/webhooks", "tyyynnnnn"},
    {"GET", API "/webhooks/{w}", "tyyynnnnn"},
    {"PATCH", API "/webhooks/{w}", "tyyynnnnn"},
    {"DELETE", API "/webhooks/{w}", "tyyynnnnn"},
    {"POST", API "/webhooks/{w}/test", "tyyynnnnn"},
    {"GET", API "/webhooks/{w}/deliveries", "tyyynnnnn"},
};

static void be_user(struct rest_caller *caller, const char *id)
{
    caller->signed_ = true;
    grants_of_role(&caller->grants, ROLE_GUEST);
    caller->grants.user = true;
    (void)snprintf(caller->grants.identity, sizeof(caller->grants.identity), "%s", id);
    (void)snprintf(caller->grants.room, sizeof(caller->grants.room), "*");
}

static void be_member(struct rest_caller *caller, enum role role, const char *room)
{
    caller->signed_ = true;
    grants_of_role(&caller->grants, role);
    (void)snprintf(caller->grants.room, sizeof(caller->grants.room), "%s", room);
}

static struct rest_caller make(enum caller kind)
{
    struct rest_caller caller = {.local = false};

    switch (kind) {
    case LOCAL:
        caller.local = true;
        break;
    case TOKEN:
        caller.operator_ = true;
        break;
    case OPERATOR:
        be_user(&caller, "boss");
        caller.grants.operator_ = true;
        break;
    case USER:
        be_user(&caller, "x");
        break;
    case OTHER:
        be_user(&caller, "y");
        break;
    case HOST:
        be_member(&caller, ROLE_HOST, "x");
        break;
    case OTHER_HOST:
        be_member(&caller, ROLE_HOST, "y");
        break;
    case GUEST:
        be_member(&caller, ROLE_GUEST, "x");
        break;
    default:
        break;
    }
    return caller;
}

static const char *expected_of(const struct rest_route *route)
{
    for (size_t i = 0; i < sizeof(matrix) / sizeof(matrix[0]); ++i) {
        if (strcmp(matrix[i].method, route->method) == 0 &&
            strcmp(matrix[i].path, route->path) == 0)
            return matrix[i].expected;
    }
    fail_msg("nobody has decided who may %s %s", route->method, route->path);
    return "";
}

static void a_token_may_let_its_holder_list_rooms(void **state)
{
    struct rest_caller caller = make(GUEST);
    (void)state;

    caller.grants.list = true;
    assert_int_equal(rest_who_may(REST_WHO_LIST, &caller, ""), REST_WHO_YES);
    assert_int_equal(rest_who_may(REST_WHO_OPERATOR, &caller, ""), REST_WHO_NO);
    caller.grants.list = false;
    assert_int_equal(rest_who_may(REST_WHO_LIST, &caller, ""), REST_WHO_NO);
}

static void decides_every_route_for_every_kind_of_caller(void **state)
{
    static const char letters[] = {[REST_WHO_YES] = 'y',
                                   [REST_WHO_NO] = 'n',
                                   [REST_WHO_UNKNOWN] = 't',
                                   [REST_WHO_OWNER] = 'o'};
    unsigned n = 0;
    (void)state;

    for (const struct rest_route *r = rest_table_routes; r->method; ++r, ++n) {
        char got[CALLERS + 1] = "";

        for (unsigned kind = 0; kind < CALLERS; ++kind) {
            const struct rest_caller caller = make((enum caller)kind);

            got[kind] = letters[rest_who_may(r->who, &caller, strchr(r->path, '{') ? "x" : "")];
        }
        if (strcmp(got, expected_of(r)) != 0)
            fail_msg("%s %s: %s", r->method, r->path, got);
    }
    assert_int_equal(n, sizeof(matrix) / sizeof(matrix[0]));
    assert_true(n <= REST_REPLY_ROUTES_MAX);
}

static void denies_a_row_that_names_nobody(void **state)
{
    (void)state;

    for (unsigned kind = 0; kind < CALLERS; ++kind) {
        const struct rest_caller caller = make((enum caller)kind);

        assert_int_not_equal(REST_WHO_YES, rest_who_may(0, &caller, "x"));
        assert_int_not_equal(REST_WHO_OWNER, rest_who_may(0, &caller, "x"));
    }
}

static void finds_each_row_by_its_own_path(void **state)
{
    struct rest_router_match match;
    (void)state;

    for (const struct rest_route *r = rest_table_routes; r->method; ++r) {
        rest_router_find(&match, rest_table_routes, r->method, r->path);
        assert_ptr_equal(match.route, r);
        assert_non_null(r->h);
    }
}

static void takes_me_and_lookup_for_words_and_not_for_ids(void **state)
{
    struct rest_router_match match;
    (void)state;

    rest_router_find(&match, rest_table_routes, "GET", API "/users/me");
    assert_string_equal(match.route->path, API "/users/me");
    rest_router_find(&match, rest_table_routes, "GET", API "/users/lookup");
    assert_string_equal(match.route->path, API "/users/lookup");
    rest_router_find(&match, rest_table_routes, "GET", API "/users/us_1");
    assert_string_equal(match.route->path, API "/users/{u}");
}

static void does_not_take_a_guest_of_all_rooms_for_a_host(void **state)
{
    struct rest_caller caller = make(USER);
    (void)state;

    assert_false(rest_who_is_host(&caller, "x"));
    caller.grants.moderate = true;
    assert_true(rest_who_is_host(&caller, "x"));
    assert_true(rest_who_is_host(&caller, "X")); /* names are folded */
    assert_false(rest_who_is_host(&caller, "-x"));
    assert_false(rest_who_is_operator(&caller));
}

static void trusts_no_grants_without_a_token(void **state)
{
    struct rest_caller caller = make(OPERATOR);
    (void)state;

    caller.signed_ = false;
    assert_false(rest_who_is_operator(&caller));
    assert_false(rest_who_is_host(&caller, "x"));
    assert_string_equal("", rest_who_user(&caller));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_may_let_its_holder_list_rooms),
        cmocka_unit_test(decides_every_route_for_every_kind_of_caller),
        cmocka_unit_test(denies_a_row_that_names_nobody),
        cmocka_unit_test(finds_each_row_by_its_own_path),
        cmocka_unit_test(takes_me_and_lookup_for_words_and_not_for_ids),
        cmocka_unit_test(does_not_take_a_guest_of_all_rooms_for_a_host),
        cmocka_unit_test(trusts_no_grants_without_a_token),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
