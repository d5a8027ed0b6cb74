/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_call_ask.c  Whom somebody names who asks for a call
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/api/call_ask.h"
#include "mcu/room/call.h"

static void reads_users_and_addresses(void **state)
{
    static const char sixty_four[] =
        "us_4567890123456789012345678901234567890123456789012345678901234";
    static const struct {
        const char *text, *identity, *address;
    } cases[] = {
        {"us_ann", "us_ann", ""},
        {"sip:ann@h", "", "sip:ann@h"},
        {"room:a", "room:a", ""},
        {sixty_four, "", ""}, /* nobody rather than another one */
    };
    struct call_party party;
    (void)state;

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        memset(&party, 'x', sizeof(party));
        call_ask_party(&party, cases[i].text);
        assert_string_equal(party.identity, cases[i].identity);
        assert_string_equal(party.address, cases[i].address);
        assert_string_equal(party.name, "");
    }
}

static void a_room_that_calls_is_nobodys_name(void **state)
{
    struct call_party from = {.identity = ""};
    char longest[CALL_ROOM_SIZE];
    (void)state;

    call_ask_from_room(&from, "us_ann");
    assert_string_equal(from.identity, "room:us_ann");
    memset(longest, 'a', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    call_ask_from_room(&from, longest);
    assert_int_equal(strlen(from.identity), sizeof(from.identity) - 1);
}

static void no_time_stays_none(void **state)
{
    (void)state;
    assert_int_equal(call_ask_wall_ms(0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_users_and_addresses),
        cmocka_unit_test(a_room_that_calls_is_nobodys_name),
        cmocka_unit_test(no_time_stays_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
