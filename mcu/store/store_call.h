/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_call.h  Calls and their legs: who rang whom, and what came of it
 *
 * A call has a caller and a leg for each callee.  A leg is missed if it ended without an answer and
 * was neither declined nor answered elsewhere, whatever the caller did.  What a crash left open is
 * closed by store_open(): cause "server_lost", state or result "failed" unless it was answered.
 *
 * Each function submits a request, see store.h: 0 is answered by the handler, -EINVAL, -ENOSPC and
 * -ENOMEM are told at once.  What a function says after "answer" is what the handler gets.
 *
 * Threads: any.
 */
#ifndef MCU_STORE_STORE_CALL_H
#define MCU_STORE_STORE_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "mcu/store/store.h"

enum { STORE_CALL_LEGS_MAX = 64 /**< Most legs of a call */ };

struct store_call_leg {
    const char *call;  /**< Id of the call; with to_id and kind the key */
    const char *to_id; /**< Identity or address */
    const char *to_name;
    const char *kind;   /**< "web" or "sip" */
    const char *result; /**< "" while it rings, "accepted", "declined", "busy", "timeout",
                           "elsewhere" ... */
    uint64_t rang_us;
    uint64_t answered_us;
    uint64_t ended_us;
    const char *cause;
    bool seen; /**< The callee has seen it in his list; kept by a put */
};

struct store_call {
    const char *id;
    const char *from_id; /**< Identity or address */
    const char *from_name;
    const char *kind;  /**< "audio" or "video" */
    const char *state; /**< "" while it rings, "accepted", "declined", "busy", "cancelled",
                          "timeout", "failed" ... */
    const char *room;
    uint64_t started_us; /**< Kept by a put */
    uint64_t answered_us;
    uint64_t ended_us;
    const char *cause;
    const struct store_call_leg *legs; /**< Not used by put */
    uint32_t legs_n;
};

struct store_call_query {
    const char *identity;  /**< Caller or callee                                    */
    bool missed;           /**< Only those that he missed                           */
    uint64_t before_us;    /**< Start of the last one that is known; 0 at first     */
    const char *before_id; /**< Its id; "" or NULL at first                         */
    uint32_t limit;        /**< 1 to STORE_LIST_MAX                                 */
};

/** Make or change a call; its legs are not touched.  Answer: 0. */
int store_call_put(struct store *store, const struct store_call *call, struct store_reply reply);

/** Make or change a leg.  Answer: 0, -ENOENT (call), -EDQUOT (too many legs). */
int store_call_put_leg(struct store *store, const struct store_call_leg *leg,
                       struct store_reply reply);

/** Answer: struct store_call with its legs, or -ENOENT. */
int store_call_get(struct store *store, const char *id, struct store_reply reply);

/** Calls of somebody, newest first.  Answer: struct store_list of struct store_call with legs. */
int store_call_list(struct store *store, const struct store_call_query *query,
                    struct store_reply reply);

/** Mark calls to @p identity that started at @p until_us or before.  Answer: struct store_count. */
int store_call_mark_seen(struct store *store, const char *identity, uint64_t until_us,
                         struct store_reply reply);

#endif
