/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_rights.c  Roles and rights
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mcu/auth/rights.h"

enum {
    VIEWER = RIGHT_CHAT | RIGHT_HAND | RIGHT_SEE_PEOPLE,
    GUEST = VIEWER | RIGHT_SPEAK | RIGHT_SHOW | RIGHT_SHARE | RIGHT_REACT,
};

static void gives_each_role_its_rights(void **state)
{
    (void)state;
    assert_int_equal(rights_of_role(ROLE_VIEWER, NULL), VIEWER);
    assert_int_equal(rights_of_role(ROLE_GUEST, NULL), GUEST);
    assert_int_equal(rights_of_role(ROLE_HOST, NULL), RIGHTS_ALL);
    assert_int_equal(rights_of_role(ROLE_COUNT, NULL), 0);
}

static void takes_away_what_the_policy_denies_that_role(void **state)
{
    struct rights_policy policy = {0};
    (void)state;

    policy.denied[ROLE_VIEWER] = RIGHT_CHAT;
    policy.denied[ROLE_GUEST] = RIGHT_SHARE | RIGHT_RECORD;
    assert_int_equal(rights_of_role(ROLE_VIEWER, &policy), VIEWER & ~RIGHT_CHAT);
    assert_int_equal(rights_of_role(ROLE_GUEST, &policy), GUEST & ~RIGHT_SHARE);
    assert_int_equal(rights_of_role(ROLE_HOST, &policy), RIGHTS_ALL);
}

static void names_roles_both_ways(void **state)
{
    enum role role;
    (void)state;

    for (int i = 0; i < ROLE_COUNT; ++i) {
        assert_int_equal(rights_role_find(&role, rights_role_name((enum role)i)), 0);
        assert_int_equal(role, i);
    }
    assert_null(rights_role_name(ROLE_COUNT));
    assert_int_equal(rights_role_find(&role, "Host"), -ENOENT);
    assert_int_equal(rights_role_find(&role, ""), -ENOENT);
}

static void names_rights_both_ways(void **state)
{
    (void)state;
    for (unsigned i = 0; i < RIGHTS_COUNT; ++i)
        assert_int_equal(rights_find(rights_name(1u << i)), 1u << i);
    assert_string_equal(rights_name(RIGHT_SEE_PEOPLE), "see_people");
    assert_null(rights_name(0));
    assert_null(rights_name(RIGHT_SPEAK | RIGHT_SHOW));
    assert_null(rights_name(1u << RIGHTS_COUNT));
    assert_int_equal(rights_find("everything"), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_each_role_its_rights),
        cmocka_unit_test(takes_away_what_the_policy_denies_that_role),
        cmocka_unit_test(names_roles_both_ways),
        cmocka_unit_test(names_rights_both_ways),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
