/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_store_shape.c  Structs described by tables
 */
#include "mcu/store/store_shape.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/store/store_arena.h"

struct child {
    const char *name;
};

struct parent {
    const char *text;
    uint64_t big;
    uint32_t small;
    bool flag;
    const struct child *children;
    uint32_t children_n;
};

static const struct store_field child_fields[] = {
    STORE_TEXT(struct child, name, 1, 5),
    STORE_FIELDS_END,
};
static const struct store_shape child_shape = {sizeof(struct child), child_fields};

static const struct store_field fields[] = {
    STORE_TEXT(struct parent, text, 2, 5),
    STORE_U64(struct parent, big),
    STORE_U32(struct parent, small, 10, 20),
    STORE_BOOL(struct parent, flag),
    STORE_ROWS(struct parent, children, 2, &child_shape),
    STORE_FIELDS_END,
};
static const struct store_shape shape = {sizeof(struct parent), fields};

static struct store_arena *arena;

static int copy(const struct parent *src, const struct parent **ret)
{
    const void *dst = NULL;
    int err;

    arena = store_arena_free(arena);
    arena = store_arena_new();
    err = store_shape_copy(&dst, &shape, src, arena);
    assert_true((err == 0) == (dst != NULL));
    if (ret)
        *ret = dst;
    return err;
}

static int free_arena(void **state)
{
    (void)state;
    arena = store_arena_free(arena);
    return 0;
}

static void a_copy_is_of_all_that_is_pointed_to(void **state)
{
    char text[] = "abc", name[] = "kid";
    struct child children[] = {{name}, {name}};
    const struct parent src = {text, INT64_MAX, 10, true, children, 2};
    const struct parent *dst;
    (void)state;

    assert_int_equal(copy(&src, &dst), 0);
    memset(text, 'x', 3);
    memset(name, 'x', 3);
    memset(children, 0, sizeof(children));
    assert_string_equal(dst->text, "abc");
    assert_true(dst->big == INT64_MAX);
    assert_int_equal(dst->small, 10);
    assert_true(dst->flag);
    assert_int_equal(dst->children_n, 2);
    assert_string_equal(dst->children[1].name, "kid");
}

static void what_is_out_of_range_is_refused(void **state)
{
    const struct child good[] = {{"kid"}, {"kid"}, {"kid"}}, bad[] = {{"kid"}, {NULL}};
    const struct parent ok = {"abc", 0, 20, false, NULL, 0};
    struct parent p = ok;
    (void)state;

    assert_int_equal(copy(&p, NULL), 0);
    p.text = "a";
    assert_int_equal(copy(&p, NULL), -EINVAL);
    p.text = NULL;
    assert_int_equal(copy(&p, NULL), -EINVAL);
    p.text = "abcdef";
    assert_int_equal(copy(&p, NULL), -EINVAL);
    p = ok;
    p.small = 9;
    assert_int_equal(copy(&p, NULL), -EINVAL);
    p.small = 21;
    assert_int_equal(copy(&p, NULL), -EINVAL);
    p = ok;
    p.big = (uint64_t)INT64_MAX + 1;
    assert_int_equal(copy(&p, NULL), -EINVAL);
    p = ok;
    p.children = good;
    p.children_n = 3;
    assert_int_equal(copy(&p, NULL), -EINVAL);
    p.children_n = 2;
    assert_int_equal(copy(&p, NULL), 0);
    p.children = bad;
    assert_int_equal(copy(&p, NULL), -EINVAL);
    p.children = NULL;
    assert_int_equal(copy(&p, NULL), -EINVAL);
}

static void text_is_utf8(void **state)
{
    static const struct {
        const char *text;
        int err;
    } cases[] = {
        {"ab", 0},
        {"\xc3\x84", 0},
        {"\xe2\x82\xac", 0},
        {"\xf0\x9f\x98\x80", 0},
        {"\xf4\x8f\xbf\xbf", 0},
        {"\xed\x9f\xbf", 0},
        {"\xee\x80\x80", 0},
        {"a\x80", -EINVAL},        /* no start */
        {"a\xc3", -EINVAL},        /* cut off */
        {"\xe2\x82", -EINVAL},     /* cut off */
        {"\xf0\x9f\x98", -EINVAL}, /* cut off */
        {"\xc0\x80", -EINVAL},     /* overlong */
        {"\xc1\xbf", -EINVAL},     /* overlong */
        {"\xe0\x9f\xbf", -EINVAL}, /* overlong */
        {"\xf0\x8f\xbf\xbf", -EINVAL},
        {"\xed\xa0\x80", -EINVAL},     /* surrogate */
        {"\xf4\x90\x80\x80", -EINVAL}, /* beyond the end */
        {"\xf5\x80\x80\x80", -EINVAL},
        {"\xff\xff", -EINVAL},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        const struct parent p = {.text = cases[i].text, .small = 10};

        assert_int_equal(copy(&p, NULL), cases[i].err);
    }
}

static void a_field_is_found_by_its_name(void **state)
{
    (void)state;
    assert_ptr_equal(store_shape_field(&shape, "small"), &fields[2]);
    assert_null(store_shape_field(&shape, "smal"));
    assert_null(store_shape_field(&shape, ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_copy_is_of_all_that_is_pointed_to, free_arena),
        cmocka_unit_test_teardown(what_is_out_of_range_is_refused, free_arena),
        cmocka_unit_test_teardown(text_is_utf8, free_arena),
        cmocka_unit_test_teardown(a_field_is_found_by_its_name, free_arena),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
