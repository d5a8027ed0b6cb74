/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_dress.c  Sizes and places of what lies on a composite
 */
#include "mcu/media/dress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct config config;

static void make(struct dress_style *style, uint16_t side)
{
    config_default(&config);
    config.overlay.size = 18;
    config.overlay.border = 4;
    config.overlay.border_color = 0xffffff;
    config.overlay.logo_corner = CONFIG_CORNER_TOP_LEFT;
    dress_style(style, &config, side);
}

static void sizes_follow_the_shorter_side(void **state)
{
    static const struct {
        uint16_t side, text, border;
    } table[] = {
        {720, 18, 4}, {1080, 27, 6}, {360, 9, 2}, {180, 8, 2}, {64, 8, 2},
    };
    struct dress_style style;
    (void)state;

    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); ++i) {
        make(&style, table[i].side);
        assert_int_equal(style.text.size, table[i].text);
        assert_int_equal(style.border, table[i].border);
        assert_int_equal(style.margin % 2, 0);
        assert_int_equal(style.border_yuv[0], 235);
    }
}

static void no_border_stays_none(void **state)
{
    struct dress_style style;
    (void)state;

    make(&style, 180);
    config.overlay.border = 0;
    dress_style(&style, &config, 180);
    assert_int_equal(style.border, 0);
}

static void plates_are_small_in_small_tiles(void **state)
{
    const struct video_rect large = {0, 0, 640, 360}, small = {0, 0, 182, 102}, tiny = {0, 0, 4, 4};
    struct dress_style style;
    struct overlay_style text;
    (void)state;

    make(&style, 720);
    dress_plate_text(&text, &style, &large);
    assert_int_equal(text.size, 18);
    assert_in_range(dress_plate_width(&style, &large), 600, 638);
    dress_plate_text(&text, &style, &small);
    assert_int_equal(text.size, 14);
    assert_in_range(dress_plate_width(&style, &small), 150, 180);
    dress_plate_text(&text, &style, &tiny);
    assert_int_equal(text.size, 8);
    assert_int_equal(dress_plate_width(&style, &tiny), 0);
}

static void the_plate_goes_to_the_lower_left_and_stays_there(void **state)
{
    const struct overlay plate = {.w = 100, .h = 30};
    struct compositor_tile quiet = {.rect = {640, 360, 640, 360}}, active = quiet;
    struct dress_style style;
    (void)state;

    make(&style, 720);
    dress_tile(&quiet, &style, &plate, false);
    dress_tile(&active, &style, &plate, true);
    assert_int_equal(quiet.noverlays, 1);
    assert_ptr_equal(quiet.overlay[0].image, &plate);
    assert_in_range(quiet.overlay[0].x, 640 + 4, 640 + 16);
    assert_in_range(quiet.overlay[0].y, 720 - 30 - 16, 720 - 30 - 4);
    assert_int_equal(quiet.overlay[0].x, active.overlay[0].x);
    assert_int_equal(quiet.overlay[0].y, active.overlay[0].y);
    assert_int_equal(quiet.border, 0);
    assert_int_equal(active.border, 4);
    assert_memory_equal(active.border_yuv, style.border_yuv, 3);
}

static void a_tile_without_a_plate_gets_its_border_alone(void **state)
{
    struct compositor_tile tile = {.rect = {0, 0, 640, 360}};
    struct dress_style style;
    (void)state;

    make(&style, 720);
    dress_tile(&tile, &style, NULL, true);
    assert_int_equal(tile.noverlays, 0);
    assert_int_equal(tile.border, 4);
}

static void a_plate_higher_than_its_tile_begins_at_its_top(void **state)
{
    const struct overlay plate = {.w = 100, .h = 30};
    struct compositor_tile tile = {.rect = {0, 100, 40, 20}};
    struct dress_style style;
    (void)state;

    make(&style, 720);
    dress_tile(&tile, &style, &plate, false);
    assert_int_equal(tile.overlay[0].y, 100);
}

