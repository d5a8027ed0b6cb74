/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/layout_assets.h  The layouts that are built in: configs/layouts.d, inside the
 * program
 *
 * The table is generated at build time.
 *
 * Threads: any, constant.
 */
#ifndef MCU_CONFIG_LAYOUT_ASSETS_H
#define MCU_CONFIG_LAYOUT_ASSETS_H

#include <stddef.h>

struct layout_asset {
    const char *name; /**< As errors name it: "built-in/10-grids.yaml" */
    const unsigned char *data;
    size_t size; /**< [bytes]; a NUL follows that is not counted */
};

extern const struct layout_asset layout_assets_table[]; /**< By name; ends with a NULL name */

#endif
