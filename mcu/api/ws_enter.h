/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/ws_enter.h  Coming and going of a session: hello, join, leave, resume
 *
 *     hello --> token? --> resume: go on       room: looked up (entry.h) --> knock --> welcome
 *                 |                                                           '--> waiting
 *                 '------> no room: signed in, may be called
 *
 * Threads: control only.
 */
#ifndef MCU_API_WS_ENTER_H
#define MCU_API_WS_ENTER_H

struct ws_message;
struct ws_session;

void ws_enter_hello(struct ws_session *s, const struct ws_message *msg);
void ws_enter_join(struct ws_session *s, const struct ws_message *msg);
void ws_enter_leave(struct ws_session *s, const struct ws_message *msg);

/** He came into his room: other tabs of the same user leave it. */
void ws_enter_replace_others(const struct ws_session *s);

#endif
