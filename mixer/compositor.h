/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/compositor.h  Tiles to one picture, drawing only what changed
 *
 *     background --.
 *     tiles[] -----+--->  canvas that nobody else holds  --->  video_frame with damage[]
 *                         (each remembers what it shows)
 *
 * A tile is a frame, overlays on it (name, badges) and a border above all, all of them within its
 * rectangle. A clear tile has no frame: its overlays and border lie on what is beneath (banner,
 * logo, marks of the room).
 *
 * Up to four canvases take turns, because encoders and recorders may still
 * read the former ones.  A canvas remembers which version of each tile it
 * shows, so a tile is scaled only onto canvases that lack it.  Overlays are
 * blended only where the ground was drawn anew, so never twice on the same, and
 * not at all while nothing changes.
 *
 * damage[0] is the whole canvas with the number of the last change of the
 * arrangement (rectangles, number of tiles, which are clear, background); damage[1 + i] is tile i
 * with the number of its last change. A pixel changed after number n exactly if some damage that
 * contains it has a greater number. Numbers only grow, over the life of the compositor.
 *
 * Threads:   one task; no locks inside.
 * Ownership: frames and overlays are borrowed for the call: later they are compared by what
 * identifies them, never read. The caller owns a returned frame, which others may hold longer than
 * the compositor lives.
 */
#ifndef MIXER_COMPOSITOR_H
#define MIXER_COMPOSITOR_H

#include <stdbool.h>
#include <stdint.h>

#include "codec/video_frame.h"
#include "mixer/scale.h"

struct compositor;
struct overlay;

enum {
    COMPOSITOR_CANVASES = 4,
    COMPOSITOR_TILES_MAX = 80,
    COMPOSITOR_OVERLAYS_MAX = 4, /**< Of a tile */
};

struct compositor_overlay {
    const struct overlay *image; /**< Another id whenever it is another one */
    uint16_t x, y; /**< Even, on the canvas; what is outside of the tile is left out [pixels] */
};

struct compositor_tile {
    struct video_rect rect;
    const struct video_frame *frame; /**< NULL: background; not looked at in a clear tile */
    uint64_t version;                /**< Another one whenever the frame is another one */
    enum scale_fit fit;
    bool clear;            /**< Not opaque: overlays and border lie on the tiles beneath */
    uint16_t border;       /**< Width of a frame inside of its edges, even, 0 = none [pixels] */
    uint8_t border_yuv[3]; /**< BT.601 limited range */
    unsigned noverlays;    /**< Up to COMPOSITOR_OVERLAYS_MAX */
    struct compositor_overlay overlay[COMPOSITOR_OVERLAYS_MAX]; /**< Later ones above */
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
 * Choose what is where no tile is.  If it differs, the next run draws everything anew.
 *
 * @param yuv      Colour, BT.601 limited range; at first it is #101418
 * @param image    Covers the canvas instead; scaled now, no reference is kept.  NULL: the colour
 *                 alone
 * @param version  Another one whenever the image is another one
 * @return 0, -ENOMEM (nothing changes)
 */
int compositor_set_background(struct compositor *compositor, const uint8_t yuv[3],
                              const struct video_frame *image, uint64_t version);

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

/** Tiles drawn so far, without clear ones, for tests and statistics. */
uint64_t compositor_drawn(const struct compositor *compositor);

/** Overlays blended so far; one that is blended in parts counts for each, for tests and statistics.
 */
uint64_t compositor_blended(const struct compositor *compositor);

#endif
