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

int scene_new(struct scene **ret_scene, uint16_t w, uint16_t h)
{
    struct scene *scene;
    struct layout layout;
    int err;

    assert(ret_scene);
    err = layout_grid(&layout, 0, w, h);
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
    int err = layout_grid(&layout, 0, w, h);

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
    unsigned ntiles = layout_capacity(scene_heads(scene));
    bool changed;

    if (ntiles != scene->layout.ntiles || scene->w != scene->layout.w ||
        scene->h != scene->layout.h) {
        (void)layout_grid(&scene->layout, ntiles, scene->w, scene->h); /* sizes were checked */
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
