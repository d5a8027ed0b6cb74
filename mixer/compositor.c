/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/compositor.c  Tiles to one picture, drawing only what changed
 */
#include "mixer/compositor.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mixer/compositor_draw.h"
#include "mixer/compositor_picture.h"

enum { SIDE_MIN = 16, SIDE_MAX = 8192 };

static const uint8_t first_background[3] = {33, 130, 126}; /* #101418 */

/* The damage list of a canvas lives as long as its frame. */
struct canvas_owner {
    void (*freeh)(struct video_frame *frame); /* the frame's own */
    void *owner;
    struct video_damage damage[COMPOSITOR_TILES_MAX + 1];
};

struct canvas {
    struct video_frame *frame; /* NULL until first needed */
    bool valid;                /* picture is what it shows */
    struct compositor_picture picture;
};

struct compositor {
    uint16_t w, h;
    bool started; /* a frame was returned; shown is its picture */
    struct compositor_picture shown;
    struct compositor_picture next; /* what this run is to show */
    uint64_t number;                /* of the last change */
    uint64_t arranged;              /* number of the last change of the arrangement */
    uint64_t changed[COMPOSITOR_TILES_MAX];
    uint64_t skipped, drawn, blended;
    struct {
        uint64_t number; /* another one for another background */
        uint8_t yuv[3];
        struct video_frame *image; /* as large as the canvas; or NULL */
        const void *source;        /* what it was made of; only compared */
        uint64_t version;
    } background;
    struct canvas canvas[COMPOSITOR_CANVASES];
};

static void free_canvas(struct video_frame *frame)
{
    struct canvas_owner *owner = frame->owner;

    frame->freeh = owner->freeh;
    frame->owner = owner->owner;
    free(owner);
    frame->freeh(frame);
}

static int new_canvas(struct canvas *canvas, uint16_t w, uint16_t h)
{
    struct canvas_owner *owner = calloc(1, sizeof(*owner));
    int err;

    if (!owner)
        return -ENOMEM;
    err = video_frame_new(&canvas->frame, w, h);
    if (err) {
        free(owner);
        return err;
    }
    owner->freeh = canvas->frame->freeh;
    owner->owner = canvas->frame->owner;
    canvas->frame->freeh = free_canvas;
    canvas->frame->owner = owner;
    canvas->frame->damage = owner->damage;
    canvas->valid = false;
    return 0;
}

int compositor_new(struct compositor **ret_compositor, uint16_t w, uint16_t h)
{
    struct compositor *compositor;

    assert(ret_compositor);
    if (w < SIDE_MIN || h < SIDE_MIN || w > SIDE_MAX || h > SIDE_MAX || w % 2 || h % 2)
        return -EINVAL;
    compositor = calloc(1, sizeof(*compositor));
    if (!compositor)
        return -ENOMEM;
    compositor->w = w;
    compositor->h = h;
    memcpy(compositor->background.yuv, first_background, sizeof(first_background));

    *ret_compositor = compositor;
    return 0;
}

struct compositor *compositor_free(struct compositor *compositor)
{
    if (!compositor)
        return NULL;
    for (unsigned i = 0; i < COMPOSITOR_CANVASES; ++i)
        video_frame_unref(compositor->canvas[i].frame);
    video_frame_unref(compositor->background.image);
    free(compositor);
    return NULL;
}

int compositor_set_background(struct compositor *compositor, const uint8_t yuv[3],
                              const struct video_frame *image, uint64_t version)
{
    const struct video_rect whole = {.w = compositor->w, .h = compositor->h};
    struct video_frame *scaled = NULL;
    int err;

    if (memcmp(compositor->background.yuv, yuv, sizeof(compositor->background.yuv)) == 0 &&
        compositor->background.source == image &&
        (!image || compositor->background.version == version))
        return 0;
    if (image) {
        err = video_frame_new(&scaled, compositor->w, compositor->h);
        if (err)
            return err;
        err = scale_draw(scaled, &whole, image, SCALE_COVER);
        if (err) {
            video_frame_unref(scaled);
            return err;
        }
    }
    video_frame_unref(compositor->background.image);
    compositor->background.image = scaled;
    compositor->background.source = image;
    compositor->background.version = version;
    memcpy(compositor->background.yuv, yuv, sizeof(compositor->background.yuv));
    ++compositor->background.number;
    return 0;
}

/* How much work a free canvas would be, the least first. */
static unsigned cost(const struct canvas *canvas, const struct compositor_picture *next)
{
    if (!canvas->frame)
        return COMPOSITOR_TILES_MAX + 2;
    if (!canvas->valid || !compositor_picture_same_arrangement(&canvas->picture, next))
        return COMPOSITOR_TILES_MAX + 1;
    return compositor_picture_differing(&canvas->picture, next);
}

/* The canvas that nobody else holds and that is least work, or NULL. */
static struct canvas *choose(struct compositor *compositor)
{
    struct canvas *best = NULL;
    unsigned best_cost = 0;

