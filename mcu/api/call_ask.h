/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/call_ask.h  Calls that are asked for: the same over medley.v1 and REST
 *
 * Threads: control only.
 */
#ifndef MCU_API_CALL_ASK_H
#define MCU_API_CALL_ASK_H

#include <stdbool.h>
#include <stdint.h>

struct call_party;

/** A time of a call for people.  @param us  Monotonic, 0 = none  @return ms since 1970, or 0 */
int64_t call_ask_wall_ms(uint64_t us);

/** Whom somebody names: an address, or a user by his id; what is neither is nobody, whom
 *  call_set_start() refuses. */
void call_ask_party(struct call_party *ret_party, const char *text);

/**
 * A room that calls, for a host without an account: "room:NAME", cut to the size of an identity.
 * No user and no token of a user has a ':' in his id, so that it is never somebody's; limits of
 * calls count for it as for a user.
 */
void call_ask_from_room(struct call_party *ret_from, const char *room);

/** May they be called here?  @return false: there is an address, which sip.dial forbids */
bool call_ask_may_dial(const struct call_party *to, unsigned n);

#endif
