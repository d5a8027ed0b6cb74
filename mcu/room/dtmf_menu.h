/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/dtmf_menu.h  What somebody types on a phone's keys: digits to an action
 *
 * Codes come from the settings ("*6"); none is the start of another.  A digit that begins no code
 * is ignored, and what was typed is forgotten after a while without a digit.
 *
 * Threads: control; a plain value.
 */
#ifndef MCU_ROOM_DTMF_MENU_H
#define MCU_ROOM_DTMF_MENU_H

#include <stdint.h>

#include "mcu/config/config.h"

enum dtmf_menu_action {
    DTMF_MENU_NONE,
    DTMF_MENU_MUTE,      /**< Mute or unmute himself */
    DTMF_MENU_HAND,      /**< Raise or lower his hand */
    DTMF_MENU_LAYOUT,    /**< Next layout of the list */
    DTMF_MENU_SPOTLIGHT, /**< Into the spotlight, or out of it */
    DTMF_MENU_SEAT,      /**< Take the reserved seat, or give it back */
    DTMF_MENU_OVERLAYS,  /**< Hide or show the overlays */
};

/** To embed; zero it before use. */
struct dtmf_menu {
    char typed[CONFIG_DTMF_SIZE];
    uint64_t last_us; /**< When the last digit came */
};

/** Take a digit.  @return what to do now */
enum dtmf_menu_action dtmf_menu_put(struct dtmf_menu *menu, const struct config_dtmf *config,
                                    char digit, uint64_t now_us);

#endif
