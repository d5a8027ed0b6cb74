/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_config_notify.c  Which changes of files are noticed
 */
#include "mcu/config/config_notify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static char dir[64], layouts[80], config_path[80];
static struct config_notify notify;

static void run(const char *command)
{
    char text[256];

    snprintf(text, sizeof(text), "cd %s && %s", dir, command);
    assert_int_equal(system(text), 0);
}

static int set_up(void **state)
{
    (void)state;
    snprintf(dir, sizeof(dir), "/tmp/test_config_notify_XXXXXX");
    if (!mkdtemp(dir))
        return -1;
    snprintf(layouts, sizeof(layouts), "%s/l", dir);
    snprintf(config_path, sizeof(config_path), "%s/m.yaml", dir);
    run("mkdir l && touch m.yaml");
    if (config_notify_init(&notify, config_path))
        return -1;
    config_notify_set(&notify, true, layouts);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    config_notify_finish(&notify);
    run("rm -r \"$PWD\"");
    return 0;
}

static void notices_what_settings_are_read_from(void **state)
{
    static const struct {
        const char *command;
        bool noticed;
    } row[] = {
        {"true", false},
        {"echo >m.yaml", true},
        {"mv m.yaml m", true},
        {"mv m m.yaml", true},
        {"echo >other.yaml", false},
        {"echo >medley.db", false},
        {"echo >logo.png", true},
        {"echo >l/a.yaml", true},
        {"echo >l/.a.yaml.swp", false},
        {"echo >l/a.yaml~", false},
        {"echo >l/README", false},
        {"echo >l/back.png", true},
        {"mv l/a.yaml l/a", true},
        {"mkdir l/data && ln -s data l/tmp && mv -T l/tmp l/..data", true},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); ++i) {
        run(row[i].command);
        if (config_notify_read(&notify) != row[i].noticed)
            fail_msg("%s", row[i].command);
    }
}

static void one_folder_may_be_both(void **state)
{
    (void)state;

    config_notify_set(&notify, true, dir);
    run("echo >other.yaml");
    assert_true(config_notify_read(&notify));
    run("echo >m.yaml");
    assert_true(config_notify_read(&notify));
    config_notify_set(&notify, true, "");
    run("echo >other.yaml");
    assert_false(config_notify_read(&notify));
    run("echo >m.yaml");
    assert_true(config_notify_read(&notify));
}

static void notices_nothing_when_off(void **state)
{
    (void)state;

    config_notify_set(&notify, false, layouts);
    run("echo >m.yaml && echo >l/a.yaml");
    assert_false(config_notify_read(&notify));
    assert_false(config_notify_is_lost(&notify));
}

static void finds_a_lost_folder_again(void **state)
{
    (void)state;

    run("mv l k");
    assert_true(config_notify_read(&notify));
    assert_true(config_notify_is_lost(&notify));
    assert_false(config_notify_retry(&notify));
    run("mkdir l");
    assert_true(config_notify_retry(&notify));
    assert_false(config_notify_is_lost(&notify));
    run("echo >k/a.yaml");
    assert_false(config_notify_read(&notify));
    run("echo >l/a.yaml");
    assert_true(config_notify_read(&notify));
    run("rm -r l");
    assert_true(config_notify_read(&notify));
    assert_true(config_notify_is_lost(&notify));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(notices_what_settings_are_read_from),
        TEST(one_folder_may_be_both),
        TEST(notices_nothing_when_off),
        TEST(finds_a_lost_folder_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
