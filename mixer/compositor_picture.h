/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/compositor_picture.h  What a canvas of the compositor shows, to be compared
 *
 * Frames and overlays may be gone since, so nothing here is ever read through: a frame is known by
 * its address and version, an overlay by its id.
 *
 * Threads: any; plain values.  For compositor.c alone.
 */
#ifndef MIXER_COMPOSITOR_PICTURE_H
#define MIXER_COMPOSITOR_PICTURE_H

#include "mixer/compositor.h"

struct compositor_picture_overlay {
    uint64_t id;
    uint16_t x, y;
};

struct compositor_picture_tile {
    struct video_rect rect;
    const void *frame;
    uint64_t version;
    enum scale_fit fit;
    bool clear;
    uint16_t border;
    uint8_t border_yuv[3];
    unsigned noverlays;
    struct compositor_picture_overlay overlay[COMPOSITOR_OVERLAYS_MAX];
};

struct compositor_picture {
    uint64_t background; /* its number */
    unsigned ntiles;
    struct compositor_picture_tile tile[COMPOSITOR_TILES_MAX];
};

/** Describe what is to be shown; at most COMPOSITOR_TILES_MAX tiles. */
void compositor_picture_set(struct compositor_picture *picture, uint64_t background,
                            const struct compositor_tile *tiles, unsigned ntiles);
/** Have both the same background, and tiles of the same kind in the same places? */
bool compositor_picture_same_arrangement(const struct compositor_picture *a,
                                         const struct compositor_picture *b);
/** Does tile @p i, of the same arrangement, show the same? */
bool compositor_picture_same_tile(const struct compositor_picture *a,
                                  const struct compositor_picture *b, unsigned i);
/** How many tiles of the same arrangement differ. */
unsigned compositor_picture_differing(const struct compositor_picture *a,
                                      const struct compositor_picture *b);

#endif
