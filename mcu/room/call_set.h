/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/call_set.h  All calls of this process
 *
 *     call_set_start() --> presence: devices --> ringh, dialh
 *     accept, decline, cancel, hangup, SIP answers, devices that come and go, time
 *         '--> stoph, undialh, tellh (the caller), enterh and leaveh (the room), recordh
 *
 * - All devices of a callee ring; the first to answer wins, one that declines declines for all.
 * - Whoever has no device fails as "offline"; whoever is in a call or room or calls somebody
 *   himself is busy: he rings with leg->waiting set, or with call waiting off not at all.
 * - Each leg of a group answers for himself; the call is accepted with the first.
 * - A calls B while B calls A, one to one: the second start answers the first call.
 * - A device that signs in while its person is rung rings too.  One that is lost stops; its person
 *   goes on being rung, because somebody may come back.
 * - The caller's lost device has a grace to come back; then the call is cancelled, or he has left.
 *   Only browsers are lost: a phone's registration says nothing about its call.
 * - Missed for the callee is: timeout, cancelled, busy, offline.
 * - A call ends when nobody rings and at most one of its people is left in it.  That one is sent
 *   from the room (leaveh) if it was made for a call, nobody else is in it and nobody is being
 *   called to it; so adding people by further calls, and their going, never drops anybody, and
 *   nobody is sent from a meeting because somebody else declined to come.
 * - Whoever is in an answered call is busy for those who watch him: presence_enter().
 * - An ended call is recorded (recordh with ended_us set, once) and gone: "call_not_found".
 *
 * Functions return 0 or -errno and give a stable code: "call_not_found" (-ENOENT), "not_yours"
 * (-EPERM: neither called nor rung), "already_answered" (-EALREADY), "not_ringing" (-EALREADY: he
 * declined, say), "not_answered" (-EAGAIN), "bad_reason" (-EINVAL).
 *
 * Threads: one; no locks inside.  Time is CLOCK_MONOTONIC and an argument.  Handlers must not call
 * back: what follows from an event is done when the function that told it has returned.
 */
#ifndef MCU_ROOM_CALL_SET_H
#define MCU_ROOM_CALL_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "mcu/room/call.h"
#include "mcu/room/call_ring.h"

struct call_set;

enum {
    CALL_SET_RING_MS = 60000,
    CALL_SET_RING_MS_MIN = 5000,
    CALL_SET_RING_MS_MAX = 600000,
    CALL_SET_RINGING_IN_MAX = 8, /**< At one callee; more are busy */
};

/** Each must be set.  @p leg is the number of one, or CALL_CALLER: see call_who(). */
struct call_set_handlers {
    struct call_ring_handlers ring; /**< Their arg too */
    /** Tell the caller of a leg that changed, or of the call itself (leg NULL).  Not during
     *  call_set_start(): its result has it all. */
    void (*tellh)(const struct call *call, const struct call_leg *leg, void *arg);
    /** He is to enter call->room, if he is not in it. */
    void (*enterh)(const struct call *call, int leg, void *arg);
    /** He is to leave it: the call is over for him. */
    void (*leaveh)(const struct call *call, int leg, const char *cause, void *arg);
    /** How many others than he are in call->room now. */
    unsigned (*othersh)(const struct call *call, int leg, void *arg);
    /** For the history: a call that started, was answered, ended. */
    void (*recordh)(const struct call *call, void *arg);
    /** For the history: a leg that was answered or ended; leg->missed says so. */
    void (*record_legh)(const struct call *call, const struct call_leg *leg, void *arg);
    void *arg;
};

struct call_set_cfg {
    struct presence *presence;  /**< Lives longer */
    uint32_t max_calls;         /**< 1 to 1000000 */
    uint32_t ring_ms;           /**< MIN to MAX above */
    uint32_t grace_ms;          /**< For a lost device */
    uint32_t starts_per_minute; /**< Of one caller, 1 to 1000; also all at once */
    uint32_t ringing_out_max;   /**< Calls of one caller that nobody answered yet, at least 1 */
    bool call_waiting;
    struct call_set_handlers handlers;
};

/** Usual settings: no presence, no handlers; 10000 calls, 60 s, grace 30 s, 10 a minute, 5 at a
 *  time, call waiting on. */
extern const struct call_set_cfg call_set_defaults;

/** What somebody wants. */
struct call_set_start {
    struct call_party from;
    uint64_t device;             /**< He calls from; 0 = none of ours */
    const struct call_party *to; /**< Identity, or address */
    unsigned nto;                /**< 1 to CALL_LEGS_MAX */
    enum call_kind kind;
    const char *room; /**< Add people to this one; NULL = make a name */
    uint32_t ring_ms; /**< 0 = as configured */
};

