/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/compositor_draw.h  Draws what changed onto a canvas of the compositor
 *
 * An opaque tile is drawn as a whole; what is blended is blended only where the ground
 * was drawn anew.  So first of all it is found out which tiles have to be drawn:
 *
 *     those that changed
 *     opaque ones that lie on one that is drawn
 *     opaque ones under, or over, a clear one that changed: its rectangle is made anew from the
 * background up
 *
 * and the ground that is drawn anew is the rectangles of these.  In this region clear tiles are
 * blended, whether they changed or not, in pieces that do not overlap.
 *
 * Threads: any; no state.  For compositor.c alone.
 */
#ifndef MIXER_COMPOSITOR_DRAW_H
#define MIXER_COMPOSITOR_DRAW_H

#include "mixer/compositor.h"

struct compositor_draw {
    struct video_frame *frame;       /* The canvas, the caller's alone */
    const uint8_t *yuv;              /* Background, 3 bytes */
    const struct video_frame *image; /* Instead of the colour, as large as the canvas; or NULL */
    const struct compositor_tile *tile;
    unsigned ntiles;
    bool all;                           /* The canvas shows nothing that may stay */
    bool changed[COMPOSITOR_TILES_MAX]; /* In: tiles that are not as on the canvas; out: drawn */
    uint64_t drawn, blended;            /* Are counted up */
};

/** Bring a canvas up to date.  @return 0, -EINVAL (as scale_draw()) */
int compositor_draw_run(struct compositor_draw *draw);

#endif
