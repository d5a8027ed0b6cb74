/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_layout_file.c  Layout files: what is read, what is refused and where
 */
#include "mcu/config/layout_file.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "mcu/config/config.h"
#include "mcu/config/layout_check.h"
#include "mixer/layout_set.h"
#include "mixer/picture.h"

static struct layout_set *set;
static struct config_errors errs;

static int clear(void **state)
{
    (void)state;
    set = layout_set_unref(set);
    return 0;
}

/* Reads into an empty set. */
static int parse(const char *text)
{
    clear(NULL);
    assert_int_equal(layout_set_new(&set), 0);
    memset(&errs, 0, sizeof(errs));
    return layout_file_read(set, "f.yaml", text, strlen(text), NULL, &errs);
}

/* Is it so, without an error? */
static void must_parse(const char *text)
{
    if (parse(text))
        fail_msg("%s", errs.text[0]);
}

static void must_be(const struct layout_ratio *ratio, unsigned num, unsigned den)
{
    assert_int_equal((uint64_t)ratio->num * den, (uint64_t)num * ratio->den);
}

static void a_grid_without_tiles_has_one_in_each_cell(void **state)
{
    const struct layout_spec *spec;
    (void)state;

    must_parse("layouts: { a: { grid: [3, 2], fit: cover, gap: 4, overflow: true } }");
    spec = layout_set_layout(set, "a");
    assert_non_null(spec);
    assert_int_equal(spec->ntiles, 6);
    assert_int_equal(spec->gap, 4);
    assert_true(spec->overflow);
    assert_null(spec->image);
    must_be(&spec->tile[4].left, 1, 3);
    must_be(&spec->tile[4].right, 2, 3);
    must_be(&spec->tile[4].top, 1, 2);
    must_be(&spec->tile[4].bottom, 1, 1);
    assert_int_equal(spec->tile[4].fit, SCALE_COVER);
    assert_int_equal(spec->tile[4].role, LAYOUT_ROLE_ANY);
    assert_int_equal(spec->tile[4].vacant, LAYOUT_VACANT_SHOW);
}

static void reads_every_key_of_a_tile(void **state)
{
    const struct layout_spec *spec;
    (void)state;

    must_parse("layouts:\n"
               "  a:\n"
               "    grid: [4, 4]\n"
               "    tiles:\n"
               "      - { at: [1, 2], span: [3, 2], role: speaker, fit: cover }\n"
               "      - { rect: [0, 12.5%, \"1/4\", 1/8], role: \"reserved:interpreter\",\n"
               "          vacant: hide, z: 255 }\n"
               "      - { at: [0, 3], role: content, vacant: fill }\n");
    spec = layout_set_layout(set, "a");
    assert_int_equal(spec->ntiles, 3);
    must_be(&spec->tile[0].left, 1, 4);
    must_be(&spec->tile[0].top, 1, 2);
    must_be(&spec->tile[0].right, 1, 1);
    must_be(&spec->tile[0].bottom, 1, 1);
    assert_int_equal(spec->tile[0].role, LAYOUT_ROLE_SPEAKER);
    assert_int_equal(spec->tile[0].fit, SCALE_COVER);
    must_be(&spec->tile[1].top, 1, 8);
    must_be(&spec->tile[1].bottom, 1, 4);
    assert_int_equal(spec->tile[1].role, LAYOUT_ROLE_RESERVED);
    assert_string_equal(spec->tile[1].reserved, "interpreter");
    assert_int_equal(spec->tile[1].vacant, LAYOUT_VACANT_HIDE);
    assert_int_equal(spec->tile[1].z, 255);
    assert_int_equal(spec->tile[1].fit, SCALE_CONTAIN);
    assert_int_equal(spec->tile[2].role, LAYOUT_ROLE_CONTENT);
    assert_int_equal(spec->tile[2].vacant, LAYOUT_VACANT_FILL);
}

