/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_lobby.h  /api/v1/rooms/{r}/lobby: who waits outside, and who may come in
 *
 * Threads: control only.
 */
#ifndef MCU_API_REST_LOBBY_H
#define MCU_API_REST_LOBBY_H

struct rest_call;

void rest_lobby_list(const struct rest_call *call);
void rest_lobby_admit(const struct rest_call *call);
void rest_lobby_deny(const struct rest_call *call);

#endif
