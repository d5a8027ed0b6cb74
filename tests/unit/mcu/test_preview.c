/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_preview.c  Previews: what is refused, and that people, screens and
 * overlays show
 */
#include "mcu/media/preview.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "codec/video_frame.h"
#include "mcu/config/config.h"
#include "mcu/media/preview_people.h"
#include "mixer/layout_set.h"
#include "mixer/overlay.h"

static struct config config;

static int set_up(void **state)
{
    struct layout_set *set;

    config_default(&config);
    assert_int_equal(layout_set_default(&set), 0);
    *state = set;
    return 0;
}

static int tear_down(void **state)
{
    layout_set_unref(*state);
    return 0;
}

static struct preview_cfg cfg_of(void **state, unsigned count)
{
    return (struct preview_cfg){
        .layouts = *state, .config = &config, .name = "auto", .count = count, .w = 640, .h = 360};
}

static struct video_frame *draw(const struct preview_cfg *cfg)
{
    struct video_frame *frame = NULL;

    assert_int_equal(preview_draw(&frame, cfg), 0);
    assert_non_null(frame);
    assert_int_equal(frame->w, cfg->w);
    assert_int_equal(frame->h, cfg->h);
    return frame;
}

/* Luma rows that differ within a part of two pictures. */
static unsigned rows_that_differ(const struct video_frame *a, const struct video_frame *b,
                                 struct video_rect part)
{
    unsigned n = 0;

    for (unsigned y = part.y; y < (unsigned)part.y + part.h; ++y)
        n += memcmp(a->plane[0] + (size_t)y * (size_t)a->stride[0] + part.x,
                    b->plane[0] + (size_t)y * (size_t)b->stride[0] + part.x, part.w) != 0;
    return n;
}

/* Draws both; they are to differ there, or not. */
static void compare(const struct preview_cfg *a, const struct preview_cfg *b,
                    struct video_rect part, bool differ)
{
    struct video_frame *x = draw(a), *y = draw(b);

    assert_int_equal(rows_that_differ(x, y, part) > 0, differ);
    video_frame_unref(x);
    video_frame_unref(y);
}

static const struct video_rect whole = {0, 0, 640, 360};

static void is_the_same_every_time(void **state)
{
    struct preview_cfg cfg = cfg_of(state, 5);

    compare(&cfg, &cfg, whole, false);
}

static void draws_from_nobody_to_the_most(void **state)
{
    static const unsigned counts[] = {0, 1, 2, 17, 49, 50, PREVIEW_COUNT_MAX};

    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); ++i) {
        struct preview_cfg cfg = cfg_of(state, counts[i]);

        video_frame_unref(draw(&cfg));
    }
}

static void draws_any_even_size(void **state)
{
    static const uint16_t sizes[][2] = {{16, 16}, {320, 180}, {720, 1280}, {1280, 720}};

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); ++i) {
        struct preview_cfg cfg = cfg_of(state, 3);

        cfg.w = sizes[i][0];
        cfg.h = sizes[i][1];
        video_frame_unref(draw(&cfg));
    }
}

static void refuses_what_it_cannot_draw(void **state)
{
    struct video_frame *frame = NULL;
    struct preview_cfg cfg = cfg_of(state, 3);

    cfg.name = "nothing";
    assert_int_equal(preview_draw(&frame, &cfg), -ENOENT);
    cfg = cfg_of(state, PREVIEW_COUNT_MAX + 1);
    assert_int_equal(preview_draw(&frame, &cfg), -EINVAL);
    cfg = cfg_of(state, 3);
    cfg.w = 641;
    assert_int_equal(preview_draw(&frame, &cfg), -EINVAL);
    cfg.w = 0;
    assert_int_equal(preview_draw(&frame, &cfg), -EINVAL);
    cfg.w = 8194;
    assert_int_equal(preview_draw(&frame, &cfg), -EINVAL);
    assert_null(frame);
}

static void a_shared_screen_shows(void **state)
{
    struct preview_cfg without = cfg_of(state, 2), with = without;

    with.content = true;
    compare(&without, &with, whole, true);
}

static void names_badges_and_border_follow_the_configuration(void **state)
{
    struct preview_cfg all = cfg_of(state, 4), some = all;
    struct config other = config;

    some.config = &other;
    other.overlay.names = false;
    compare(&all, &some, whole, true);
    other = config;
    other.overlay.badges = false;
    compare(&all, &some, whole, true);
    other = config;
    other.overlay.border = 0;
    compare(&all, &some, (struct video_rect){0, 0, 320, 2}, true);
}

static void marks_show_if_configured(void **state)
{
    struct preview_cfg without = cfg_of(state, 4), with = without;
    const struct video_rect corner = {480, 0, 160, 60};
    struct config other = config;

    with.marks = OVERLAY_MARK_REC;
    compare(&without, &with, corner, true);
    other.overlay.marks = false;
    with.config = &other;
    compare(&without, &with, corner, false);
}

static void the_banner_goes_across(void **state)
{
    struct preview_cfg without = cfg_of(state, 1), with = without;
    struct config other = config;

    (void)strcpy(other.overlay.banner, "Town meeting");
    with.config = &other;
    compare(&without, &with, (struct video_rect){0, 0, 60, 6}, true);
    compare(&without, &with, (struct video_rect){600, 0, 40, 6}, true);
}

static void people_differ(void **state)
{
    struct video_frame *a, *b;
    (void)state;

    for (unsigned i = 0; i < 8; ++i) {
        assert_string_not_equal(preview_people_name(i), preview_people_name(i + 1));
        assert_int_equal(preview_people_camera(&a, i), 0);
        assert_int_equal(preview_people_camera(&b, i + 1), 0);
        assert_true(a->w != b->w || memcmp(a->plane[1], b->plane[1], 64) != 0);
        video_frame_unref(a);
        video_frame_unref(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_the_same_every_time),
        cmocka_unit_test(draws_from_nobody_to_the_most),
        cmocka_unit_test(draws_any_even_size),
        cmocka_unit_test(refuses_what_it_cannot_draw),
        cmocka_unit_test(a_shared_screen_shows),
        cmocka_unit_test(names_badges_and_border_follow_the_configuration),
        cmocka_unit_test(marks_show_if_configured),
        cmocka_unit_test(the_banner_goes_across),
        cmocka_unit_test(people_differ),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
