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
} sizes[] = {{1280, 720}, {640, 360},   {1366, 768}, {854, 480}, {322, 182},   {720, 1280},
             {360, 640},  {641, 359},   {359, 641},  {480, 480}, {1919, 1079}, {1920, 1080},
             {176, 144},  {3840, 2160}, {17, 16},    {16, 16},   {8192, 8192}, {8191, 8191}};

enum { NSIZES = sizeof(sizes) / sizeof(sizes[0]), SIDE = 8 };

/* A grid whose edges are written with other denominators than one would expect: k/kn. */
static void make_grid(struct layout_spec *spec, struct layout_spec_tile *tile, unsigned columns,
                      unsigned rows, uint32_t k)
{
    *spec = (struct layout_spec){.name = "grid", .ntiles = columns * rows, .tile = tile};
    memset(tile, 0, spec->ntiles * sizeof(*tile));
    for (uint32_t i = 0; i < spec->ntiles; ++i) {
        uint32_t x = i % columns, y = i / columns;

        tile[i].left = (struct layout_ratio){x, columns};
        tile[i].right = (struct layout_ratio){(x + 1) * k, columns * k};
        tile[i].top = (struct layout_ratio){y * k, rows * k};
        tile[i].bottom = (struct layout_ratio){y + 1, rows};
    }
}

static void rejects_bad_canvases(void **state)
{
    struct layout layout = {.ntiles = 77};
    struct layout_spec_tile tile[1];
    struct layout_spec spec;
    (void)state;

    make_grid(&spec, tile, 1, 1, 1);
    assert_int_equal(layout_resolve(&layout, &spec, 0, 720), -EINVAL);
    assert_int_equal(layout_resolve(&layout, &spec, 1280, 15), -EINVAL);
    assert_int_equal(layout_resolve(&layout, &spec, 8193, 720), -EINVAL);
    assert_int_equal(layout.ntiles, 77);
}

static void rejects_tiles_outside_and_empty_ones(void **state)
{
    static const struct {
        struct layout_ratio left, right;
    } bad[] = {
        {{0, 0}, {1, 1}}, {{0, 1}, {1, 0}},     {{0, 1}, {2, 1}},
        {{1, 2}, {1, 2}}, {{2, 3}, {1, 3}},     {{1, 1}, {1, 1}},
        {{0, 1}, {0, 9}}, {{0, 10001}, {1, 1}}, {{0, 1}, {1, 1000}}, /* less than a pixel */
    };
    struct layout layout = {.ntiles = 77};
    struct layout_spec_tile tile[1];
    struct layout_spec spec;
    (void)state;

    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); ++i) {
        make_grid(&spec, tile, 1, 1, 1);
        tile[0].left = bad[i].left;
        tile[0].right = bad[i].right;
        assert_int_equal(layout_resolve(&layout, &spec, 640, 360), -EINVAL);
        make_grid(&spec, tile, 1, 1, 1);
        tile[0].top = bad[i].left;
        tile[0].bottom = bad[i].right;
        assert_int_equal(layout_resolve(&layout, &spec, 640, 360), -EINVAL);
    }
    make_grid(&spec, tile, 1, 1, 1);
    spec.ntiles = 0;
    assert_int_equal(layout_resolve(&layout, &spec, 640, 360), -EINVAL);
    spec.ntiles = LAYOUT_TILES_MAX + 1;
    assert_int_equal(layout_resolve(&layout, &spec, 640, 360), -EINVAL);
    spec.ntiles = 1;
    spec.gap = LAYOUT_GAP_MAX + 1;
    assert_int_equal(layout_resolve(&layout, &spec, 640, 360), -EINVAL);
    assert_int_equal(layout.ntiles, 77);
}

static unsigned spread(unsigned least, unsigned most)
{
    return most - least;
}

