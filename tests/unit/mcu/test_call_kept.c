/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_call_kept.c  Answers that wait until the records of calls are on the
 * disk
 */
#include "mcu/api/call_kept.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static char said[16];

static char a[] = "a", b[] = "b", c[] = "c", z[] = "z"; /* who wait */

static void say(void *arg)
{
    strncat(said, arg, 1);
}

static int begin(void **state)
{
    (void)state;
    said[0] = '\0';
    return 0;
}

static int end(void **state)
{
    (void)state;
    call_kept_finish();
    return 0;
}

static void answers_at_once_if_nothing_is_on_its_way(void **state)
{
    (void)state;
    call_kept_wait(say, a);
    assert_string_equal(said, "a");
    call_kept_submitted();
    call_kept_answered();
    call_kept_wait(say, b);
    assert_string_equal(said, "ab");
}

static void waits_for_all_records_before_and_for_none_after(void **state)
{
    (void)state;
    call_kept_submitted();
    call_kept_submitted();
    call_kept_wait(say, a);
    call_kept_submitted();
    call_kept_wait(say, b);
    call_kept_wait(say, c);
    call_kept_answered();
    assert_string_equal(said, "");
    call_kept_answered();
    assert_string_equal(said, "a");
    call_kept_answered();
    assert_string_equal(said, "abc");
}

static void wait_again(void *arg)
{
    say(arg);
    call_kept_submitted();
    call_kept_wait(say, z);
}

static void whoever_is_called_may_wait_again(void **state)
{
    (void)state;
    call_kept_submitted();
    call_kept_wait(wait_again, a);
    call_kept_answered();
    assert_string_equal(said, "a");
    call_kept_answered();
    assert_string_equal(said, "az");
}

static void nobody_waits_after_the_end(void **state)
{
    (void)state;
    call_kept_submitted();
    call_kept_submitted();
    call_kept_wait(say, a);
    call_kept_finish();
    assert_string_equal(said, "a");
    call_kept_answered(); /* what was on its way then is not counted for what comes later */
    call_kept_submitted();
    call_kept_wait(say, b);
    assert_string_equal(said, "a");
    call_kept_answered();
    assert_string_equal(said, "ab");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(answers_at_once_if_nothing_is_on_its_way, begin, end),
        cmocka_unit_test_setup_teardown(waits_for_all_records_before_and_for_none_after, begin,
                                        end),
        cmocka_unit_test_setup_teardown(whoever_is_called_may_wait_again, begin, end),
        cmocka_unit_test_setup_teardown(nobody_waits_after_the_end, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
