/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/layout_tiles.h  The tiles of a layout, read from a file and checked
 *
 * Threads: any; no state.
 */
#ifndef MCU_CONFIG_LAYOUT_TILES_H
#define MCU_CONFIG_LAYOUT_TILES_H

#include "mcu/config/layout_reader.h"
#include "mixer/layout.h"

enum { LAYOUT_TILES_GRID_MAX = 1000 /**< Most columns or rows of a grid */ };

struct layout_tiles_cfg {
    unsigned columns, rows; /**< 0 = there is no grid */
    enum scale_fit fit;     /**< Of tiles that do not say it */
};

/**
 * Read tiles, or make one for each cell of the grid.
 *
 * @param layout    Where to complain about the layout as a whole
 * @param field     "tiles"; its node may be NULL
 * @param ret_tile  LAYOUT_TILES_MAX
 *
 * @return number of tiles, -EINVAL (with complaints)
 */
int layout_tiles_read(struct layout_reader *reader, const struct layout_field *layout,
                      const struct layout_field *field, const struct layout_tiles_cfg *cfg,
                      struct layout_spec_tile *ret_tile);

/**
 * Check tiles against each other and the canvas: overlaps, too small ones, nobody to be seen.
 *
 * @param layout  Where to complain about the layout as a whole
 * @param field   "tiles"; its node may be NULL
 *
 * @return 0, -EINVAL (with complaints)
 */
int layout_tiles_check(struct layout_reader *reader, const struct layout_field *layout,
                       const struct layout_field *field, const struct layout_spec *spec);

#endif
