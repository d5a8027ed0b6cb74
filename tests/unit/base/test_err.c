/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/base/test_err.c  Error codes in words
 */
#include "mcu/base/err.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void speaks_of_either_sign(void **state)
{
    (void)state;

    assert_string_equal(err_str(-EADDRINUSE), "Address already in use");
    assert_string_equal(err_str(EADDRINUSE), "Address already in use");
}

static void unknown_codes_have_a_text_too(void **state)
{
    (void)state;

    assert_string_equal(err_str(-99999), "Unknown error");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(speaks_of_either_sign),
        cmocka_unit_test(unknown_codes_have_a_text_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
