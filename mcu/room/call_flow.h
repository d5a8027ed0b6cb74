/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/call_flow.h  How calls go from one state to the next, for call_set.c
 *
 *     call_flow_open() -> call_flow_ring() -+-> call_flow_accept() -> call_flow_leave() -.
 *                                           '-> call_flow_end_leg() ---------------------+
 *                                                                  call_flow_settle() <--'
 *                                                                   '-> call_flow_finish()
 *
 * Who may do what is call_set.c's; here everything is allowed already.
 *
 * Threads: one; no locks inside.
 */
#ifndef MCU_ROOM_CALL_FLOW_H
#define MCU_ROOM_CALL_FLOW_H

#include "mcu/room/call.h"
#include "mcu/room/call_heap.h"
#include "mcu/room/call_set.h"

/** To embed; all calls and their indices. */
struct call_flow {
    struct call_set_cfg cfg;
    struct call_people people;
    struct name_map by_id, by_room;
    struct call_heap heap;
    uint32_t ncalls;
    const struct call *quiet; /**< Its caller is told nothing: it is starting */
};

/** Set up.  @return 0, -ENOMEM */
int call_flow_init(struct call_flow *flow, const struct call_set_cfg *cfg);
/** No call may be left.  A half-made one is allowed. */
void call_flow_finish_all(struct call_flow *flow);

/** Make a call with its legs, all ringing, and everybody's seats; nobody is told.
 *  @return 0, -ENOMEM */
int call_flow_open(struct call_flow *flow, struct call **ret_call,
                   const struct call_set_start *start, uint64_t now_us);
/** Let a leg ring at all devices, or end it at once. */
void call_flow_ring(struct call_flow *flow, struct call *call, struct call_leg *leg,
                    uint64_t now_us);
/** A leg is answered. */
void call_flow_accept(struct call_flow *flow, struct call *call, struct call_leg *leg,
                      uint64_t device, enum presence_kind kind, uint64_t now_us);
/** A ringing leg ends without an answer.  @param by as call_ring_stop_all() */
void call_flow_end_leg(struct call_flow *flow, struct call *call, struct call_leg *leg,
                       const uint64_t *by, enum call_leg_state state, const char *cause,
                       uint64_t now_us);
/** All ringing legs end. */
void call_flow_end_ringing(struct call_flow *flow, struct call *call, enum call_leg_state state,
                           const char *cause, uint64_t now_us);
/** Somebody leaves an answered call; settles. */
void call_flow_leave(struct call_flow *flow, struct call *call, int leg, uint64_t now_us);
/** Reckon anew when a call is due: a device was lost or is back. */
void call_flow_arm(struct call_flow *flow, struct call *call);
/** See whether a call is over, and when it is due.  It may be gone afterwards. */
void call_flow_settle(struct call_flow *flow, struct call *call, uint64_t now_us);
/** A call is over: everybody in it is told to leave the room if @p leave.  It is freed. */
void call_flow_finish(struct call_flow *flow, struct call *call, enum call_state state,
                      const char *cause, bool leave, uint64_t now_us);

/** What a device is; one that presence does not know is a phone from outside. */
enum presence_kind call_flow_kind(const struct call_flow *flow, uint64_t device);

/** A call of an id, or NULL. */
struct call *call_flow_find(const struct call_flow *flow, const char *id);
/** First and next call of a room, or NULL. */
struct call *call_flow_of_room(const struct call_flow *flow, const char *room);
struct call *call_flow_of_room_next(const struct call *call);

#endif
