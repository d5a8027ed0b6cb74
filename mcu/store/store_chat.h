/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_chat.h  Chat of rooms
 *
 * Old messages go by store_purge_run().
 *
 * Each function submits a request, see store.h: 0 is answered by the handler, -EINVAL, -ENOSPC and
 * -ENOMEM are told at once.  What a function says after "answer" is what the handler gets.
 *
 * Threads: any.
 */
#ifndef MCU_STORE_STORE_CHAT_H
#define MCU_STORE_STORE_CHAT_H

#include <stdbool.h>
#include <stdint.h>

#include "mcu/store/store.h"

enum { STORE_CHAT_TEXT_MAX = 8000 /**< Longest message [bytes] */ };

struct store_chat {
    const char *id;
    const char *room;
    const char *session; /**< Id of the session of the room */
    const char *from_id; /**< Identity, or "" */
    const char *from_participant;
    const char *from_name;
    const char *to_participant; /**< "" for all */
    const char *text;
    uint64_t sent_us;
};

struct store_chat_query {
    const char *room;
    const char *session;   /**< Only this session; "" or NULL for all of the room */
    const char *reader;    /**< Id of who reads, as a participant or, for what he wrote,
                              his identity: private messages of others are left out.
                              "" or NULL: nothing is left out, for operators only */
    uint64_t since_us;     /**< Nothing that was sent before; 0: all */
    bool forward;          /**< From old to new; else newest first */
    uint64_t cursor_us;    /**< Time of the last one that is known; 0 at first */
    const char *cursor_id; /**< Its id; "" or NULL at first */
    uint32_t limit;        /**< 1 to STORE_LIST_MAX */
};

/**
 * Add a message; the same one again is no error and adds nothing.
 * Answer: struct store_count (1, or 0 if it was there), -EEXIST (id of another message).
 */
int store_chat_add(struct store *store, const struct store_chat *message, struct store_reply reply);

/** Messages of a room.  Answer: struct store_list of struct store_chat. */
int store_chat_list(struct store *store, const struct store_chat_query *query,
                    struct store_reply reply);

#endif
