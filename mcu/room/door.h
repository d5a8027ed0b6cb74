/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/door.h  Who comes into a room: by its rules, and by what hosts say
 *
 *     membership_join() --> door_knock(): room_rules_admit() --> in | waits | refused
 *     a host comes, rules change, somebody leaves --> door_recheck(): who waits is asked anew
 *     a host lets somebody in, or not --> door_admit(), door_deny(), door_ban()
 *
 * Threads: control only.
 */
#ifndef MCU_ROOM_DOOR_H
#define MCU_ROOM_DOOR_H

#include <stdbool.h>

#include "mcu/auth/rights.h"
#include "mcu/room/room_rules.h"

struct participant;
struct participant_cfg;
struct membership_move;
struct room;

/**
 * Somebody new is at the door.
 * @param ret_code  Gets why he waits or is refused; "" if he is in
 * @return 0 (in, or participant_is_waiting()), -EACCES, or as membership_enter()
 */
int door_knock(struct participant *p, const struct participant_cfg *cfg, const char **ret_code);

/** What somebody who waits waits for: "lobby", "waiting_for_host". */
const char *door_waits_for(const struct participant *p);

/**
 * May he be taken to another room?  Whoever moves him runs that one too if he has a token for it as
 * host, owns it, or it came to be by moving people from here.  Then its rules are not asked, and he
 * stays what he is; but who is host by no token of that room is one there only if nobody is.  Else
 * it is as if he came by himself, without a PIN, and he may not wait.
 * @param ret_role  What he is there
 * @return 0, -EACCES, -ENOSPC
 */
int door_move(const struct participant *p, struct room *to, const struct membership_move *move,
              const char **ret_code, enum role *ret_role);

/** Let in whoever may come in now. */
void door_recheck(struct room *room);
/** A host left: another one takes his place, or everybody goes, as the rules say. */
void door_host_left(struct room *room);

/** A host lets somebody in who waits.  @return false: there is no place, he goes on waiting */
bool door_admit(struct participant *p);
/** A host does not.  @return true */
bool door_deny(struct participant *p);
/** Send him away, and do not let him in again. */
void door_ban(struct participant *p);

/** A role as rules write it. */
enum room_rules_role door_rules_role(enum role role);

/** What the rules take away from each role. */
void door_policy(const struct room_rules *rules, struct rights_policy *ret_policy);

#endif
