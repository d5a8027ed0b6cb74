/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_turn.h  /api/v1/turn: servers that help a client's media through
 *
 * Threads: control only.
 */
#ifndef MCU_API_REST_TURN_H
#define MCU_API_REST_TURN_H

struct rest_call;

void rest_turn_get(const struct rest_call *call);

#endif
