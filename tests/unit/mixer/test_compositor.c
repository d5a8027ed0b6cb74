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
#include <string.h>

#include <cmocka.h>

#include "mixer/compositor.h"
#include "mixer/layout_set.h"
#include "mixer/overlay.h"

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

/* An overlay of one colour, 0xAARRGGBB, premultiplied. */
static struct overlay *flat(uint32_t argb, uint16_t w, uint16_t h)
{
    uint32_t *px = malloc((size_t)w * h * sizeof(*px));
    struct overlay *overlay = NULL;

    assert_non_null(px);
    for (size_t i = 0; i < (size_t)w * h; ++i)
        px[i] = argb;
    assert_int_equal(overlay_from_argb(&overlay, (const void *)px, 4 * w, w, h), 0);
    free(px);
    return overlay;
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

static void rejects_bad_overlays_and_borders(void **state)
{
    struct compositor *compositor = new_compositor();
    struct overlay *overlay = flat(0xffffffff, 4, 4);
    const struct compositor_tile good = {
        .rect = {0, 0, 64, 36}, .noverlays = 1, .overlay = {{overlay, 2, 2}}};
    struct compositor_tile bad[5];
    struct video_frame *frame = NULL;
    (void)state;

    for (unsigned i = 0; i < 5; ++i)
        bad[i] = good;
    bad[0].border = 3;
    bad[1].noverlays = COMPOSITOR_OVERLAYS_MAX + 1;
    bad[2].overlay[0].image = NULL;
    bad[3].overlay[0].x = 1;
    bad[4].overlay[0].y = 65535;
    for (unsigned i = 0; i < 5; ++i)
        assert_int_equal(compositor_run(compositor, &bad[i], 1, 1, &frame), -EINVAL);
    assert_null(frame);
    video_frame_unref(run(compositor, &good, 1));
    overlay_unref(overlay);
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

static void overlays_lie_on_their_tile_and_the_border_on_them(void **state)
{
    struct compositor *compositor = new_compositor();
    struct overlay *white = flat(0xffffffff, 40, 20), *shade = flat(0x80000000, 400, 400);
    struct video_frame *src = grey(100), *frame;
    struct compositor_tile tiles[] = {
        {.rect = {0, 0, 160, 90},
         .frame = src,
         .fit = SCALE_COVER,
         .border = 4,
         .border_yuv = {150, 60, 70},
         .noverlays = 2,
         .overlay = {{shade, 20, 20}, {white, 0, 70}}},
        {.rect = {160, 0, 160, 90}, .frame = src, .fit = SCALE_COVER},
    };
    (void)state;

    frame = run(compositor, tiles, 2);
    assert_int_equal(luma(frame, 10, 10), 100);
    assert_in_range(luma(frame, 30, 30), 57, 58); /* half of it, half of black's 16 */
    assert_int_equal(luma(frame, 30, 80), 235);   /* the later one above */
    assert_int_equal(luma(frame, 2, 80), 150);
    assert_int_equal(luma(frame, 3, 3), 150);
    assert_int_equal(luma(frame, 4, 4), 100);
    assert_int_equal(luma(frame, 159, 50), 150);
    assert_int_equal(frame->plane[1][frame->stride[1] * 44 + 40], 60);
    assert_int_equal(luma(frame, 200, 50), 100); /* not on the neighbour */
    assert_int_equal(luma(frame, 100, 100), BACKGROUND);
    video_frame_unref(frame);

    tiles[0].border = 200; /* wider than the tile */
    frame = run(compositor, tiles, 2);
    assert_int_equal(luma(frame, 80, 44), 150);
    assert_int_equal(luma(frame, 160, 44), 100);
    video_frame_unref(frame);
    video_frame_unref(src);
    overlay_unref(white);
    overlay_unref(shade);
    compositor_free(compositor);
}

/* What is half clear and blended twice, or never erased, ends up darker each time. */
static void clear_tiles_lie_on_what_is_beneath(void **state)
{
    struct compositor *compositor = new_compositor();
    struct overlay *shade[2] = {flat(0x80000000, W, 40), flat(0xc0000000, W, 40)};
    struct video_frame *src = grey(100), *frame;
    struct compositor_tile tiles[4] = {
        {.rect = {0, 0, 160, 180}, .frame = src, .fit = SCALE_COVER},
        {.rect = {160, 0, 80, 180}, .frame = src, .fit = SCALE_COVER},
        {.rect = {0, 140, W, 40}, .clear = true, .noverlays = 1, .overlay = {{shade[0], 0, 140}}},
    };
    (void)state;

    for (unsigned t = 0; t < 12; ++t) {
        tiles[t % 2].version = t;
        tiles[2].overlay[0].image = shade[t / 4 % 2];
        tiles[2].version = t; /* of no meaning */
        frame = run(compositor, tiles, 3);
        assert_int_equal(luma(frame, 80, 100), 100);
        assert_in_range(luma(frame, 80, 160), t / 4 % 2 ? 36 : 57, t / 4 % 2 ? 38 : 59);
        assert_int_equal(luma(frame, 80, 160), luma(frame, 200, 160));
        assert_in_range(luma(frame, 300, 160), t / 4 % 2 ? 19 : 23, t / 4 % 2 ? 21 : 25);
        assert_int_equal(luma(frame, 300, 130), BACKGROUND);
        video_frame_unref(frame);
    }
    tiles[2].noverlays = 0;
    frame = run(compositor, tiles, 3);
    assert_int_equal(luma(frame, 80, 160), 100);
    assert_int_equal(luma(frame, 300, 160), BACKGROUND);
    video_frame_unref(frame);
    video_frame_unref(src);
    overlay_unref(shade[0]);
    overlay_unref(shade[1]);
    compositor_free(compositor);
}

static void overlays_are_blended_only_where_the_ground_is_new(void **state)
{
    struct compositor *compositor = new_compositor();
    struct overlay *plate = flat(0x80000000, 40, 20), *banner = flat(0x80000000, W, 20);
    struct compositor_tile tiles[50];
    struct video_frame *src = grey(100);
    unsigned n = grid(tiles, 4); /* two rows of two; the banner lies on the lower one */
    uint64_t drawn, blended;
    (void)state;

    for (unsigned i = 0; i < n; ++i) {
        tiles[i].frame = src;
        tiles[i].noverlays = 1;
        tiles[i].overlay[0] = (struct compositor_overlay){plate, tiles[i].rect.x, tiles[i].rect.y};
    }
    tiles[n++] = (struct compositor_tile){
        .rect = {0, 160, W, 20}, .clear = true, .noverlays = 1, .overlay = {{banner, 0, 160}}};
    video_frame_unref(run(compositor, tiles, n));
    drawn = compositor_drawn(compositor);
    blended = compositor_blended(compositor);
    assert_true(drawn == n - 1 && blended == n);

    for (unsigned t = 0; t < 5; ++t)
        assert_null(run(compositor, tiles, n));
    assert_true(compositor_drawn(compositor) == drawn);
    assert_true(compositor_blended(compositor) == blended);

    tiles[0].version = 1; /* above: its own plate alone */
    video_frame_unref(run(compositor, tiles, n));
    assert_true(compositor_drawn(compositor) == drawn + 1);
    assert_true(compositor_blended(compositor) == blended + 1);

    tiles[3].version = 1; /* below: the plate and a part of the banner */
    video_frame_unref(run(compositor, tiles, n));
    assert_true(compositor_drawn(compositor) == drawn + 2);
    assert_true(compositor_blended(compositor) == blended + 3);
    video_frame_unref(src);
    overlay_unref(plate);
    overlay_unref(banner);
    compositor_free(compositor);
}

static void overlays_and_borders_are_changes_of_their_tile(void **state)
{
    struct compositor *compositor = new_compositor();
    struct overlay *a = flat(0x80000000, 40, 20), *b = flat(0x80000000, 40, 20);
    struct compositor_tile tiles[50];
    unsigned n = grid(tiles, 4);
    uint64_t last;
    (void)state;

    tiles[n++] = (struct compositor_tile){.rect = {0, 0, 80, 80}, .clear = true};
    video_frame_unref(run(compositor, tiles, n));
    for (unsigned step = 0; step < 8; ++step) {
        struct compositor_tile *tile = &tiles[step % 2 ? 4 : 1];
        struct video_frame *frame;

        switch (step / 2) {
        case 0:
            tile->noverlays = 1;
            tile->overlay[0] = (struct compositor_overlay){a, tile->rect.x, tile->rect.y};
            break;
        case 1:
            tile->overlay[0].image = b; /* looks the same, but is another one */
            break;
        case 2:
            tile->overlay[0].x = (uint16_t)(tile->overlay[0].x + 2);
            break;
        default:
            tile->border = 2;
        }
        last = step ? last : 1;
        frame = run(compositor, tiles, n);
        assert_non_null(frame);
        assert_int_equal(frame->ndamage, n + 1);
        for (unsigned i = 0; i <= n; ++i)
            assert_true((frame->damage[i].version > last) == (i == (step % 2 ? 5u : 2u)));
        last = frame->damage[step % 2 ? 5 : 2].version;
        video_frame_unref(frame);
    }
    tiles[1].border_yuv[0] = 99;
    video_frame_unref(run(compositor, tiles, n));
    tiles[1].border = 0;
    video_frame_unref(run(compositor, tiles, n));
    tiles[1].border_yuv[0] = 9; /* without a border there is no change */
    assert_null(run(compositor, tiles, n));
    overlay_unref(a);
    overlay_unref(b);
    compositor_free(compositor);
}

static void background_is_a_colour_or_a_picture(void **state)
{
    static const uint8_t red[3] = {81, 90, 240};
    struct compositor *compositor = new_compositor();
    const struct compositor_tile tile = {.rect = {0, 0, 100, 100}};
    struct video_frame *image = grey(70), *frame;
    uint64_t last;
    (void)state;

    video_frame_unref(run(compositor, &tile, 1));
    assert_int_equal(compositor_set_background(compositor, red, NULL, 0), 0);
    frame = run(compositor, &tile, 1);
    assert_int_equal(luma(frame, 50, 50), 81);
    assert_int_equal(luma(frame, 300, 150), 81);
    assert_int_equal(frame->plane[2][0], 240);
    last = frame->damage[0].version;
    assert_true(last == 2);
    video_frame_unref(frame);
    assert_int_equal(compositor_set_background(compositor, red, NULL, 7), 0); /* as before */
    assert_null(run(compositor, &tile, 1));

    assert_int_equal(compositor_set_background(compositor, red, image, 1), 0);
    frame = run(compositor, &tile, 1);
    assert_int_equal(luma(frame, 0, 0), 70);
    assert_int_equal(luma(frame, W - 1, H - 1), 70);
    assert_true(frame->damage[0].version > last);
    video_frame_unref(frame);
    assert_int_equal(compositor_set_background(compositor, red, image, 1), 0);
    assert_null(run(compositor, &tile, 1));
    assert_int_equal(compositor_set_background(compositor, red, image, 2), 0);
    video_frame_unref(image); /* no reference is kept */
    frame = run(compositor, &tile, 1);
    assert_int_equal(luma(frame, 300, 150), 70);
    video_frame_unref(frame);
    compositor_free(compositor);
}

/* A picture of noise, so that whatever is in the wrong place shows. */
static struct video_frame *noise(uint16_t w, uint16_t h)
{
    struct video_frame *frame = NULL;

    assert_int_equal(video_frame_new(&frame, w, h), 0);
    for (unsigned p = 0; p < 3; ++p) {
        for (int i = 0; i < frame->stride[p] * (p ? (h + 1) / 2 : h); ++i)
            frame->plane[p][i] = (uint8_t)rand();
    }
    return frame;
}

static struct overlay *noisy_overlay(uint16_t w, uint16_t h)
{
    struct overlay *overlay = NULL;
    uint32_t *px = malloc((size_t)w * h * sizeof(*px));

    assert_non_null(px);
    for (size_t i = 0; i < (size_t)w * h; ++i) {
        unsigned a = (unsigned)rand() % 256;

        px[i] = a << 24 | (unsigned)rand() % (a + 1) << 16 | (unsigned)rand() % (a + 1);
    }
    assert_int_equal(overlay_from_argb(&overlay, (const void *)px, 4 * w, w, h), 0);
    free(px);
    return overlay;
}

enum { SMALL_W = 160, SMALL_H = 96, NTILES = 10, NSOURCES = 6 };

struct chaos {
    struct compositor *compositor;
    struct compositor_tile tile[NTILES];
    unsigned ntiles;
    struct video_frame *source[NSOURCES];
    struct overlay *overlay[NSOURCES];
    uint8_t background[3];
    struct video_frame *image; /* borrowed of source */
    uint64_t last;             /* number of the change that prev shows */
    struct video_frame *prev, *held[COMPOSITOR_CANVASES - 1];
};

static uint16_t even(unsigned n)
{
    return (uint16_t)((unsigned)rand() % (n / 2) * 2);
}

static void place(struct chaos *c, struct compositor_tile *tile)
{
    *tile = (struct compositor_tile){.rect = {.x = even(SMALL_W), .y = even(SMALL_H)},
                                     .clear = rand() % 3 == 0,
                                     .fit = rand() % 2 ? SCALE_COVER : SCALE_CONTAIN,
                                     .frame = c->source[rand() % NSOURCES]};
    tile->rect.w = (uint16_t)(even(SMALL_W - tile->rect.x) + 2);
    tile->rect.h = (uint16_t)(even(SMALL_H - tile->rect.y) + 2);
}

static void change(struct chaos *c, struct compositor_tile *tile)
{
    switch (rand() % 8) {
    case 0:
        tile->border = even(10);
        tile->border_yuv[rand() % 3] = (uint8_t)rand();
        break;
    case 1:
        tile->noverlays = (unsigned)rand() % (COMPOSITOR_OVERLAYS_MAX + 1);
        for (unsigned i = 0; i < tile->noverlays; ++i)
            tile->overlay[i] = (struct compositor_overlay){c->overlay[rand() % NSOURCES],
                                                           even(SMALL_W), even(SMALL_H)};
        break;
    case 2:
        if (tile->noverlays)
            tile->overlay[0].image = c->overlay[rand() % NSOURCES];
        break;
    case 3:
        tile->frame = NULL;
        break;
    default:
        tile->frame = c->source[rand() % NSOURCES];
    }
}

static void disturb(struct chaos *c)
{
    unsigned what = (unsigned)rand() % 60;

    if (what == 0) {
        c->ntiles = (unsigned)rand() % (NTILES + 1);
        for (unsigned i = 0; i < c->ntiles; ++i)
            place(c, &c->tile[i]);
    } else if (what == 1) {
        c->background[0] = (uint8_t)rand();
        c->image = rand() % 2 ? c->source[rand() % NSOURCES] : NULL;
        assert_int_equal(compositor_set_background(c->compositor, c->background, c->image, 0), 0);
    }
    for (int k = rand() % 4; k > 0 && c->ntiles; --k)
        change(c, &c->tile[(unsigned)rand() % c->ntiles]);
}

static struct video_frame *from_scratch(const struct chaos *c)
{
    struct compositor *fresh = NULL;
    struct video_frame *frame;

    assert_int_equal(compositor_new(&fresh, SMALL_W, SMALL_H), 0);
    assert_int_equal(compositor_set_background(fresh, c->background, c->image, 0), 0);
    frame = run(fresh, c->tile, c->ntiles);
    compositor_free(fresh);
    return frame;
}

static void assert_same_picture(const struct video_frame *a, const struct video_frame *b)
{
    for (unsigned p = 0; p < 3; ++p) {
        for (unsigned y = 0; y < (p ? SMALL_H / 2u : SMALL_H); ++y)
            assert_memory_equal(a->plane[p] + y * (unsigned)a->stride[p],
                                b->plane[p] + y * (unsigned)b->stride[p],
                                p ? SMALL_W / 2 : SMALL_W);
    }
}

static int is_damaged(const struct video_frame *frame, unsigned x, unsigned y, uint64_t since)
{
    for (unsigned i = 0; i < frame->ndamage; ++i) {
        const struct video_rect *r = &frame->damage[i].rect;

        if (frame->damage[i].version > since && x >= r->x && x < r->x + r->w && y >= r->y &&
            y < r->y + r->h)
            return 1;
    }
    return 0;
}

/* What differs from the picture before is told to be damaged. */
static void check_damage(struct chaos *c, const struct video_frame *frame)
{
    for (unsigned y = 0; c->prev && y < SMALL_H; ++y) {
        for (unsigned x = 0; x < SMALL_W; ++x) {
            if (luma(frame, x, y) != luma(c->prev, x, y))
                assert_true(is_damaged(frame, x, y, c->last));
        }
    }
    for (unsigned i = 0; i < frame->ndamage; ++i)
        c->last = frame->damage[i].version > c->last ? frame->damage[i].version : c->last;
}

static void chaos_init(struct chaos *c)
{
    memset(c, 0, sizeof(*c));
    assert_int_equal(compositor_new(&c->compositor, SMALL_W, SMALL_H), 0);
    for (unsigned i = 0; i < NSOURCES; ++i) {
        c->source[i] = noise((uint16_t)(20 + 30 * i), (uint16_t)(90 - 9 * i));
        c->overlay[i] = noisy_overlay((uint16_t)(2 + even(90)), (uint16_t)(2 + even(40)));
    }
    assert_int_equal(compositor_set_background(c->compositor, c->background, NULL, 0), 0);
}

static void chaos_finish(struct chaos *c)
{
    compositor_free(c->compositor);
    for (unsigned i = 0; i < NSOURCES; ++i) {
        video_frame_unref(c->source[i]);
        overlay_unref(c->overlay[i]);
    }
    video_frame_unref(c->prev);
    for (unsigned i = 0; i + 1 < COMPOSITOR_CANVASES; ++i)
        video_frame_unref(c->held[i]);
}

/* Tiles, clear or not, anywhere on one another, with anything on them: whatever changes, the
 * picture is the one that drawing everything anew gives, on all canvases. */
static void random_changes_give_what_drawing_all_anew_gives(void **state)
{
    static const unsigned seeds[] = {1, 2, 3};
    unsigned nframes = 0;
    (void)state;

    for (unsigned s = 0; s < sizeof(seeds) / sizeof(seeds[0]); ++s) {
        struct chaos c;

        srand(seeds[s]);
        chaos_init(&c);
        for (unsigned t = 0; t < 1500; ++t) {
            struct video_frame *frame, *want;
            unsigned h = (unsigned)rand() % (COMPOSITOR_CANVASES - 1);

            disturb(&c);
            c.held[h] = video_frame_unref(c.held[h]);
            if (rand() % 2)
                c.prev = video_frame_unref(c.prev);
            assert_int_equal(compositor_run(c.compositor, c.tile, c.ntiles, t, &frame), 0);
            if (!frame)
                continue;
            ++nframes;
            want = from_scratch(&c);
            assert_same_picture(frame, want);
            check_damage(&c, frame);
            video_frame_unref(want);
            c.held[h] = video_frame_ref(frame);
            video_frame_unref(c.prev);
            c.prev = frame;
        }
        assert_true(compositor_skipped(c.compositor) == 0);
        chaos_finish(&c);
    }
    assert_true(nframes > 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rejects_bad_sizes_and_tiles),
        cmocka_unit_test(rejects_bad_overlays_and_borders),
        cmocka_unit_test(without_tiles_there_is_background),
        cmocka_unit_test(nothing_changed_gives_no_frame),
        cmocka_unit_test(only_tiles_that_a_canvas_lacks_are_drawn),
        cmocka_unit_test(frames_that_others_hold_are_left_alone),
        cmocka_unit_test(damage_tells_what_changed_when),
        cmocka_unit_test(later_tiles_lie_on_earlier_ones),
        cmocka_unit_test(overlays_lie_on_their_tile_and_the_border_on_them),
        cmocka_unit_test(clear_tiles_lie_on_what_is_beneath),
        cmocka_unit_test(overlays_are_blended_only_where_the_ground_is_new),
        cmocka_unit_test(overlays_and_borders_are_changes_of_their_tile),
        cmocka_unit_test(background_is_a_colour_or_a_picture),
        cmocka_unit_test(random_changes_give_what_drawing_all_anew_gives),
        cmocka_unit_test(random_changes_and_holders_never_show_a_stale_tile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