static void reads_a_background_colour(void **state)
{
    uint8_t want[3];
    (void)state;

    must_parse("layouts: { a: { grid: [1, 1], background: '#336699' }, b: { grid: [1, 1] } }");
    picture_yuv(want, 0x336699);
    assert_memory_equal(layout_set_layout(set, "a")->background, want, 3);
    picture_yuv(want, 0x101418);
    assert_memory_equal(layout_set_layout(set, "b")->background, want, 3);
}

static void ladders_have_branches(void **state)
{
    const char *text =
        "layouts: { a: { grid: [1, 1] }, b: { grid: [2, 2] }, c: { grid: [3, 3], overflow: true "
        "},\n"
        "  s: { grid: [2, 1], tiles: [{at: [0, 0], role: content}, {at: [1, 0], role: speaker}] "
        "},\n"
        "  t: { grid: [3, 1], tiles: [{at: [0, 0], role: content}, {at: [1, 0]}, {at: [2, 0]}],\n"
        "       overflow: true } }\n"
        "aliases: { d: c, e: l }\n"
        "ladders:\n"
        "  l:\n"
        "    - { max: 1, layout: a }\n"
        "    - { layout: s, when: content }\n"
        "    - { max: 4, layout: b }\n"
        "    - { layout: d }\n"
        "    - { layout: t, when: [portrait, content] }\n";
    (void)state;

    must_parse(text);
    assert_string_equal(layout_set_choose(set, "l", 1, false, false)->name, "a");
    assert_string_equal(layout_set_choose(set, "l", 4, false, true)->name, "b");
    assert_string_equal(layout_set_choose(set, "e", 99, false, false)->name, "c");
    assert_string_equal(layout_set_choose(set, "l", 1, true, false)->name, "s");
    assert_string_equal(layout_set_choose(set, "l", 1, true, true)->name, "t");
}

#define TILES(text) "layouts:\n  a:\n    grid: [4, 4]\n    tiles:\n" text

/* In one line: 1 seat, 2, content beside 1 that may fill its tile, 1 and "+N". */
#define GRIDS                                                                                      \
    "layouts: { a: {grid: [1, 1]}, b: {grid: [2, 1]}, c: {grid: [2, 1], tiles: "                   \
    "[{at: [0, 0], role: content, vacant: fill}, {at: [1, 0]}]}, d: {grid: [1, 1], "               \
    "overflow: true}, long_name: {grid: [1, 1]} }\n"

/* The longest name, and one that is a byte longer. */
#define NAME63 "a23456789012345678901234567890123456789012345678901234567890123"

