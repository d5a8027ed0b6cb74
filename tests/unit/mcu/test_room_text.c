/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file test_room_text.c  Whether a text is one, and how long it is
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <errno.h>

#include <cmocka.h>

#include "mcu/room/room_text.h"

static void counts_characters_of_clean_text_only(void **state)
{
    static const struct {
        const char *text;
        int length;
    } row[] = {
        {"", 0},
        {"abc", 3},
        {"a\nb\tc", 5},
        {"\xc3\xa4\xe2\x82\xac\xf0\x9f\x91\x8d", 3},
        {"\xf4\x8f\xbf\xbf", 1},
        {"\x01", -EILSEQ},
        {"a\r", -EILSEQ},
        {"\x7f", -EILSEQ},
        {"\xc2\x85", -EILSEQ},         /* NEL, a C1 control */
        {"\xc0\x80", -EILSEQ},         /* overlong */
        {"\xe0\x80\xaf", -EILSEQ},     /* overlong */
        {"\xed\xa0\x80", -EILSEQ},     /* surrogate */
        {"\xf4\x90\x80\x80", -EILSEQ}, /* beyond U+10FFFF */
        {"\xf8\x88\x80\x80\x80", -EILSEQ},
        {"\x80", -EILSEQ},
        {"\xe2\x82", -EILSEQ},
        {"\xf0\x9f\x91", -EILSEQ},
        {"\xc3", -EILSEQ},
        {"\xff", -EILSEQ},
    };
    (void)state;

    for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); ++i)
        assert_int_equal(room_text_length(row[i].text), row[i].length);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_characters_of_clean_text_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
