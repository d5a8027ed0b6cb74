/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/compositor.c  Tiles to one picture, drawing only what changed
 */
#include "mixer/compositor.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    SIDE_MIN = 16,
    SIDE_MAX = 8192,
    /* #101418 */
    BACKGROUND_Y = 33,
    BACKGROUND_U = 130,
    BACKGROUND_V = 126,
};

/* What tiles show; the frames are only compared, never read. */
struct picture {
    unsigned ntiles;
    struct compositor_tile tile[COMPOSITOR_TILES_MAX];
};

/* The damage list of a canvas lives as long as its frame. */
struct canvas_owner {
    void (*freeh)(struct video_frame *frame); /* the frame's own */
    void *owner;
    struct video_damage damage[COMPOSITOR_TILES_MAX + 1];
};

struct canvas {
    struct video_frame *frame; /* NULL until first needed */
    bool valid;                /* picture is what it shows */
    struct picture picture;
};

struct compositor {
    uint16_t w, h;
    bool started; /* a frame was returned; shown is its picture */
    struct picture shown;
    uint64_t number;   /* of the last change */
    uint64_t arranged; /* number of the last change of the arrangement */
    uint64_t changed[COMPOSITOR_TILES_MAX];
    uint64_t skipped, drawn;
    struct canvas canvas[COMPOSITOR_CANVASES];
};

static bool same_rect(const struct video_rect *a, const struct video_rect *b)
{
    return a->x == b->x && a->y == b->y && a->w == b->w && a->h == b->h;
}

static bool same_tile(const struct compositor_tile *a, const struct compositor_tile *b)
{
    return a->frame == b->frame && a->version == b->version && a->fit == b->fit;
}

static bool same_arrangement(const struct picture *picture, const struct compositor_tile *tiles,
                             unsigned ntiles)
{
    if (picture->ntiles != ntiles)
        return false;
    for (unsigned i = 0; i < ntiles; ++i) {
        if (!same_rect(&picture->tile[i].rect, &tiles[i].rect))
            return false;
    }
    return true;
}

static unsigned differing_tiles(const struct picture *picture, const struct compositor_tile *tiles,
                                unsigned ntiles)
{
    unsigned n = 0;

    for (unsigned i = 0; i < ntiles; ++i)
        n += !same_tile(&picture->tile[i], &tiles[i]);
    return n;
}

static void set_picture(struct picture *picture, const struct compositor_tile *tiles,
                        unsigned ntiles)
{
    picture->ntiles = ntiles;
    if (ntiles)
        memcpy(picture->tile, tiles, ntiles * sizeof(tiles[0]));
}

static bool overlap(const struct video_rect *a, const struct video_rect *b)
{
    return a->x < b->x + b->w && b->x < a->x + a->w && a->y < b->y + b->h && b->y < a->y + a->h;
}

static void background(struct video_frame *frame, const struct video_rect *rect)
{
    video_frame_fill(frame, rect, BACKGROUND_Y, BACKGROUND_U, BACKGROUND_V);
}

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

    *ret_compositor = compositor;
    return 0;
}

struct compositor *compositor_free(struct compositor *compositor)
{
    if (!compositor)
        return NULL;
    for (unsigned i = 0; i < COMPOSITOR_CANVASES; ++i)
        video_frame_unref(compositor->canvas[i].frame);
    free(compositor);
    return NULL;
}

/* How much work a free canvas would be, the least first. */
static unsigned cost(const struct canvas *canvas, const struct compositor_tile *tiles,
                     unsigned ntiles)
{
    if (!canvas->frame)
        return COMPOSITOR_TILES_MAX + 2;
    if (!canvas->valid || !same_arrangement(&canvas->picture, tiles, ntiles))
        return COMPOSITOR_TILES_MAX + 1;
    return differing_tiles(&canvas->picture, tiles, ntiles);
}

/* The canvas that nobody else holds and that is least work, or NULL. */
static struct canvas *choose(struct compositor *compositor, const struct compositor_tile *tiles,
                             unsigned ntiles)
{
    struct canvas *best = NULL;
    unsigned best_cost = 0;

    for (unsigned i = 0; i < COMPOSITOR_CANVASES; ++i) {
        struct canvas *canvas = &compositor->canvas[i];
        unsigned n;

        if (canvas->frame && !ref_is_unique(&canvas->frame->ref))
            continue;
        n = cost(canvas, tiles, ntiles);
        if (!best || n < best_cost) {
            best = canvas;
            best_cost = n;
        }
    }
    return best;
}

static int draw_tile(struct compositor *compositor, struct video_frame *frame,
                     const struct compositor_tile *tile)
{
    ++compositor->drawn;
    if (tile->frame)
        return scale_draw(frame, &tile->rect, tile->frame, tile->fit);
    background(frame, &tile->rect);
    return 0;
}

/* Draws the tiles that differ, and those that lie on one of them. */
static int draw(struct compositor *compositor, struct canvas *canvas,
                const struct compositor_tile *tiles, unsigned ntiles)
{
    bool all = !canvas->valid || !same_arrangement(&canvas->picture, tiles, ntiles);
    const struct video_rect whole = {.w = compositor->w, .h = compositor->h};
    bool dirty[COMPOSITOR_TILES_MAX];

    canvas->valid = false;
    if (all)
        background(canvas->frame, &whole);
    for (unsigned i = 0; i < ntiles; ++i) {
        int err;

        dirty[i] = all || !same_tile(&canvas->picture.tile[i], &tiles[i]);
        for (unsigned k = 0; k < i && !dirty[i]; ++k)
            dirty[i] = dirty[k] && overlap(&tiles[k].rect, &tiles[i].rect);
        if (!dirty[i])
            continue;
        err = draw_tile(compositor, canvas->frame, &tiles[i]);
        if (err)
            return err;
    }
    set_picture(&canvas->picture, tiles, ntiles);
    canvas->valid = true;
    return 0;
}

/* Gives numbers to what is not as in the last returned frame. */
static void count_changes(struct compositor *compositor, const struct compositor_tile *tiles,
                          unsigned ntiles)
{
    bool all = !compositor->started || !same_arrangement(&compositor->shown, tiles, ntiles);

    ++compositor->number;
    if (all)
        compositor->arranged = compositor->number;
    for (unsigned i = 0; i < ntiles; ++i) {
        if (all || !same_tile(&compositor->shown.tile[i], &tiles[i]))
            compositor->changed[i] = compositor->number;
    }
    set_picture(&compositor->shown, tiles, ntiles);
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

static bool is_valid(const struct compositor *compositor, const struct compositor_tile *tiles,
                     unsigned ntiles)
{
    if (ntiles > COMPOSITOR_TILES_MAX)
        return false;
    for (unsigned i = 0; i < ntiles; ++i) {
        const struct video_rect *r = &tiles[i].rect;

        if (!r->w || !r->h || (r->x | r->y | r->w | r->h) & 1 || r->x + r->w > compositor->w ||
            r->y + r->h > compositor->h)
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
    if (compositor->started && same_arrangement(&compositor->shown, tiles, ntiles) &&
        !differing_tiles(&compositor->shown, tiles, ntiles))
        return 0;

    canvas = choose(compositor, tiles, ntiles);
    if (!canvas) {
        ++compositor->skipped;
        return -EAGAIN;
    }
    if (!canvas->frame) {
        err = new_canvas(canvas, compositor->w, compositor->h);
        if (err)
            return err;
    }
    err = draw(compositor, canvas, tiles, ntiles);
    if (err)
        return err;

    count_changes(compositor, tiles, ntiles);
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