static const struct {
    const char *text, *error;
} mistakes[] = {
    {"- a\n", "f.yaml:1:1: must be a section with keys"},
    {"layout: {}\n", "f.yaml:1:1: layout: no such key (did you mean \"layouts\"?)"},
    {"layouts: {}\nlayouts: {}\n", "f.yaml:2:1: layouts: is there twice"},
    {"layouts: [a]\n", "f.yaml:1:10: layouts: must be a section with names"},
    {"layouts: { a: 1 }\n", "f.yaml:1:15: layouts.a: must be a section with keys"},
    {"layouts: { a: {} }\n", "f.yaml:1:15: layouts.a: needs \"grid\" or \"tiles\""},
    {"layouts: { a: { grid: none } }\n", "f.yaml:1:15: layouts.a: needs \"grid\" or \"tiles\""},
    {"layouts: { a b: {grid: [1, 1] } }\n",
     "f.yaml:1:12: layouts.a b: must consist of letters, digits and + . _ : -"},
    {"layouts: { '': {grid: [1, 1] } }\n", "f.yaml:1:12: layouts.: must not be empty"},
    {"layouts: { " NAME63 "4: {grid: [1, 1] } }\n",
     "f.yaml:1:12: layouts.a23456789012345678901234567890123456789012345678901234567890...: "
     "must not be longer than 63 bytes"},
    {"layouts: { a: {grid: [1, 1]}, a: {grid: [1, 1]} }\n",
     "f.yaml:1:31: layouts.a: is there twice, first in line 1"},
    {"layouts: { a: {grid: [1, 1]} }\naliases: { a: a }\n",
     "f.yaml:2:12: aliases.a: is there twice, first in line 1"},
    {"layouts: { a: {grid: [1, 1], gab: 1} }\n",
     "f.yaml:1:30: layouts.a.gab: no such key (did you mean \"gap\"?)"},
    {"layouts: { a: {grid: [1, 1], gap: 65} }\n",
     "f.yaml:1:35: layouts.a.gap: must be a whole number from 0 to 64"},
    {"layouts: { a: {grid: [1, 1], overflow: yes} }\n",
     "f.yaml:1:40: layouts.a.overflow: must be true or false"},
    {"layouts: { a: {grid: [1, 1], background: black} }\n",
     "f.yaml:1:42: layouts.a.background: must be a colour, as \"#38bdf8\" (in quotes)"},
    {"layouts:\n  a:\n    background: #101418\n    grid: [1, 1]\n",
     "f.yaml:3:16: layouts.a.background: has no value (put colours in quotes: # starts a "
     "comment)"},
    {"layouts: { a: {grid: [1, 1], image: a.png} }\n",
     "f.yaml:1:37: layouts.a.image: images are not possible here"},
    {"layouts: { a: {grid: [1]} }\n", "f.yaml:1:22: layouts.a.grid: must have 2 items"},
    {"layouts: { a: {grid: [0, 1]} }\n",
     "f.yaml:1:23: layouts.a.grid[0]: must be a whole number from 1 to 1000"},
    {"layouts: { a: {grid: [9, 8]} }\n",
     "f.yaml:1:15: layouts.a: a grid of 9x8 has more than 64 cells; list tiles"},
    {"layouts: { a: {grid: [4, 4], tiles: []} }\n",
     "f.yaml:1:37: layouts.a.tiles: must have 1 to 64 items"},
    {TILES("      - [0, 0]\n"), "f.yaml:5:9: layouts.a.tiles[0]: must be a section with keys"},
    {TILES("      - { role: any }\n"),
     "f.yaml:5:9: layouts.a.tiles[0]: needs \"at: [x, y]\" or \"rect: [x, y, w, h]\""},
    {TILES("      - { at: [4, 0] }\n"),
     "f.yaml:5:15: layouts.a.tiles[0].at: is outside of the grid of 4x4 (the first cell is [0, "
     "0])"},
    {TILES("      - { at: [0, 0] }\n      - { at: [2, 0], span: [3, 1] }\n"),
     "f.yaml:6:29: layouts.a.tiles[1].span: 3 columns do not fit a grid of 4 at x=2"},
    {TILES("      - { at: [0, 1], span: [1, 4] }\n"),
     "f.yaml:5:29: layouts.a.tiles[0].span: 4 rows do not fit a grid of 4 at y=1"},
    {TILES("      - { at: [0, 1], rect: [0, 0, 1, 1] }\n"),
     "f.yaml:5:29: layouts.a.tiles[0].rect: excludes \"at\" and \"span\""},
    {"layouts: { a: { tiles: [{at: [0, 0]}] } }\n",
     "f.yaml:1:30: layouts.a.tiles[0].at: needs the layout's \"grid\""},
    {TILES("      - { at: [0, 0], role: speeker }\n"),
     "f.yaml:5:29: layouts.a.tiles[0].role: must be one of any, speaker, content, "
     "reserved:NAME (did you mean \"speaker\"?)"},
    {TILES("      - { at: [0, 0], role: 'reserved:' }\n"),
     "f.yaml:5:29: layouts.a.tiles[0].role: must not be empty"},
    {TILES("      - { at: [0, 0], role: 'reserved:NAME' }\n"),
     "f.yaml:5:29: layouts.a.tiles[0].role: needs the name of a seat, as reserved:interpreter"},
    {TILES("      - { at: [0, 0], fit: stretch }\n"),
     "f.yaml:5:28: layouts.a.tiles[0].fit: must be one of contain, cover"},
    {TILES("      - { at: [0, 0], z: 256 }\n"),
     "f.yaml:5:26: layouts.a.tiles[0].z: must be a whole number from 0 to 255"},
    {TILES("      - { rect: [0, 0, 1/2] }\n"),
     "f.yaml:5:17: layouts.a.tiles[0].rect: must have 4 items"},
    {TILES("      - { rect: [0, 0, 1/2, 0.5] }\n"),
     "f.yaml:5:29: layouts.a.tiles[0].rect[3]: must be a fraction from 0 to 1, as 1/3 or "
     "12.5%, with a denominator of at most 10000"},
    {TILES("      - { rect: [0, -1/2, 1/2, 1/2] }\n"),
     "f.yaml:5:21: layouts.a.tiles[0].rect[1]: must be a fraction from 0 to 1, as 1/3 or "
     "12.5%, with a denominator of at most 10000"},
    {TILES("      - { rect: [3/4, 0, 1/2, 1] }\n"),
     "f.yaml:5:17: layouts.a.tiles[0].rect: reaches out of the canvas by its width"},
    {TILES("      - { rect: [0, 0, 1/2, 0] }\n"),
     "f.yaml:5:17: layouts.a.tiles[0].rect: has no height"},
    {TILES("      - { rect: [1/9999, 0, 1/7, 1] }\n"),
     "f.yaml:5:17: layouts.a.tiles[0].rect: is too fine: position plus width has a denominator "
     "beyond 10000"},
    {TILES("      - { rect: [0, 0, 1/21, 1] }\n"),
     "f.yaml:5:9: layouts.a.tiles[0]: is 60x720 pixels on 1280x720; the least is 64x36"},
    {TILES("      - { at: [0, 0] }\n      - { at: [0, 0] }\n"),
     "f.yaml:6:9: layouts.a.tiles[1]: overlaps tiles[0]; give the upper one a greater z"},
    {TILES("      - { at: [0, 0], role: content }\n"),
     "f.yaml:3:5: layouts.a: has no tile for people"},
    {"layouts: { a: {grid: [20, 1], gap: 16} }\n",
     "f.yaml:1:15: layouts.a.tiles[0]: is 48x704 pixels on 1280x720; the least is 64x36"},
    {GRIDS "ladders: { l: [] }\n", "f.yaml:2:15: ladders.l: must have 1 to 128 items"},
    {GRIDS "ladders: { l: [{max: 1}] }\n", "f.yaml:2:16: ladders.l[0]: needs \"layout\""},
    {GRIDS "ladders: { l: [{max: 1, layout: c, when: content}] }\n",
     "f.yaml:2:15: ladders.l: needs a rung without \"when\""},
    {GRIDS "ladders: { l: [{layout: a, when: contend}] }\n",
     "f.yaml:2:34: ladders.l[0].when: must be one of content, portrait (did you mean "
     "\"content\"?)"},
    {GRIDS "ladders: { l: [{max: 0, layout: a}] }\n",
     "f.yaml:2:22: ladders.l[0].max: must be a whole number from 1 to 9999"},
    {GRIDS "ladders: { l: [{max: 2, layout: d}, {max: 2, layout: d}] }\n",
     "f.yaml:2:43: ladders.l[1].max: must be greater than 2 of the rung before"},
    {GRIDS "ladders: { l: [{layout: d}, {max: 2, layout: d}] }\n",
     "f.yaml:2:35: ladders.l[1].max: is never reached: the rung before it has no max"},
    {GRIDS "ladders: { l: [{max: 2, layout: a}, {max: 3, layout: d}] }\n",
     "f.yaml:2:33: ladders.l: \"a\" has 1 seat and no overflow, but the rung puts 2 people "
     "into it"},
    {GRIDS "ladders: { l: [{max: 2, layout: b}, {max: 4, layout: a}] }\n",
     "f.yaml:2:54: ladders.l: \"a\" has 1 seat and no overflow, but the rung puts 4 people "
     "into it"},
    {GRIDS "ladders: { l: [{max: 2, layout: b}, {layout: b}] }\n",
     "f.yaml:2:46: ladders.l: \"b\" has 2 seats and no overflow, but the rung puts any number "
     "of people into it"},
    {GRIDS "ladders: { l: [{layout: d}, {max: 2, layout: c, when: content}] }\n",
     "f.yaml:2:46: ladders.l: \"c\" has 1 seat and no overflow, but the rung puts 2 people "
     "into it"},
    {GRIDS "ladders: { l: [{layout: d}, {layout: d, when: content}] }\n",
     "f.yaml:2:38: ladders.l: \"d\" has no tile of role content, but the rung is for shared "
     "content"},
    {GRIDS "ladders: { l: [{layout: long_nome}] }\n",
     "f.yaml:2:25: ladders.l: there is no layout \"long_nome\" (did you mean \"long_name\"?)"},
    {GRIDS "ladders: { l: [{layout: m}], m: [{layout: d}] }\n",
     "f.yaml:2:25: ladders.l: \"m\" is a ladder, but the rung must name a layout"},
    {"aliases: { a: zebra }\n", "f.yaml:1:12: aliases.a: there is no layout or ladder \"zebra\""},
    {"aliases: { a: a }\n", "f.yaml:1:12: aliases.a: leads in a circle by way of \"a\""},
    {"layouts: { a: &x {grid: [1, 1]}, b: *x }\n",
     "f.yaml:1:15: anchors and aliases are not allowed"},
    {"layouts: { a: !!map {grid: [1, 1]} }\n", "f.yaml:1:15: tags are not allowed"},
};

