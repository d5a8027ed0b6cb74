/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_api_rrule.c  How a meeting recurs
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/api/api_rrule.h"

static void reads_rules_that_calendars_make(void **state)
{
    static const struct {
        const char *text;
        struct api_rrule rule;
    } cases[] = {
        {"FREQ=DAILY", {API_RRULE_DAILY, 1, 0, 0, 0}},
        {"FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE", {API_RRULE_WEEKLY, 2, 0, 0, 2}},
        {"FREQ=MONTHLY;BYDAY=-1FR;COUNT=12", {API_RRULE_MONTHLY, 1, 12, 0, 1}},
        {"FREQ=YEARLY;BYDAY=+20MO,53SU", {API_RRULE_YEARLY, 1, 0, 0, 2}},
        {"INTERVAL=999;COUNT=9999;FREQ=DAILY", {API_RRULE_DAILY, 999, 9999, 0, 0}},
        {"FREQ=DAILY;UNTIL=20270101T000000Z", {API_RRULE_DAILY, 1, 0, 1798761600000000, 0}},
        {"FREQ=DAILY;UNTIL=20270101", {API_RRULE_DAILY, 1, 0, 1798847999000000, 0}},
        {"FREQ=DAILY;UNTIL=20280229", {API_RRULE_DAILY, 1, 0, 1835481599000000, 0}},
    };
    struct api_rrule rule;
    char why[128];
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        assert_int_equal(0, api_rrule_read(&rule, cases[i].text, why, sizeof(why)));
        assert_int_equal(cases[i].rule.freq, rule.freq);
        assert_int_equal(cases[i].rule.interval, rule.interval);
        assert_int_equal(cases[i].rule.count, rule.count);
        assert_true(cases[i].rule.until_us == rule.until_us);
        assert_int_equal(cases[i].rule.ndays, rule.ndays);
    }
}

static void says_what_is_wrong_with_others(void **state)
{
    static const char *const cases[] = {
        "",
        ";",
        "FREQ",
        "FREQ=",
        "FREQ=SECONDLY",
        "FREQ=weekly",
        "freq=WEEKLY",
        "INTERVAL=2",
        "FREQ=DAILY;",
        ";FREQ=DAILY",
        "FREQ=DAILY;FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=1000",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=DAILY;INTERVAL=01",
        "FREQ=DAILY;COUNT=10000",
        "FREQ=DAILY;COUNT=99999999999999999999",
        "FREQ=DAILY;COUNT=2;UNTIL=20270101",
        "FREQ=DAILY;UNTIL=20270229",
        "FREQ=DAILY;UNTIL=20271301",
        "FREQ=DAILY;UNTIL=20270101T000000",
        "FREQ=DAILY;UNTIL=20270101T250000Z",
        "FREQ=DAILY;UNTIL=19690101",
        "FREQ=DAILY;UNTIL=2027-1-1",
        "FREQ=WEEKLY;BYDAY=",
        "FREQ=WEEKLY;BYDAY=MO,",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;BYDAY=O ",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=MONTHLY;BYDAY=54MO",
        "FREQ=MONTHLY;BYDAY=0MO",
        "FREQ=MONTHLY;BYDAY=-MO",
        "FREQ=MONTHLY;BYDAY=+-1MO",
        "FREQ=WEEKLY;BYDAY=MO,MO,MO,MO,MO,MO,MO,MO,MO,MO,MO,MO,MO,MO,MO,MO,MO,MO,MO,MO,MO",
        "FREQ=WEEKLY;BYMONTH=2",
        "FREQ=WEEKLY\r\nATTENDEE:mailto:a@example.org",
        "RRULE:FREQ=WEEKLY",
    };
    struct api_rrule rule;
    char why[128];
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        why[0] = '\0';
        if (api_rrule_read(&rule, cases[i], why, sizeof(why)) != -EINVAL)
            fail_msg("\"%s\" was taken", cases[i]);
        assert_true(why[0]);
    }
}

static void refuses_rules_that_are_too_long(void **state)
{
    char text[API_RRULE_MAX + 2], why[128];
    struct api_rrule rule;
    (void)state;

    memset(text, 'A', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    assert_int_equal(-EINVAL, api_rrule_read(&rule, text, why, sizeof(why)));
    assert_string_equal("is too long", why);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_rules_that_calendars_make),
        cmocka_unit_test(says_what_is_wrong_with_others),
        cmocka_unit_test(refuses_rules_that_are_too_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
