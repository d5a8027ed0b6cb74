/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_grants.c  What grants allow, and where
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/auth/grants.h"

static const struct grants nobody;

static void set_room(struct grants *grants, const char *room)
{
    memcpy(grants->room, room, strlen(room) + 1);
}

static void denies_everything_to_nobody(void **state)
{
    (void)state;
    assert_int_equal(grants_rights(&nobody, NULL), 0);
    assert_false(grants_are_for(&nobody, "daily"));
    assert_false(grants_are_for(&nobody, ""));
    assert_false(grants_may_join(&nobody, "daily"));
    assert_false(grants_may(&nobody, "daily", RIGHT_CHAT, NULL));
    assert_true(grants_may(&nobody, "daily", 0, NULL));
}

static void gives_a_role_exactly_its_rights(void **state)
{
    struct grants grants;
    (void)state;

    for (int role = 0; role < ROLE_COUNT; ++role) {
        grants_of_role(&grants, (enum role)role);
        assert_int_equal(grants_rights(&grants, NULL), rights_of_role((enum role)role, NULL));
        assert_true(grants.join && grants.subscribe && grants.create);
        assert_false(grants.user || grants.operator_ || grants.list);
        assert_string_equal(grants.room, "");
        assert_false(grants_may_join(&grants, "daily"));
    }
}

static void holds_in_its_room_only(void **state)
{
    struct grants grants;
    (void)state;

    grants_of_role(&grants, ROLE_GUEST);
    set_room(&grants, "daily");
    assert_true(grants_may_join(&grants, "daily"));
    assert_false(grants_may_join(&grants, "dail"));
    assert_false(grants_may_join(&grants, "daily2"));
    assert_true(grants_may(&grants, "daily", RIGHT_SPEAK | RIGHT_CHAT, NULL));
    assert_false(grants_may(&grants, "weekly", RIGHT_SPEAK, NULL));
    assert_false(grants_may(&grants, "daily", RIGHT_SPEAK | RIGHT_MODERATE, NULL));
    set_room(&grants, "*");
    assert_true(grants_may_join(&grants, "weekly"));
}

static void adds_what_is_granted_beyond_the_role(void **state)
{
    struct grants grants;
    (void)state;

    grants_of_role(&grants, ROLE_VIEWER);
    set_room(&grants, "daily");
    grants.record = true;
    grants.chat = false;
    assert_true(grants_may(&grants, "daily", RIGHT_RECORD, NULL));
    assert_false(grants_may(&grants, "daily", RIGHT_CHAT, NULL));
    grants.moderate = true;
    assert_false(grants_may(&grants, "daily", RIGHT_DIAL, NULL)); /* hosts only */
}

static void takes_away_what_the_policy_denies(void **state)
{
    struct rights_policy policy = {0};
    struct grants grants;
    (void)state;

    policy.denied[ROLE_HOST] = RIGHT_DIAL;
    grants_of_role(&grants, ROLE_HOST);
    set_room(&grants, "daily");
    assert_true(grants_may(&grants, "daily", RIGHT_DIAL, NULL));
    assert_false(grants_may(&grants, "daily", RIGHT_DIAL, &policy));
    assert_true(grants_may(&grants, "daily", RIGHT_RECORD, &policy));
}

static void lets_an_operator_do_everything_everywhere(void **state)
{
    struct rights_policy policy = {.denied = {RIGHTS_ALL, RIGHTS_ALL, RIGHTS_ALL}};
    struct grants grants = {.operator_ = true};
    (void)state;

    assert_true(grants_may_join(&grants, "daily"));
    assert_true(grants_may(&grants, "daily", RIGHTS_ALL, &policy));
}

static void needs_join_to_enter_but_not_to_moderate(void **state)
{
    struct grants grants = {.moderate = true, .role = ROLE_HOST};
    (void)state;

    set_room(&grants, "daily");
    assert_false(grants_may_join(&grants, "daily"));
    assert_true(grants_may(&grants, "daily", RIGHT_MODERATE, NULL));
    assert_false(grants_may(&grants, "daily", RIGHT_SEE_PEOPLE, NULL));
}

static void expires_at_its_time_or_never(void **state)
{
    struct grants grants = {.expires_us = 1000};
    (void)state;

    assert_false(grants_have_expired(&grants, 999));
    assert_true(grants_have_expired(&grants, 1000));
    grants.expires_us = 0;
    assert_false(grants_have_expired(&grants, UINT64_MAX));
}

static void keeps_what_was_withheld_when_the_role_changes(void **state)
{
    struct grants given, now;
    (void)state;

    grants_of_role(&given, ROLE_GUEST);
    given.publish_audio = given.chat = false;
    given.moderate = true;
    (void)snprintf(given.identity, sizeof(given.identity), "ada");
    grants_with_role(&now, &given, ROLE_HOST);
    assert_int_equal(now.role, ROLE_HOST);
    assert_string_equal(now.identity, "ada");
    assert_false(now.publish_audio || now.chat);
    assert_true(now.publish_video && now.moderate && now.layout && now.record);
    grants_with_role(&now, &given, ROLE_VIEWER);
    assert_false(now.moderate || now.chat || now.publish_video);
    grants_with_role(&now, &given, ROLE_GUEST);
    assert_memory_equal(&now, &given, sizeof(now));
    grants_of_role(&given, ROLE_VIEWER); /* a viewer's role has not what a guest's has */
    grants_with_role(&now, &given, ROLE_GUEST);
    assert_true(now.publish_audio && now.publish_video && now.chat);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(denies_everything_to_nobody),
        cmocka_unit_test(gives_a_role_exactly_its_rights),
        cmocka_unit_test(holds_in_its_room_only),
        cmocka_unit_test(adds_what_is_granted_beyond_the_role),
        cmocka_unit_test(takes_away_what_the_policy_denies),
        cmocka_unit_test(lets_an_operator_do_everything_everywhere),
        cmocka_unit_test(needs_join_to_enter_but_not_to_moderate),
        cmocka_unit_test(keeps_what_was_withheld_when_the_role_changes),
        cmocka_unit_test(expires_at_its_time_or_never),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
