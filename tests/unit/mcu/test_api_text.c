/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_api_text.c  Display names and room names
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/api/api_text.h"

struct text_case {
    const char *text;
    int err;
    const char *clean;
};

static void check_names(const struct text_case *cases, size_t n)
{
    for (size_t i = 0; i < n; ++i) {
        size_t len = strlen(cases[i].text);
        char *exact = malloc(len ? len : 1); /* so that a read beyond it is seen */
        char name[API_TEXT_NAME_SIZE] = "old";

        assert_non_null(exact);
        memcpy(exact, cases[i].text, len);
        assert_int_equal(api_text_clean_name(name, exact, len), cases[i].err);
        assert_string_equal(name, cases[i].clean);
        free(exact);
    }
}

static void trims_and_joins_white_space(void **state)
{
    static const struct text_case cases[] = {
        {"Ada", 0, "Ada"},
        {"  Ada \t\n Lovelace\xc2\xa0", 0, "Ada Lovelace"},
        {"\xe3\x80\x80\xe5\xb1\xb1\xe7\x94\xb0", 0, "\xe5\xb1\xb1\xe7\x94\xb0"},
        {"a\xe2\x80\xa8z", 0, "a z"},
    };
    (void)state;

    check_names(cases, sizeof(cases) / sizeof(cases[0]));
}

static void drops_controls_and_bidi_overrides(void **state)
{
    static const struct text_case cases[] = {
        {"A\x07\x1b[1mda\x7f", 0, "A[1mda"},
        {"\xe2\x80\xae"
         "evil\xe2\x80\xac",
         0, "evil"},
        {"a\xe2\x81\xa6z\xe2\x81\xa9", 0, "az"},
        {"a\xe2\x80\x8bz\xef\xbb\xbf", 0, "az"},
        {"a\xd8\x9cz", 0, "az"},
        {"a\xc2\x9bz", 0, "az"},
    };
    (void)state;

    check_names(cases, sizeof(cases) / sizeof(cases[0]));
}

static void keeps_scripts_and_emoji_whole(void **state)
{
    static const struct text_case cases[] = {
        {"\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae", 0, "\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae"},
        {"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7", 0,
         "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7"},
        {"\xd7\xa9\xd7\x9c", 0, "\xd7\xa9\xd7\x9c"},
        {"e\xcc\x81", 0, "e\xcc\x81"},
        {"z\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x85", 0, "z\xcc\x81\xcc\x82\xcc\x83"},
    };
    (void)state;

    check_names(cases, sizeof(cases) / sizeof(cases[0]));
}

static void refuses_what_is_not_utf8(void **state)
{
    static const struct text_case cases[] = {
        {"\xff", -EILSEQ, ""},
        {"a\xc3", -EILSEQ, ""},
        {"\xc0\xaf", -EILSEQ, ""},
        {"\xe0\x80\xaf", -EILSEQ, ""},
        {"\xed\xa0\x80", -EILSEQ, ""},
        {"\xf4\x90\x80\x80", -EILSEQ, ""},
        {"\xf8\x88\x80\x80\x80", -EILSEQ, ""},
        {"\x80", -EILSEQ, ""},
    };
    (void)state;

    check_names(cases, sizeof(cases) / sizeof(cases[0]));
}

static void refuses_names_without_anything_to_see(void **state)
{
    static const struct text_case cases[] = {
        {"", -ENODATA, ""},
        {" \t ", -ENODATA, ""},
        {"\xe2\x80\x8b\xe2\x80\xae", -ENODATA, ""},
        {"\xe2\x80\x8d", -ENODATA, ""},
        {"\xe3\x85\xa4", -ENODATA, ""},
    };
    (void)state;

    check_names(cases, sizeof(cases) / sizeof(cases[0]));
}

static void counts_characters_and_not_bytes(void **state)
{
    char text[4 * 65 + 1] = "", name[API_TEXT_NAME_SIZE];
    (void)state;

    for (int i = 0; i < 64; ++i)
        memcpy(text + (size_t)4 * (size_t)i, "\xf0\x9f\x98\x80", 4);
    assert_int_equal(api_text_clean_name(name, text, 256), 0);
    assert_int_equal(strlen(name), 256);
    memcpy(text + 256, "a", 2);
    assert_int_equal(api_text_clean_name(name, text, 257), -E2BIG);
    memcpy(text + 256, " ", 2);
    assert_int_equal(api_text_clean_name(name, text, 257), 0);
}

static void a_name_of_10000_combining_characters_keeps_three(void **state)
{
    static char text[20002] = "e";
    char name[API_TEXT_NAME_SIZE] = "old";
    (void)state;

    for (unsigned i = 0; i < 10000; ++i)
        memcpy(text + 1 + 2 * i, "\xcc\x81", 2);
    assert_int_equal(api_text_clean_name(name, text, 20001), 0);
    assert_string_equal(name, "e\xcc\x81\xcc\x81\xcc\x81");
}

static void folds_and_checks_room_names(void **state)
{
    static const struct text_case cases[] = {
        {"demo", 0, "demo"},
        {"Demo-1.a_b", 0, "demo-1.a_b"},
        {"9", 0, "9"},
        {"", -EINVAL, ""},
        {"-a", -EINVAL, ""},
        {".", -EINVAL, ""},
        {"a b", -EINVAL, ""},
        {"a/b", -EINVAL, ""},
        {"\xc3\xa4", -EINVAL, ""},
        {"a\n", -EINVAL, ""},
        {"0123456789012345678901234567890123456789012345678901234567890123", 0,
         "0123456789012345678901234567890123456789012345678901234567890123"},
        {"01234567890123456789012345678901234567890123456789012345678901234", -EINVAL, ""},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        char room[API_TEXT_ROOM_SIZE] = "old";

        assert_int_equal(api_text_clean_room(room, cases[i].text, strlen(cases[i].text)),
                         cases[i].err);
        assert_string_equal(room, cases[i].clean);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trims_and_joins_white_space),
        cmocka_unit_test(drops_controls_and_bidi_overrides),
        cmocka_unit_test(keeps_scripts_and_emoji_whole),
        cmocka_unit_test(refuses_what_is_not_utf8),
        cmocka_unit_test(refuses_names_without_anything_to_see),
        cmocka_unit_test(counts_characters_and_not_bytes),
        cmocka_unit_test(a_name_of_10000_combining_characters_keeps_three),
        cmocka_unit_test(folds_and_checks_room_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
