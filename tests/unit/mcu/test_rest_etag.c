/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_rest_etag.c  Versions of things as entity tags
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mcu/api/rest_etag.h"

static void writes_a_version_in_quotes(void **state)
{
    char tag[REST_ETAG_SIZE];
    (void)state;

    rest_etag_write(tag, 7);
    assert_string_equal("\"7\"", tag);
    rest_etag_write(tag, UINT64_MAX);
    assert_string_equal("\"18446744073709551615\"", tag);
}

static void matches_what_a_header_names(void **state)
{
    static const struct {
        const char *header;
        bool strong, weak;
    } cases[] = {
        {"\"7\"", true, true},
        {"*", true, true},
        {" \"1\" , \"7\"", true, true},
        {"\"1\",\"7\",\"9\"", true, true},
        {"W/\"7\"", false, true},
        {"\"1\", W/\"7\"", false, true},
        {"", false, false},
        {"7", false, false},
        {"\"77\"", false, false},
        {"\"7", false, false},
        {"w/\"7\"", false, false},
        {"W/", false, false},
        {"?", false, false},
        {",,,", false, false},
        {" \t ", false, false},
        {"**", false, false},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        assert_int_equal(cases[i].strong, rest_etag_matches(cases[i].header, 7, false));
        assert_int_equal(cases[i].weak, rest_etag_matches(cases[i].header, 7, true));
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_a_version_in_quotes),
        cmocka_unit_test(matches_what_a_header_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