static void says_where_and_what_is_wrong(void **state)
{
    (void)state;

    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); ++i) {
        assert_int_equal(parse(mistakes[i].text), -EINVAL);
        assert_string_equal(errs.text[0], mistakes[i].error);
        if (errs.n != 1)
            fail_msg("%s", errs.text[1]);
    }
    must_parse("layouts: { " NAME63 ": {grid: [1, 1] } }\n");
}

static void each_alias_of_a_circle_is_told(void **state)
{
    (void)state;

    assert_int_equal(parse("aliases: { a: b, b: c, c: a }\n"), -EINVAL);
    assert_int_equal(errs.n, 3);
    assert_string_equal(errs.text[2], "f.yaml:1:24: aliases.c: leads in a circle by way of \"a\"");
}

static void a_broken_layout_does_not_break_who_names_it(void **state)
{
    (void)state;

    assert_int_equal(parse("layouts: { a: {grid: [0, 0]} }\n"
                           "ladders: { l: [{layout: a}] }\naliases: { b: a, c: l }\n"),
                     -EINVAL);
    assert_int_equal(errs.n, 1);
}

static void collects_the_errors_of_a_file(void **state)
{
    (void)state;

    assert_int_equal(parse("layouts:\n  a: {grid: [0, 0]}\n  b: {gap: x, tiles: [{z: -1, at: 1}]}\n"
                           "ladders: { l: 3 }\n"),
                     -EINVAL);
    assert_int_equal(errs.n, 5);
    assert_string_equal(errs.text[4], "f.yaml:4:15: ladders.l: must be a list, as [a, b]");
}

