/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file test_name_map.c  A hash table of things that have a name
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/room/name_map.h"

struct thing {
    struct name_map_node node;
    char name[16];
};

static void finds_what_is_in_and_nothing_else(void **state)
{
    enum { N = 5000 };
    struct thing *thing = calloc(N, sizeof(*thing));
    struct name_map map;
    (void)state;

    assert_int_equal(name_map_init(&map, 100), 0); /* chains are long, too */
    for (unsigned i = 0; i < N; ++i) {
        (void)snprintf(thing[i].name, sizeof(thing[i].name), "thing-%u", i);
        name_map_add(&map, &thing[i].node, thing[i].name);
    }
    for (unsigned i = 0; i < N; i += 2)
        name_map_remove(&map, &thing[i].node);
    for (unsigned i = 0; i < N; ++i)
        assert_ptr_equal(name_map_find(&map, thing[i].name), i % 2 ? &thing[i].node : NULL);
    assert_null(name_map_find(&map, ""));
    assert_null(name_map_find(&map, "thing-"));
    name_map_finish(&map);
    free(thing);
}

static void things_of_one_name_are_found_one_after_the_other(void **state)
{
    struct name_map_node a, b, c, other;
    struct name_map map;
    (void)state;

    assert_int_equal(name_map_init(&map, 1), 0);
    name_map_add(&map, &a, "same");
    name_map_add(&map, &other, "other");
    name_map_add(&map, &b, "same");
    name_map_add(&map, &c, "same");
    assert_ptr_equal(name_map_find(&map, "same"), &c);
    assert_ptr_equal(name_map_again(&c), &b);
    name_map_remove(&map, &b);
    assert_ptr_equal(name_map_again(&c), &a);
    assert_null(name_map_again(&a));
    assert_null(name_map_again(&other));
    name_map_finish(&map);
    name_map_finish(&map);
}

static void all_are_taken_out_one_after_the_other(void **state)
{
    struct thing thing[100] = {0};
    struct name_map map = {0};
    unsigned n = 0;
    (void)state;

    assert_null(name_map_pop(&map));
    assert_int_equal(name_map_init(&map, 1), 0); /* some chains are long */
    for (unsigned round = 0; round < 2; ++round) {
        for (unsigned i = 0; i < 100; ++i) {
            (void)snprintf(thing[i].name, sizeof(thing[i].name), "thing-%u", i);
            name_map_add(&map, &thing[i].node, thing[i].name);
        }
        for (struct name_map_node *node; (node = name_map_pop(&map)) != NULL; ++n)
            assert_null(name_map_find(&map, node->name));
        assert_int_equal(n, 100 * (round + 1));
    }
    name_map_finish(&map);
}

static void two_tables_do_not_hash_alike(void **state)
{
    struct name_map_node a, b;
    struct name_map one, two;
    (void)state;

    assert_int_equal(name_map_init(&one, 16), 0);
    assert_int_equal(name_map_init(&two, 16), 0);
    name_map_add(&one, &a, "a name of more than eight bytes");
    name_map_add(&two, &b, "a name of more than eight bytes");
    assert_true(a.hash != b.hash);
    name_map_finish(&one);
    name_map_finish(&two);
}

static void hashes_as_the_vector_of_its_authors_says(void **state)
{
    /* The first of them: key 00 01 .. 0f, no input.  The others have a NUL in it. */
    struct name_map map;
    struct name_map_node node;
    (void)state;

    assert_int_equal(name_map_init(&map, 16), 0);
    map.key[0] = 0x0706050403020100;
    map.key[1] = 0x0f0e0d0c0b0a0908;
    name_map_add(&map, &node, "");
    assert_true(node.hash == 0x726fdb47dd0e0e31);
    name_map_finish(&map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_is_in_and_nothing_else),
        cmocka_unit_test(things_of_one_name_are_found_one_after_the_other),
        cmocka_unit_test(all_are_taken_out_one_after_the_other),
        cmocka_unit_test(two_tables_do_not_hash_alike),
        cmocka_unit_test(hashes_as_the_vector_of_its_authors_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
