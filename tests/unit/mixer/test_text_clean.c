/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mixer/test_text_clean.c  Cleaning of texts: one test for each promise in
 * text_clean.h
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mixer/text_clean.h"

static void what_must_not_be_shown_is_dropped(void **state)
{
    static const struct {
        const char *text, *clean;
    } table[] = {
        {"Ada Lovelace", "Ada Lovelace"},
        {"  a \t\n b  ", "a b"},
        {"a\xe2\x80\xa8z", "a z"}, /* line separator */
        {"a\xff\xfe\xc3", "a"},    /* broken */
        {"\xed\xa0\x80z", "z"},    /* surrogate */
        {"\xe2\x80\xaetxt.exe", "txt.exe"},
        {"\xe2\x81\xa6x\xe2\x81\xa9", "x"}, /* isolate */
        {"a\xc3\xa9\xf0\x9f\x98\x80", "a\xc3\xa9\xf0\x9f\x98\x80"},
        {"\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d", "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d"},
        {"", ""},
        {NULL, ""},
    };
    (void)state;

    for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); ++i) {
        char text[TEXT_CLEAN_MAX + 1];

        assert_int_equal(text_clean_utf8(text, table[i].text, TEXT_CLEAN_MAX),
                         strlen(table[i].clean));
        assert_string_equal(text, table[i].clean);
        assert_int_equal(text_clean_line(text, table[i].text, TEXT_CLEAN_MAX),
                         strlen(table[i].clean));
        assert_string_equal(text, table[i].clean);
    }
}

static void no_more_than_max_is_looked_at(void **state)
{
    char text[TEXT_CLEAN_MAX + 1], *name = malloc(10);
    (void)state;

    assert_non_null(name);
    memset(name, 'x', 10); /* no NUL: reading on is found by the sanitizer */
    assert_int_equal(text_clean_utf8(text, name, 10), 10);
    memcpy(name + 8, "\xf0\x9f", 2); /* half an emoji */
    assert_int_equal(text_clean_utf8(text, name, 10), 8);
    free(name);
}

static void a_grapheme_of_many_marks_is_cut(void **state)
{
    char name[20001] = "z", text[TEXT_CLEAN_MAX + 1];
    (void)state;

    for (size_t i = 1; i + 2 < sizeof(name); i += 2)
        memcpy(name + i, "\xcc\x81", 3);
    assert_int_equal(text_clean_utf8(text, name, TEXT_CLEAN_MAX), 511);
    assert_int_equal(text_clean_line(text, name, TEXT_CLEAN_MAX),
                     1 + 2 * (TEXT_CLEAN_GRAPHEME - 1));

    memcpy(name + 401, "end", 4);
    assert_int_equal(text_clean_line(text, name, TEXT_CLEAN_MAX),
                     1 + 2 * (TEXT_CLEAN_GRAPHEME - 1) + 3);
    assert_string_equal(text + strlen(text) - 3, "end");
}

static void random_bytes_are_harmless(void **state)
{
    (void)state;

    srand(1);
    for (int round = 0; round < 2000; ++round) {
        char text[TEXT_CLEAN_MAX + 1], again[TEXT_CLEAN_MAX + 1];
        size_t size = (size_t)rand() % 800, len;
        char *name = malloc(size + 1);

        assert_non_null(name);
        for (size_t i = 0; i < size; ++i)
            name[i] = (char)(rand() % 4 ? 0x80 + rand() % 0x80 : 1 + rand() % 0x7f);
        name[size] = '\0';
        len = text_clean_line(text, name, TEXT_CLEAN_MAX);
        assert_int_equal(len, strlen(text));
        assert_int_equal(text_clean_utf8(again, text, TEXT_CLEAN_MAX),
                         len); /* nothing left to drop */
        free(name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_must_not_be_shown_is_dropped),
        cmocka_unit_test(no_more_than_max_is_looked_at),
        cmocka_unit_test(a_grapheme_of_many_marks_is_cut),
        cmocka_unit_test(random_bytes_are_harmless),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
