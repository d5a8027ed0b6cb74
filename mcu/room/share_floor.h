/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/share_floor.h  Who may share a screen: one at a time
 *
 * Threads: control; a plain value.
 */
#ifndef MCU_ROOM_SHARE_FLOOR_H
#define MCU_ROOM_SHARE_FLOOR_H

#include <stdbool.h>
#include <stdint.h>

#include "mcu/room/room_rules.h"

/** To embed; zero it before use. */
struct share_floor {
    uint32_t holder; /**< Key of the participant who shares; 0 = nobody */
};

enum share_floor_answer {
    SHARE_FLOOR_GRANTED, /**< It was free, or his already */
    SHARE_FLOOR_TAKEN,   /**< It is his, and who had it is to stop */
    SHARE_FLOOR_REFUSED, /**< Somebody else shares: "share_taken" */
};

/**
 * Somebody wants to share, which he may: see room_rules_may().
 * @param key       Of the participant, not 0
 * @param ret_from  Gets who has it, or had it until now; 0 = nobody else
 */
enum share_floor_answer share_floor_request(struct share_floor *floor, uint32_t key,
                                            enum room_rules_role role,
                                            enum room_rules_takeover takeover, uint32_t *ret_from);
/** He stops, or has left the room.  @return whether he had it */
bool share_floor_release(struct share_floor *floor, uint32_t key);

#endif