static void check_grid(const struct layout *layout, unsigned columns, unsigned rows)
{
    unsigned least_w = 9999, least_h = 9999, most_w = 0, most_h = 0;

    assert_int_equal(layout->ntiles, columns * rows);
    for (unsigned i = 0; i < layout->ntiles; ++i) {
        const struct video_rect *r = &layout->tile[i].rect;
        bool last_column = i % columns == columns - 1, last_row = i / columns == rows - 1;

        assert_true(r->w > 0 && r->h > 0);
        assert_int_equal((r->x | r->y) & 1, 0);
        if (i % columns == 0)
            assert_int_equal(r->x, 0);
        if (i / columns == 0)
            assert_int_equal(r->y, 0);
        assert_int_equal(r->x + r->w, last_column ? layout->w : layout->tile[i + 1].rect.x);
        assert_int_equal(r->y + r->h, last_row ? layout->h : layout->tile[i + columns].rect.y);
        least_w = r->w < least_w ? r->w : least_w;
        least_h = r->h < least_h ? r->h : least_h;
        most_w = r->w > most_w ? r->w : most_w;
        most_h = r->h > most_h ? r->h : most_h;
    }
    assert_in_range(spread(least_w, most_w), 0, 2 + layout->w % 2);
    assert_in_range(spread(least_h, most_h), 0, 2 + layout->h % 2);
}

static void equal_edges_meet_and_equal_tiles_are_alike_on_any_canvas(void **state)
{
    struct layout_spec_tile tile[SIDE * SIDE];
    struct layout_spec spec;
    struct layout layout;
    (void)state;

    for (unsigned s = 0; s < NSIZES; ++s) {
        for (unsigned n = 0; n < SIDE * SIDE; ++n) {
            unsigned columns = n % SIDE + 1, rows = n / SIDE + 1;

            make_grid(&spec, tile, columns, rows, 1 + n % 7);
            assert_int_equal(layout_resolve(&layout, &spec, sizes[s].w, sizes[s].h), 0);
            assert_int_equal(layout.w, sizes[s].w);
            assert_int_equal(layout.h, sizes[s].h);
            check_grid(&layout, columns, rows);
        }
    }
}

static void an_edge_is_the_nearest_even_pixel(void **state)
{
    static const struct {
        uint32_t num, den;
        uint16_t pixel; /* of 1366 */
    } edges[] = {{1, 2, 684}, {1, 3, 456}, {2, 3, 910}, {9999, 10000, 1366}, {341, 683, 682}};
    struct layout_spec_tile tile[1];
    struct layout_spec spec;
    struct layout layout;
    (void)state;

    for (unsigned i = 0; i < sizeof(edges) / sizeof(edges[0]); ++i) {
        make_grid(&spec, tile, 1, 1, 1);
        tile[0].right = (struct layout_ratio){edges[i].num, edges[i].den};
        assert_int_equal(layout_resolve(&layout, &spec, 1366, 768), 0);
        assert_int_equal(layout.tile[0].rect.w, edges[i].pixel);
    }
}

static void a_gap_is_taken_from_the_tiles_and_scales(void **state)
{
    static const struct {
        uint16_t gap, w, h, half;
    } rows[] = {{0, 1280, 720, 0},   {8, 1280, 720, 4},   {8, 640, 360, 2},  {8, 720, 1280, 4},
                {8, 3840, 2160, 12}, {64, 1280, 720, 32}, {1, 1280, 720, 0}, {16, 641, 359, 4}};
    struct layout_spec_tile tile[4];
    struct layout_spec spec;
    struct layout with, without;
    (void)state;

    for (unsigned r = 0; r < sizeof(rows) / sizeof(rows[0]); ++r) {
        make_grid(&spec, tile, 2, 2, 1);
        assert_int_equal(layout_resolve(&without, &spec, rows[r].w, rows[r].h), 0);
        spec.gap = rows[r].gap;
        assert_int_equal(layout_resolve(&with, &spec, rows[r].w, rows[r].h), 0);
        for (unsigned i = 0; i < 4; ++i) {
            const struct video_rect *a = &without.tile[i].rect, *b = &with.tile[i].rect;
            unsigned odd_w = rows[r].half ? a->w % 2 : 0, odd_h = rows[r].half ? a->h % 2 : 0;

            assert_int_equal(b->x, a->x + rows[r].half);
            assert_int_equal(b->y, a->y + rows[r].half);
            assert_int_equal(b->w, a->w - odd_w - 2 * rows[r].half);
            assert_int_equal(b->h, a->h - odd_h - 2 * rows[r].half);
        }
    }
}

