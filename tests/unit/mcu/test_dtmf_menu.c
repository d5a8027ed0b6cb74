/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file test_dtmf_menu.c  What somebody types on a phone's keys
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "mcu/room/dtmf_menu.h"

static const struct config_dtmf defaults = {
    .enabled = true, .mute = "*6", .hand = "*9", .layout = "*8", .timeout = 2000};

/* Types digits 100 ms apart.  @return action of the last one */
static enum dtmf_menu_action type(struct dtmf_menu *menu, const struct config_dtmf *config,
                                  const char *digits, uint64_t *now_us)
{
    enum dtmf_menu_action action = DTMF_MENU_NONE;

    for (; *digits; ++digits) {
        *now_us += 100000;
        action = dtmf_menu_put(menu, config, *digits, *now_us);
    }
    return action;
}

static void knows_each_code(void **state)
{
    struct dtmf_menu menu = {0};
    uint64_t now_us = 1000000;
    (void)state;

    assert_int_equal(type(&menu, &defaults, "*6", &now_us), DTMF_MENU_MUTE);
    assert_int_equal(type(&menu, &defaults, "*9", &now_us), DTMF_MENU_HAND);
    assert_int_equal(type(&menu, &defaults, "*8", &now_us), DTMF_MENU_LAYOUT);
}

static void knows_the_codes_that_are_off_by_default(void **state)
{
    struct config_dtmf config = defaults;
    struct dtmf_menu menu = {0};
    uint64_t now_us = 1000000;
    (void)state;

    (void)snprintf(config.spotlight, sizeof(config.spotlight), "*1");
    (void)snprintf(config.seat, sizeof(config.seat), "*2");
    (void)snprintf(config.overlays, sizeof(config.overlays), "##");
    assert_int_equal(type(&menu, &config, "*1", &now_us), DTMF_MENU_SPOTLIGHT);
    assert_int_equal(type(&menu, &config, "*2", &now_us), DTMF_MENU_SEAT);
    assert_int_equal(type(&menu, &config, "##", &now_us), DTMF_MENU_OVERLAYS);
}

static void ignores_what_is_no_code(void **state)
{
    static const char *const typed[] = {"6", "#", "*5", "66", "*", "*#", "1234567890123456"};
    (void)state;

    for (unsigned i = 0; i < sizeof(typed) / sizeof(typed[0]); ++i) {
        struct dtmf_menu menu = {0};
        uint64_t now_us = 1000000;

        assert_int_equal(type(&menu, &defaults, typed[i], &now_us), DTMF_MENU_NONE);
    }
}

static void a_code_after_a_slip_counts(void **state)
{
    static const char *const typed[] = {"**6", "5*6", "*5*6", "***6", "###*6"};
    (void)state;

    for (unsigned i = 0; i < sizeof(typed) / sizeof(typed[0]); ++i) {
        struct dtmf_menu menu = {0};
        uint64_t now_us = 1000000;

        assert_int_equal(type(&menu, &defaults, typed[i], &now_us), DTMF_MENU_MUTE);
    }
}

static void forgets_what_was_typed_long_ago(void **state)
{
    struct dtmf_menu menu = {0};
    uint64_t now_us = 1000000;
    (void)state;

    assert_int_equal(type(&menu, &defaults, "*", &now_us), DTMF_MENU_NONE);
    now_us += 3000000;
    assert_int_equal(type(&menu, &defaults, "6", &now_us), DTMF_MENU_NONE);
    assert_int_equal(type(&menu, &defaults, "*6", &now_us), DTMF_MENU_MUTE);
}

static void does_nothing_when_turned_off(void **state)
{
    struct config_dtmf config = defaults;
    struct dtmf_menu menu = {0};
    uint64_t now_us = 1000000;
    (void)state;

    config.enabled = false;
    assert_int_equal(type(&menu, &config, "*6", &now_us), DTMF_MENU_NONE);
    config.enabled = true;
    config.mute[0] = '\0';
    assert_int_equal(type(&menu, &config, "*6", &now_us), DTMF_MENU_NONE);
    assert_int_equal(type(&menu, &config, "*9", &now_us), DTMF_MENU_HAND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_each_code),
        cmocka_unit_test(knows_the_codes_that_are_off_by_default),
        cmocka_unit_test(ignores_what_is_no_code),
        cmocka_unit_test(a_code_after_a_slip_counts),
        cmocka_unit_test(forgets_what_was_typed_long_ago),
        cmocka_unit_test(does_nothing_when_turned_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
