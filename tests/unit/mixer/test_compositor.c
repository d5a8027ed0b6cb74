/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mixer/test_compositor.c  Compositor: one test for each promise in compositor.h
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "mixer/compositor.h"
#include "mixer/layout_set.h"

enum { W = 320, H = 180, BACKGROUND = 33 };

static struct video_frame *grey(uint8_t y)
{
    struct video_frame *frame = NULL;
    const struct video_rect all = {0, 0, 64, 36};

    assert_int_equal(video_frame_new(&frame, 64, 36), 0);
    video_frame_fill(frame, &all, y, 128, 128);
    return frame;
}

static unsigned luma(const struct video_frame *frame, unsigned x, unsigned y)
{
    return frame->plane[0][(size_t)y * (size_t)frame->stride[0] + x];
}

static unsigned middle(const struct video_frame *frame, const struct video_rect *r)
{
    return luma(frame, r->x + r->w / 2u, r->y + r->h / 2u);
}

static struct compositor *new_compositor(void)
{
    struct compositor *compositor = NULL;

    assert_int_equal(compositor_new(&compositor, W, H), 0);
    return compositor;
}

/* A grid of tiles, all background. */
static unsigned grid(struct compositor_tile *tiles, unsigned heads)
{
    struct layout_set *set;
    struct layout layout;

    assert_int_equal(layout_set_default(&set), 0);
    assert_int_equal(
        layout_resolve(&layout, layout_set_choose(set, "auto", heads, false, false), W, H), 0);
    layout_set_unref(set);
    for (unsigned i = 0; i < layout.ntiles; ++i)
        tiles[i] = (struct compositor_tile){.rect = layout.tile[i].rect, .fit = SCALE_COVER};
    return layout.ntiles;
}

static struct video_frame *run(struct compositor *compositor, const struct compositor_tile *tiles,
                               unsigned n)
{
    struct video_frame *frame = NULL;

    assert_int_equal(compositor_run(compositor, tiles, n, 1, &frame), 0);
    return frame;
}

static void rejects_bad_sizes_and_tiles(void **state)
{
    static const struct video_rect bad[] = {
        {0, 0, 0, 2}, {1, 0, 2, 2}, {0, 0, 3, 2}, {0, 0, W + 2, 2}, {W, 0, 2, 2}};
    struct compositor *compositor = NULL;
    struct compositor_tile tiles[COMPOSITOR_TILES_MAX + 1] = {{.rect = {0, 0, 2, 2}}};
    struct video_frame *frame = NULL;
    (void)state;

    assert_int_equal(compositor_new(&compositor, 15, 100), -EINVAL);
    assert_int_equal(compositor_new(&compositor, 101, 100), -EINVAL);
    assert_int_equal(compositor_new(&compositor, 100, 8194), -EINVAL);
    assert_null(compositor);
    assert_null(compositor_free(NULL));
    compositor = new_compositor();
    assert_int_equal(compositor_run(compositor, tiles, COMPOSITOR_TILES_MAX + 1, 1, &frame),
                     -EINVAL);
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); ++i) {
        tiles[0].rect = bad[i];
        assert_int_equal(compositor_run(compositor, tiles, 1, 1, &frame), -EINVAL);
    }
    assert_null(frame);
    compositor_free(compositor);
}

static void without_tiles_there_is_background(void **state)
{
    struct compositor *compositor = new_compositor();
    struct video_frame *frame = NULL;
    (void)state;

    assert_int_equal(compositor_run(compositor, NULL, 0, 77, &frame), 0);
    assert_int_equal(luma(frame, 0, 0), BACKGROUND);
    assert_int_equal(luma(frame, W - 1, H - 1), BACKGROUND);
    assert_int_equal(frame->w, W);
    assert_int_equal(frame->h, H);
    assert_true(frame->when_us == 77);
    assert_int_equal(frame->ndamage, 1);
    assert_int_equal(frame->damage[0].rect.w, W);
    video_frame_unref(frame);
    compositor_free(compositor);
}

