/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mixer/test_layout_set.c  Set of layouts: one test for each promise in
 * layout_set.h
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "mixer/layout_set.h"

static struct layout_set *new_set(void)
{
    struct layout_set *set = NULL;

    assert_int_equal(layout_set_new(&set), 0);
    return set;
}

/* A layout of one tile with that name. */
static int put(struct layout_set *set, const char *name, unsigned gap)
{
    struct layout_spec_tile tile = {.right = {1, 1}, .bottom = {1, 1}, .left.den = 1, .top.den = 1};
    struct layout_spec spec = {.ntiles = 1, .tile = &tile, .gap = (uint16_t)gap};

    (void)snprintf(spec.name, sizeof(spec.name), "%s", name);
    return layout_set_put(set, &spec);
}

static void add_rung(struct layout_ladder *ladder, enum layout_branch branch, unsigned max,
                     const char *name)
{
    struct layout_rung *rung = &ladder->rung[branch][ladder->nrungs[branch]++];

    rung->max = (uint16_t)max;
    (void)snprintf(rung->layout, sizeof(rung->layout), "%s", name);
}

static const char *chosen(const struct layout_set *set, const char *name, unsigned heads,
                          bool content, bool portrait)
{
    const struct layout_spec *spec = layout_set_choose(set, name, heads, content, portrait);

    return spec ? spec->name : "none";
}

static void the_default_has_the_smallest_grid_that_fits(void **state)
{
    static const struct {
        unsigned max;
        const char *name, *portrait;
    } rungs[] = {
        {1, "1x1", "1x1"},  {2, "2x1", "1x2"},  {4, "2x2", "2x2"},  {6, "3x2", "2x3"},
        {9, "3x3", "3x3"},  {12, "4x3", "3x4"}, {16, "4x4", "4x4"}, {20, "5x4", "4x5"},
        {25, "5x5", "5x5"}, {30, "6x5", "5x6"}, {36, "6x6", "6x6"}, {42, "7x6", "6x7"},
        {49, "7x7", "7x7"},
    };
    struct layout_set *set = NULL;
    unsigned i = 0;
    (void)state;

    assert_int_equal(layout_set_default(&set), 0);
    assert_string_equal(chosen(set, "auto", 0, false, false), "1x1");
    for (unsigned heads = 1; heads <= 49; ++heads) {
        if (heads > rungs[i].max)
            ++i;
        assert_string_equal(chosen(set, "auto", heads, false, false), rungs[i].name);
        assert_string_equal(chosen(set, "auto", heads, true, false), rungs[i].name);
        assert_string_equal(chosen(set, "auto", heads, false, true), rungs[i].portrait);
        assert_string_equal(chosen(set, "auto", heads, true, true), rungs[i].portrait);
        assert_int_equal(layout_set_layout(set, rungs[i].name)->ntiles, rungs[i].max);
    }
    assert_string_equal(chosen(set, "auto", 4000, false, false), "7x7");
    layout_set_unref(set);
}

static void default_grids_have_tiles_row_by_row(void **state)
{
    struct layout_set *set = NULL;
    struct layout layout;
    (void)state;

    assert_int_equal(layout_set_default(&set), 0);
    assert_int_equal(layout_resolve(&layout, layout_set_layout(set, "3x2"), 1280, 720), 0);
    assert_int_equal(layout.ntiles, 6);
    assert_int_equal(layout.tile[1].rect.x, 426);
    assert_int_equal(layout.tile[1].rect.y, 0);
    assert_int_equal(layout.tile[3].rect.x, 0);
    assert_int_equal(layout.tile[3].rect.y, 360);
    assert_int_equal(layout.tile[5].rect.x + layout.tile[5].rect.w, 1280);
    layout_set_unref(set);
}