static void an_empty_file_is_right(void **state)
{
    (void)state;

    must_parse("");
    must_parse("# nothing\n");
    must_parse("layouts:\nladders:\naliases:\n");
    assert_int_equal(set->nlayouts, 0);
}

static void refuses_a_file_that_is_too_large(void **state)
{
    const size_t len = 10 * 1024 * 1024;
    char *text = malloc(len);
    (void)state;

    assert_non_null(text);
    memset(text, '#', len);
    clear(NULL);
    assert_int_equal(layout_set_new(&set), 0);
    memset(&errs, 0, sizeof(errs));
    assert_int_equal(layout_file_read(set, "f.yaml", text, len, NULL, &errs), -EFBIG);
    assert_string_equal(errs.text[0], "f.yaml: larger than 1048576 bytes");
    free(text);
}

static void a_limit_is_told_once(void **state)
{
    char *text = NULL;
    size_t len;
    FILE *f = open_memstream(&text, &len);
    (void)state;

    assert_non_null(f);
    fputs("layouts:\n", f);
    for (unsigned i = 0; i < LAYOUT_SET_LAYOUTS_MAX + 60; ++i)
        fprintf(f, "  n%u: {grid: [1, 1]}\n", i);
    fputs("ladders: { l: [{max: 1, layout: n515}] }\naliases: { a: n516 }\n", f);
    fclose(f);
    assert_int_equal(parse(text), -EINVAL);
    assert_string_equal(errs.text[0],
                        "f.yaml:514:9: layouts.n512: more than 512 layouts in all, with "
                        "those that are built in");
    assert_int_equal(errs.n, 1);
    free(text);
}

