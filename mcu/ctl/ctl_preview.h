/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_preview.h  Draws a layout here, by the code that draws rooms; errors are told
 * to the user
 *
 * Threads: any.
 */
#ifndef MCU_CTL_CTL_PREVIEW_H
#define MCU_CTL_CTL_PREVIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "mcu/ctl/ctl_command.h"

struct ctl_preview {
    const char *name;   /**< Of the layout */
    const char *count;  /**< As typed: people */
    const char *size;   /**< As typed: WxH */
    bool content;       /**< Somebody shares a screen */
    const char *config; /**< Configuration file, or NULL for the defaults */
    const char *const
        *files; /**< Layout files over the built-in ones, instead of those of config */
    unsigned nfiles;
};

/** Are count and size what can be drawn, here and by the server?  CTL_USAGE if not. */
enum ctl_status ctl_preview_check(const struct ctl_preview *preview);

/**
 * Draw it.
 *
 * @param ret_png  From malloc, the caller's; only with CTL_OK
 */
enum ctl_status ctl_preview_draw(const struct ctl *ctl, const struct ctl_preview *preview,
                                 void **ret_png, size_t *ret_size);

#endif
