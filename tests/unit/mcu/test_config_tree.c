/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_config_tree.c  YAML as a tree: shape, places, limits
 */
#include "mcu/config/config_tree.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/config/config.h"

static struct config_tree tree;
static struct config_errors errs;

static int read_text(const char *text)
{
    memset(&errs, 0, sizeof(errs));
    return config_tree_read(&tree, "f.yaml", text, strlen(text), &errs);
}

static void keeps_shape_and_places(void **state)
{
    const struct config_node *list;
    (void)state;

    assert_int_equal(read_text("a: 1\nb:\n  - x\n  - 'y'\n  - {c: \"d\\0e\", f: }\n"), 0);
    assert_int_equal(tree.root->type, CONFIG_NODE_MAP);
    assert_int_equal(tree.root->n, 2);
    assert_string_equal(config_tree_get(tree.root, "a")->text, "1");
    list = config_tree_get(tree.root, "b");
    assert_int_equal(list->type, CONFIG_NODE_LIST);
    assert_int_equal(list->n, 3);
    assert_true(list->child->plain);
    assert_false(list->child->next->plain);
    assert_int_equal(list->child->next->line, 4);
    assert_int_equal(list->child->next->column, 5);
    list = list->child->next->next;
    assert_true(config_tree_get(list, "c")->binary);
    assert_string_equal(config_tree_get(list, "c")->text, "d");
    assert_true(config_tree_is_nothing(config_tree_get(list, "f")));
    assert_null(config_tree_get(list, "g"));
    assert_null(config_tree_get(list->child, "g"));
    config_tree_finish(&tree);
}

static void a_text_without_a_value_has_no_root(void **state)
{
    (void)state;

    assert_int_equal(read_text("# nothing\n"), 0);
    assert_null(tree.root);
    config_tree_finish(&tree);
}

static void refuses_too_many_values(void **state)
{
    const size_t n = CONFIG_TREE_NODES_MAX + 1;
    char *text = calloc(1, 2 * n + 2);
    (void)state;

    assert_non_null(text);
    text[0] = '[';
    for (size_t i = 0; i < n; ++i)
        memcpy(text + 1 + 2 * i, "1,", 2);
    text[2 * n] = ']';
    assert_int_equal(read_text(text), -EINVAL);
    assert_non_null(strstr(errs.text[0], ": too many values in a file"));
    config_tree_finish(&tree);
    free(text);
}

static void a_tree_left_half_way_is_freed(void **state)
{
    (void)state;

    assert_int_equal(read_text("a: [1, {b: &x 2}]"), -EINVAL);
    assert_string_equal(errs.text[0], "f.yaml:1:12: anchors and aliases are not allowed");
    config_tree_finish(&tree);
    assert_null(tree.root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_shape_and_places),
        cmocka_unit_test(a_text_without_a_value_has_no_root),
        cmocka_unit_test(refuses_too_many_values),
        cmocka_unit_test(a_tree_left_half_way_is_freed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