    for (unsigned i = 0; i < COMPOSITOR_CANVASES; ++i) {
        struct canvas *canvas = &compositor->canvas[i];
        unsigned n;

        if (canvas->frame && !ref_is_unique(&canvas->frame->ref))
            continue;
        n = cost(canvas, &compositor->next);
        if (!best || n < best_cost) {
            best = canvas;
            best_cost = n;
        }
    }
    return best;
}

/* Draws what differs from the tiles, which next tells. */
static int draw(struct compositor *compositor, struct canvas *canvas,
                const struct compositor_tile *tiles)
{
    const struct compositor_picture *next = &compositor->next;
    struct compositor_draw job = {
        .frame = canvas->frame,
        .yuv = compositor->background.yuv,
        .image = compositor->background.image,
        .tile = tiles,
        .ntiles = next->ntiles,
        .all = !canvas->valid || !compositor_picture_same_arrangement(&canvas->picture, next),
    };
    int err;

    for (unsigned i = 0; i < next->ntiles && !job.all; ++i)
        job.changed[i] = !compositor_picture_same_tile(&canvas->picture, next, i);
    canvas->valid = false;
    err = compositor_draw_run(&job);
    if (err)
        return err;
    compositor->drawn += job.drawn;
    compositor->blended += job.blended;
    canvas->picture = *next;
    canvas->valid = true;
    return 0;
}

/* Gives numbers to what is not as in the last returned frame. */
static void count_changes(struct compositor *compositor)
{
    const struct compositor_picture *next = &compositor->next;
    bool all =
        !compositor->started || !compositor_picture_same_arrangement(&compositor->shown, next);

    ++compositor->number;
    if (all)
        compositor->arranged = compositor->number;
    for (unsigned i = 0; i < next->ntiles; ++i) {
        if (all || !compositor_picture_same_tile(&compositor->shown, next, i))
            compositor->changed[i] = compositor->number;
    }
    compositor->shown = *next;
    compositor->started = true;
}

static void write_damage(const struct compositor *compositor, struct video_frame *frame)
{
    struct canvas_owner *owner = frame->owner;

    owner->damage[0].rect = (struct video_rect){.w = compositor->w, .h = compositor->h};
    owner->damage[0].version = compositor->arranged;
    for (unsigned i = 0; i < compositor->shown.ntiles; ++i) {
        owner->damage[i + 1].rect = compositor->shown.tile[i].rect;
        owner->damage[i + 1].version = compositor->changed[i];
    }
    frame->ndamage = compositor->shown.ntiles + 1;
}

static bool is_valid_tile(const struct compositor *compositor, const struct compositor_tile *tile)
{
    const struct video_rect *r = &tile->rect;

    if (!r->w || !r->h || (r->x | r->y | r->w | r->h) & 1 || r->x + r->w > compositor->w ||
        r->y + r->h > compositor->h || tile->border & 1 ||
        tile->noverlays > COMPOSITOR_OVERLAYS_MAX)
        return false;
    for (unsigned i = 0; i < tile->noverlays; ++i) {
        if (!tile->overlay[i].image || (tile->overlay[i].x | tile->overlay[i].y) & 1)
            return false;
    }
    return true;
}

static bool is_valid(const struct compositor *compositor, const struct compositor_tile *tiles,
                     unsigned ntiles)
{
    if (ntiles > COMPOSITOR_TILES_MAX)
        return false;
    for (unsigned i = 0; i < ntiles; ++i) {
        if (!is_valid_tile(compositor, &tiles[i]))
            return false;
    }
    return true;
}

int compositor_run(struct compositor *compositor, const struct compositor_tile *tiles,
                   unsigned ntiles, uint64_t when_us, struct video_frame **ret_frame)
{
    struct canvas *canvas;
    int err;

    *ret_frame = NULL;
    if (!is_valid(compositor, tiles, ntiles))
        return -EINVAL;
    compositor_picture_set(&compositor->next, compositor->background.number, tiles, ntiles);
    if (compositor->started &&
        compositor_picture_same_arrangement(&compositor->shown, &compositor->next) &&
        !compositor_picture_differing(&compositor->shown, &compositor->next))
        return 0;

    canvas = choose(compositor);
    if (!canvas) {
        ++compositor->skipped;
        return -EAGAIN;
    }
    if (!canvas->frame) {
        err = new_canvas(canvas, compositor->w, compositor->h);
        if (err)
            return err;
    }
    err = draw(compositor, canvas, tiles);
    if (err)
        return err;

    count_changes(compositor);
    write_damage(compositor, canvas->frame);
    canvas->frame->when_us = when_us;
    *ret_frame = video_frame_ref(canvas->frame);
    return 0;
}

uint64_t compositor_skipped(const struct compositor *compositor)
{
    return compositor->skipped;
}

uint64_t compositor_drawn(const struct compositor *compositor)
{
    return compositor->drawn;
}

uint64_t compositor_blended(const struct compositor *compositor)
{
    return compositor->blended;
}
