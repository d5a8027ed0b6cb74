/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_layout_built_in.c  The layouts that come with the server, and the
 * example
 */
#include "mcu/config/layout_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/config/config.h"
#include "mcu/config/layout_assets.h"
#include "mixer/layout_set.h"

enum { ASSETS_MAX = 64 };

static struct layout_set *set;
static struct config_errors errs;

static int clear(void **state)
{
    (void)state;
    set = layout_set_unref(set);
    return 0;
}

static void read_built_in(void)
{
    struct layout_file files[ASSETS_MAX];
    unsigned n = 0;

    clear(NULL);
    assert_int_equal(layout_set_new(&set), 0);
    for (; layout_assets_table[n].name; ++n) {
        assert_true(n < ASSETS_MAX);
        files[n] = (struct layout_file){.name = layout_assets_table[n].name,
                                        .text = (const char *)layout_assets_table[n].data,
                                        .len = layout_assets_table[n].size};
    }
    memset(&errs, 0, sizeof(errs));
    if (layout_file_read_all(set, files, n, &errs))
        fail_msg("%s", errs.text[0]);
}

/* Other canvases than files are checked for. */
static void the_built_in_layouts_fit_every_canvas(void **state)
{
    static const uint16_t size[][2] = {
        {1280, 720}, {640, 360}, {720, 1280}, {360, 640}, {1920, 1080}};
    struct layout layout;
    (void)state;

    read_built_in();
    assert_true(set->nlayouts > 50);
    for (unsigned i = 0; i < set->nlayouts; ++i) {
        for (unsigned j = 0; j < sizeof(size) / sizeof(size[0]); ++j)
            assert_int_equal(layout_resolve(&layout, &set->layout[i], size[j][0], size[j][1]), 0);
    }
}

static void the_built_in_set_has_the_names_that_people_know(void **state)
{
    static const char *const names[] = {
        /* FreeSWITCH's layouts and groups */
        "1x1", "1x2", "2x1", "2x1-zoom", "3x1-zoom", "5-grid-zoom", "3x2-zoom", "7-grid-zoom",
        "4x2-zoom", "1x1+2x1", "2x2", "3x3", "4x4", "5x5", "6x6", "8x8", "1up_top_left+5",
        "1up_top_left+7", "1up_top_left+9", "2up_top+8", "2up_middle+8", "2up_bottom+8", "3up+4",
        "3up+9", "2x1-presenter-zoom", "presenter-dual-vertical", "presenter-dual-horizontal",
        "presenter-overlap-small-top-right", "presenter-overlap-small-bot-right",
        "presenter-overlap-large-top-right", "presenter-overlap-large-bot-right", "overlaps",
        "group:grid", "group:grid-zoom", "group:1up_top_left_plus", "group:3up_plus", "grid",
        "grid-zoom", "1up_top_left_plus", "3up_plus",
        /* Pexip's */
        "1+0", "1+1", "1+7", "1+21", "1+33", "2+21", "4+0", "one_main_zero_pips",
        "one_main_one_pip", "one_main_seven_pips", "one_main_nine_around", "one_main_twelve_around",
        "one_main_twentyone_pips", "one_main_thirtythree_pips", "two_mains_twentyone_pips",
        "two_mains_eight_around", "four_mains_zero_pips", "five_mains_seven_pips", "teams",
        /* ours */
        "auto", "speaker", "lecture", "presenter", "interpreter", "1+5", "1+9", "1+12",
        "content-pip"};
    (void)state;

    read_built_in();
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); ++i) {
        if (!layout_set_has(set, names[i]))
            fail_msg("%s", names[i]);
    }
}

static void small_tiles_are_as_many_as_the_name_says(void **state)
{
    (void)state;

    read_built_in();
    for (unsigned i = 0; i < set->nlayouts; ++i) {
        const struct layout_spec *spec = &set->layout[i];
        unsigned small = 0, want;
        const char *plus = strrchr(spec->name, '+');

        if (!plus || strchr(plus, 'x') || sscanf(plus, "+%u", &want) != 1)
            continue;
        for (unsigned t = 0; t < spec->ntiles; ++t)
            small += spec->tile[t].role == LAYOUT_ROLE_ANY;
        if (strcmp(spec->name, "5+7") == 0)
            want += 3;
        if (small != want)
            fail_msg("%s has %u", spec->name, small);
    }
}

