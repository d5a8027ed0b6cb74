/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_rest_router.c  Which row of a table a request finds
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/api/rest_router.h"

static void never(const struct rest_call *call)
{
    (void)call;
    fail();
}

static const struct rest_route table[] = {
    {.method = "GET", .path = "/rooms", .h = never},
    {.method = "GET", .path = "/rooms/{r}", .h = never},
    {.method = "DELETE", .path = "/rooms/{r}", .h = never},
    {.method = "POST", .path = "/rooms/{r}/mute", .h = never},
    {.method = "PATCH", .path = "/rooms/{r}/people/{p}", .h = never},
    {.method = NULL},
};

static void finds_the_row_of_method_and_path(void **state)
{
    static const struct {
        const char *method, *path;
        int row;
        const char *param[2];
    } cases[] = {
        {"GET", "/rooms", 0, {"", ""}},
        {"HEAD", "/rooms", 0, {"", ""}},
        {"GET", "/rooms/demo", 1, {"demo", ""}},
        {"DELETE", "/rooms/demo", 2, {"demo", ""}},
        {"POST", "/rooms/a b/mute", 3, {"a b", ""}},
        {"PATCH", "/rooms/x/people/pt_1", 4, {"x", "pt_1"}},
    };
    struct rest_router_match match;
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        rest_router_find(&match, table, cases[i].method, cases[i].path);
        assert_ptr_equal(match.route, &table[cases[i].row]);
        assert_string_equal(match.param[0], cases[i].param[0]);
        assert_string_equal(match.param[1], cases[i].param[1]);
    }
}

static void finds_nothing_for_other_paths(void **state)
{
    static const char *const paths[] = {"",
                                        "/",
                                        "/room",
                                        "/rooms/",
                                        "/rooms//mute",
                                        "/rooms/a/b",
                                        "/rooms/a/mute/",
                                        "/Rooms",
                                        "/rooms/a/people",
                                        "/rooms/a/people/",
                                        "rooms"};
    struct rest_router_match match;
    (void)state;

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); ++i) {
        rest_router_find(&match, table, "GET", paths[i]);
        assert_null(match.route);
        assert_string_equal(match.methods, "");
    }
}

static void says_which_methods_a_path_has(void **state)
{
    struct rest_router_match match;
    (void)state;

    rest_router_find(&match, table, "PUT", "/rooms/demo");
    assert_null(match.route);
    assert_string_equal(match.methods, "GET, HEAD, DELETE");
    rest_router_find(&match, table, "get", "/rooms/demo/mute");
    assert_null(match.route);
    assert_string_equal(match.methods, "POST");
}

static void refuses_segments_that_are_too_long(void **state)
{
    char path[REST_ROUTER_PARAM_SIZE + 16];
    struct rest_router_match match;
    (void)state;

    (void)snprintf(path, sizeof(path), "/rooms/%0*d", REST_ROUTER_PARAM_SIZE - 1, 0);
    rest_router_find(&match, table, "GET", path);
    assert_ptr_equal(match.route, &table[1]);
    (void)snprintf(path, sizeof(path), "/rooms/%0*d", REST_ROUTER_PARAM_SIZE, 0);
    rest_router_find(&match, table, "GET", path);
    assert_null(match.route);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_row_of_method_and_path),
        cmocka_unit_test(finds_nothing_for_other_paths),
        cmocka_unit_test(says_which_methods_a_path_has),
        cmocka_unit_test(refuses_segments_that_are_too_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
