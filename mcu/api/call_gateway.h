/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/call_gateway.h  Calls between people: who is there, who rings, who enters which
 * room
 *
 *     ws_call ------.                        .--> devices of browsers: ws_call
 *     sip_gateway --+--> call_set, presence -+--> devices of phones: sip_gateway
 *     (time) -------'                        '--> history, webhooks
 *
 * A call is a room of two: whoever answers enters it, and the caller does.  What follows from an
 * event of the call set is done after it, so that nothing calls back into it.
 *
 * Threads: control only.
 */
#ifndef MCU_API_CALL_GATEWAY_H
#define MCU_API_CALL_GATEWAY_H

#include <stdbool.h>
#include <stdint.h>

#include "mcu/room/call.h"
#include "mcu/room/presence.h"

struct call_set;
struct config;
struct participant;
struct store;

/** What is asked of the devices of a kind; each must be set, but for phones dialh and undialh alone
 *  matter where they are rung. */
struct call_gateway_devices {
    void (*ringh)(const struct call *call, const struct call_leg *leg, uint64_t device);
    void (*stoph)(const struct call *call, uint64_t device, enum call_leg_state state,
                  const char *cause);
    int (*dialh)(const struct call *call, const struct call_leg *leg, uint64_t device);
    void (*undialh)(const struct call *call, const struct call_leg *leg, uint64_t device,
                    enum call_leg_state state);
    /** Tell the caller's device.  @param leg NULL: the call itself */
    void (*tellh)(const struct call *call, const struct call_leg *leg, uint64_t device);
    /** Have it enter call->room.  @param leg number, or CALL_CALLER */
    void (*enterh)(const struct call *call, int leg, uint64_t device);
    /** Have it leave; later than the event. */
    void (*leaveh)(const char *room, const char *call, int leg, uint64_t device, const char *cause);
    /** Who it is in call->room; NULL: it is in none.  May be NULL where his identity says so. */
    const struct participant *(*whoh)(const struct call *call, int leg, uint64_t device);
    /** Somebody whom it watches. */
    void (*presenceh)(uint64_t device, const struct presence_info *info);
};

/** @param store  For the history; NULL: none.  Lives until call_gateway_finish() @return 0, -ENOMEM
 */
int call_gateway_init(const struct config *config, struct store *store);
/** All calls end. */
void call_gateway_finish(void);
/** Other settings, for calls that start from now on. */
void call_gateway_configure(const struct config *config);
/** Who asks devices of a kind; NULL: nobody any more. */
void call_gateway_register(enum presence_kind kind, const struct call_gateway_devices *devices);

struct presence *call_gateway_presence(void);
/** For starting, answering ...; call call_gateway_settle() after each function that may change it.
 */
struct call_set *call_gateway_set(void);
/** Do what follows, and see to it that time goes on for calls. */
void call_gateway_settle(void);

/** A device signs in.  @return 0, or as presence_add() */
int call_gateway_add(const char *identity, uint64_t device, enum presence_kind kind);
/** It signs out. */
void call_gateway_remove(const char *identity, uint64_t device);
/** Its connection is lost, or it is back. */
void call_gateway_detach(const char *identity, uint64_t device, bool detached);

/** Have a device leave the room of a call, later; for one that hung up by another device of his. */
void call_gateway_send_away(const char *room, const char *call, int leg, uint64_t device,
                            const char *cause);

/** Is it the room of a call that goes on? */
bool call_gateway_has_room(const char *room);

#endif
