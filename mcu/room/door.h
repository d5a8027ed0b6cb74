/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/door.h  Who comes into a room: by its rules, and by what hosts say
 *
 *     participant_join() --> door_knock(): room_rules_admit() --> in | waits | refused
 *     a host comes, rules change, somebody leaves --> door_recheck(): who waits is asked anew
 *     a host lets somebody in, or not --> door_admit(), door_deny(), door_ban()
 *
 * Threads: control only.
 */
#ifndef MCU_ROOM_DOOR_H
#define MCU_ROOM_DOOR_H

#include "mcu/auth/rights.h"

struct participant;
struct participant_cfg;
struct room;
struct room_rules;

/**
 * Somebody new is at the door.
 * @param ret_code  Gets why he waits or is refused; "" if he is in
 * @return 0 (in, or participant_is_waiting()), -EACCES, or as participant_enter()
 */
int door_knock(struct participant *p, const struct participant_cfg *cfg, const char **ret_code);

/** Let in whoever may come in now. */
void door_recheck(struct room *room);
/** A host left: another one takes his place, or everybody goes, as the rules say. */
void door_host_left(struct room *room);

/** A host lets somebody in who waits; if there is no place he goes on waiting. */
void door_admit(struct participant *p);
/** A host does not. */
void door_deny(struct participant *p);
/** Send him away, and do not let him in again. */
void door_ban(struct participant *p);

/** What the rules take away from each role. */
void door_policy(const struct room_rules *rules, struct rights_policy *ret_policy);

#endif