/* Reads two files into an empty set. */
static int parse_both(const char *first, const char *second)
{
    const struct layout_file files[] = {
        {.name = "1.yaml", .text = first, .len = strlen(first)},
        {.name = "2.yaml", .text = second, .len = strlen(second)},
    };

    clear(NULL);
    assert_int_equal(layout_set_new(&set), 0);
    memset(&errs, 0, sizeof(errs));
    return layout_file_read_all(set, files, 2, &errs);
}

static void later_files_replace_names_of_earlier_ones(void **state)
{
    (void)state;

    if (parse_both("layouts: { a: {grid: [1, 1]}, b: {grid: [1, 1]} }\n"
                   "ladders: { l: [{max: 1, layout: a}, {max: 1, layout: b, when: portrait}] }\n",
                   "layouts: { a: {grid: [2, 2]}, l: {grid: [3, 3]} }\n"
                   "ladders: { b: [{max: 4, layout: a}] }\n"))
        fail_msg("%s", errs.text[0]);
    assert_int_equal(layout_set_layout(set, "a")->ntiles, 4);
    assert_int_equal(layout_set_layout(set, "l")->ntiles, 9);
    assert_non_null(layout_set_ladder(set, "b"));
}

static void what_was_written_last_is_to_blame(void **state)
{
    static const struct {
        const char *first, *second, *error;
    } row[] = {
        {"layouts: { a: {grid: [2, 2]} }\nladders: { l: [{max: 4, layout: a}] }\n",
         "layouts:\n  a: {grid: [1, 1]}\n",
         "2.yaml:2:3: layouts.a: has 1 seat and no overflow, but the ladder l (1.yaml:2:33) puts 4 "
         "people into it"},
        {"layouts: { a: {grid: [2, 2]} }\naliases: { b: a }\nladders: { l: [{max: 4, layout: b}] "
         "}\n",
         "layouts: { c: {grid: [1, 1]} }\naliases: { b: c }\n",
         "2.yaml:2:12: aliases.b: has 1 seat and no overflow, but the ladder l (1.yaml:3:33) puts "
         "4 "
         "people into it"},
        {"layouts: { a: {grid: [1, 1]} }\nladders: { l: [{max: 1, layout: a}] }\n",
         "layouts: { b: {grid: [1, 1]} }\nladders: { a: [{max: 1, layout: b}] }\n",
         "2.yaml:2:12: ladders.a: is a ladder, but the ladder l (1.yaml:2:33) must name a layout"},
        {"layouts: { a: {grid: [1, 1]} }\n", "ladders: { l: [{max: 2, layout: a}] }\n",
         "2.yaml:1:33: ladders.l: \"a\" has 1 seat and no overflow, but the rung puts 2 people "
         "into "
         "it"},
        {"layouts: { a: {grid: [2, 2]} }\nladders: { l: [{max: 3, layout: a}, {max: 4, layout: a}] "
         "}\n",
         "layouts: { a: {grid: [1, 1]} }\n",
         "2.yaml:1:12: layouts.a: has 1 seat and no overflow, but the ladder l (1.yaml:2:33) puts "
         "3 "
         "people into it"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); ++i) {
        assert_int_equal(parse_both(row[i].first, row[i].second), -EINVAL);
        assert_string_equal(errs.text[0], row[i].error);
        assert_int_equal(errs.n, 1);
    }
}

