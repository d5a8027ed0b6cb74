/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_store_arena.c  Memory of one request
 */
#include "mcu/store/store_arena.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void memory_is_zeroed_aligned_and_apart(void **state)
{
    static const size_t sizes[] = {0, 1, 15, 16, 17, 1000, 1024, 5000, 3};
    struct store_arena *arena = store_arena_new();
    char *at[sizeof(sizes) / sizeof(sizes[0])];
    const size_t n = sizeof(sizes) / sizeof(sizes[0]);
    (void)state;

    for (size_t i = 0; i < n; ++i) {
        at[i] = store_arena_alloc(arena, sizes[i]);
        assert_non_null(at[i]);
        assert_int_equal((uintptr_t)at[i] % 16, 0);
        for (size_t k = 0; k < sizes[i]; ++k)
            assert_int_equal(at[i][k], 0);
        memset(at[i], (int)i + 1, sizes[i]);
    }
    for (size_t i = 0; i < n; ++i) {
        for (size_t k = 0; k < sizes[i]; ++k)
            assert_int_equal(at[i][k], i + 1);
    }
    assert_true(store_arena_size(arena) >= 7000);
    assert_null(store_arena_free(arena));
}

static void text_is_copied_with_a_nul(void **state)
{
    struct store_arena *arena = store_arena_new();
    (void)state;

    assert_string_equal(store_arena_text(arena, "hello", 4), "hell");
    assert_string_equal(store_arena_text(arena, NULL, 0), "");
    store_arena_free(arena);
}

static void too_much_is_refused(void **state)
{
    struct store_arena *arena = store_arena_new();
    (void)state;

    assert_null(store_arena_alloc(arena, SIZE_MAX));
    assert_null(store_arena_alloc(arena, SIZE_MAX - 8));
    store_arena_free(arena);
    assert_null(store_arena_free(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_aligned_and_apart),
        cmocka_unit_test(text_is_copied_with_a_nul),
        cmocka_unit_test(too_much_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
