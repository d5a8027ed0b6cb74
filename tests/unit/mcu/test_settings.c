/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_settings.c  All of an operator's files as one: all or nothing
 */
#include "mcu/config/settings.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "codec/video_frame.h"
#include "mixer/layout_set.h"
#include "mixer/picture.h"

static char dir[64], config_path[128];
static struct config_errors errs;
static struct settings *settings;

/* Runs a command of the shell in the folder of the test. */
static int run(const char *command)
{
    char text[256];

    snprintf(text, sizeof(text), "cd %s && %s", dir, command);
    return system(text);
}

static int set_up(void **state)
{
    (void)state;
    memset(&errs, 0, sizeof(errs));
    snprintf(dir, sizeof(dir), "/tmp/test_settings_XXXXXX");
    if (!mkdtemp(dir))
        return -1;
    snprintf(config_path, sizeof(config_path), "%s/m.yaml", dir);
    return run("mkdir l");
}

static int tear_down(void **state)
{
    (void)state;
    settings = settings_unref(settings);
    return run("rm -r \"$PWD\"");
}

static void put(const char *name, const char *text)
{
    char path[128];
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    f = fopen(path, "wb");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static int load(const char *set)
{
    const struct settings_source source = {
        .config_file = config_path, .set = {set}, .nset = set ? 1 : 0};

    memset(&errs, 0, sizeof(errs));
    settings = settings_unref(settings);
    return settings_load(&settings, &source, &errs);
}

/* The only error is this, after the name of the folder. */
static void must_fail(const char *set, const char *error)
{
    assert_int_not_equal(load(set), 0);
    assert_null(settings);
    assert_int_equal(errs.n, 1);
    if (strncmp(errs.text[0], dir, strlen(dir)) == 0)
        assert_string_equal(errs.text[0] + strlen(dir), error);
    else
        assert_string_equal(errs.text[0], error);
}

static void without_files_there_are_the_built_in_layouts(void **state)
{
    const struct settings_source source = {.config_file = NULL};
    (void)state;

    assert_int_equal(settings_load(&settings, &source, &errs), 0);
    assert_true(layout_set_has(settings->layouts, "auto"));
    assert_true(layout_set_has(settings->layouts, settings->config.rooms.layout));
    assert_null(settings->logo);
    assert_int_equal(errs.n, 0);
}

static void versions_grow(void **state)
{
    uint64_t before;
    (void)state;

    put("m.yaml", "");
    assert_int_equal(load(NULL), 0);
    before = settings->version;
    assert_int_equal(load(NULL), 0);
    assert_true(settings->version > before);
}

static void reads_the_folder_by_name_and_nothing_hidden(void **state)
{
    (void)state;

    put("m.yaml", "layouts: { dir: l }\nrooms: { layout: b }\n");
    put("l/2.yaml", "layouts: { a: {grid: [2, 2]} }\naliases: { b: a }\n");
    put("l/1.yaml", "layouts: { a: {grid: [3, 3]}, 3x3: {grid: [4, 4]} }\n");
    put("l/.3.yaml", "broken\n");
    put("l/2.yaml~", "broken\n");
    if (load(NULL))
        fail_msg("%s", errs.text[0]);
    assert_int_equal(layout_set_layout(settings->layouts, "b")->ntiles, 4);
    assert_int_equal(layout_set_layout(settings->layouts, "3x3")->ntiles, 16);
}

static void a_ladder_that_a_replaced_layout_breaks_is_told(void **state)
{
    (void)state;

    put("m.yaml", "layouts: { dir: l }\n");
    put("l/1.yaml", "layouts: { n: {grid: [3, 3]} }\n"
                    "ladders: { m: [{max: 9, layout: n}, {layout: 7x7}] }\n");
    put("l/2.yaml", "layouts: { n: {grid: [2, 2]} }\n");
    assert_int_not_equal(load(NULL), 0);
    assert_int_equal(errs.n, 1);
    assert_non_null(strstr(errs.text[0], "/l/2.yaml:1:12: layouts.n: has 4 seats and no overflow, "
                                         "but the ladder m ("));
    assert_non_null(strstr(errs.text[0], "/l/1.yaml:2:33) puts 9 people into it"));
}

static void names_the_place_of_an_unknown_layout(void **state)
{
    (void)state;

    put("m.yaml", "rooms:\n  layout: autos\n");
    must_fail(NULL, "/m.yaml:2:11: rooms.layout: there is no layout or ladder \"autos\" (did you "
                    "mean \"auto\"?)");
    put("m.yaml", "dtmf: { layouts: [auto, 1+7, 1+8] }\n");
    must_fail(NULL, "/m.yaml:1:30: dtmf.layouts: there is no layout or ladder \"1+8\"");
    put("m.yaml", "");
    must_fail("rooms.layout=x", "command line: rooms.layout: there is no layout or ladder \"x\"");
}

static void tells_errors_of_every_file(void **state)
{
    (void)state;

    put("m.yaml", "layouts: { dir: l }\noverlay: { logo: logo.png }\n");
    put("l/1.yaml", "layouts: { a: {grid: [0, 3]} }\n");
    put("l/2.yaml", "ladders: { b: [] }\n");
    assert_int_not_equal(load(NULL), 0);
    assert_null(settings);
    assert_int_equal(errs.n, 3);
    assert_non_null(strstr(errs.text[0], "/l/1.yaml:1:23: layouts.a.grid[0]: "));
    assert_non_null(strstr(errs.text[1], "/l/2.yaml:1:15: ladders.b: "));
    assert_non_null(strstr(errs.text[2], "/m.yaml:2:18: overlay.logo: \""));
}

static void tells_mistakes_of_several_kinds_in_one_go(void **state)
{
    static const char *const want[] = {
        "/m.yaml:1:1: foo: no such key",
        "/m.yaml:2:18: seats.order: \"bar\" must be one of",
        "/l/1.yaml:1:23: layouts.a.grid[0]: ",
        "/m.yaml:4:22: dtmf.layouts: there is no layout or ladder \"nowhere\"",
        "/m.yaml:5:18: overlay.logo: \"",
    };
    (void)state;

    put("m.yaml", "foo: 1\nseats: { order: [bar] }\nlayouts: { dir: l }\n"
                  "dtmf: { layouts: [a, nowhere, auto] }\noverlay: { logo: logo.png }\n");
    put("l/1.yaml", "layouts: { a: {grid: [0, 3]} }\n");
    assert_int_not_equal(load(NULL), 0);
    assert_int_equal(errs.n, 5);
    for (unsigned i = 0; i < 5; ++i) {
        if (!strstr(errs.text[i], want[i]))
            fail_msg("%s", errs.text[i]);
    }
}

/* Where layouts are is not known, or not what is in a file of them. */
static void names_that_may_be_there_are_not_missed(void **state)
{
    (void)state;

    put("m.yaml", "layouts: { dri: l }\nrooms: { layout: mine }\n");
    must_fail(NULL, "/m.yaml:1:12: layouts.dri: no such key (did you mean \"layouts.dir\"?)");
    put("m.yaml", "layout: { dir: l }\nrooms: { layout: mine }\n");
    must_fail(NULL, "/m.yaml:1:1: layout: no such key (did you mean \"layouts\"?)");
    put("m.yaml", "layouts: { dir: [l] }\nrooms: { layout: mine }\n");
    must_fail(NULL, "/m.yaml:1:17: layouts.dir: must be a single value");
    put("m.yaml", "layouts: { watch: false }\nfoo: 1\nrooms: { layout: mine }\n");
    assert_int_not_equal(load(NULL), 0);
    assert_int_equal(errs.n, 2);
    put("m.yaml", "layouts: [\nrooms: { layout: mine }\n");
    assert_int_not_equal(load("rooms.layout=mine"), 0);
    assert_int_equal(errs.n, 1);
    put("m.yaml", "layouts: { dir: l }\nrooms: { layout: mine }\n");
    put("l/1.yaml", "layouts: {{\n");
    assert_int_not_equal(load(NULL), 0);
    assert_int_equal(errs.n, 1);
}

static void refuses_folders_that_are_none_and_files_that_are_none(void **state)
{
    (void)state;

    put("m.yaml", "layouts: { dir: none }\n");
    must_fail(NULL, "/none: No such file or directory (layouts.dir)");
    put("m.yaml", "layouts: { dir: l }\n");
    assert_int_equal(run("mkfifo l/a.yaml"), 0);
    must_fail(NULL, "/l/a.yaml: not a regular file");
}

static void tells_what_it_read_or_should_have(void **state)
{
    const struct settings_source source = {.config_file = config_path};
    struct config_files files = {.n = 0};
    char text[512] = "";
    (void)state;

    put("m.yaml", "layouts: { dir: l }\noverlay: { logo: logo.png }\n");
    put("l/1.yaml", "layouts: { a: {grid: [1, 1], image: img/b.png} }\n");
    memset(&errs, 0, sizeof(errs));
    assert_int_not_equal(settings_load_seen(&settings, &source, &files, &errs), 0);
    for (unsigned i = 0; i < files.n; ++i)
        strcat(strcat(text, files.path[i] + strlen(dir)), " ");
    assert_string_equal(text, "/l /l/1.yaml /l/img/b.png /logo.png ");
    config_files_finish(&files);
}

static void a_link_that_leads_nowhere_is_told(void **state)
{
    (void)state;

    put("m.yaml", "layouts: { dir: l }\n");
    assert_int_equal(run("ln -s none l/a.yaml"), 0);
    must_fail(NULL, "/l/a.yaml: No such file or directory");
}

static void refuses_a_layout_file_of_ten_megabytes(void **state)
{
    (void)state;

    put("m.yaml", "layouts: { dir: l }\n");
    assert_int_equal(run("head -c 10485760 /dev/zero >l/a.yaml"), 0);
    must_fail(NULL, "/l/a.yaml: larger than 1048576 bytes");
}

static void reads_the_logo(void **state)
{
    struct video_frame *frame;
    void *png;
    size_t size;
    char path[128];
    FILE *f;
    (void)state;

    assert_int_equal(video_frame_new(&frame, 16, 8), 0);
    video_frame_fill(frame, &(struct video_rect){.w = 16, .h = 8}, 100, 128, 128);
    assert_int_equal(picture_png(&png, &size, frame), 0);
    video_frame_unref(frame);
    snprintf(path, sizeof(path), "%s/logo.png", dir);
    f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(png, 1, size, f), size);
    fclose(f);
    free(png);
    put("m.yaml", "overlay: { logo: logo.png }\n");
    assert_int_equal(load(NULL), 0);
    assert_non_null(settings->logo);
    assert_int_equal(picture_w(settings->logo), 16);
    assert_ptr_equal(settings_ref(settings), settings);
    assert_null(settings_unref(settings));
    assert_int_equal(picture_h(settings->logo), 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(without_files_there_are_the_built_in_layouts, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(versions_grow, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reads_the_folder_by_name_and_nothing_hidden, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_ladder_that_a_replaced_layout_breaks_is_told, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(names_the_place_of_an_unknown_layout, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tells_errors_of_every_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_that_may_be_there_are_not_missed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tells_mistakes_of_several_kinds_in_one_go, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(refuses_folders_that_are_none_and_files_that_are_none,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(tells_what_it_read_or_should_have, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_link_that_leads_nowhere_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_a_layout_file_of_ten_megabytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reads_the_logo, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