static void a_branch_without_rungs_gives_way(void **state)
{
    static const enum layout_branch order[] = {LAYOUT_BRANCH_PLAIN, LAYOUT_BRANCH_PORTRAIT,
                                               LAYOUT_BRANCH_CONTENT,
                                               LAYOUT_BRANCH_PORTRAIT_CONTENT};
    /* Answers for plain, content, portrait and both once the branches up to i are there. */
    static const char *const expected[][4] = {
        {"a", "a", "a", "a"}, {"a", "a", "b", "b"}, {"a", "c", "b", "c"}, {"a", "c", "b", "d"}};
    struct layout_ladder ladder = {.name = "ladder"};
    struct layout_set *set = new_set();
    (void)state;

    for (char name[] = "a"; name[0] <= 'd'; ++name[0])
        assert_int_equal(put(set, name, 0), 0);
    assert_int_equal(layout_set_put_ladder(set, &ladder), 0);
    assert_string_equal(chosen(set, "ladder", 1, true, true), "none");
    for (unsigned i = 0; i < 4; ++i) {
        const char name[] = {(char)('a' + i), '\0'};

        add_rung(&ladder, order[i], 5, name);
        assert_int_equal(layout_set_put_ladder(set, &ladder), 0);
        assert_string_equal(chosen(set, "ladder", 9, false, false), expected[i][0]);
        assert_string_equal(chosen(set, "ladder", 9, true, false), expected[i][1]);
        assert_string_equal(chosen(set, "ladder", 9, false, true), expected[i][2]);
        assert_string_equal(chosen(set, "ladder", 9, true, true), expected[i][3]);
    }
    layout_set_unref(set);
}

static void aliases_lead_to_layouts_and_ladders(void **state)
{
    struct layout_ladder ladder = {.name = "grid"};
    struct layout_set *set = new_set();
    (void)state;

    add_rung(&ladder, LAYOUT_BRANCH_PLAIN, 1, "one");
    assert_int_equal(put(set, "solo", 0), 0);
    assert_int_equal(layout_set_put_alias(set, "one", "solo"), 0);
    assert_int_equal(layout_set_put_alias(set, "auto", "grid"), 0);
    assert_int_equal(layout_set_put_ladder(set, &ladder), 0);
    assert_int_equal(layout_set_put_alias(set, "lost", "nowhere"), 0);
    assert_string_equal(layout_set_layout(set, "one")->name, "solo");
    assert_string_equal(layout_set_ladder(set, "auto")->name, "grid");
    assert_null(layout_set_layout(set, "auto"));
    assert_null(layout_set_ladder(set, "one"));
    assert_string_equal(chosen(set, "auto", 7, false, false), "solo");
    assert_string_equal(chosen(set, "one", 7, false, false), "solo");
    assert_true(layout_set_has(set, "auto"));
    assert_true(layout_set_has(set, "solo"));
    assert_false(layout_set_has(set, "lost"));
    assert_false(layout_set_has(set, "nowhere"));
    assert_string_equal(chosen(set, "lost", 1, false, false), "none");
    layout_set_unref(set);
}

static void a_circle_of_aliases_leads_nowhere(void **state)
{
    struct layout_set *set = new_set();
    char name[8], target[8];
    (void)state;

    assert_int_equal(layout_set_put_alias(set, "x", "y"), 0);
    assert_int_equal(layout_set_put_alias(set, "y", "x"), 0);
    assert_int_equal(layout_set_put_alias(set, "z", "z"), 0);
    assert_false(layout_set_has(set, "x"));
    assert_false(layout_set_has(set, "z"));
    assert_null(layout_set_choose(set, "y", 1, false, false));
    assert_int_equal(put(set, "a0", 0), 0);
    for (unsigned i = 1; i <= 17; ++i) {
        (void)snprintf(name, sizeof(name), "a%u", i);
        (void)snprintf(target, sizeof(target), "a%u", i - 1);
        assert_int_equal(layout_set_put_alias(set, name, target), 0);
    }
    assert_true(layout_set_has(set, "a16"));
    assert_false(layout_set_has(set, "a17"));
    layout_set_unref(set);
}

