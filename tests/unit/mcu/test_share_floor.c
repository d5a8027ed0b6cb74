/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file test_share_floor.c  Who may share a screen: one at a time
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/room/share_floor.h"

static void one_shares_at_a_time_and_others_take_over_by_policy(void **state)
{
    static const struct {
        enum room_rules_takeover takeover;
        enum room_rules_role role;
        enum share_floor_answer answer;
    } row[] = {
        {ROOM_RULES_TAKEOVER_NOBODY, ROOM_RULES_GUEST, SHARE_FLOOR_REFUSED},
        {ROOM_RULES_TAKEOVER_NOBODY, ROOM_RULES_HOST, SHARE_FLOOR_REFUSED},
        {ROOM_RULES_TAKEOVER_HOST, ROOM_RULES_GUEST, SHARE_FLOOR_REFUSED},
        {ROOM_RULES_TAKEOVER_HOST, ROOM_RULES_HOST, SHARE_FLOOR_TAKEN},
        {ROOM_RULES_TAKEOVER_ANYBODY, ROOM_RULES_GUEST, SHARE_FLOOR_TAKEN},
        {ROOM_RULES_TAKEOVER_ANYBODY, ROOM_RULES_HOST, SHARE_FLOOR_TAKEN},
    };
    (void)state;

    for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); ++i) {
        struct share_floor floor = {0};
        uint32_t from = 99;

        assert_int_equal(share_floor_request(&floor, 7, ROOM_RULES_GUEST, row[i].takeover, &from),
                         SHARE_FLOOR_GRANTED);
        assert_int_equal(from, 0);
        assert_int_equal(share_floor_request(&floor, 7, ROOM_RULES_GUEST, row[i].takeover, &from),
                         SHARE_FLOOR_GRANTED); /* his already */
        assert_int_equal(from, 0);
        assert_int_equal(share_floor_request(&floor, 8, row[i].role, row[i].takeover, &from),
                         row[i].answer);
        assert_int_equal(from, 7);
        assert_int_equal(floor.holder, row[i].answer == SHARE_FLOOR_TAKEN ? 8 : 7);
    }
}

static void only_the_holder_gives_it_back(void **state)
{
    struct share_floor floor = {0};
    uint32_t from;
    (void)state;

    assert_false(share_floor_release(&floor, 0));
    (void)share_floor_request(&floor, 7, ROOM_RULES_GUEST, ROOM_RULES_TAKEOVER_NOBODY, &from);
    assert_false(share_floor_release(&floor, 8));
    assert_false(share_floor_release(&floor, 0));
    assert_int_equal(floor.holder, 7);
    assert_true(share_floor_release(&floor, 7));
    assert_int_equal(
        share_floor_request(&floor, 8, ROOM_RULES_GUEST, ROOM_RULES_TAKEOVER_NOBODY, &from),
        SHARE_FLOOR_GRANTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_shares_at_a_time_and_others_take_over_by_policy),
        cmocka_unit_test(only_the_holder_gives_it_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
