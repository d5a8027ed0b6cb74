/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/ctl/test_import_geometry.c  FreeSWITCH's own layouts: where their tiles are
 * after an import
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/config/config.h"
#include "mcu/config/layout_assets.h"
#include "mcu/config/layout_file.h"
#include "mcu/ctl/import_freeswitch.h"
#include "mixer/layout.h"
#include "mixer/layout_set.h"

enum { RUNS_MAX = 8 };

/* f: the floor sits there; F: and nobody else; R: reserved; o: lies above; z: cut to fill */
struct run {
    unsigned x, y, w, h; /* of the first tile, of 360 */
    unsigned nx, ny;     /* tiles to the right and down from there, row by row */
    const char *what;
};

static const struct {
    const char *name;
    struct run run[RUNS_MAX];
} table[] = {
    {"1x1", {{0, 0, 360, 360, 1, 1, "f"}}},
    {"1x2", {{90, 0, 180, 180, 1, 2, ""}}},
    {"2x1", {{0, 90, 180, 180, 2, 1, ""}}},
    {"2x1-zoom", {{0, 0, 180, 360, 2, 1, "z"}}},
    {"3x1-zoom", {{0, 0, 120, 360, 3, 1, "z"}}},
    {"5-grid-zoom", {{0, 0, 180, 180, 2, 1, ""}, {0, 180, 120, 180, 3, 1, "z"}}},
    {"3x2-zoom", {{0, 0, 120, 180, 3, 2, "z"}}},
    {"7-grid-zoom", {{0, 0, 120, 180, 3, 1, "z"}, {0, 180, 90, 180, 4, 1, "z"}}},
    {"4x2-zoom", {{0, 0, 90, 180, 4, 2, "z"}}},
    {"1x1+2x1", {{90, 0, 180, 180, 1, 1, ""}, {0, 180, 180, 180, 2, 1, ""}}},
    {"2x2", {{0, 0, 180, 180, 2, 2, ""}}},
    {"3x3", {{0, 0, 120, 120, 3, 3, ""}}},
    {"4x4", {{0, 0, 90, 90, 4, 4, ""}}},
    {"5x5", {{0, 0, 72, 72, 5, 5, ""}}},
    {"6x6", {{0, 0, 60, 60, 6, 6, ""}}},
    {"8x8", {{0, 0, 45, 45, 8, 8, ""}}},
    {"1up_top_left+5",
     {{0, 0, 240, 240, 1, 1, "f"}, {240, 0, 120, 120, 1, 2, ""}, {0, 240, 120, 120, 3, 1, ""}}},
    {"1up_top_left+7",
     {{0, 0, 270, 270, 1, 1, "f"}, {270, 0, 90, 90, 1, 3, ""}, {0, 270, 90, 90, 4, 1, ""}}},
    {"1up_top_left+9",
     {{0, 0, 288, 288, 1, 1, "f"}, {288, 0, 72, 72, 1, 4, ""}, {0, 288, 72, 72, 5, 1, ""}}},
    {"2up_top+8",
     {{0, 0, 180, 180, 1, 1, "f"}, {180, 0, 180, 180, 1, 1, "R"}, {0, 180, 90, 90, 4, 2, ""}}},
    {"2up_middle+8",
     {{0, 90, 180, 180, 1, 1, "f"},
      {180, 90, 180, 180, 1, 1, "R"},
      {0, 0, 90, 90, 4, 1, ""},
      {0, 270, 90, 90, 4, 1, ""}}},
    {"2up_bottom+8",
     {{0, 180, 180, 180, 1, 1, "f"}, {180, 180, 180, 180, 1, 1, "R"}, {0, 0, 90, 90, 4, 2, ""}}},
    {"3up+4",
     {{0, 0, 180, 180, 1, 1, "f"},
      {180, 0, 180, 180, 1, 1, "R"},
      {0, 180, 180, 180, 1, 1, "R"},
      {180, 180, 90, 90, 2, 2, ""}}},
    {"3up+9",
     {{0, 0, 180, 180, 1, 1, "f"},
      {180, 0, 180, 180, 1, 1, "R"},
      {0, 180, 180, 180, 1, 1, "R"},
      {180, 180, 60, 60, 3, 3, ""}}},
    {"2x1-presenter-zoom", {{0, 0, 180, 360, 1, 1, "fz"}, {180, 0, 180, 360, 1, 1, "Rz"}}},
    {"presenter-dual-vertical", {{90, 0, 180, 180, 1, 1, "F"}, {90, 180, 180, 180, 1, 1, "R"}}},
    {"presenter-dual-horizontal", {{0, 90, 180, 180, 1, 1, "F"}, {180, 90, 180, 180, 1, 1, "R"}}},
    {"presenter-overlap-small-top-right",
     {{0, 0, 360, 360, 1, 1, "F"}, {300, 0, 60, 60, 1, 1, "R"}}},
    {"presenter-overlap-small-bot-right",
     {{0, 0, 360, 360, 1, 1, "F"}, {300, 300, 60, 60, 1, 1, "R"}}},
    {"presenter-overlap-large-top-right",
     {{0, 0, 360, 360, 1, 1, "F"}, {180, 0, 180, 180, 1, 1, "R"}}},
    {"presenter-overlap-large-bot-right",
     {{0, 0, 360, 360, 1, 1, "F"}, {180, 180, 180, 180, 1, 1, "R"}}},
    {"overlaps",
     {{0, 0, 360, 360, 1, 1, "F"},
      {300, 300, 60, 60, 1, 1, "o"},
      {240, 300, 60, 60, 1, 1, "o"},
      {180, 300, 60, 60, 1, 1, "o"},
      {120, 300, 60, 60, 1, 1, "o"},
      {60, 300, 60, 60, 1, 1, "o"},
      {0, 300, 60, 60, 1, 1, "o"}}},
};

