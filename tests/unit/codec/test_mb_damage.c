/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/codec/test_mb_damage.c  Which macroblocks count as unchanged
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "codec/mb_damage.h"
#include "codec/video_frame.h"

enum { COLS = 5, ROWS = 4, MARK = 7 };

static unsigned count(const uint8_t *map)
{
    unsigned n = 0;

    for (unsigned i = 0; i < COLS * ROWS; ++i)
        n += map[i] == MARK;
    return n;
}

static void only_what_lies_outside_of_changed_rectangles_is_unchanged(void **state)
{
    static const struct {
        struct video_rect rect;
        unsigned unchanged;
    } rects[] = {
        {{0, 0, 16, 16}, 19}, {{0, 0, 17, 16}, 18},   {{15, 15, 2, 2}, 16},
        {{16, 16, 1, 1}, 19}, {{0, 0, 80, 50}, 0},    {{70, 40, 100, 100}, 18},
        {{0, 0, 0, 16}, 20},  {{500, 500, 9, 9}, 20},
    };
    (void)state;

    for (unsigned i = 0; i < sizeof(rects) / sizeof(rects[0]); ++i) {
        struct video_damage list[2] = {{.rect = {0, 0, 80, 50}, .version = 5},
                                       {.rect = rects[i].rect, .version = 5}};
        struct video_frame frame = {.w = 80, .h = 50, .damage = list, .ndamage = 2};
        struct mb_damage *d = NULL;
        uint8_t *map;

        assert_int_equal(mb_damage_new(&d, 80, 50, MARK), 0);
        assert_null(mb_damage_next(d, &frame));
        map = mb_damage_next(d, &frame);
        assert_non_null(map);
        assert_int_equal(count(map), COLS * ROWS);
        ++list[1].version;
        map = mb_damage_next(d, &frame);
        assert_non_null(map);
        assert_int_equal(count(map), rects[i].unchanged);
        map = mb_damage_next(d, &frame);
        assert_int_equal(count(map), COLS * ROWS);
        mb_damage_free(d);
    }
}

static void another_shape_means_that_everything_changed(void **state)
{
    static struct video_damage many[MB_DAMAGE_RECTS_MAX + 1];
    struct video_damage list[2] = {{.rect = {0, 0, 40, 50}, .version = 1},
                                   {.rect = {40, 0, 40, 50}, .version = 1}};
    struct video_frame frame = {.w = 80, .h = 50, .damage = list, .ndamage = 2};
    struct mb_damage *d = NULL;
    (void)state;

    assert_int_equal(mb_damage_new(&d, 80, 50, MARK), 0);
    assert_null(mb_damage_next(d, &frame));
    assert_non_null(mb_damage_next(d, &frame));
    list[1].rect.x = 42;
    assert_null(mb_damage_next(d, &frame));
    assert_non_null(mb_damage_next(d, &frame));
    frame.ndamage = 1;
    assert_null(mb_damage_next(d, &frame));
    frame.damage = NULL;
    frame.ndamage = 0;
    assert_null(mb_damage_next(d, &frame));
    assert_null(mb_damage_next(d, &frame));
    frame.damage = many;
    frame.ndamage = MB_DAMAGE_RECTS_MAX + 1;
    assert_null(mb_damage_next(d, &frame));
    assert_null(mb_damage_next(d, &frame));
    frame.ndamage = MB_DAMAGE_RECTS_MAX;
    assert_null(mb_damage_next(d, &frame));
    assert_non_null(mb_damage_next(d, &frame));
    mb_damage_forget(d);
    assert_null(mb_damage_next(d, &frame));
    assert_null(mb_damage_free(d));
    assert_null(mb_damage_free(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_lies_outside_of_changed_rectangles_is_unchanged),
        cmocka_unit_test(another_shape_means_that_everything_changed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
