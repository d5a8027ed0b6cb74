/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/share_floor.c  Who may share a screen: one at a time
 */
#include "mcu/room/share_floor.h"

enum share_floor_answer share_floor_request(struct share_floor *floor, uint32_t key,
                                            enum room_rules_role role,
                                            enum room_rules_takeover takeover, uint32_t *ret_from)
{
    bool may_take = takeover == ROOM_RULES_TAKEOVER_ANYBODY ||
                    (takeover == ROOM_RULES_TAKEOVER_HOST && role == ROOM_RULES_HOST);

    *ret_from = floor->holder == key ? 0 : floor->holder;
    if (*ret_from && !may_take)
        return SHARE_FLOOR_REFUSED;
    floor->holder = key;
    return *ret_from ? SHARE_FLOOR_TAKEN : SHARE_FLOOR_GRANTED;
}

bool share_floor_release(struct share_floor *floor, uint32_t key)
{
    if (!key || floor->holder != key)
        return false;
    floor->holder = 0;
    return true;
}