static const struct {
    const char *group;
    unsigned heads;
    const char *layout;
} choices[] = {
    {"grid", 1, "1x1"},
    {"grid", 2, "2x1"},
    {"grid", 3, "1x1+2x1"},
    {"grid", 4, "2x2"},
    {"grid", 5, "3x3"},
    {"grid", 9, "3x3"},
    {"grid", 10, "4x4"},
    {"grid", 17, "5x5"},
    {"grid", 36, "6x6"},
    {"grid", 37, "8x8"},
    {"grid", 64, "8x8"},
    {"grid", 65, "8x8"},
    {"grid-zoom", 1, "1x1"},
    {"grid-zoom", 2, "2x1-zoom"},
    {"grid-zoom", 3, "3x1-zoom"},
    {"grid-zoom", 4, "2x2"},
    {"grid-zoom", 5, "5-grid-zoom"},
    {"grid-zoom", 6, "3x2-zoom"},
    {"grid-zoom", 7, "7-grid-zoom"},
    {"grid-zoom", 8, "4x2-zoom"},
    {"grid-zoom", 9, "3x3"},
    {"group:grid", 4, "2x2"},
    {"1up_top_left_plus", 6, "1up_top_left+5"},
    {"1up_top_left_plus", 8, "1up_top_left+7"},
    {"1up_top_left_plus", 10, "1up_top_left+9"},
    {"3up_plus", 5, "3up+4"},
    {"3up_plus", 6, "3up+9"},
};

static struct config_errors errs;

static char *read_whole(const char *path, size_t *ret_len)
{
    FILE *f = fopen(path, "rb");
    char *text = malloc(IMPORT_FREESWITCH_FILE_MAX);

    assert_non_null(text);
    if (!f)
        fail_msg("%s is missing", path);
    *ret_len = fread(text, 1, IMPORT_FREESWITCH_FILE_MAX, f);
    (void)fclose(f);
    return text;
}

static void read_over_builtin(struct layout_set *set, const char *yaml)
{
    struct layout_file file[32];
    unsigned n = 0;

    for (const struct layout_asset *a = layout_assets_table; a->name; ++a)
        file[n++] =
            (struct layout_file){.name = a->name, .text = (const char *)a->data, .len = a->size};
    file[n++] = (struct layout_file){.name = "imported", .text = yaml, .len = strlen(yaml)};
    assert_true(n <= sizeof(file) / sizeof(file[0]));
    if (layout_file_read_all(set, file, n, &errs))
        fail_msg("%s", errs.text[0]);
}

/* The file, imported and read as a layout file of ours. */
static int import(void **state)
{
    struct layout_set *set;
    char *xml, *yaml = NULL;
    size_t len;

    xml = read_whole(TEST_SOURCE_DIR "/tests/golden/freeswitch/conference_layouts.conf.xml", &len);
    if (import_freeswitch_convert(&yaml, "conference_layouts.conf.xml", xml, len, &errs))
        fail_msg("%s", errs.text[0]);
    assert_int_equal(errs.n, 0); /* nothing was left out */
    assert_int_equal(layout_set_new(&set), 0);
    read_over_builtin(set, yaml);
    free(yaml);
    free(xml);
    *state = set;
    return 0;
}

