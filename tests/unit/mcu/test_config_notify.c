/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_config_notify.c  Which changes of files are noticed
 */
#include "mcu/config/config_notify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char dir[64], layouts[80], config_path[80];
static struct config_notify notify;
static struct config_files files;

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
    config_files_finish(&files);
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
        {"ln -s a l/link.yaml", true},
        {"ln l/a l/hard.yaml", true},
        {"ln -s a l/other", false},
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

/* Notes a file of the folder of the test as read. */
static void see(const char *name)
{
    char path[128];

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    config_files_add(&files, path);
    config_notify_set_files(&notify, &files);
}

struct row {
    const char *command;
    bool noticed;
};

static void must_notice(const struct row *row, size_t n)
{
    for (size_t i = 0; i < n; ++i) {
        run(row[i].command);
        if (config_notify_read(&notify) != row[i].noticed)
            fail_msg("%s", row[i].command);
    }
}

static void notices_files_elsewhere(void **state)
{
    static const struct row row[] = {
        {"echo >l/img/back.png", true},      {"echo >l/img/other.png", false},
        {"echo >brand/logo.png", true},      {"mv brand/logo.png brand/x", true},
        {"mv brand/x brand/logo.png", true}, {"echo >brand/x", false},
        {"echo >brand/none.png", true}, /* one that was missed */
    };
    (void)state;

    run("mkdir l/img brand");
    see("l/img/back.png");
    see("brand/logo.png");
    see("brand/none.png");
    must_notice(row, sizeof(row) / sizeof(row[0]));
}

static void follows_symbolic_links(void **state)
{
    static const struct row row[] = {
        {"echo >s/real.yaml", true},                         /* what a file leads to */
        {"ln -s /dev/null s/n && mv s/n s/step.yaml", true}, /* a link on the way */
        {"echo >s/other.yaml", false},
        {"echo >v1/logo.png", true},
        {"ln -s v2 new && mv -T new current", true}, /* a folder on the way */
    };
    (void)state;

    run("mkdir s v1 v2 && ln -s v1 current && touch v1/logo.png s/real.yaml");
    run("ln -s real.yaml s/step.yaml && ln -s ../s/step.yaml l/a.yaml");
    (void)config_notify_read(&notify);
    see("l/a.yaml");
    see("current/logo.png");
    must_notice(row, sizeof(row) / sizeof(row[0]));
}

static void follows_a_folder_of_layouts_that_is_a_link(void **state)
{
    static const struct row row[] = {
        {"echo >v1/a.yaml", true},
        {"ln -s v2 new && mv -T new k", true},
    };
    char path[80];
    (void)state;

    run("mkdir v1 v2 && ln -s v1 k");
    snprintf(path, sizeof(path), "%s/k", dir);
    config_notify_set(&notify, true, path);
    must_notice(row, sizeof(row) / sizeof(row[0]));
}

static void links_in_a_circle_and_long_names_do_no_harm(void **state)
{
    char name[CONFIG_NOTIFY_PATH_SIZE + 16];
    (void)state;

    run("ln -s b a && ln -s a b");
    (void)config_notify_read(&notify);
    see("a");
    memset(name, 'x', sizeof(name));
    name[sizeof(name) - 1] = '\0';
    config_files_add(&files, name);
    config_files_add(&files, "");
    config_files_add(&files, "/");
    config_files_add(&files, "x//");
    config_notify_set_files(&notify, &files);
    run("rm a");
    assert_true(config_notify_read(&notify));
}

static void the_number_of_folders_is_bounded(void **state)
{
    char name[32];
    (void)state;

    for (unsigned i = 0; i < 2 * CONFIG_FILES_MAX; ++i) {
        snprintf(name, sizeof(name), "d%u/file", i);
        config_files_add(&files, name);
    }
    assert_int_equal(files.n, CONFIG_FILES_MAX);
    config_notify_set_files(&notify, &files);
    assert_int_equal(notify.nfolders, CONFIG_NOTIFY_FOLDERS);
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
    assert_true(config_notify_read(&notify));
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
        TEST(notices_files_elsewhere),
        TEST(follows_symbolic_links),
        TEST(follows_a_folder_of_layouts_that_is_a_link),
        TEST(links_in_a_circle_and_long_names_do_no_harm),
        TEST(the_number_of_folders_is_bounded),
        TEST(notices_nothing_when_off),
        TEST(finds_a_lost_folder_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
