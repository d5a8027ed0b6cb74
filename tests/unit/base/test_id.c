/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/base/test_id.c  Ids: shape, alphabet, no two alike
 */
#include "mcu/base/id.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { N_IDS = 1000 };

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void an_id_is_prefix_underscore_and_twenty_characters(void **state)
{
    char id[ID_SIZE];
    (void)state;

    id_make(id, "pt");
    assert_int_equal(strlen(id), 23);
    assert_memory_equal(id, "pt_", 3);
    assert_int_equal(strspn(id + 3, "abcdefghijklmnopqrstuvwxyz234567"), 20);
}

static void the_longest_id_fits(void **state)
{
    char *id = malloc(ID_SIZE);
    (void)state;

    assert_non_null(id);
    id_make(id, "12345678");
    assert_int_equal(strlen(id), 29);
    free(id);
}

static void no_two_ids_are_alike(void **state)
{
    static char id[N_IDS][ID_SIZE];
    (void)state;

    for (int i = 0; i < N_IDS; ++i)
        id_make(id[i], "x");
    qsort(id, N_IDS, ID_SIZE, compare);
    for (int i = 1; i < N_IDS; ++i)
        assert_string_not_equal(id[i - 1], id[i]);
}

static void text_has_the_length_and_uses_the_whole_alphabet(void **state)
{
    bool seen[256] = {false};
    char text[2001];
    int n = 0;
    (void)state;

    id_text(text, 2000);
    assert_int_equal(strlen(text), 2000);
    for (int i = 0; i < 2000; ++i) {
        n += !seen[(unsigned char)text[i]];
        seen[(unsigned char)text[i]] = true;
    }
    assert_int_equal(n, 32);
    id_text(text, 0);
    assert_string_equal(text, "");
}

static void bytes_fill_exactly_what_was_asked_for(void **state)
{
    unsigned char buf[66] = {0}, seen[64] = {0};
    (void)state;

    for (int i = 0; i < 20; ++i) {
        id_bytes(buf + 1, 64);
        for (int k = 0; k < 64; ++k)
            seen[k] |= buf[1 + k];
        assert_int_equal(buf[0], 0);
        assert_int_equal(buf[65], 0);
    }
    for (int k = 0; k < 64; ++k)
        assert_int_not_equal(seen[k], 0);
    id_bytes(buf, 0);
}

static void numbers_differ(void **state)
{
    uint32_t first = id_u32();
    int same = 0;
    (void)state;

    for (int i = 0; i < 100; ++i)
        same += id_u32() == first;
    assert_true(same < 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_id_is_prefix_underscore_and_twenty_characters),
        cmocka_unit_test(the_longest_id_fits),
        cmocka_unit_test(no_two_ids_are_alike),
        cmocka_unit_test(text_has_the_length_and_uses_the_whole_alphabet),
        cmocka_unit_test(bytes_fill_exactly_what_was_asked_for),
        cmocka_unit_test(numbers_differ),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
