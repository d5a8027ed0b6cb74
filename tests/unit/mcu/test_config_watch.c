/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_config_watch.c  Settings read anew by request and by change
 */
#include "mcu/config/config_watch.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "mixer/layout_set.h"
#include "net/control_loop.h"

enum { RESULTS_MAX = 64 };

static char dir[64], config_path[128];
static struct settings_source source;
static struct settings *settings;
static struct config_watch *watch;
static struct config_watch_result result[RESULTS_MAX], last;
static unsigned nresults, ntaken;

static void drop(struct config_watch_result *r)
{
    settings_unref(r->settings);
    free(r->errs);
    memset(r, 0, sizeof(*r));
}

static void on_result(const struct config_watch_result *r, void *arg)
{
    assert_ptr_equal(arg, &nresults);
    assert_true(nresults < RESULTS_MAX);
    result[nresults++] = *r;
    control_loop_stop();
}

/* Waits for the next result. */
static void await(void)
{
    while (ntaken == nresults)
        assert_int_equal(control_loop_run(NULL), 0);
    drop(&last);
    last = result[ntaken];
    memset(&result[ntaken++], 0, sizeof(last));
}

static int run(const char *command)
{
    char text[256];

    snprintf(text, sizeof(text), "cd %s && %s", dir, command);
    return system(text);
}

/* As an editor does: a new file takes the name of the old one. */
static void put(const char *name, const char *text)
{
    char path[128], temporary[160];
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    snprintf(temporary, sizeof(temporary), "%s~", path);
    f = fopen(temporary, "wb");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    assert_int_equal(rename(temporary, path), 0);
}

static int set_up(void **state)
{
    static struct config_errors errs;
    (void)state;

    snprintf(dir, sizeof(dir), "/tmp/test_config_watch_XXXXXX");
    if (!mkdtemp(dir) || run("mkdir l"))
        return -1;
    snprintf(config_path, sizeof(config_path), "%s/m.yaml", dir);
    put("m.yaml", "layouts: { dir: l }\n");
    source = (struct settings_source){.config_file = config_path};
    nresults = ntaken = 0;
    if (control_loop_init(256) || settings_load(&settings, &source, &errs))
        return -1;
    return config_watch_new(&watch, &source, settings, on_result, &nresults);
}

static int tear_down(void **state)
{
    (void)state;
    watch = config_watch_free(watch);
    control_loop_flush();
    control_loop_finish();
    drop(&last);
    while (ntaken < nresults)
        drop(&result[ntaken++]);
    settings = settings_unref(settings);
    return run("rm -r \"$PWD\"");
}

static void a_request_gets_its_result(void **state)
{
    uint64_t first = config_watch_reload(watch, false), second = config_watch_reload(watch, true);
    (void)state;

    assert_true(first != 0 && second != 0 && first != second);
    await();
    assert_int_equal(last.request, first);
    assert_false(last.check_only);
    assert_non_null(last.settings);
    assert_int_equal(last.errs->n, 0);
    assert_true(last.settings->version > settings->version);
    await();
    assert_int_equal(last.request, second);
    assert_true(last.check_only);
    assert_non_null(last.settings);
}

static void a_broken_file_gives_its_errors_and_no_settings(void **state)
{
    (void)state;

    put("m.yaml", "layouts: { dri: l }\n");
    config_watch_reload(watch, false);
    await();
    assert_null(last.settings);
    assert_int_equal(last.errs->n, 1);
    assert_non_null(strstr(last.errs->text[0], "m.yaml:1:12: layouts.dri: no such key"));
}

static void a_pipe_is_not_opened_again(void **state)
{
    (void)state;
    assert_int_equal(run("rm m.yaml && mkfifo m.yaml"), 0);
    (void)config_watch_reload(watch, false);
    do
        await();
    while (!last.request); /* the change of the folder may be noticed first */
    assert_null(last.settings);
    assert_non_null(strstr(last.errs->text[0], "m.yaml: not a regular file"));
}

static void sees_a_file_that_an_editor_replaced(void **state)
{
    (void)state;

    put("m.yaml", "layouts: { dir: l }\nrooms: { layout: 2x2 }\n");
    await();
    assert_int_equal(last.request, 0);
    assert_non_null(last.settings);
    assert_string_equal(last.settings->config.rooms.layout, "2x2");
}

static void sees_a_file_that_was_written_in_place(void **state)
{
    (void)state;

    assert_int_equal(run("echo 'rooms: { layout: 3x3 }' >m.yaml"), 0);
    await();
    assert_non_null(last.settings);
    assert_string_equal(last.settings->config.rooms.layout, "3x3");
}

