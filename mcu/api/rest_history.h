/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_history.h  /api/v1/history and messages: what took place in rooms
 *
 * Sessions of a room are for who runs it, and for people those they were in; members of a session
 * for operators and who was in it.
 *
 * Threads: control only.
 */
#ifndef MCU_API_REST_HISTORY_H
#define MCU_API_REST_HISTORY_H

struct rest_call;

/** ?room= or ?user=me */
void rest_history_sessions(const struct rest_call *call);
void rest_history_members(const struct rest_call *call);
/** Chat of a room, newest first; for hosts without private messages, but those
 *  that they wrote themselves if they are signed in to an account. */
void rest_history_messages(const struct rest_call *call);

#endif