static void one_name_means_one_thing(void **state)
{
    struct layout_ladder ladder = {.name = "name"};
    struct layout_set *set = new_set();
    (void)state;

    assert_int_equal(put(set, "first", 0), 0);
    assert_int_equal(put(set, "name", 1), 0);
    assert_int_equal(put(set, "last", 0), 0);
    assert_int_equal(put(set, "name", 2), 0);
    assert_int_equal(set->nlayouts, 3);
    assert_int_equal(set->layout[1].gap, 2); /* it keeps its place */

    assert_int_equal(layout_set_put_ladder(set, &ladder), 0);
    assert_null(layout_set_layout(set, "name"));
    assert_int_equal(set->nlayouts, 2);
    assert_string_equal(set->layout[1].name, "last");

    assert_int_equal(layout_set_put_alias(set, "name", "first"), 0);
    assert_int_equal(layout_set_put_alias(set, "name", "last"), 0);
    assert_int_equal(set->nladders, 0);
    assert_int_equal(set->naliases, 1);
    assert_string_equal(layout_set_layout(set, "name")->name, "last");

    assert_int_equal(put(set, "name", 3), 0);
    assert_int_equal(set->naliases, 0);
    assert_string_equal(layout_set_layout(set, "name")->name, "name");
    layout_set_unref(set);
}

static void put_copies_and_counts_the_image(void **state)
{
    struct layout_spec_tile tile = {.right = {1, 1}, .bottom = {1, 1}, .left.den = 1, .top.den = 1};
    struct layout_spec spec = {.name = "a", .ntiles = 1, .tile = &tile};
    struct layout_set *set = new_set();
    (void)state;

    assert_int_equal(video_frame_new(&spec.image, 16, 16), 0);
    assert_int_equal(layout_set_put(set, &spec), 0);
    tile.role = LAYOUT_ROLE_SPEAKER;
    assert_int_equal(layout_set_layout(set, "a")->tile[0].role, LAYOUT_ROLE_ANY);
    assert_false(ref_is_unique(&spec.image->ref));
    assert_int_equal(put(set, "a", 0), 0);
    assert_true(ref_is_unique(&spec.image->ref));
    assert_int_equal(layout_set_put(set, &spec), 0);
    assert_ptr_equal(layout_set_ref(set), set);
    assert_null(layout_set_unref(set));
    assert_int_equal(layout_set_layout(set, "a")->ntiles, 1);
    layout_set_unref(set);
    assert_null(layout_set_unref(NULL));
    assert_true(ref_is_unique(&spec.image->ref));
    video_frame_unref(spec.image);
}

/* A set with one layout, its background all of one colour but for its last pixels. */
static struct layout_set *set_with_image(uint16_t w, uint8_t luma, uint8_t v)
{
    const struct video_rect all = {0, 0, w, 32}, corner = {(uint16_t)(w - 2), 30, 2, 2};
    struct layout_spec_tile tile = {.right = {1, 1}, .bottom = {1, 1}, .left.den = 1, .top.den = 1};
    struct layout_spec spec = {.name = "a", .ntiles = 1, .tile = &tile};
    struct layout_set *set = new_set();

    assert_int_equal(video_frame_new(&spec.image, w, 32), 0);
    video_frame_fill(spec.image, &all, 40, 128, 128);
    video_frame_fill(spec.image, &corner, luma, 128, v);
    assert_int_equal(layout_set_put(set, &spec), 0);
    video_frame_unref(spec.image);
    return set;
}

static void equal_sets_have_the_same_pixels_behind_the_tiles(void **state)
{
    struct layout_set *set = set_with_image(64, 50, 128);
    const struct {
        struct layout_set *other;
        bool equal;
    } row[] = {
        {set_with_image(64, 50, 128), true},
        {set_with_image(66, 50, 128), false},
        {set_with_image(64, 51, 128), false},
        {set_with_image(64, 50, 129), false},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); ++i) {
        assert_int_equal(layout_set_equal(set, row[i].other), row[i].equal);
        layout_set_unref(row[i].other);
    }
    layout_set_unref(set);
}

