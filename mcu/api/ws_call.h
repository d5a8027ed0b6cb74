/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/ws_call.h  Calls and presence over medley.v1
 *
 *     call.start {to, kind} --> ok {call, state, expires_at, legs}
 *     callee <-- call {call, state: incoming, from, expires_at}
 *     caller <-- call {call, state: ringing, leg}
 *     both   <-- call {call, state: accepted, room}: both join that
 *     devices that ring no more <-- elsewhere, declined, cancelled, timeout, busy
 *
 * "ok" of what changes a call comes when its record is on the disk (call_kept.h); events do not
 * wait, so some of them may come before it.
 *
 * Threads: control only.
 */
#ifndef MCU_API_WS_CALL_H
#define MCU_API_WS_CALL_H

#include <stdbool.h>

struct ws_message;
struct ws_session;

/** Take part in calls; once, after call_gateway_init(). */
void ws_call_init(void);

/** A session has an account: it may be called. */
void ws_call_sign_in(struct ws_session *s);
/** Its socket is lost, or back; it is over. */
void ws_call_lost(struct ws_session *s);
void ws_call_back(struct ws_session *s);
void ws_call_sign_out(struct ws_session *s);
/** Tell a session what rings, and what it is in: after it came (back). */
void ws_call_say_all(struct ws_session *s);

/** Is the room that it wants into that of a call it is in? */
bool ws_call_is_invited(const struct ws_session *s);

void ws_call_start(struct ws_session *s, const struct ws_message *msg);
void ws_call_answer(struct ws_session *s, const struct ws_message *msg);
void ws_call_decline(struct ws_session *s, const struct ws_message *msg);
void ws_call_cancel(struct ws_session *s, const struct ws_message *msg);
void ws_call_hangup(struct ws_session *s, const struct ws_message *msg);
/** A host calls somebody into the room. */
void ws_call_dial(struct ws_session *s, const struct ws_message *msg);
void ws_call_watch(struct ws_session *s, const struct ws_message *msg);
void ws_call_status(struct ws_session *s, const struct ws_message *msg);

#endif
