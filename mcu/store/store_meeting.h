/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_meeting.h  Meetings: a room with a schedule, a policy and people
 *
 * Versions work as those of users.  Recurrence is text that nothing here looks at: a list by time
 * takes every recurring meeting that has begun for one that may take place.
 *
 * Each function submits a request, see store.h: 0 is answered by the handler, -EINVAL, -ENOSPC and
 * -ENOMEM are told at once.  What a function says after "answer" is what the handler gets.
 *
 * Threads: any.
 */
#ifndef MCU_STORE_STORE_MEETING_H
#define MCU_STORE_STORE_MEETING_H

#include <stdbool.h>
#include <stdint.h>

#include "mcu/store/store.h"

enum {
    STORE_MEETING_PEOPLE_MAX = 1000,  /**< Most participants of a meeting      */
    STORE_MEETING_PIN_MAX = 32,       /**< Longest PIN [bytes]                 */
    STORE_MEETING_RULE_MAX = 1024,    /**< Longest recurrence [bytes]          */
    STORE_MEETING_POLICY_MAX = 16384, /**< Longest policy [bytes]             */
};

struct store_meeting_person {
    const char *who; /**< User id or address; each once in a meeting */
    const char *role;
};

struct store_meeting {
    const char *id;
    const char *room; /**< Name of the room, of one meeting only */
    const char *title;
    const char *owner;      /**< User id, or "" */
    uint64_t starts_us;     /**< 0: any time */
    uint64_t ends_us;       /**< 0: open */
    const char *time_zone;  /**< IANA name */
    const char *recurrence; /**< "" for once */
    const char *pin;
    const char *host_pin;
    const char *policy;  /**< JSON text, not looked at */
    uint64_t created_us; /**< Since when it has this room */
    uint64_t changed_us;
    uint64_t version; /**< In put: 0 for a new one, else what is replaced */
    const struct store_meeting_person *people; /**< In order; not in lists */
    uint32_t people_n;
};

struct store_meeting_query {
    const char *owner;    /**< Only those of this user; "" or NULL for all       */
    const char *person;   /**< Only those with this participant; not with owner  */
    uint64_t from_us;     /**< Only those that end after it                      */
    uint64_t to_us;       /**< Only those that start before it; 0 for all        */
    uint64_t after_us;    /**< Start of the last one that is known; 0 at first   */
    const char *after_id; /**< Its id; "" or NULL at first                       */
    uint32_t limit;       /**< 1 to STORE_LIST_MAX                               */
};

/**
 * Make or change a meeting with its people.  Answer: the meeting as stored (struct store_meeting),
 * -EEXIST (room or id taken), -ENOENT, -EAGAIN (other version), -EINVAL (somebody is named twice).
 */
int store_meeting_put(struct store *store, const struct store_meeting *meeting,
                      struct store_reply reply);

/** Answer: struct store_meeting with its people, or -ENOENT. */
int store_meeting_get(struct store *store, const char *id, struct store_reply reply);

/** Answer: struct store_meeting with its people, or -ENOENT. */
int store_meeting_get_by_room(struct store *store, const char *room, struct store_reply reply);

/** Meetings by start.  Answer: struct store_list of struct store_meeting, without people. */
int store_meeting_list(struct store *store, const struct store_meeting_query *query,
                       struct store_reply reply);

/** Answer: 0 or -ENOENT. */
int store_meeting_remove(struct store *store, const char *id, struct store_reply reply);

#endif
