/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/call_people.h  Who takes part in which calls, and how often he calls
 *
 * A seat joins a person and a call: the caller has one from the start to the end of the call or
 * until he leaves, a callee while he rings and while he is in it.  A person without a seat is
 * forgotten once his call rate has recovered; of those at most CALL_PEOPLE_IDLE_MAX are kept.
 *
 * Threads:   one; no locks inside.
 * Ownership: seats are embedded in calls and legs.
 */
#ifndef MCU_ROOM_CALL_PEOPLE_H
#define MCU_ROOM_CALL_PEOPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "mcu/room/name_map.h"

struct call;
struct call_person;

enum { CALL_PEOPLE_IDLE_MAX = 65536 };

struct call_seat {
    struct call *call;
    int leg;   /**< Number of the leg, or CALL_CALLER */
    bool busy; /**< Counted by presence_enter() */
    struct call_person *person;
    struct call_seat *next, **link; /**< Of the same person */
};

/** To embed; fields are for call_people.c only. */
struct call_people {
    struct name_map map;
    struct call_person *idle, **idle_end; /* longest idle first */
    uint32_t nidle;
};

/** What somebody's seats amount to. */
struct call_people_sum {
    unsigned ringing_out; /**< Calls of his that nobody answered yet */
    unsigned ringing_in;  /**< Legs that ring at his */
    unsigned active;      /**< Calls that he is in */
};

/** Set up for about so many people with calls.  @return 0, -ENOMEM */
int call_people_init(struct call_people *people, uint32_t expected);
/** Nobody may have a seat.  A zeroed one is allowed. */
void call_people_finish(struct call_people *people);

/** Seat somebody.  @param name identity, or SIP address; copied  @return 0, -ENOMEM */
int call_people_sit(struct call_people *people, struct call_seat *seat, const char *name,
                    struct call *call, int leg, uint64_t now_us);
/** Free a seat; one that is free already is allowed. */
void call_people_rise(struct call_people *people, struct call_seat *seat, uint64_t now_us);
/** His first seat, the latest one; NULL if he has none. */
struct call_seat *call_people_seats(const struct call_people *people, const char *name);
void call_people_sum(const struct call_people *people, const char *name,
                     struct call_people_sum *ret_sum);
/** How long until he may call [us], 0 = now; takes nothing.  @param per_minute at least 1 */
uint64_t call_people_wait(const struct call_people *people, const char *name, uint32_t per_minute,
                          uint64_t now_us);
/** He calls, as call_people_wait() allowed; he has a seat. */
void call_people_take(struct call_people *people, const char *name, uint32_t per_minute,
                      uint64_t now_us);

#endif
