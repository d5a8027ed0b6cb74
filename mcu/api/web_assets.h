/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/web_assets.h  The web client's files, inside the program
 *
 * The table is generated from mcu/web at build time.
 *
 * Threads: any, constant.
 */
#ifndef MCU_API_WEB_ASSETS_H
#define MCU_API_WEB_ASSETS_H

#include <stddef.h>

struct web_asset {
    const char *name; /**< File name without a folder, as "index.html" */
    const unsigned char *data;
    size_t size; /**< [bytes]; a NUL follows that is not counted */
};

extern const struct web_asset web_assets_table[]; /**< Ends with a NULL name */

#endif
