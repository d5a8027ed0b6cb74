/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/preview.h  A layout as a room would look with it, with made-up people
 *
 *     layouts, configuration --> scene --> dress --> compositor --> one frame
 *     preview_people: pictures, names --'
 *
 * The same code as a room's, so what it shows is what people will see.  The first of the people
 * speaks, the second is on the phone, the third has the microphone off, the fourth has raised a
 * hand; the last ones sit in reserved seats.
 *
 * Threads: any; takes tens of milliseconds and allocates, so not on control or in a tick.
 */
#ifndef MCU_MEDIA_PREVIEW_H
#define MCU_MEDIA_PREVIEW_H

#include <stdbool.h>
#include <stdint.h>

struct config;
struct layout_set;
struct picture;
struct video_frame;

/** What may be asked for, of the server and of medleyctl alike. */
enum {
    PREVIEW_COUNT_MAX = 64,  /**< People */
    PREVIEW_SIDE_MIN = 64,   /**< For who asks; preview_draw() draws smaller ones, too [pixels] */
    PREVIEW_SIDE_MAX = 1920, /**< In the same way [pixels] */
};

/** All of it is borrowed for the call. */
struct preview_cfg {
    struct layout_set *layouts;
    const struct config *config; /**< Overlays and seats */
    const struct picture *logo;  /**< NULL = none */
    const char *name;            /**< Layout, ladder or alias */
    unsigned count;              /**< People, 0 to PREVIEW_COUNT_MAX */
    bool content;                /**< The first one shares a screen */
    unsigned marks;              /**< OVERLAY_MARK_*, drawn if configured */
    uint16_t w, h;               /**< Even, LAYOUT_SIDE_MIN to LAYOUT_SIDE_MAX [pixels] */
};

/**
 * Draw.
 * @param ret_frame  New frame, set on success only
 * @return 0, -ENOENT (no layout of that name), -EINVAL (size, count), -ENOMEM
 */
int preview_draw(struct video_frame **ret_frame, const struct preview_cfg *cfg);

#endif