static void nothing_changed_gives_no_frame(void **state)
{
    struct compositor *compositor = new_compositor();
    struct compositor_tile tiles[49];
    struct video_frame *src = grey(200), *frame;
    unsigned n = grid(tiles, 4);
    (void)state;

    tiles[2].frame = src;
    frame = run(compositor, tiles, n);
    assert_non_null(frame);
    assert_int_equal(middle(frame, &tiles[2].rect), 200);
    assert_int_equal(middle(frame, &tiles[1].rect), BACKGROUND);
    assert_null(run(compositor, tiles, n));
    tiles[2].version = 1;
    video_frame_unref(frame);
    frame = run(compositor, tiles, n);
    assert_non_null(frame);
    video_frame_unref(frame);
    video_frame_unref(src);
    compositor_free(compositor);
}

static void only_tiles_that_a_canvas_lacks_are_drawn(void **state)
{
    struct compositor *compositor = new_compositor();
    struct compositor_tile tiles[49];
    struct video_frame *src = grey(100);
    unsigned n = grid(tiles, 16);
    uint64_t drawn;
    (void)state;

    for (unsigned i = 0; i < n; ++i)
        tiles[i].frame = src;
    video_frame_unref(run(compositor, tiles, n));
    drawn = compositor_drawn(compositor);
    assert_true(drawn == n);
    for (unsigned t = 1; t <= 10; ++t) {
        tiles[t % n].version = t;
        video_frame_unref(run(compositor, tiles, n));
    }
    assert_true(compositor_drawn(compositor) == drawn + 10); /* one canvas, one tile each time */
    video_frame_unref(src);
    compositor_free(compositor);
}

static void frames_that_others_hold_are_left_alone(void **state)
{
    struct compositor *compositor = new_compositor();
    struct compositor_tile tiles[49];
    struct video_frame *held[COMPOSITOR_CANVASES], *src[8], *frame = NULL;
    unsigned n = grid(tiles, 1);
    (void)state;

    for (unsigned i = 0; i < 8; ++i)
        src[i] = grey((uint8_t)(50 + i));
    for (unsigned i = 0; i < COMPOSITOR_CANVASES; ++i) {
        tiles[0].frame = src[i];
        tiles[0].version = i;
        held[i] = run(compositor, tiles, n);
    }
    tiles[0].frame = src[7];
    tiles[0].version = 7;
    assert_int_equal(compositor_run(compositor, tiles, n, 1, &frame), -EAGAIN);
    assert_null(frame);
    assert_true(compositor_skipped(compositor) == 1);
    for (unsigned i = 0; i < COMPOSITOR_CANVASES; ++i)
        assert_int_equal(middle(held[i], &tiles[0].rect), 50 + i);

    held[1] = video_frame_unref(held[1]);
    held[1] = run(compositor, tiles, n); /* the change is not lost */
    assert_int_equal(middle(held[1], &tiles[0].rect), 57);
    compositor_free(compositor); /* frames outlive it */
    for (unsigned i = 0; i < COMPOSITOR_CANVASES; ++i) {
        assert_int_equal(held[i]->ndamage, 2);
        assert_true(held[i]->damage[1].version > 0);
        video_frame_unref(held[i]);
    }
    for (unsigned i = 0; i < 8; ++i)
        video_frame_unref(src[i]);
}

