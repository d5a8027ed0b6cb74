/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/compositor.h  Tiles to one picture, drawing only what changed
 *
 *     tiles[] --->  canvas that nobody else holds  --->  video_frame with damage[]
 *                   (each remembers what it shows)
 *
 * Up to four canvases take turns, because encoders and recorders may still
 * read the former ones.  A canvas remembers which version of each tile it
 * shows, so a tile is scaled only onto canvases that lack it.
 *
 * damage[0] is the whole canvas with the number of the last change of the
 * arrangement (rectangles, number of tiles); damage[1 + i] is tile i with the number of its last
 * change. A pixel changed after number n exactly if some damage that contains it has a greater
 * number. Numbers only grow, over the life of the compositor.
 *
 * Threads:   one task; no locks inside.
 * Ownership: frames are borrowed for the call; the caller owns a returned frame, which others may
 *            hold longer than the compositor lives.
 */
#ifndef MIXER_COMPOSITOR_H
#define MIXER_COMPOSITOR_H

#include <stdint.h>

#include "codec/video_frame.h"
#include "mixer/scale.h"

struct compositor;

enum {
    COMPOSITOR_CANVASES = 4,
    COMPOSITOR_TILES_MAX = 64,
};

struct compositor_tile {
    struct video_rect rect;
    const struct video_frame *frame; /**< NULL: background */
    uint64_t version;                /**< Another one whenever the frame is another one */
    enum scale_fit fit;
};

/**
 * Create a compositor.
 *
 * @param w,h  Canvas, even, 16 to 8192 [pixels]
 * @return 0, -EINVAL, -ENOMEM
 */
int compositor_new(struct compositor **ret_compositor, uint16_t w, uint16_t h);

/** Free a compositor.  NULL is allowed.  Returns NULL. */
struct compositor *compositor_free(struct compositor *compositor);

/**
 * Make the picture of a tick.
 *
 * Tiles are drawn in order, so a later one may lie on an earlier one.  What no tile
 * covers is background.
 *
 * @param tiles      Each rectangle as scale_draw() wants it
 * @param ntiles     Up to COMPOSITOR_TILES_MAX
 * @param when_us    Goes to the frame [us]
 * @param ret_frame  New reference; NULL if nothing changed since the last returned frame
 *
 * @return 0, -EINVAL (tiles), -EAGAIN (all canvases are held by others: skip this tick), -ENOMEM
 */
int compositor_run(struct compositor *compositor, const struct compositor_tile *tiles,
                   unsigned ntiles, uint64_t when_us, struct video_frame **ret_frame);

/** Ticks that ended in -EAGAIN. */
uint64_t compositor_skipped(const struct compositor *compositor);

/** Tiles drawn so far, for tests and statistics. */
uint64_t compositor_drawn(const struct compositor *compositor);

#endif