static void the_rooms_overlays_do_not_lie_on_one_another(void **state)
{
    const struct overlay marks = {.w = 120, .h = 30}, banner = {.w = 1280, .h = 40},
                         logo = {.w = 200, .h = 80};
    struct dress_style style;
    (void)state;

    make(&style, 720);
    for (unsigned corner = 0; corner < 4; ++corner) {
        struct compositor_tile tiles[COMPOSITOR_TILES_MAX];
        unsigned n;

        style.corner = (enum config_corner)corner;
        n = dress_canvas(tiles, 0, &style, 1280, 720, &marks, &banner, &logo);
        assert_int_equal(n, 3);
        for (unsigned i = 0; i < n; ++i) {
            const struct video_rect *a = &tiles[i].rect;

            assert_true(tiles[i].clear);
            assert_null(tiles[i].frame);
            assert_int_equal(a->x % 2 + a->y % 2, 0);
            assert_true(a->x + a->w <= 1280 && a->y + a->h <= 720);
            assert_int_equal(tiles[i].overlay[0].x, a->x);
            for (unsigned k = 0; k < i; ++k) {
                const struct video_rect *b = &tiles[k].rect;

                assert_true(a->x + a->w <= b->x || b->x + b->w <= a->x || a->y + a->h <= b->y ||
                            b->y + b->h <= a->y);
            }
        }
    }
}

static void what_is_too_large_is_cut_by_the_canvas(void **state)
{
    const struct overlay large = {.w = 400, .h = 300};
    struct compositor_tile tiles[COMPOSITOR_TILES_MAX];
    struct dress_style style;
    unsigned n;
    (void)state;

    make(&style, 180);
    n = dress_canvas(tiles, 0, &style, 320, 180, &large, &large, &large);
    for (unsigned i = 0; i < n; ++i) {
        assert_true(tiles[i].rect.w && tiles[i].rect.x + tiles[i].rect.w <= 320);
        assert_true(tiles[i].rect.h && tiles[i].rect.y + tiles[i].rect.h <= 180);
    }
}

static void what_does_not_fit_into_the_list_is_left_out(void **state)
{
    const struct overlay marks = {.w = 40, .h = 30};
    struct compositor_tile tiles[COMPOSITOR_TILES_MAX];
    struct dress_style style;
    (void)state;

    make(&style, 720);
    assert_int_equal(
        dress_canvas(tiles, COMPOSITOR_TILES_MAX - 1, &style, 1280, 720, &marks, &marks, &marks),
        COMPOSITOR_TILES_MAX);
}

static void an_undressed_room_adds_nothing(void **state)
{
    struct compositor_tile tiles[COMPOSITOR_TILES_MAX];
    struct dress_style style;
    (void)state;

    make(&style, 720);
    assert_int_equal(dress_canvas(tiles, 0, &style, 1280, 720, NULL, NULL, NULL), 0);
}

static void the_logos_box_is_a_part_of_the_canvas(void **state)
{
    uint16_t w, h;
    (void)state;

    dress_logo_size(1280, 720, &w, &h);
    assert_int_equal(w, 212);
    assert_int_equal(h, 90);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_follow_the_shorter_side),
        cmocka_unit_test(no_border_stays_none),
        cmocka_unit_test(plates_are_small_in_small_tiles),
        cmocka_unit_test(the_plate_goes_to_the_lower_left_and_stays_there),
        cmocka_unit_test(a_tile_without_a_plate_gets_its_border_alone),
        cmocka_unit_test(a_plate_higher_than_its_tile_begins_at_its_top),
        cmocka_unit_test(the_rooms_overlays_do_not_lie_on_one_another),
        cmocka_unit_test(what_is_too_large_is_cut_by_the_canvas),
        cmocka_unit_test(what_does_not_fit_into_the_list_is_left_out),
        cmocka_unit_test(an_undressed_room_adds_nothing),
        cmocka_unit_test(the_logos_box_is_a_part_of_the_canvas),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
