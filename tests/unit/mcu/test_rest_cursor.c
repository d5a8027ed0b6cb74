/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_rest_cursor.c  Where the next page of a list begins
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/api/rest_cursor.h"

static char longest[REST_CURSOR_KEY_SIZE];

static void reads_what_it_wrote(void **state)
{
    static const struct {
        uint64_t n;
        const char *key;
    } cases[] = {
        {0, ""},
        {1, "a"},
        {INT64_MAX, "us_abcdefghij"},
        {1795906469000000, "name with spaces"},
        {7, "\xc3\xa4 \xe2\x82\xac"},
        {INT64_MAX, longest},
    };
    char text[REST_CURSOR_SIZE];
    struct rest_cursor cursor;
    (void)state;

    memset(longest, 'z', sizeof(longest) - 1);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        rest_cursor_write(text, "meetings", cases[i].n, cases[i].key);
        assert_int_equal(strlen(text), strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqr"
                                                    "stuvwxyz0123456789-_"));
        assert_int_equal(0, rest_cursor_read(&cursor, "meetings", text, strlen(text)));
        assert_true(cursor.n == cases[i].n);
        assert_string_equal(cursor.key, cases[i].key);
    }
}

static void refuses_one_of_another_list(void **state)
{
    char text[REST_CURSOR_SIZE];
    struct rest_cursor cursor;
    (void)state;

    rest_cursor_write(text, "users", 5, "ada");
    assert_int_equal(-EBADMSG, rest_cursor_read(&cursor, "calls", text, strlen(text)));
    assert_int_equal(-EBADMSG, rest_cursor_read(&cursor, "user", text, strlen(text)));
    assert_true(cursor.n == 0);
    assert_string_equal(cursor.key, "");
}

static void refuses_one_with_any_character_changed_added_or_lost(void **state)
{
    char text[REST_CURSOR_SIZE], bad[REST_CURSOR_SIZE + 1];
    struct rest_cursor cursor;
    size_t len;
    (void)state;

    rest_cursor_write(text, "users", 5, "ada");
    len = strlen(text);
    for (size_t i = 0; i < len; ++i) {
        memcpy(bad, text, len + 1);
        bad[i] = bad[i] == 'A' ? 'B' : 'A';
        assert_int_equal(-EBADMSG, rest_cursor_read(&cursor, "users", bad, len));
        bad[i] = '=';
        assert_int_equal(-EBADMSG, rest_cursor_read(&cursor, "users", bad, len));
        bad[i] = '\0';
        assert_int_equal(-EBADMSG, rest_cursor_read(&cursor, "users", bad, len));
        assert_int_equal(-EBADMSG, rest_cursor_read(&cursor, "users", text, i));
    }
    memcpy(bad, text, len);
    bad[len] = 'A';
    assert_int_equal(-EBADMSG, rest_cursor_read(&cursor, "users", bad, len + 1));
    memset(bad, 'A', sizeof(bad));
    assert_int_equal(-EBADMSG, rest_cursor_read(&cursor, "users", bad, sizeof(bad)));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_it_wrote),
        cmocka_unit_test(refuses_one_of_another_list),
        cmocka_unit_test(refuses_one_with_any_character_changed_added_or_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
