/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_history.h  What took place: sessions of rooms and who was in them
 *
 * A session is a room from its first participant to its last; a member is one stay of somebody in
 * it. What a crash left open is closed by store_open() with the reason "server_lost", at the last
 * time of store_history_mark_alive() or, if later, at what else is known of it, at least its own
 * start.
 *
 * Each function submits a request, see store.h: 0 is answered by the handler, -EINVAL, -ENOSPC and
 * -ENOMEM are told at once.  What a function says after "answer" is what the handler gets.
 *
 * Threads: any.
 */
#ifndef MCU_STORE_STORE_HISTORY_H
#define MCU_STORE_STORE_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "mcu/store/store.h"

struct store_session {
    const char *id;
    const char *room;
    uint64_t started_us;
    uint64_t ended_us;  /**< 0: goes on */
    uint32_t peak;      /**< Most people at once */
    const char *reason; /**< Why it ended */
};

struct store_member {
    const char *id;
    const char *session;     /**< Id of the session */
    const char *participant; /**< Id that he had in the room */
    const char *identity;    /**< User id or address, "" for a guest */
    const char *display;
    const char *kind; /**< As "web", "sip" */
    const char *role;
    uint64_t joined_us;
    uint64_t left_us; /**< 0: is there */
    const char *reason;
    uint32_t loss_in_ppm; /**< Packets lost on the way to us [per million] */
    uint32_t loss_out_ppm;
    uint32_t jitter_us;
    uint32_t rtt_us;
};

struct store_session_query {
    const char *room;      /**< Only this room; "" or NULL for all                  */
    const char *identity;  /**< Only those with him; not with room                  */
    uint64_t since_us;     /**< None that began before; 0: all                      */
    uint64_t before_us;    /**< Start of the last one that is known; 0 at first     */
    const char *before_id; /**< Its id; "" or NULL at first                         */
    uint32_t limit;        /**< 1 to STORE_LIST_MAX                                 */
};

/** A session starts; end, peak and reason are left out.  Answer: 0, -EEXIST. */
int store_history_begin_session(struct store *store, const struct store_session *session,
                                struct store_reply reply);

/**
 * A session ends: id, ended_us (not 0), peak and reason are used.  Members that are still there
 * leave at the same time.  Answer: 0, -ENOENT, -EALREADY (has ended).
 */
int store_history_end_session(struct store *store, const struct store_session *session,
                              struct store_reply reply);

/** Somebody comes; end, reason and figures are left out.  Answer: 0, -EEXIST, -ENOENT (session). */
int store_history_begin_member(struct store *store, const struct store_member *member,
                               struct store_reply reply);

/**
 * Somebody goes: id, left_us (not 0), role, reason and figures are used.
 * Answer: 0, -ENOENT, -EALREADY (is gone).
 */
int store_history_end_member(struct store *store, const struct store_member *member,
                             struct store_reply reply);

/** Sessions, newest first.  Answer: struct store_list of struct store_session. */
int store_history_list_sessions(struct store *store, const struct store_session_query *query,
                                struct store_reply reply);

/**
 * Members of a session, by id.
 * @param after  Id of the last one that is known; "" or NULL from the start
 * Answer: struct store_list of struct store_member.
 */
int store_history_list_members(struct store *store, const char *session, const char *after,
                               uint32_t limit, struct store_reply reply);

/** The server lives; once a minute or so.  Answer: 0. */
int store_history_mark_alive(struct store *store, uint64_t now_us, struct store_reply reply);

#endif
