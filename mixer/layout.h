/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/layout.h  Where tiles are: a layout in fractions of a canvas, and on the pixels of
 * one
 *
 *     struct layout_spec (fractions, from a file) -- layout_resolve() --> struct layout (pixels)
 *
 * An edge at a fraction of the canvas becomes the nearest even pixel, so that two
 * tiles with the same edge meet without a seam on every canvas, and sizes of equal
 * tiles differ by at most two pixels (on an odd canvas: three).  Edges at 1 are the canvas' own.  A
 * gap is taken from the tiles: half of it on each side of each tile, also at the rim of the canvas;
 * it is given for a canvas whose shorter side has 720 pixels and scaled for others.
 *
 * Threads: any; plain values.
 */
#ifndef MIXER_LAYOUT_H
#define MIXER_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "codec/video_frame.h"
#include "mixer/scale.h"

enum {
    LAYOUT_TILES_MAX = 64,
    LAYOUT_NAME_SIZE =
        64, /**< A name of a layout, ladder, alias or reserved seat and its NUL [bytes] */
    LAYOUT_SIDE_MIN = 16,   /**< Least canvas side [pixels] */
    LAYOUT_SIDE_MAX = 8192, /**< Largest canvas side [pixels] */
    LAYOUT_DEN_MAX = 10000, /**< Largest denominator of a fraction as given */
    LAYOUT_GAP_MAX = 64,    /**< [pixels at 720] */
    LAYOUT_TILE_W_MIN = 64,
    LAYOUT_TILE_H_MIN = 36, /**< Least tile on a canvas of 1280x720, for files [pixels] */
};

/** Who may sit in a tile. */
enum layout_role {
    LAYOUT_ROLE_ANY,      /**< Anybody; seats are sticky */
    LAYOUT_ROLE_SPEAKER,  /**< Spotlight, else the dominant speaker; several: the last speakers */
    LAYOUT_ROLE_CONTENT,  /**< A shared screen */
    LAYOUT_ROLE_RESERVED, /**< Whoever it is reserved for */
};

/** What becomes of a tile that nobody sits in. */
enum layout_vacant {
    LAYOUT_VACANT_SHOW, /**< An empty tile */
    LAYOUT_VACANT_HIDE, /**< Nothing: background, or the tile beneath */
    LAYOUT_VACANT_FILL, /**< Anybody may sit in it until it is needed */
};

/** A fraction of the canvas' width or height, 0 to 1; den is not 0. */
struct layout_ratio {
    uint32_t num, den;
};

struct layout_spec_tile {
    struct layout_ratio left, top, right, bottom; /**< left < right, top < bottom */
    enum layout_role role;
    char reserved[LAYOUT_NAME_SIZE]; /**< RESERVED: name of the seat */
    enum layout_vacant vacant;
    enum scale_fit fit;
    uint8_t z; /**< Greater lies above; equal: the later one does */
};

struct layout_spec {
    char name[LAYOUT_NAME_SIZE];
    unsigned ntiles; /**< 1 to LAYOUT_TILES_MAX */
    struct layout_spec_tile *tile;
    uint16_t gap;              /**< [pixels at 720], 0 to LAYOUT_GAP_MAX */
    bool overflow;             /**< Those without a seat are counted in the last ANY tile: "+N" */
    uint8_t background[3];     /**< Y, U, V (BT.601 limited) */
    struct video_frame *image; /**< Background, covers the canvas; NULL = colour alone */
};

/** A layout on a canvas; tile i is tile i of its spec. */
struct layout {
    uint16_t w, h; /**< Canvas [pixels] */
    unsigned ntiles;
    struct layout_tile {
        struct video_rect rect; /**< Even position and size on an even canvas */
        enum layout_role role;
        enum layout_vacant vacant;
        enum scale_fit fit;
    } tile[LAYOUT_TILES_MAX];
    uint8_t order[LAYOUT_TILES_MAX]; /**< Tiles from the lowest to the topmost */
};

/**
 * Put a layout on a canvas.
 *
 * @param ret_layout  Set on success only
 * @param w,h         Canvas, LAYOUT_SIDE_MIN to LAYOUT_SIDE_MAX [pixels]
 *
 * @return 0, -EINVAL (size of the canvas; a tile outside of it, or of no pixel; ntiles, gap)
 */
int layout_resolve(struct layout *ret_layout, const struct layout_spec *spec, uint16_t w,
                   uint16_t h);

/** First two tiles that overlap with the same z, for checks.  @return false: there are none */
bool layout_overlap(const struct layout_spec *spec, unsigned *ret_a, unsigned *ret_b);

/** Tiles that anybody, a speaker or nobody in particular may sit in: all but CONTENT and RESERVED
 * without FILL. */
unsigned layout_seats(const struct layout_spec *spec);

#endif