static void a_tile_that_the_gap_swallows_is_an_error(void **state)
{
    struct layout_spec_tile tile[1];
    struct layout_spec spec;
    struct layout layout;
    (void)state;

    make_grid(&spec, tile, 1, 1, 1);
    tile[0].right = (struct layout_ratio){1, 20}; /* 64 pixels */
    spec.gap = 64;
    assert_int_equal(layout_resolve(&layout, &spec, 1280, 720), -EINVAL);
    spec.gap = 60;
    assert_int_equal(layout_resolve(&layout, &spec, 1280, 720), 0);
    assert_int_equal(layout.tile[0].rect.w, 4);
}

static void tiles_keep_their_number_role_and_fit(void **state)
{
    struct layout_spec_tile tile[4];
    struct layout_spec spec;
    struct layout layout;
    (void)state;

    make_grid(&spec, tile, 2, 2, 1);
    tile[1].role = LAYOUT_ROLE_SPEAKER;
    tile[2].role = LAYOUT_ROLE_CONTENT;
    tile[2].vacant = LAYOUT_VACANT_FILL;
    tile[3].fit = SCALE_COVER;
    assert_int_equal(layout_resolve(&layout, &spec, 1280, 720), 0);
    for (unsigned i = 0; i < 4; ++i) {
        assert_int_equal(layout.tile[i].role, tile[i].role);
        assert_int_equal(layout.tile[i].vacant, tile[i].vacant);
        assert_int_equal(layout.tile[i].fit, tile[i].fit);
    }
}

static void order_is_by_z_and_then_by_number(void **state)
{
    static const uint8_t z[] = {3, 0, 255, 3, 0, 1};
    static const uint8_t order[] = {1, 4, 5, 0, 3, 2};
    struct layout_spec_tile tile[6];
    struct layout_spec spec;
    struct layout layout;
    (void)state;

    make_grid(&spec, tile, 3, 2, 1);
    for (unsigned i = 0; i < 6; ++i)
        tile[i].z = z[i];
    assert_int_equal(layout_resolve(&layout, &spec, 1280, 720), 0);
    assert_memory_equal(layout.order, order, sizeof(order));
}

static void overlap_means_same_z_and_a_common_area(void **state)
{
    struct layout_spec_tile tile[SIDE * SIDE];
    struct layout_spec spec;
    unsigned a = 77, b = 77;
    (void)state;

    make_grid(&spec, tile, 8, 8, 5);
    assert_false(layout_overlap(&spec, &a, &b));
    tile[20].right.num += 1;
    assert_true(layout_overlap(&spec, &a, &b));
    assert_int_equal(a, 20);
    assert_int_equal(b, 21);
    tile[20].z = 1;
    a = b = 77;
    assert_false(layout_overlap(&spec, &a, &b));
    assert_int_equal(a, 77);
    assert_int_equal(b, 77);
}

static void seats_are_for_anybody_and_speakers(void **state)
{
    struct layout_spec_tile tile[6];
    struct layout_spec spec;
    (void)state;

    make_grid(&spec, tile, 3, 2, 1);
    assert_int_equal(layout_seats(&spec), 6);
    tile[0].role = LAYOUT_ROLE_CONTENT;
    tile[1].role = LAYOUT_ROLE_RESERVED;
    tile[2].role = LAYOUT_ROLE_SPEAKER;
    assert_int_equal(layout_seats(&spec), 4);
    tile[0].vacant = LAYOUT_VACANT_HIDE;
    tile[1].vacant = LAYOUT_VACANT_FILL;
    assert_int_equal(layout_seats(&spec), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rejects_bad_canvases),
        cmocka_unit_test(rejects_tiles_outside_and_empty_ones),
        cmocka_unit_test(equal_edges_meet_and_equal_tiles_are_alike_on_any_canvas),
        cmocka_unit_test(an_edge_is_the_nearest_even_pixel),
        cmocka_unit_test(a_gap_is_taken_from_the_tiles_and_scales),
        cmocka_unit_test(a_tile_that_the_gap_swallows_is_an_error),
        cmocka_unit_test(tiles_keep_their_number_role_and_fit),
        cmocka_unit_test(order_is_by_z_and_then_by_number),
        cmocka_unit_test(overlap_means_same_z_and_a_common_area),
        cmocka_unit_test(seats_are_for_anybody_and_speakers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