static void sees_layout_files_come_and_go(void **state)
{
    (void)state;

    put("l/a.yaml", "layouts: { mine: {grid: [2, 2]} }\n");
    await();
    assert_true(layout_set_has(last.settings->layouts, "mine"));
    put("l/a.yaml", "layouts: { mine: {grid: [0, 2]} }\n");
    await();
    assert_null(last.settings);
    assert_non_null(strstr(last.errs->text[0], "/l/a.yaml:1:26: layouts.mine.grid[0]: "));
    assert_int_equal(run("rm l/a.yaml"), 0);
    await();
    assert_false(layout_set_has(last.settings->layouts, "mine"));
}

/* A logo elsewhere, which is no image: each change is told as an error. */
static void sees_files_of_other_folders_that_were_read(void **state)
{
    (void)state;

    assert_int_equal(run("mkdir brand"), 0);
    put("m.yaml", "layouts: { dir: l }\noverlay: { logo: brand/logo.png }\n");
    await();
    assert_null(last.settings);
    assert_non_null(strstr(last.errs->text[0], "No such file"));
    put("brand/logo.png", "text");
    await();
    assert_null(last.settings);
    assert_non_null(strstr(last.errs->text[0], "not a PNG image"));
}

static void sees_links_made_and_what_they_lead_to(void **state)
{
    (void)state;

    assert_int_equal(run("mkdir k && echo 'aliases: { one: auto }' >k/a.yaml"), 0);
    assert_int_equal(run("ln -s ../k/a.yaml l/a.yaml"), 0);
    await();
    assert_true(layout_set_has(last.settings->layouts, "one"));
    put("k/a.yaml", "aliases: { two: auto }\n");
    await();
    assert_true(layout_set_has(last.settings->layouts, "two"));
}

static void of_several_writes_the_last_one_counts(void **state)
{
    (void)state;

    put("l/a.yaml", "broken\n");
    put("l/b.yaml", "aliases: { a: auto }\n");
    put("l/a.yaml", "aliases: { b: a }\n");
    do
        await();
    while (!last.settings || !layout_set_has(last.settings->layouts, "b"));
}

static void an_update_says_what_to_watch(void **state)
{
    struct settings other = *settings;
    (void)state;

    assert_int_equal(run("mkdir k"), 0);
    snprintf(other.config.layouts.dir, sizeof(other.config.layouts.dir), "%s/k", dir);
    config_watch_update(watch, &other);
    config_watch_reload(watch, false); /* the update is done when this is */
    await();
    put("l/a.yaml", "aliases: { a: auto }\n");
    put("k/a.yaml", "aliases: { a: auto }\n");
    await();
    assert_int_equal(last.request, 0);
}

static void a_folder_that_was_replaced_is_watched_again(void **state)
{
    (void)state;

    assert_int_equal(run("mkdir k && mv l old && mv k l"), 0);
    await();
    put("l/a.yaml", "aliases: { mine: auto }\n");
    do
        await();
    while (!last.settings || !layout_set_has(last.settings->layouts, "mine"));
}

static void more_requests_than_may_wait_fail_at_once(void **state)
{
    unsigned failed = 0;
    (void)state;

    for (unsigned i = 0; i < CONFIG_WATCH_REQUESTS_MAX + 3; ++i)
        config_watch_reload(watch, false);
    for (unsigned i = 0; i < CONFIG_WATCH_REQUESTS_MAX + 3; ++i) {
        await();
        failed += !last.settings && strcmp(last.errs->text[0], "too many reloads at a time") == 0;
    }
    assert_int_equal(failed, 3);
    config_watch_reload(watch, false);
    await();
    assert_non_null(last.settings);
}

static void no_result_comes_after_the_end(void **state)
{
    (void)state;

    config_watch_reload(watch, false);
    put("m.yaml", "");
    watch = config_watch_free(watch);
    control_loop_flush();
    assert_int_equal(nresults, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_request_gets_its_result),
        TEST(a_broken_file_gives_its_errors_and_no_settings),
        TEST(a_pipe_is_not_opened_again),
        TEST(sees_a_file_that_an_editor_replaced),
        TEST(sees_a_file_that_was_written_in_place),
        TEST(sees_layout_files_come_and_go),
        TEST(sees_files_of_other_folders_that_were_read),
        TEST(sees_links_made_and_what_they_lead_to),
        TEST(of_several_writes_the_last_one_counts),
        TEST(an_update_says_what_to_watch),
        TEST(a_folder_that_was_replaced_is_watched_again),
        TEST(more_requests_than_may_wait_fail_at_once),
        TEST(no_result_comes_after_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