/* As the server checks a file of somebody on top of what it has. */
static void a_replaced_layout_is_checked_with_ladders_that_were_there(void **state)
{
    static const char text[] = "layouts: { b: {grid: [1, 1]} }\n";
    (void)state;

    must_parse("layouts: { b: {grid: [2, 2]} }\nladders: { l: [{max: 4, layout: b}] }\n");
    assert_int_equal(layout_file_read(set, "f.yaml", text, strlen(text), NULL, &errs), -EINVAL);
    assert_string_equal(errs.text[0], "f.yaml:1:12: layouts.b: has 1 seat and no overflow, but the "
                                      "ladder l puts 4 people into it");
    assert_int_equal(errs.n, 1);
}

static void a_broken_rung_does_not_hide_what_others_name(void **state)
{
    (void)state;

    assert_int_equal(parse("ladders: { l: [{max: x, layout: red}, {max: 4, layout: green},\n"
                           "  {max: 3, layout: blue}] }\n"),
                     -EINVAL);
    assert_int_equal(errs.n, 5);
    assert_string_equal(errs.text[0],
                        "f.yaml:1:22: ladders.l[0].max: must be a whole number from 1 to 9999");
    assert_string_equal(errs.text[1],
                        "f.yaml:2:9: ladders.l[2].max: must be greater than 4 of the rung before");
    assert_string_equal(errs.text[2], "f.yaml:1:33: ladders.l: there is no layout \"red\"");
    assert_string_equal(errs.text[3], "f.yaml:1:56: ladders.l: there is no layout \"green\"");
    assert_string_equal(errs.text[4], "f.yaml:2:20: ladders.l: there is no layout \"blue\"");
}

static void who_is_not_meant_to_show_all_needs_no_overflow(void **state)
{
    (void)state;

    must_parse("layouts:\n"
               "  pip:\n"
               "    tiles:\n"
               "      - { rect: [0, 0, 1, 1], role: speaker }\n"
               "      - { rect: [1/2, 1/2, 1/2, 1/2], role: \"reserved:a\", z: 1, vacant: fill }\n"
               "ladders: { l: [{layout: pip}] }\n");
}

static void names_that_are_wanted_must_lead_somewhere(void **state)
{
    static const char text[] = "layouts: { red: {grid: [1, 1]}, bad: {grid: 3} }\n";
    static const struct layout_check_want want[] = {
        {.place = "m.yaml:1:2: a", .name = "redd"},
        {.place = "m.yaml:1:3: b", .name = "red"},
        {.place = "m.yaml:1:4: c", .name = "bad"},
    };
    static const struct layout_file_cfg cfg = {.want = want, .nwant = 3};
    struct layout_file files[] = {{.name = "f.yaml", .text = text, .len = sizeof(text) - 1},
                                  {.name = "unread.yaml"}};
    (void)state;

    clear(NULL);
    assert_int_equal(layout_set_new(&set), 0);
    memset(&errs, 0, sizeof(errs));
    assert_int_equal(layout_file_read_for(set, files, 1, &cfg, &errs), -EINVAL);
    assert_int_equal(errs.n, 2);
    assert_string_equal(
        errs.text[1],
        "m.yaml:1:2: a: there is no layout or ladder \"redd\" (did you mean \"red\"?)");
    /* It may be in a file that could not be read. */
    memset(&errs, 0, sizeof(errs));
    assert_int_equal(layout_file_read_for(set, files, 2, &cfg, &errs), -EINVAL);
    assert_int_equal(errs.n, 1);
}

static void write_file(const char *path, const void *data, size_t size)
{
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, size, f), size);
    fclose(f);
}

static void images_need_not_be_opened(void **state)
{
    static const char text[] = "layouts: { a: {grid: [1, 1], image: none.png} }\n";
    const struct layout_file file = {
        .name = "f.yaml", .text = text, .len = strlen(text), .unread_images = true};
    (void)state;

    assert_int_equal(layout_file_read_all(set, &file, 1, &errs), 0);
    assert_null(layout_set_layout(set, "a")->image);
}

/* More spellings of one file than there may be images. */
static void write_spellings(char *text, size_t size)
{
    size_t n = (size_t)snprintf(text, size, "layouts:\n");

    for (int i = 0; i < 50; ++i) {
        n += (size_t)snprintf(text + n, size - n, "  a%d: {grid: [1, 1], image: ", i);
        for (int k = 0; k < i; ++k)
            n += (size_t)snprintf(text + n, size - n, "./");
        n += (size_t)snprintf(text + n, size - n, "b.png}\n");
    }
}

