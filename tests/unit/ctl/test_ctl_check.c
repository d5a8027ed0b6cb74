/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/ctl/test_ctl_check.c  Files checked without a server
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "mcu/ctl/ctl_check.h"

static char path[64];
static const char *const paths[] = {path};
static const struct ctl ctl = {.json = false}, json = {.json = true};

static void write_file(const char *text)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static int make(void **state)
{
    int fd;
    (void)state;

    snprintf(path, sizeof(path), "/tmp/test_ctl_check.XXXXXX");
    fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int take_away(void **state)
{
    (void)state;
    return unlink(path);
}

static void judges_a_configuration(void **state)
{
    (void)state;
    write_file("sip:\n  port: 5070\n");
    assert_int_equal(ctl_check_config(&ctl, path), CTL_OK);
    assert_int_equal(ctl_check_config(&json, path), CTL_OK);
    write_file("sip:\n  prot: 5070\n");
    assert_int_equal(ctl_check_config(&ctl, path), CTL_REFUSED);
    assert_int_equal(ctl_check_config(&json, path), CTL_REFUSED);
    assert_int_equal(ctl_check_config(&ctl, "/nonexistent/medley.yaml"), CTL_REFUSED);
}

static void judges_layouts_over_the_built_in_ones(void **state)
{
    static const char *const missing[] = {"/nonexistent/layout.yaml"}, *const folder[] = {"/"};
    (void)state;

    write_file("layouts: {mine: {grid: [2, 2]}}\n"
               "aliases: {yours: mine, theirs: auto}\n");
    assert_int_equal(ctl_check_layouts(&ctl, paths, 1), CTL_OK);
    write_file("aliases: {yours: nowhere}\n");
    assert_int_equal(ctl_check_layouts(&ctl, paths, 1), CTL_REFUSED);
    assert_int_equal(ctl_check_layouts(&json, paths, 1), CTL_REFUSED);
    assert_int_equal(ctl_check_layouts(&ctl, missing, 1), CTL_REFUSED);
    assert_int_equal(ctl_check_layouts(&ctl, folder, 1), CTL_REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges_a_configuration),
        cmocka_unit_test(judges_layouts_over_the_built_in_ones),
    };

    return cmocka_run_group_tests(tests, make, take_away);
}