static int drop(void **state)
{
    layout_set_unref(*state);
    return 0;
}

/* The nearest even pixel. */
static unsigned pixel(unsigned part, unsigned side)
{
    return (part * side + 360) / 720 * 2;
}

static void check_tile(const char *name, const struct layout_tile *tile, const struct run *run,
                       unsigned x, unsigned y, unsigned w, unsigned h)
{
    unsigned left = pixel(x, w), right = pixel(x + run->w, w);
    unsigned top = pixel(y, h), bottom = pixel(y + run->h, h);
    enum layout_role role = strpbrk(run->what, "fF") ? LAYOUT_ROLE_SPEAKER
                            : strchr(run->what, 'R') ? LAYOUT_ROLE_RESERVED
                                                     : LAYOUT_ROLE_ANY;

    if (tile->rect.x != left || tile->rect.y != top || tile->rect.w != right - left ||
        tile->rect.h != bottom - top)
        fail_msg("%s at %ux%u: %u,%u %ux%u instead of %u,%u %ux%u", name, w, h, tile->rect.x,
                 tile->rect.y, tile->rect.w, tile->rect.h, left, top, right - left, bottom - top);
    assert_int_equal(tile->role, role);
    assert_int_equal(tile->vacant,
                     strpbrk(run->what, "FRo") ? LAYOUT_VACANT_HIDE : LAYOUT_VACANT_SHOW);
    assert_int_equal(tile->fit, strchr(run->what, 'z') ? SCALE_COVER : SCALE_CONTAIN);
}

static void check_all(const struct layout_set *set, uint16_t w, uint16_t h)
{
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); ++i) {
        const struct layout_spec *spec = layout_set_layout(set, table[i].name);
        struct layout layout;
        unsigned n = 0;

        if (!spec)
            fail_msg("%s is missing", table[i].name);
        assert_int_equal(layout_resolve(&layout, spec, w, h), 0);
        for (const struct run *run = table[i].run; run < table[i].run + RUNS_MAX && run->nx;
             ++run) {
            for (unsigned k = 0; k < run->nx * run->ny; ++k, ++n) {
                assert_true(n < layout.ntiles);
                check_tile(table[i].name, &layout.tile[n], run, run->x + k % run->nx * run->w,
                           run->y + k / run->nx * run->h, w, h);
            }
        }
        assert_int_equal(n, layout.ntiles);
    }
}

static void shared_screens_have_their_layouts(void **state)
{
    static const char *const groups[] = {"grid", "grid-zoom", "1up_top_left_plus", "3up_plus"};

    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); ++i) {
        const struct layout_spec *spec = layout_set_choose(*state, groups[i], 3, true, false);

        assert_non_null(spec);
        assert_string_equal(spec->name, "content+4");
        spec = layout_set_choose(*state, groups[i], 60, true, false);
        assert_non_null(spec);
        assert_true(spec->overflow);
    }
}

static void tiles_are_where_they_were_on_a_wide_canvas(void **state)
{
    check_all(*state, 1280, 720);
    check_all(*state, 640, 360);
}

static void tiles_are_where_they_were_on_a_square_canvas(void **state)
{
    check_all(*state, 720, 720);
}

static void groups_choose_the_smallest_that_fits(void **state)
{
    for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); ++i) {
        const struct layout_spec *spec =
            layout_set_choose(*state, choices[i].group, choices[i].heads, false, false);

        assert_non_null(spec);
        assert_string_equal(spec->name, choices[i].layout);
    }
}

static void seats_keep_their_names(void **state)
{
    const struct layout_spec *spec = layout_set_layout(*state, "3up+4");

    assert_non_null(spec);
    assert_string_equal(spec->tile[1].reserved, "secondary");
    assert_string_equal(spec->tile[2].reserved, "third");
}

static void what_overlaps_lies_above(void **state)
{
    const struct layout_spec *spec = layout_set_layout(*state, "overlaps");

    assert_non_null(spec);
    assert_int_equal(spec->tile[0].z, 0);
    for (unsigned i = 1; i < spec->ntiles; ++i)
        assert_int_equal(spec->tile[i].z, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shared_screens_have_their_layouts),
        cmocka_unit_test(tiles_are_where_they_were_on_a_wide_canvas),
        cmocka_unit_test(tiles_are_where_they_were_on_a_square_canvas),
        cmocka_unit_test(groups_choose_the_smallest_that_fits),
        cmocka_unit_test(seats_keep_their_names),
        cmocka_unit_test(what_overlaps_lies_above),
    };

    return cmocka_run_group_tests(tests, import, drop);
}