static void auto_is_the_equal_grid_of_the_default_set(void **state)
{
    struct layout_set *plain;
    (void)state;

    read_built_in();
    assert_int_equal(layout_set_default(&plain), 0);
    for (unsigned heads = 0; heads < 60; ++heads) {
        for (unsigned portrait = 0; portrait < 2; ++portrait) {
            struct layout a, b;

            assert_int_equal(layout_resolve(&a,
                                            layout_set_choose(set, "auto", heads, false, portrait),
                                            854, 480),
                             0);
            assert_int_equal(
                layout_resolve(&b, layout_set_choose(plain, "auto", heads, false, portrait), 854,
                               480),
                0);
            assert_int_equal(a.ntiles, b.ntiles);
            for (unsigned i = 0; i < a.ntiles; ++i)
                assert_memory_equal(&a.tile[i].rect, &b.tile[i].rect, sizeof(a.tile[i].rect));
        }
    }
    layout_set_unref(plain);
}

static bool has_role(const struct layout_spec *spec, enum layout_role role)
{
    for (unsigned i = 0; i < spec->ntiles; ++i) {
        if (spec->tile[i].role == role)
            return true;
    }
    return false;
}

static void the_built_in_ladders_lose_nobody(void **state)
{
    (void)state;

    read_built_in();
    for (unsigned n = 0; n < set->nladders; ++n) {
        for (unsigned i = 0; i < 4 * 100; ++i) {
            const unsigned heads = i / 4 + 1;
            const struct layout_spec *spec =
                layout_set_choose(set, set->ladder[n].name, heads, i & 1, i & 2);

            assert_non_null(spec);
            if (layout_seats(spec) < heads && !spec->overflow && has_role(spec, LAYOUT_ROLE_ANY))
                fail_msg("%s: %u in %s", set->ladder[n].name, heads, spec->name);
        }
    }
}

static void every_ladder_shows_shared_content(void **state)
{
    (void)state;

    read_built_in();
    for (unsigned n = 0; n < set->nladders; ++n) {
        for (unsigned i = 0; i < 2 * 20; ++i) {
            const struct layout_spec *spec =
                layout_set_choose(set, set->ladder[n].name, i / 2 + 1, true, i & 1);

            assert_non_null(spec);
            assert_int_equal(spec->tile[0].role, LAYOUT_ROLE_CONTENT);
        }
    }
}

/* The indented text after "### An example", up to the next heading. */
static void the_example_in_the_readme_is_right(void **state)
{
    FILE *in = fopen(TEST_SOURCE_DIR "/configs/README.md", "rb"), *out;
    char line[1024], *text = NULL;
    bool inside = false;
    size_t len;
    (void)state;

    read_built_in();
    out = open_memstream(&text, &len);
    assert_non_null(in);
    assert_non_null(out);
    while (fgets(line, sizeof(line), in)) {
        if (line[0] == '#')
            inside = strcmp(line, "### An example\n") == 0;
        else if (inside && strncmp(line, "    ", 4) == 0)
            fputs(line + 4, out);
    }
    fclose(in);
    fclose(out);
    if (layout_file_read(set, "README.md", text, len, NULL, &errs))
        fail_msg("%s", errs.text[0]);
    assert_non_null(layout_set_layout(set, "team"));
    assert_non_null(layout_set_ladder(set, "standup"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_built_in_layouts_fit_every_canvas),
        cmocka_unit_test(the_built_in_set_has_the_names_that_people_know),
        cmocka_unit_test(small_tiles_are_as_many_as_the_name_says),
        cmocka_unit_test(auto_is_the_equal_grid_of_the_default_set),
        cmocka_unit_test(the_example_in_the_readme_is_right),
        cmocka_unit_test(the_built_in_ladders_lose_nobody),
        cmocka_unit_test(every_ladder_shows_shared_content),
    };

    return cmocka_run_group_tests(tests, NULL, clear);
}
