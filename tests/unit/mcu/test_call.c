/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file test_call.c  A call: what its state tells
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/room/call.h"

static void tells_addresses_from_what_is_none(void **state)
{
    static const struct {
        const char *address;
        bool ok;
    } row[] = {
        {"sip:bob@example.com", true},
        {"sips:bob@[2001:db8::1]:5061;transport=tls", true},
        {"SIP:100@10.0.0.1", true},
        {"tel:+49-30-1234", true},
        {"sip:", false},
        {"", false},
        {"bob", false},
        {"http://example.com", false},
        {"sip:bob@example.com\r\nVia: x", false},
        {"sip:b b@example.com", false},
        {"<sip:bob@example.com>", false},
        {"sip:bob@example.com>", false},
        {"sip:b\xc3\xb6@example.com", false},
        {"sip:\"bob\"@example.com", false},
    };
    char longest[CALL_ADDRESS_SIZE + 1] = "sip:";
    (void)state;

    for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); ++i)
        assert_int_equal(call_address_ok(row[i].address), row[i].ok);
    memset(longest + 4, 'x', sizeof(longest) - 5);
    longest[CALL_ADDRESS_SIZE] = '\0';
    assert_false(call_address_ok(longest));
    longest[CALL_ADDRESS_SIZE - 1] = '\0';
    assert_true(call_address_ok(longest));
}

static void tells_room_names_from_what_is_none(void **state)
{
    static const struct {
        const char *room;
        bool ok;
    } row[] = {{"daily", true}, {"0.a_b-c", true},   {"", false},
               {"-a", false},   {"Daily", false},    {"a b", false},
               {"a/b", false},  {"\xc3\xb6", false}, {"a\xc3\xb6", false}};
    char longest[CALL_ROOM_SIZE + 1];
    (void)state;

    for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); ++i)
        assert_int_equal(call_room_ok(row[i].room), row[i].ok);
    memset(longest, 'x', sizeof(longest));
    longest[CALL_ROOM_SIZE] = '\0';
    assert_false(call_room_ok(longest));
    longest[CALL_ROOM_SIZE - 1] = '\0';
    assert_true(call_room_ok(longest));
}

static void the_outcome_is_the_first_of_the_order_that_happened(void **state)
{
    static const struct {
        enum call_leg_state leg[3];
        enum call_state outcome;
    } row[] = {
        {{CALL_LEG_DECLINED, CALL_LEG_TIMEOUT, CALL_LEG_BUSY}, CALL_TIMEOUT},
        {{CALL_LEG_BUSY, CALL_LEG_DECLINED, CALL_LEG_FAILED}, CALL_DECLINED},
        {{CALL_LEG_FAILED, CALL_LEG_BUSY, CALL_LEG_CANCELLED}, CALL_BUSY},
        {{CALL_LEG_CANCELLED, CALL_LEG_FAILED, CALL_LEG_CANCELLED}, CALL_FAILED},
        {{CALL_LEG_CANCELLED, CALL_LEG_CANCELLED, CALL_LEG_CANCELLED}, CALL_CANCELLED},
    };
    (void)state;

    for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); ++i) {
        struct call_leg leg[3] = {0};
        struct call call = {.nlegs = 3, .leg = leg};
        const char *cause = NULL;

        for (unsigned k = 0; k < 3; ++k) {
            leg[k].state = row[i].leg[k];
            leg[k].cause = call_leg_state_name(leg[k].state);
        }
        assert_int_equal(call_outcome(&call, &cause), row[i].outcome);
        assert_string_equal(cause, call_state_name(row[i].outcome));
    }
}

static void every_sip_answer_means_something(void **state)
{
    static const struct {
        int code;
        enum call_leg_state state;
        const char *cause;
    } row[] = {
        {486, CALL_LEG_BUSY, "busy"},         {600, CALL_LEG_BUSY, "busy"},
        {603, CALL_LEG_DECLINED, "declined"}, {408, CALL_LEG_TIMEOUT, "timeout"},
        {480, CALL_LEG_FAILED, "offline"},    {404, CALL_LEG_FAILED, "not_found"},
        {403, CALL_LEG_FAILED, "forbidden"},  {500, CALL_LEG_FAILED, "failed"},
        {0, CALL_LEG_FAILED, "failed"},       {999, CALL_LEG_FAILED, "failed"},
    };
    (void)state;

    for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); ++i) {
        const char *cause = NULL;

        assert_int_equal(call_sip_outcome(row[i].code, &cause), row[i].state);
        assert_string_equal(cause, row[i].cause);
    }
}

static void counts_who_rings_and_who_is_in_it(void **state)
{
    struct call_leg leg[3] = {{.index = 0, .who.identity = "ada"},
                              {.index = 1, .state = CALL_LEG_ACCEPTED, .who.identity = "bob"},
                              {.index = 2, .state = CALL_LEG_ACCEPTED, .left = true}};
    struct call call = {.nlegs = 3, .leg = leg, .device = 5};
    (void)state;

    leg[0].ring[0].device = 7;
    leg[0].ring[1] = (struct call_ring){.device = 8, .failed = true};
    leg[0].nrings = 2;
    leg[1].device = 9;
    assert_int_equal(call_nringing(&call), 1);
    assert_int_equal(call_nlive(&call), 2);
    assert_int_equal(call_leg_nringing(&leg[0]), 1);
    assert_ptr_equal(call_leg_ring(&leg[0], 8), &leg[0].ring[1]);
    assert_null(call_leg_ring(&leg[0], 9));
    assert_ptr_equal(call_find(&call, "bob"), &leg[1]);
    assert_null(call_find(&call, ""));
    assert_int_equal(call_device(&call, CALL_CALLER), 5);
    assert_int_equal(call_device(&call, 1), 9);
    assert_ptr_equal(call_who(&call, 0), &leg[0].who);
    assert_ptr_equal(call_who(&call, CALL_CALLER), &call.caller);
    assert_string_equal(call_kind_name(CALL_AUDIO), "audio");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_addresses_from_what_is_none),
        cmocka_unit_test(tells_room_names_from_what_is_none),
        cmocka_unit_test(the_outcome_is_the_first_of_the_order_that_happened),
        cmocka_unit_test(every_sip_answer_means_something),
        cmocka_unit_test(counts_who_rings_and_who_is_in_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
