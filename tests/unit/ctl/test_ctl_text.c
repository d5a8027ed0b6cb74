/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/ctl/test_ctl_text.c  Foreign text for a terminal
 */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/ctl/ctl_text.h"

static int use_utf8(void **state)
{
    (void)state;
    return setlocale(LC_CTYPE, "C.UTF-8") ? 0 : -1;
}

struct text_case {
    const char *raw, *clean;
};

static void check(const struct text_case *cases, size_t n, unsigned columns)
{
    for (size_t i = 0; i < n; ++i) {
        char buf[256];

        assert_ptr_equal(ctl_text_clean(buf, sizeof(buf), cases[i].raw, columns), buf);
        assert_string_equal(buf, cases[i].clean);
        assert_true(ctl_text_width(buf) <= columns);
    }
}

static void leaves_harmless_text_as_it_is(void **state)
{
    static const struct text_case cases[] = {
        {"", ""},
        {"Ada Lovelace", "Ada Lovelace"},
        {"J\u00fcrgen \u05d3\u05d5\u05d3 \u6f22\u5b57 \U0001f600",
         "J\u00fcrgen \u05d3\u05d5\u05d3 \u6f22\u5b57 \U0001f600"},
        {"e\u0301", "e\u0301"},
    };
    (void)state;

    check(cases, sizeof(cases) / sizeof(cases[0]), 100);
}

static void takes_out_what_acts_on_a_terminal(void **state)
{
    static const struct text_case cases[] = {
        {"\033[2Jgone", "[2Jgone"},
        {"a\rb\nc\td", "a b c d"},
        {"\x9b", "\ufffd"},
        {"\xc2\x9b"
         "31m",
         "31m"},
        {"\u202egnp.exe\u202c", "gnp.exe"},
        {"\u2066x\u2069\u200b\u200d\ufeff", "x"},
        {"tag\U000e0041", "tag"},
        {"\x7f\x01", ""},
    };
    (void)state;

    check(cases, sizeof(cases) / sizeof(cases[0]), 100);
}

static void replaces_what_is_not_utf8(void **state)
{
    static const struct text_case cases[] = {
        {"\xff\xfe", "\ufffd\ufffd"},
        {"a\xc3", "a\ufffd"},
        {"\xc0\xaf", "\ufffd\ufffd"},
        {"\xed\xa0\x80", "\ufffd\ufffd\ufffd"},
        {"\xf4\x90\x80\x80", "\ufffd\ufffd\ufffd\ufffd"},
        {"\xe2\x82", "\ufffd\ufffd"},
    };
    (void)state;

    check(cases, sizeof(cases) / sizeof(cases[0]), 100);
}

static void keeps_few_marks_over_a_character(void **state)
{
    char raw[20002] = "a", buf[64];
    (void)state;

    for (size_t i = 0; i < 10000; ++i)
        memcpy(raw + 1 + 2 * i, "\u0301", 3);
    ctl_text_clean(buf, sizeof(buf), raw, 20);
    assert_string_equal(buf, "a\u0301\u0301\u0301");
    ctl_text_clean(buf, sizeof(buf), "\u0301b", 20);
    assert_string_equal(buf, "b");
}

static void cuts_what_is_too_wide(void **state)
{
    static const struct text_case cases[] = {
        {"0123456789", "0123456789"},
        {"0123456789a", "0123456..."},
        {"\u6f22\u5b57\u6f22\u5b57\u6f22", "\u6f22\u5b57\u6f22\u5b57\u6f22"},
        {"\u6f22\u5b57\u6f22\u5b57\u6f22\u5b57", "\u6f22\u5b57\u6f22..."},
    };
    (void)state;

    check(cases, sizeof(cases) / sizeof(cases[0]), 10);
}

static void stays_within_its_buffer(void **state)
{
    static const char raw[] = "\U0001f600\u6f22\u05d3abcdefghijklmnop";
    (void)state;

    for (size_t size = 0; size < 40; ++size) {
        char *exact = malloc(size ? size : 1);

        assert_non_null(exact);
        ctl_text_clean(exact, size, raw, 100);
        if (size)
            assert_true(strlen(exact) < size);
        free(exact);
    }
}

static void counts_columns(void **state)
{
    (void)state;
    assert_int_equal(ctl_text_width(""), 0);
    assert_int_equal(ctl_text_width("abc"), 3);
    assert_int_equal(ctl_text_width("\u6f22\u5b57"), 4);
    assert_int_equal(ctl_text_width("e\u0301"), 1);
}

static void writes_figures_with_units(void **state)
{
    char buf[CTL_TEXT_FIGURE_SIZE];
    (void)state;

    assert_string_equal(ctl_text_rate(buf, 0), "0");
    assert_string_equal(ctl_text_rate(buf, 32100), "32.1k");
    assert_string_equal(ctl_text_rate(buf, 1234567), "1.2M");
    assert_string_equal(ctl_text_bytes(buf, 120 << 20), "120 MiB");
    assert_string_equal(ctl_text_duration(buf, 7.9), "7s");
    assert_string_equal(ctl_text_duration(buf, 67), "1m 07s");
    assert_string_equal(ctl_text_duration(buf, 7380), "2h 03m");
    assert_string_equal(ctl_text_duration(buf, 90000), "1d 01h");
    assert_string_equal(ctl_text_duration(buf, -1), "0s");
    assert_string_equal(ctl_text_percent(buf, 0.0321), "3.2 %");
    assert_string_equal(ctl_text_percent(buf, -1), "-");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_harmless_text_as_it_is),
        cmocka_unit_test(takes_out_what_acts_on_a_terminal),
        cmocka_unit_test(replaces_what_is_not_utf8),
        cmocka_unit_test(keeps_few_marks_over_a_character),
        cmocka_unit_test(cuts_what_is_too_wide),
        cmocka_unit_test(stays_within_its_buffer),
        cmocka_unit_test(counts_columns),
        cmocka_unit_test(writes_figures_with_units),
    };

    return cmocka_run_group_tests(tests, use_utf8, NULL);
}