static void reads_images_beside_the_file(void **state)
{
    static const char text[] = "layouts: { a: {grid: [1, 1], image: b.png},"
                               " b: {grid: [1, 1], image: b.png} }\n";
    static const char wrong[] = "layouts:\n"
                                "  a: {grid: [1, 1], image: none.png}\n"
                                "  b: {grid: [1, 1], image: text.png}\n"
                                "  c: {grid: [1, 1], image: .}\n";
    char dir[] = "/tmp/test_layout_file_XXXXXX", path[64];
    struct video_frame *frame;
    char spelled[8192];
    void *png;
    size_t size;
    (void)state;

    assert_non_null(mkdtemp(dir));
    assert_int_equal(video_frame_new(&frame, 32, 18), 0);
    video_frame_fill(frame, &(struct video_rect){.w = 32, .h = 18}, 100, 128, 128);
    assert_int_equal(picture_png(&png, &size, frame), 0);
    snprintf(path, sizeof(path), "%s/b.png", dir);
    write_file(path, png, size);
    free(png);
    video_frame_unref(frame);

    clear(NULL);
    assert_int_equal(layout_set_new(&set), 0);
    memset(&errs, 0, sizeof(errs));
    assert_int_equal(layout_file_read(set, "f.yaml", text, strlen(text), dir, &errs), 0);
    assert_non_null(layout_set_layout(set, "a")->image);
    assert_int_equal(layout_set_layout(set, "a")->image->w, 32);
    assert_ptr_equal(layout_set_layout(set, "a")->image, layout_set_layout(set, "b")->image);
    write_spellings(spelled, sizeof(spelled));
    assert_int_equal(layout_file_read(set, "f.yaml", spelled, strlen(spelled), dir, &errs), 0);
    assert_ptr_equal(layout_set_layout(set, "a0")->image, layout_set_layout(set, "a49")->image);
    unlink(path);

    snprintf(path, sizeof(path), "%s/text.png", dir);
    write_file(path, text, strlen(text));
    assert_int_equal(layout_file_read(set, "f.yaml", wrong, strlen(wrong), dir, &errs), -EINVAL);
    assert_int_equal(errs.n, 3);
    assert_non_null(strstr(errs.text[0], "f.yaml:2:28: layouts.a.image: \"none.png\": "));
    assert_non_null(strstr(errs.text[1], "f.yaml:3:28: layouts.b.image: \"text.png\": "));
    unlink(path);
    rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_grid_without_tiles_has_one_in_each_cell),
        cmocka_unit_test(reads_every_key_of_a_tile),
        cmocka_unit_test(reads_a_background_colour),
        cmocka_unit_test(ladders_have_branches),
        cmocka_unit_test(says_where_and_what_is_wrong),
        cmocka_unit_test(each_alias_of_a_circle_is_told),
        cmocka_unit_test(a_broken_layout_does_not_break_who_names_it),
        cmocka_unit_test(collects_the_errors_of_a_file),
        cmocka_unit_test(an_empty_file_is_right),
        cmocka_unit_test(refuses_a_file_that_is_too_large),
        cmocka_unit_test(a_limit_is_told_once),
        cmocka_unit_test(later_files_replace_names_of_earlier_ones),
        cmocka_unit_test(what_was_written_last_is_to_blame),
        cmocka_unit_test(a_replaced_layout_is_checked_with_ladders_that_were_there),
        cmocka_unit_test(a_broken_rung_does_not_hide_what_others_name),
        cmocka_unit_test(who_is_not_meant_to_show_all_needs_no_overflow),
        cmocka_unit_test(names_that_are_wanted_must_lead_somewhere),
        cmocka_unit_test(images_need_not_be_opened),
        cmocka_unit_test(reads_images_beside_the_file),
    };

    return cmocka_run_group_tests(tests, NULL, clear);
}
