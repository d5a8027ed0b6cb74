/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/call_ring.h  Devices of a leg that ring, and how each is told to
 *
 * Browsers get ringh and one stoph for it.  Phones get dialh, and then either undialh or an end of
 * their own: they answered or refused.  Nothing else of a call changes here.
 *
 * Threads: one; handlers must not call back into the calls.
 */
#ifndef MCU_ROOM_CALL_RING_H
#define MCU_ROOM_CALL_RING_H

#include "mcu/room/call.h"

/** Each must be set. */
struct call_ring_handlers {
    /** A browser is to ring until call->expires_us; leg->waiting: he is busy. */
    void (*ringh)(const struct call *call, const struct call_leg *leg, uint64_t device, void *arg);
    /** It is to stop.  Exactly one for each ringh, also if the device is gone or answered itself.
     *  @param cause stable, as "accepted", "declined", "cancelled", "timeout", "lost" */
    void (*stoph)(const struct call *call, const struct call_leg *leg, uint64_t device,
                  enum call_leg_state state, const char *cause, void *arg);
    /** Send an INVITE: to the contact of a registration, or to the leg's address if device is 0.
     *  @return 0; -errno: it counts as failed */
    int (*dialh)(const struct call *call, const struct call_leg *leg, uint64_t device, void *arg);
    /** CANCEL it, with a reason of "accepted elsewhere" for ELSEWHERE (RFC 3326). */
    void (*undialh)(const struct call *call, const struct call_leg *leg, uint64_t device,
                    enum call_leg_state state, const char *cause, void *arg);
    void *arg;
};

/** A device rings; one that does already or has failed does not again.
 *  @return 0 (also if nothing was to be done), -ENOSPC (too many), or what dialh returned */
int call_ring_add(const struct call_ring_handlers *handlers, const struct call *call,
                  struct call_leg *leg, uint64_t device, enum presence_kind kind);
/** One device rings no more; unknown: ignored. */
void call_ring_stop(const struct call_ring_handlers *handlers, const struct call *call,
                    struct call_leg *leg, uint64_t device, enum call_leg_state state,
                    const char *cause);
/** A phone refused by itself: it is told nothing and does not ring again in this leg. */
void call_ring_fail(struct call_leg *leg, uint64_t device);
/**
 * All ring no more.
 * @param by     The one that decided, NULL = none of them: it gets @p state, and if that is
 *               ACCEPTED or DECLINED the others ELSEWHERE.  A phone among them is told nothing.
 */
void call_ring_stop_all(const struct call_ring_handlers *handlers, const struct call *call,
                        struct call_leg *leg, const uint64_t *by, enum call_leg_state state,
                        const char *cause);

#endif