static void rejects_bad_names_and_counts(void **state)
{
    struct layout_spec_tile tile = {0};
    struct layout_spec spec = {.name = "a", .tile = &tile};
    struct layout_ladder ladder = {.name = "l"};
    struct layout_set *set = new_set();
    char longest[LAYOUT_NAME_SIZE + 1];
    (void)state;

    memset(longest, 'x', LAYOUT_NAME_SIZE);
    longest[LAYOUT_NAME_SIZE] = '\0';
    assert_int_equal(layout_set_put(set, &spec), -EINVAL);
    spec.ntiles = LAYOUT_TILES_MAX + 1;
    assert_int_equal(layout_set_put(set, &spec), -EINVAL);
    spec.ntiles = 1;
    spec.name[0] = '\0';
    assert_int_equal(layout_set_put(set, &spec), -EINVAL);
    memset(spec.name, 'x', sizeof(spec.name));
    assert_int_equal(layout_set_put(set, &spec), -EINVAL);
    ladder.nrungs[2] = LAYOUT_SET_RUNGS_MAX + 1;
    assert_int_equal(layout_set_put_ladder(set, &ladder), -EINVAL);
    ladder.nrungs[2] = 1; /* of no name */
    assert_int_equal(layout_set_put_ladder(set, &ladder), -EINVAL);
    assert_int_equal(layout_set_put_alias(set, "", "a"), -EINVAL);
    assert_int_equal(layout_set_put_alias(set, "a", ""), -EINVAL);
    assert_int_equal(layout_set_put_alias(set, longest, "a"), -EINVAL);
    assert_int_equal(layout_set_put_alias(set, "a", longest), -EINVAL);
    assert_int_equal(set->nlayouts + set->nladders + set->naliases, 0);
    layout_set_unref(set);
}

static void is_bounded(void **state)
{
    struct layout_ladder ladder = {0};
    struct layout_set *set = new_set();
    char name[16];
    (void)state;

    for (unsigned i = 0; i <= LAYOUT_SET_LAYOUTS_MAX; ++i) {
        (void)snprintf(name, sizeof(name), "l%u", i);
        assert_int_equal(put(set, name, 0), i < LAYOUT_SET_LAYOUTS_MAX ? 0 : -ENOSPC);
    }
    assert_int_equal(put(set, "l0", 1), 0);
    for (unsigned i = 0; i <= LAYOUT_SET_ALIASES_MAX; ++i) {
        (void)snprintf(name, sizeof(name), "a%u", i);
        assert_int_equal(layout_set_put_alias(set, name, "l1"),
                         i < LAYOUT_SET_ALIASES_MAX ? 0 : -ENOSPC);
    }
    for (unsigned i = 0; i <= LAYOUT_SET_LADDERS_MAX; ++i) {
        (void)snprintf(ladder.name, sizeof(ladder.name), "d%u", i);
        assert_int_equal(layout_set_put_ladder(set, &ladder),
                         i < LAYOUT_SET_LADDERS_MAX ? 0 : -ENOSPC);
    }
    layout_set_unref(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_default_has_the_smallest_grid_that_fits),
        cmocka_unit_test(default_grids_have_tiles_row_by_row),
        cmocka_unit_test(a_branch_without_rungs_gives_way),
        cmocka_unit_test(aliases_lead_to_layouts_and_ladders),
        cmocka_unit_test(a_circle_of_aliases_leads_nowhere),
        cmocka_unit_test(one_name_means_one_thing),
        cmocka_unit_test(put_copies_and_counts_the_image),
        cmocka_unit_test(equal_sets_have_the_same_pixels_behind_the_tiles),
        cmocka_unit_test(rejects_bad_names_and_counts),
        cmocka_unit_test(is_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
