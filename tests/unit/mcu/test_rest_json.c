/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_rest_json.c  JSON for the REST API: what is written is JSON, whatever
 * goes in
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/api/rest_json.h"

static struct rest_json j;

static int begin(void **state)
{
    (void)state;
    rest_json_init(&j);
    return 0;
}

static int end(void **state)
{
    (void)state;
    rest_json_finish(&j);
    return 0;
}

static void writes_objects_lists_and_values(void **state)
{
    size_t len;
    (void)state;

    rest_json_open(&j, NULL, '{');
    rest_json_string(&j, "name", "demo");
    rest_json_open(&j, "tiles", '[');
    rest_json_int(&j, NULL, 1);
    rest_json_int(&j, NULL, INT64_MIN);
    rest_json_open(&j, NULL, '{');
    rest_json_close(&j);
    rest_json_close(&j);
    rest_json_bool(&j, "yes", true);
    rest_json_bool(&j, "no", false);
    rest_json_null(&j, "none");
    rest_json_string(&j, "nobody", NULL);
    rest_json_stringn(&j, "part", "abcdef", 3);
    rest_json_real(&j, "x", -0.25);
    rest_json_close(&j);
    assert_string_equal(
        rest_json_text(&j, &len),
        "{\"name\":\"demo\",\"tiles\":[1,-9223372036854775808,{}],\"yes\":true,"
        "\"no\":false,\"none\":null,\"nobody\":null,\"part\":\"abc\",\"x\":-0.250}");
    assert_int_equal(len, strlen(rest_json_text(&j, NULL)));
}

static void escapes_whatever_a_string_holds(void **state)
{
    static const struct {
        const char *text, *json;
    } cases[] = {
        {"", "\"\""},
        {"a\"b\\c/d", "\"a\\\"b\\\\c/d\""},
        {"\n\t\x01\x1f\x7f", "\"\\u000a\\u0009\\u0001\\u001f\\u007f\""},
        {"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\""},
        {"\xc3", "\"\xef\xbf\xbd\""},                                   /* cut off */
        {"\xc0\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\""},                   /* too long a form */
        {"\xed\xa0\x80x", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdx\""}, /* half a pair */
        {"\xff\xfe", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        rest_json_finish(&j);
        rest_json_string(&j, NULL, cases[i].text);
        assert_string_equal(rest_json_text(&j, NULL), cases[i].json);
    }
}

static void writes_null_for_what_is_no_number(void **state)
{
    (void)state;
    rest_json_open(&j, NULL, '[');
    rest_json_real(&j, NULL, NAN);
    rest_json_real(&j, NULL, INFINITY);
    rest_json_real(&j, NULL, 1e300);
    rest_json_close(&j);
    assert_string_equal(rest_json_text(&j, NULL), "[null,null,null]");
}

static void writes_times_as_rfc_3339(void **state)
{
    (void)state;
    rest_json_open(&j, NULL, '[');
    rest_json_time(&j, NULL, 0);
    rest_json_time(&j, NULL, 1700000000123456u);
    rest_json_close(&j);
    assert_string_equal(rest_json_text(&j, NULL), "[null,\"2023-11-14T22:13:20.123Z\"]");
}

static void has_no_text_while_something_is_open(void **state)
{
    (void)state;
    assert_null(rest_json_text(&j, NULL));
    rest_json_open(&j, NULL, '{');
    assert_null(rest_json_text(&j, NULL));
    rest_json_close(&j);
    assert_string_equal(rest_json_text(&j, NULL), "{}");
}

static void gives_up_beyond_its_size(void **state)
{
    char *big = malloc(REST_JSON_SIZE_MAX / 4);
    (void)state;

    assert_non_null(big);
    memset(big, 'a', REST_JSON_SIZE_MAX / 4);
    rest_json_open(&j, NULL, '[');
    for (unsigned i = 0; i < 3; ++i)
        rest_json_stringn(&j, NULL, big, REST_JSON_SIZE_MAX / 4);
    rest_json_close(&j);
    assert_non_null(rest_json_text(&j, NULL));
    rest_json_finish(&j);
    rest_json_open(&j, NULL, '[');
    for (unsigned i = 0; i < 5; ++i)
        rest_json_stringn(&j, NULL, big, REST_JSON_SIZE_MAX / 4);
    rest_json_close(&j);
    assert_null(rest_json_text(&j, NULL));
    free(big);
}

int main(void)
{
#define TEST(name_) cmocka_unit_test_setup_teardown(name_, begin, end)
    static const struct CMUnitTest tests[] = {
        TEST(writes_objects_lists_and_values),     TEST(escapes_whatever_a_string_holds),
        TEST(writes_null_for_what_is_no_number),   TEST(writes_times_as_rfc_3339),
        TEST(has_no_text_while_something_is_open), TEST(gives_up_beyond_its_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
