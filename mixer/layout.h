/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/layout.h  Where tiles are on a canvas
 *
 * Automatic equal grids (columns x rows on a landscape canvas, transposed on a
 * portrait one):
 *
 *     1, 2x1, 2x2, 3x2, 3x3, 4x3, 4x4, 5x4, 5x5, 6x5, 6x6, 7x6, 7x7
 *
 * Tiles start on even pixels and meet without a seam; sizes differ by at most
 * two pixels.  The canvas is covered fully; an odd last column or row of pixels is
 * an extra for the last tile.
 *
 * Threads: any; plain values.
 */
#ifndef MIXER_LAYOUT_H
#define MIXER_LAYOUT_H

#include "codec/video_frame.h"

enum {
    LAYOUT_TILES_MAX = 49,
    LAYOUT_SIDE_MIN = 16,   /**< Least canvas side [pixels] */
    LAYOUT_SIDE_MAX = 8192, /**< Largest canvas side [pixels] */
};

/** Who may sit in a tile. */
enum layout_role {
    LAYOUT_ROLE_SEAT,     /**< Anybody, first come first served */
    LAYOUT_ROLE_SPEAKER,  /**< The dominant speaker */
    LAYOUT_ROLE_CONTENT,  /**< A shared screen */
    LAYOUT_ROLE_RESERVED, /**< Whoever it is reserved for */
};

struct layout_tile {
    struct video_rect rect;
    enum layout_role role;
};

struct layout {
    uint16_t w, h; /**< Canvas [pixels] */
    unsigned ntiles;
    struct layout_tile tile[LAYOUT_TILES_MAX];
};

/** Tiles of the smallest grid that seats @p heads: 1, 2, 4, 6, 9, ... 49 (also for more). */
unsigned layout_capacity(unsigned heads);

/**
 * Make the smallest grid that seats @p heads; ntiles is layout_capacity(heads).
 *
 * @param ret_layout  Set on success only
 * @param heads       0 is taken as 1, more than LAYOUT_TILES_MAX as that
 * @param w,h         Canvas, LAYOUT_SIDE_MIN to LAYOUT_SIDE_MAX [pixels]
 *
 * @return 0 or -EINVAL
 */
int layout_grid(struct layout *ret_layout, unsigned heads, uint16_t w, uint16_t h);

#endif
