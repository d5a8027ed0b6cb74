/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/scene.c  Who sits in which tile
 */
#include "mixer/scene.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* seat[] is what scene_update() made public, 0 where empty; waiting[] is in order of arrival. */
struct scene {
    struct layout layout;
    uint16_t w, h; /* for the next update */
    uint32_t seat[LAYOUT_TILES_MAX];
    unsigned nseated;
    uint32_t *waiting;
    unsigned nwaiting, room; /* room in waiting[] */
    bool changed;            /* a head left its seat, since the last update */
    uint64_t epoch;
};

static const struct {
    uint8_t columns, rows; /* on a landscape canvas */
} ladder[] = {{1, 1}, {2, 1}, {2, 2}, {3, 2}, {3, 3}, {4, 3}, {4, 4},
              {5, 4}, {5, 5}, {6, 5}, {6, 6}, {7, 6}, {7, 7}};

enum { NRUNGS = sizeof(ladder) / sizeof(ladder[0]) };

static unsigned rung(unsigned heads)
{
    unsigned i = 0;

    while (i + 1 < NRUNGS && (unsigned)ladder[i].columns * ladder[i].rows < heads)
        ++i;
    return i;
}

/* Where part i of n starts on a side: even, and all parts alike but for the remainder. */
static unsigned edge(unsigned i, unsigned n, unsigned side)
{
    return i == n ? side : side / 2 * i / n * 2;
}

static unsigned capacity(unsigned heads)
{
    unsigned i = rung(heads);

    return (unsigned)ladder[i].columns * ladder[i].rows;
}

static int make_grid(struct layout *ret_layout, unsigned heads, uint16_t w, uint16_t h)
{
    struct layout layout = {.w = w, .h = h};
    unsigned i = rung(heads), columns, rows;

    assert(ret_layout);
    if (w < LAYOUT_SIDE_MIN || h < LAYOUT_SIDE_MIN || w > LAYOUT_SIDE_MAX || h > LAYOUT_SIDE_MAX)
        return -EINVAL;

    columns = w >= h ? ladder[i].columns : ladder[i].rows;
    rows = w >= h ? ladder[i].rows : ladder[i].columns;
    for (unsigned row = 0; row < rows; ++row) {
        for (unsigned column = 0; column < columns; ++column) {
            unsigned x = edge(column, columns, w), y = edge(row, rows, h);

            layout.order[layout.ntiles] = (uint8_t)layout.ntiles;
            layout.tile[layout.ntiles++].rect = (struct video_rect){
                .x = (uint16_t)x,
                .y = (uint16_t)y,
                .w = (uint16_t)(edge(column + 1, columns, w) - x),
                .h = (uint16_t)(edge(row + 1, rows, h) - y),
            };
        }
    }

    *ret_layout = layout;
    return 0;
}

int scene_new(struct scene **ret_scene, uint16_t w, uint16_t h)
{
    struct scene *scene;
    struct layout layout;
    int err;

    assert(ret_scene);
    err = make_grid(&layout, 0, w, h);
    if (err)
        return err;
    scene = calloc(1, sizeof(*scene));
    if (!scene)
        return -ENOMEM;

    scene->layout = layout;
    scene->w = w;
    scene->h = h;

    *ret_scene = scene;
    return 0;
}

struct scene *scene_free(struct scene *scene)
{
    if (!scene)
        return NULL;
    free(scene->waiting);
    free(scene);
    return NULL;
}

static int waiting_place(const struct scene *scene, uint32_t id)
{
    for (unsigned i = 0; i < scene->nwaiting; ++i) {
        if (scene->waiting[i] == id)
            return (int)i;
    }
    return -ENOENT;
}

static int grow(struct scene *scene)
{
    unsigned room = scene->room ? 2 * scene->room : 16;
    uint32_t *waiting = realloc(scene->waiting, room * sizeof(*waiting));

    if (!waiting)
        return -ENOMEM;
    scene->waiting = waiting;
    scene->room = room;
    return 0;
}

int scene_add(struct scene *scene, uint32_t id)
{
    if (id == 0)
        return -EINVAL;
    if (scene_seat(scene, id) >= 0 || waiting_place(scene, id) >= 0)
        return -EEXIST;
    if (scene_heads(scene) >= SCENE_HEADS_MAX)
        return -ENOSPC;
    if (scene->nwaiting == scene->room && grow(scene))
        return -ENOMEM;
    scene->waiting[scene->nwaiting++] = id;
    return 0;
}

static void dequeue(struct scene *scene, unsigned place)
{
    --scene->nwaiting;
    memmove(scene->waiting + place, scene->waiting + place + 1,
            (scene->nwaiting - place) * sizeof(scene->waiting[0]));
}

void scene_remove(struct scene *scene, uint32_t id)
{
    int place = scene_seat(scene, id);

    if (place >= 0) {
        scene->seat[place] = 0;
        --scene->nseated;
        scene->changed = true;
        return;
    }
    place = waiting_place(scene, id);
    if (place >= 0)
        dequeue(scene, (unsigned)place);
}

int scene_set_size(struct scene *scene, uint16_t w, uint16_t h)
{
    struct layout layout;
    int err = make_grid(&layout, 0, w, h);

    if (err)
        return err;
    scene->w = w;
    scene->h = h;
    return 0;
}

/* The lowest free seat; there must be one. */
static unsigned free_seat(const struct scene *scene)
{
    unsigned i = 0;

    while (scene->seat[i])
        ++i;
    return i;
}

/* Moves those whose seat is beyond the grid. */
static void move_in(struct scene *scene, unsigned ntiles)
{
    for (unsigned i = ntiles; i < LAYOUT_TILES_MAX; ++i) {
        if (scene->seat[i]) {
            scene->seat[free_seat(scene)] = scene->seat[i];
            scene->seat[i] = 0;
        }
    }
}

static void seat_waiting(struct scene *scene, unsigned ntiles)
{
    unsigned n = 0;

    while (n < scene->nwaiting && scene->nseated < ntiles) {
        scene->seat[free_seat(scene)] = scene->waiting[n++];
        ++scene->nseated;
        scene->changed = true;
    }
    if (n == 0)
        return;
    scene->nwaiting -= n;
    memmove(scene->waiting, scene->waiting + n, scene->nwaiting * sizeof(scene->waiting[0]));
}

bool scene_update(struct scene *scene)
{
    unsigned ntiles = capacity(scene_heads(scene));
    bool changed;

    if (ntiles != scene->layout.ntiles || scene->w != scene->layout.w ||
        scene->h != scene->layout.h) {
        (void)make_grid(&scene->layout, ntiles, scene->w, scene->h); /* sizes were checked */
        scene->changed = true;
    }
    move_in(scene, ntiles);
    seat_waiting(scene, ntiles);

    changed = scene->changed;
    scene->changed = false;
    scene->epoch += changed;
    return changed;
}

const struct layout *scene_layout(const struct scene *scene)
{
    return &scene->layout;
}

uint32_t scene_id(const struct scene *scene, unsigned seat)
{
    return seat < LAYOUT_TILES_MAX ? scene->seat[seat] : 0;
}

int scene_seat(const struct scene *scene, uint32_t id)
{
    if (id == 0)
        return -ENOENT;
    for (unsigned i = 0; i < LAYOUT_TILES_MAX; ++i) {
        if (scene->seat[i] == id)
            return (int)i;
    }
    return -ENOENT;
}

unsigned scene_heads(const struct scene *scene)
{
    return scene->nseated + scene->nwaiting;
}

uint64_t scene_epoch(const struct scene *scene)
{
    return scene->epoch;
}
