/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/scene.h  Who sits in which tile
 *
 * Seats are sticky: nobody moves when somebody else joins, leaves or speaks.
 * A newcomer takes the lowest free seat.  Only when all seats are taken does
 * the grid grow (everybody keeps the number of his seat), and when all heads fit
 * a smaller grid it shrinks (those whose seat is gone take the lowest free
 * seats, in order).  Beyond 49 heads the rest wait, first come
 * first served.
 *
 *     scene_add(), scene_remove() ... scene_update() once before the tick's composite
 *
 * Threads: one task; no locks inside.
 */
#ifndef MIXER_SCENE_H
#define MIXER_SCENE_H

#include <stdbool.h>
#include <stdint.h>

#include "mixer/layout.h"

struct scene;

enum { SCENE_HEADS_MAX = 4096 /**< Seated and waiting */ };

/** Create a scene for a canvas.  @return 0, -EINVAL (size, see layout.h), -ENOMEM */
int scene_new(struct scene **ret_scene, uint16_t w, uint16_t h);

/** Free a scene.  NULL is allowed.  Returns NULL. */
struct scene *scene_free(struct scene *scene);

/** Add a head at the end of the queue.  @return 0, -EINVAL (id 0), -EEXIST, -ENOSPC */
int scene_add(struct scene *scene, uint32_t id);

/** Remove a head; its seat becomes free.  Unknown: ignored. */
void scene_remove(struct scene *scene, uint32_t id);

/** Change the canvas size with the next update.  @return 0, -EINVAL */
int scene_set_size(struct scene *scene, uint16_t w, uint16_t h);

/**
 * Seat those who wait and fit the grid to the number of heads.
 *
 * @return true if the layout or a seat changed since the last update
 */
bool scene_update(struct scene *scene);

/** Layout as of the last update; valid until the scene is freed. */
const struct layout *scene_layout(const struct scene *scene);

/** Who sits in tile @p seat as of the last update; 0 if nobody does, or he was removed since. */
uint32_t scene_id(const struct scene *scene, unsigned seat);

/** Seat of a head, or -ENOENT if it is unknown or waits. */
int scene_seat(const struct scene *scene, uint32_t id);

/** Heads, seated or waiting. */
unsigned scene_heads(const struct scene *scene);

/** Raised by one with each update that returned true; starts at 0. */
uint64_t scene_epoch(const struct scene *scene);

#endif
