/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_rest_query.c  Parameters of a request's query
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mcu/api/rest_query.h"

static void finds_and_decodes_a_parameter(void **state)
{
    static const struct {
        const char *query;
        int err;
        const char *text;
    } cases[] = {
        {"a=1", 0, "1"},
        {"b=2&a=1&c", 0, "1"},
        {"a", 0, ""},
        {"a=", 0, ""},
        {"a=x=y", 0, "x=y"},
        {"a=%C3%a4%26", 0, "\xc3\xa4&"},
        {"a=1234567", 0, "1234567"},
        {"", -ENOENT, ""},
        {"aa=1&b=a=1", -ENOENT, ""},
        {"a=1&a=1", -EINVAL, ""},
        {"a=12345678", -EINVAL, ""}, /* does not fit */
        {"a=%4", -EINVAL, ""},
        {"a=%", -EINVAL, ""},
        {"a=%4&1", -EINVAL, ""},
        {"a=%zz", -EINVAL, ""},
        {"a=%00", -EINVAL, ""},
    };
    (void)state;

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        char text[8];

        assert_int_equal(rest_query_text(cases[i].query, "a", text, sizeof(text)), cases[i].err);
        assert_string_equal(text, cases[i].text);
    }
}

static void reads_numbers_within_their_range(void **state)
{
    static const struct {
        const char *query;
        int err;
        uint32_t value;
    } cases[] = {
        {"", 0, 7},
        {"n=64", 0, 64},
        {"n=1920", 0, 1920},
        {"n=0064", 0, 64},
        {"n=63", -EINVAL, 7},
        {"n=1921", -EINVAL, 7},
        {"n=", -EINVAL, 7},
        {"n", -EINVAL, 7},
        {"n=-1", -EINVAL, 7},
        {"n=+99", -EINVAL, 7},
        {"n=0x80", -EINVAL, 7},
        {"n=99999999999", -EINVAL, 7},
        {"n=99 ", -EINVAL, 7},
        {"n=4294967396", -EINVAL, 7},
    };
    (void)state;

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        uint32_t value = 7;

        assert_int_equal(rest_query_number(cases[i].query, "n", 64, 1920, &value), cases[i].err);
        assert_int_equal(value, cases[i].value);
    }
}

static void tells_parameters_that_are_not_known(void **state)
{
    static const char *const names[] = {"count", "size", NULL};
    (void)state;

    assert_int_equal(rest_query_only("", names), 0);
    assert_int_equal(rest_query_only("size=1&count=2", names), 0);
    assert_int_equal(rest_query_only("&size=1&", names), 0);
    assert_int_equal(rest_query_only("sise=1", names), -EINVAL);
    assert_int_equal(rest_query_only("count=1&x", names), -EINVAL);
    assert_int_equal(rest_query_only("coun=1", names), -EINVAL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_and_decodes_a_parameter),
        cmocka_unit_test(reads_numbers_within_their_range),
        cmocka_unit_test(tells_parameters_that_are_not_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
