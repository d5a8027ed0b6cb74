/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/dress.h  Where names, borders, marks, banner and logo go, and how large they are
 *
 *     .--------------------------------------.
 *     | banner                               |
 *     | logo                     (REC)(LIVE) |    logo: this or another corner
 *     |.----------------.                    |
 *     ||                |                    |
 *     || (name)         | <- border: speaks  |
 *     |'----------------'                    |
 *     '--------------------------------------'
 *
 * One place for rooms and previews, so that both look the same.  It draws nothing: it says at what
 * size an overlay is to be drawn and puts drawn ones into the compositor's tiles.
 *
 * Threads:   any; plain values.
 * Ownership: overlays are borrowed, as the compositor borrows them.
 */
#ifndef MCU_MEDIA_DRESS_H
#define MCU_MEDIA_DRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "mcu/config/config.h"
#include "mixer/compositor.h"
#include "mixer/overlay.h"

/** How tiles and canvas are dressed; sizes are even but that of the text [pixels]. */
struct dress_style {
    struct overlay_style text; /**< For marks and banner; of plates the largest */
    uint16_t margin;           /**< Between an overlay and the edge of its tile or the canvas */
    uint16_t border;           /**< Of somebody who speaks, 0 = none */
    uint8_t border_yuv[3];
    enum config_corner corner; /**< Of the logo */
    bool names, badges;        /**< For the caller: what plates are to show */
};

/**
 * The configured style; sizes there are for a canvas with a shorter side of 720.
 * @param side  Shorter side of this one [pixels]
 */
void dress_style(struct dress_style *ret_style, const struct config *config, uint16_t side);

/** Text of the name plate of a tile: no higher than a seventh of it. */
void dress_plate_text(struct overlay_style *ret_text, const struct dress_style *style,
                      const struct video_rect *tile);
/** Largest width of the name plate of a tile [pixels]. */
uint16_t dress_plate_width(const struct dress_style *style, const struct video_rect *tile);
/** Box that the logo is to fit into on a canvas [pixels]. */
void dress_logo_size(uint16_t w, uint16_t h, uint16_t *ret_w, uint16_t *ret_h);

/**
 * Add a plate (NULL = none) and, for somebody who speaks, the border to a tile whose rect is set.
 * A plate that was drawn for another size of the tile is cut by it.
 */
void dress_tile(struct compositor_tile *tile, const struct dress_style *style,
                const struct overlay *plate, bool active);

/**
 * Append tiles for what belongs to the room, on top of all others; NULL = none.
 *
 * @param tiles  Room for COMPOSITOR_TILES_MAX; what does not fit is left out
 * @param n      Tiles so far
 * @param w,h    Canvas [pixels]
 *
 * @return tiles now
 */
unsigned dress_canvas(struct compositor_tile *tiles, unsigned n, const struct dress_style *style,
                      uint16_t w, uint16_t h, const struct overlay *marks,
                      const struct overlay *banner, const struct overlay *logo);

#endif
