/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/ws_member.h  What somebody in a room does himself: media, hand, chat, screen
 *
 * Threads: control only.
 */
#ifndef MCU_API_WS_MEMBER_H
#define MCU_API_WS_MEMBER_H

struct ws_message;
struct ws_session;

void ws_member_offer(struct ws_session *s, const struct ws_message *msg);
void ws_member_mute(struct ws_session *s, const struct ws_message *msg);
void ws_member_hand(struct ws_session *s, const struct ws_message *msg);
void ws_member_reaction(struct ws_session *s, const struct ws_message *msg);
void ws_member_chat(struct ws_session *s, const struct ws_message *msg);
void ws_member_share(struct ws_session *s, const struct ws_message *msg);
void ws_member_subscribe(struct ws_session *s, const struct ws_message *msg);

#endif
