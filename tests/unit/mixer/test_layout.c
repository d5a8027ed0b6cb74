/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mixer/test_layout.c  Layout: one test for each promise in layout.h
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mixer/layout.h"

static const struct {
    uint16_t w, h;
} sizes[] = {{1280, 720}, {640, 360}, {1366, 768}, {641, 359},   {720, 1280}, {359, 641},
             {480, 480},  {17, 16},   {16, 16},    {1919, 1079}, {8192, 8192}};

enum { NSIZES = sizeof(sizes) / sizeof(sizes[0]) };

static void rejects_bad_canvases(void **state)
{
    struct layout layout = {.ntiles = 77};
    (void)state;

    assert_int_equal(layout_grid(&layout, 1, 0, 720), -EINVAL);
    assert_int_equal(layout_grid(&layout, 1, 1280, 15), -EINVAL);
    assert_int_equal(layout_grid(&layout, 1, 8193, 720), -EINVAL);
    assert_int_equal(layout.ntiles, 77);
}

static void the_ladder_has_the_smallest_grid_that_fits(void **state)
{
    static const unsigned rung[] = {1, 2, 4, 6, 9, 12, 16, 20, 25, 30, 36, 42, 49};
    unsigned i = 0;
    (void)state;

    assert_int_equal(layout_capacity(0), 1);
    for (unsigned heads = 1; heads <= LAYOUT_TILES_MAX; ++heads) {
        if (heads > rung[i])
            ++i;
        assert_int_equal(layout_capacity(heads), rung[i]);
    }
    assert_int_equal(layout_capacity(1000), LAYOUT_TILES_MAX);
}

/* Every pixel of every canvas belongs to exactly one tile. */
static void grids_cover_the_canvas_without_seams(void **state)
{
    static uint8_t seen[LAYOUT_SIDE_MAX];
    (void)state;

    for (unsigned s = 0; s < NSIZES; ++s) {
        for (unsigned heads = 0; heads <= LAYOUT_TILES_MAX + 1; ++heads) {
            struct layout layout;
            uint64_t area = 0;

            assert_int_equal(layout_grid(&layout, heads, sizes[s].w, sizes[s].h), 0);
            assert_int_equal(layout.ntiles, layout_capacity(heads));
            assert_int_equal(layout.w, sizes[s].w);
            assert_int_equal(layout.h, sizes[s].h);
            for (unsigned i = 0; i < layout.ntiles; ++i) {
                const struct video_rect *r = &layout.tile[i].rect;

                assert_true(r->w > 0 && r->h > 0);
                assert_true(r->x + r->w <= sizes[s].w && r->y + r->h <= sizes[s].h);
                assert_int_equal((r->x | r->y) & 1, 0);
                assert_int_equal(layout.tile[i].role, LAYOUT_ROLE_SEAT);
                area += (uint64_t)r->w * r->h;
            }
            assert_true(area == (uint64_t)sizes[s].w * sizes[s].h);
            /* The tiles that cross the middle row cover it once. */
            memset(seen, 0, sizes[s].w);
            for (unsigned i = 0; i < layout.ntiles; ++i) {
                const struct video_rect *r = &layout.tile[i].rect;

                if (r->y <= sizes[s].h / 2 && r->y + r->h > sizes[s].h / 2) {
                    for (unsigned x = r->x; x < (unsigned)r->x + r->w; ++x)
                        ++seen[x];
                }
            }
            for (unsigned x = 0; x < sizes[s].w; ++x)
                assert_int_equal(seen[x], 1);
        }
    }
}

static void tiles_are_of_like_size(void **state)
{
    (void)state;

    for (unsigned s = 0; s < NSIZES; ++s) {
        for (unsigned heads = 1; heads <= LAYOUT_TILES_MAX; ++heads) {
            unsigned least_w = 9999, least_h = 9999, most_w = 0, most_h = 0;
            struct layout layout;

            assert_int_equal(layout_grid(&layout, heads, sizes[s].w, sizes[s].h), 0);
            for (unsigned i = 0; i < layout.ntiles; ++i) {
                const struct video_rect *r = &layout.tile[i].rect;

                least_w = r->w < least_w ? r->w : least_w;
                least_h = r->h < least_h ? r->h : least_h;
                most_w = r->w > most_w ? r->w : most_w;
                most_h = r->h > most_h ? r->h : most_h;
            }
            assert_in_range(most_w - least_w, 0, 2 + sizes[s].w % 2);
            assert_in_range(most_h - least_h, 0, 2 + sizes[s].h % 2);
        }
    }
}

static void portrait_canvases_are_transposed(void **state)
{
    struct layout layout;
    (void)state;

    assert_int_equal(layout_grid(&layout, 2, 1280, 720), 0);
    assert_int_equal(layout.tile[1].rect.x, 640);
    assert_int_equal(layout.tile[1].rect.y, 0);
    assert_int_equal(layout_grid(&layout, 2, 720, 1280), 0);
    assert_int_equal(layout.tile[1].rect.x, 0);
    assert_int_equal(layout.tile[1].rect.y, 640);
    assert_int_equal(layout_grid(&layout, 6, 720, 1280), 0);
    assert_int_equal(layout.tile[0].rect.w, 360);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rejects_bad_canvases),
        cmocka_unit_test(the_ladder_has_the_smallest_grid_that_fits),
        cmocka_unit_test(grids_cover_the_canvas_without_seams),
        cmocka_unit_test(tiles_are_of_like_size),
        cmocka_unit_test(portrait_canvases_are_transposed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