/** What became of it. */
struct call_set_started {
    const char *code;        /**< "" or why not, see call_set_start() */
    uint32_t retry_after_ms; /**< With "rate_limited" */
    bool glare;              /**< He answered a call of the other one's instead */
    char id[ID_SIZE];
    char room[CALL_ROOM_SIZE];
    enum call_state state; /**< May be over already */
    const char *cause;
    uint64_t expires_us;
    unsigned nlegs;
    struct {
        enum call_leg_state state;
        const char *cause;
        bool waiting;
    } leg[CALL_LEGS_MAX];
};

/** Create.  @param cfg copied  @return 0, -EINVAL, -ENOMEM */
int call_set_new(struct call_set **ret_set, const struct call_set_cfg *cfg);
/** End each call (cause "shutdown"), with all that is to be told; free.  NULL is allowed.  Returns
 *  NULL. */
struct call_set *call_set_free(struct call_set *set, uint64_t now_us);
/** Other settings; presence, handlers and max_calls stay.  Running calls keep theirs.
 *  @return 0, -EINVAL */
int call_set_configure(struct call_set *set, const struct call_set_cfg *cfg);

/**
 * Call somebody.  Whether the caller may call an address, and may bring people into a room, is the
 * owner's to check before.
 * @param ret_started  Set in any case; its code is "" or
 *   -EINVAL  "bad_caller", "bad_target", "too_many_targets", "bad_room", "bad_timeout"
 *   -EAGAIN  "rate_limited"
 *   -EMFILE  "too_many_calls": so many of his ring already
 *   -ENOSPC  "calls_full": so many are there in all
 *   -ENOMEM  "no_memory"
 * @return 0 or one of these
 */
int call_set_start(struct call_set *set, const struct call_set_start *start, uint64_t now_us,
                   struct call_set_started *ret_started);

/** Answer with a browser that rings; phones answer by call_set_sip_answered(). */
int call_set_accept(struct call_set *set, const char *id, const char *identity, uint64_t device,
                    uint64_t now_us, const char **ret_code);
/** Decline for all devices of his.
 *  @param device  The browser that did; another one or 0 (by REST): all are told that he declined
 *  @param reason  Clean text of up to CALL_REASON_CHARS, "" or NULL = none */
int call_set_decline(struct call_set *set, const char *id, const char *identity, uint64_t device,
                     const char *reason, uint64_t now_us, const char **ret_code);
/** The caller gives up on all who still ring.
 *  @param device  Matters only for a caller without identity */
int call_set_cancel(struct call_set *set, const char *id, const char *identity, uint64_t device,
                    uint64_t now_us, const char **ret_code);
/** Leave a call; a caller whom nobody answered yet cancels.  @param device as call_set_cancel() */
int call_set_hangup(struct call_set *set, const char *id, const char *identity, uint64_t device,
                    uint64_t now_us, const char **ret_code);
/** As call_set_hangup(), by number of the leg or CALL_CALLER: his BYE, or he could not enter. */
int call_set_left(struct call_set *set, const char *id, int leg, uint64_t now_us,
                  const char **ret_code);
/** Somebody left a room, by whatever way: call_set_hangup() for each call of his in it, with the
 *  device that he was in it with, or 0.  For the leg of a SIP address: call_set_left(). */
void call_set_left_room(struct call_set *set, const char *room, const char *identity,
                        uint64_t device, uint64_t now_us);
/** A room is over for everybody: its calls are too (cause "room_ended"). */
void call_set_room_ended(struct call_set *set, const char *room, uint64_t now_us);

/** A phone that was dialled rings (180, 183).  @param device as in dialh */
int call_set_sip_ringing(struct call_set *set, const char *id, unsigned leg, uint64_t device,
                         const char **ret_code);
/** It answered.  After an error say BYE: somebody else was faster. */
int call_set_sip_answered(struct call_set *set, const char *id, unsigned leg, uint64_t device,
                          uint64_t now_us, const char **ret_code);
/** It refused, or cannot be reached.  @param code final SIP answer; of our own: 408, 500 */
int call_set_sip_failed(struct call_set *set, const char *id, unsigned leg, uint64_t device,
                        int code, uint64_t now_us, const char **ret_code);

/** After presence_add(), or when a detached device is back. */
void call_set_device_back(struct call_set *set, const char *identity, uint64_t device,
                          uint64_t now_us);
/** Before presence_remove() or presence_detach(). */
void call_set_device_lost(struct call_set *set, const char *identity, uint64_t device,
                          uint64_t now_us);

/** When call_set_tick() is due [us]; 0 = never.  Any function above may change it. */
uint64_t call_set_next_us(const struct call_set *set);
void call_set_tick(struct call_set *set, uint64_t now_us);

/** A call that is not over; valid until the next call of a function that may end it. */
const struct call *call_set_find(const struct call_set *set, const char *id);
/** Is there a call that is not over in this room? */
bool call_set_has_room(const struct call_set *set, const char *room);
/** Each call that somebody calls in, is rung by or is in; the latest one first. */
void call_set_each_of(const struct call_set *set, const char *identity,
                      void (*h)(const struct call *call, int leg, void *arg), void *arg);
unsigned call_set_count(const struct call_set *set);

#endif
