/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/call.h  A call: somebody rings others, and whoever answers meets him in a room
 *
 *     call ---- leg 0: a person -- ring: his browser
 *          |                    '- ring: his phone
 *          '--- leg 1: a SIP address -- ring
 *
 * A leg is one whom the caller wants; he rings at each of his devices and answers for himself.
 * This file has the plain structs and what they tell; call_set changes them.
 *
 *     call:  RINGING -> ACCEPTED (first leg that answers) -> ENDED
 *                  '--> DECLINED, BUSY, TIMEOUT, FAILED (no leg answered), CANCELLED
 *     leg:   RINGING -> ACCEPTED (left: he is no longer in it)
 *                  '--> DECLINED, BUSY, TIMEOUT, FAILED, CANCELLED
 *     ring:  RINGING -> ACCEPTED, ELSEWHERE, DECLINED, BUSY, TIMEOUT, FAILED, CANCELLED
 *
 * Threads: one; plain values.
 */
#ifndef MCU_ROOM_CALL_H
#define MCU_ROOM_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "mcu/base/id.h"
#include "mcu/room/call_people.h"
#include "mcu/room/name_map.h"
#include "mcu/room/presence.h"

enum {
    CALL_ADDRESS_SIZE = 255 + 1, /**< Room for a SIP address and its NUL [bytes] */
    CALL_NAME_SIZE = 64 * 4 + 1, /**< Room for a display name and its NUL [bytes] */
    CALL_ROOM_SIZE = 64 + 1,     /**< Room for a room name and its NUL [bytes] */
    CALL_REASON_CHARS = 200,     /**< Longest reason of a decline [characters] */
    CALL_REASON_SIZE = CALL_REASON_CHARS * 4 + 1,
    CALL_LEGS_MAX = 16,
    CALL_RINGS_MAX = PRESENCE_DEVICES_MAX,
    CALL_CALLER = -1, /**< In place of a leg's number */
};

enum call_kind { CALL_AUDIO, CALL_VIDEO };

enum call_state {
    CALL_RINGING,
    CALL_ACCEPTED,
    CALL_DECLINED,
    CALL_BUSY,
    CALL_CANCELLED,
    CALL_TIMEOUT,
    CALL_FAILED,
    CALL_ENDED,
};

/** Of a leg, and of each ring; a leg is never ELSEWHERE. */
enum call_leg_state {
    CALL_LEG_RINGING,
    CALL_LEG_ACCEPTED,
    CALL_LEG_ELSEWHERE, /**< Another device of his answered or declined */
    CALL_LEG_DECLINED,
    CALL_LEG_CANCELLED,
    CALL_LEG_TIMEOUT,
    CALL_LEG_BUSY,
    CALL_LEG_FAILED,
};

/** Who; of a person the identity, of a SIP address the address, "sip:...". */
struct call_party {
    char identity[PRESENCE_IDENTITY_SIZE]; /**< "" = none */
    char address[CALL_ADDRESS_SIZE];       /**< "" = none */
    char name[CALL_NAME_SIZE];             /**< Clean display name, "" = not known */
};

/** A device that rings, or failed to; others are not kept. */
struct call_ring {
    uint64_t device; /**< 0: the leg's SIP address itself */
    enum presence_kind kind;
    bool failed; /**< Does not ring again in this leg */
};

struct call_leg {
    unsigned index;
    struct call_party who;
    enum call_leg_state state;
    const char *cause;             /**< Stable code, as "offline"; "" while it rings */
    char reason[CALL_REASON_SIZE]; /**< What he wrote when he declined */
    int sip_code;                  /**< Final answer of a phone, 0 = none */
    bool alerting;                 /**< A device is known to ring: the caller may hear it */
    bool waiting;                  /**< He was busy when it began to ring */
    bool missed;                   /**< For his list of missed calls */
    bool left;                     /**< Was in it and is no longer */
    uint64_t device;               /**< That answered; 0: his SIP address */
    enum presence_kind device_kind;
    uint64_t answered_us, ended_us; /**< 0 = not; monotonic clock */
    uint64_t lost_us; /**< Since when the device that answered is away; 0 = it is not */
    struct call_ring ring[CALL_RINGS_MAX];
    unsigned nrings;
    struct call_seat seat; /* for call_set.c only */
};

struct call {
    char id[ID_SIZE];
    char room[CALL_ROOM_SIZE];
    enum call_kind kind;
    bool added;    /**< To a room that was there: "add people" */
    bool own_room; /**< The room was made for this call, or for one that this one adds people to */
    enum call_state state;
    const char *cause; /**< Stable code; "" while it rings or is talked in */
    struct call_party caller;
    uint64_t device; /**< The caller's; 0 = none of ours */
    enum presence_kind device_kind;
    bool caller_left;
    uint64_t started_us, answered_us, ended_us, expires_us; /**< Monotonic clock; 0 = not */
    uint64_t lost_us; /**< Since when the caller's device is away; 0 = it is not */
    unsigned nlegs;
    struct call_leg *leg;
    struct {
        struct name_map_node by_id, by_room;
        struct call_seat seat;
        uint64_t due_us;
        uint32_t heap_pos;
    } set; /* for call_set.c and call_heap.c only */
};

const char *call_state_name(enum call_state state);         /**< As "ringing" */
const char *call_leg_state_name(enum call_leg_state state); /**< As "elsewhere" */
const char *call_kind_name(enum call_kind kind);            /**< "audio", "video" */

/** "sip:", "sips:" or "tel:" and something printable behind it, without blanks and angle brackets.
 */
bool call_address_ok(const char *address);
/** As [a-z0-9][a-z0-9._-]{0,63}. */
bool call_room_ok(const char *room);

/** A leg's party, or the caller for CALL_CALLER. */
const struct call_party *call_who(const struct call *call, int leg);
/** The device that a leg answered with, or that the caller calls from. */
uint64_t call_device(const struct call *call, int leg);
/** What somebody is known by here: his identity, or his address if he has none. */
const char *call_party_key(const struct call_party *party);

/** Leg of an identity, or NULL. */
struct call_leg *call_find(const struct call *call, const char *identity);
/** Ring of a device that rings or failed, or NULL. */
struct call_ring *call_leg_ring(struct call_leg *leg, uint64_t device);
/** Devices of a leg that ring. */
unsigned call_leg_nringing(const struct call_leg *leg);
/** Legs that ring. */
unsigned call_nringing(const struct call *call);
/** Who answered or called and is still in it. */
unsigned call_nlive(const struct call *call);

/**
 * What a call becomes when no leg rings and none has answered: what happened to the legs, the
 * first of TIMEOUT, DECLINED, BUSY, FAILED, CANCELLED that happened to one.
 * @param ret_cause  Gets that leg's cause
 */
enum call_state call_outcome(const struct call *call, const char **ret_cause);

/** What the final answer of a SIP phone says (RFC 3261, section 21).
 *  @param ret_cause  Gets a stable code: "busy", "declined", "timeout", "offline", "not_found",
 *                    "forbidden", "failed" */
enum call_leg_state call_sip_outcome(int code, const char **ret_cause);

#endif