static void damage_tells_what_changed_when(void **state)
{
    struct compositor *compositor = new_compositor();
    struct compositor_tile tiles[49];
    struct video_frame *src = grey(100), *frame;
    unsigned n = grid(tiles, 4);
    uint64_t last, arranged;
    (void)state;

    frame = run(compositor, tiles, n);
    assert_int_equal(frame->ndamage, n + 1);
    arranged = frame->damage[0].version;
    for (unsigned i = 0; i < n; ++i) {
        assert_memory_equal(&frame->damage[i + 1].rect, &tiles[i].rect, sizeof(tiles[i].rect));
        assert_true(frame->damage[i + 1].version == arranged);
    }
    video_frame_unref(frame);

    tiles[3].frame = src;
    frame = run(compositor, tiles, n);
    last = frame->damage[4].version;
    assert_true(last > arranged);
    assert_true(frame->damage[0].version == arranged);
    assert_true(frame->damage[1].version == arranged);
    video_frame_unref(frame);

    n = grid(tiles, 2);
    frame = run(compositor, tiles, n);
    assert_int_equal(frame->ndamage, 3);
    for (unsigned i = 0; i < 3; ++i)
        assert_true(frame->damage[i].version > last);
    video_frame_unref(frame);
    video_frame_unref(src);
    compositor_free(compositor);
}

static void later_tiles_lie_on_earlier_ones(void **state)
{
    struct compositor *compositor = new_compositor();
    struct video_frame *big = grey(60), *small = grey(220), *frame;
    struct compositor_tile tiles[] = {
        {.rect = {0, 0, W, H}, .frame = big, .fit = SCALE_COVER},
        {.rect = {240, 120, 64, 36}, .frame = small, .fit = SCALE_COVER},
    };
    (void)state;

    for (unsigned t = 0; t < 6; ++t) {
        tiles[0].version = t; /* only the one below changes */
        frame = run(compositor, tiles, 2);
        assert_int_equal(middle(frame, &tiles[1].rect), 220);
        assert_int_equal(luma(frame, 10, 10), 60);
        video_frame_unref(frame);
    }
    frame = run(compositor, tiles, 1);
    assert_int_equal(middle(frame, &tiles[1].rect), 60);
    video_frame_unref(frame);
    video_frame_unref(big);
    video_frame_unref(small);
    compositor_free(compositor);
}

/* Whatever happens, each frame shows the present picture, and changed tiles have new numbers. */
static void random_changes_and_holders_never_show_a_stale_tile(void **state)
{
    struct compositor *compositor = new_compositor();
    struct compositor_tile tiles[49];
    struct video_frame *src[16], *held[3] = {NULL}, *frame;
    uint64_t version = 0;
    unsigned n = grid(tiles, 9);
    (void)state;

    srand(1);
    for (unsigned i = 0; i < 16; ++i)
        src[i] = grey((uint8_t)(40 + 10 * i));
    for (unsigned t = 0; t < 2000; ++t) {
        unsigned h = (unsigned)rand() % 3;

        if (rand() % 50 == 0)
            n = grid(tiles, (unsigned)rand() % 20);
        for (int k = rand() % 3; k > 0; --k) {
            struct compositor_tile *tile = &tiles[(unsigned)rand() % n];

            tile->frame = rand() % 5 ? src[rand() % 16] : NULL;
            tile->version = ++version;
        }
        assert_int_equal(compositor_run(compositor, tiles, n, t, &frame), 0);
        if (!frame)
            continue;
        for (unsigned i = 0; i < n; ++i)
            assert_int_equal(middle(frame, &tiles[i].rect),
                             tiles[i].frame ? tiles[i].frame->plane[0][0] : BACKGROUND);
        video_frame_unref(held[h]);
        held[h] = frame;
    }
    compositor_free(compositor);
    for (unsigned i = 0; i < 3; ++i)
        video_frame_unref(held[i]);
    for (unsigned i = 0; i < 16; ++i)
        video_frame_unref(src[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rejects_bad_sizes_and_tiles),
        cmocka_unit_test(without_tiles_there_is_background),
        cmocka_unit_test(nothing_changed_gives_no_frame),
        cmocka_unit_test(only_tiles_that_a_canvas_lacks_are_drawn),
        cmocka_unit_test(frames_that_others_hold_are_left_alone),
        cmocka_unit_test(damage_tells_what_changed_when),
        cmocka_unit_test(later_tiles_lie_on_earlier_ones),
        cmocka_unit_test(random_changes_and_holders_never_show_a_stale_tile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
