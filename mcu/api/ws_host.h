/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/ws_host.h  What hosts do: people, lobby, rules and layout of the room
 *
 * Who may was checked before (ws_gateway.c).
 *
 * Threads: control only.
 */
#ifndef MCU_API_WS_HOST_H
#define MCU_API_WS_HOST_H

struct ws_message;
struct ws_session;

void ws_host_set_person(struct ws_session *s, const struct ws_message *msg);
void ws_host_remove_person(struct ws_session *s, const struct ws_message *msg);
void ws_host_move_person(struct ws_session *s, const struct ws_message *msg);
void ws_host_ask_person(struct ws_session *s, const struct ws_message *msg);
void ws_host_admit(struct ws_session *s, const struct ws_message *msg);
void ws_host_deny(struct ws_session *s, const struct ws_message *msg);
void ws_host_mute_all(struct ws_session *s, const struct ws_message *msg);
void ws_host_set_room(struct ws_session *s, const struct ws_message *msg);
void ws_host_set_layout(struct ws_session *s, const struct ws_message *msg);

#endif
