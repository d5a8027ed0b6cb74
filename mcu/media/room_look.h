/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/room_look.h  How a room's composite is to look, as chosen for it
 *
 * What is not chosen here follows the settings.  A plain value.
 */
#ifndef MCU_MEDIA_ROOM_LOOK_H
#define MCU_MEDIA_ROOM_LOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "mixer/layout.h"
#include "mixer/scene.h"

enum { ROOM_LOOK_BANNER_SIZE = 257 /**< Text and its NUL [bytes] */ };

struct room_look {
    char layout[LAYOUT_NAME_SIZE];            /**< Layout, ladder or alias; "" = as configured */
    uint32_t spotlight[SCENE_SPOTLIGHTS_MAX]; /**< Keys of participants, in order */
    unsigned nspotlights;
    char banner[ROOM_LOOK_BANNER_SIZE]; /**< UTF-8; "" = as configured */
    unsigned marks;                     /**< OVERLAY_MARK_* */
    bool names, badges, border, logo;   /**< Overlays that are drawn, if the settings have them */
};

#endif
