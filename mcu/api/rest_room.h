/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_room.h  /api/v1/rooms
 *
 * Threads: control only.
 */
#ifndef MCU_API_REST_ROOM_H
#define MCU_API_REST_ROOM_H

struct rest_call;

void rest_room_list(const struct rest_call *call);
void rest_room_get(const struct rest_call *call);
/** Send everybody away. */
void rest_room_remove(const struct rest_call *call);
/** Recordings: not in this build. */
void rest_room_record(const struct rest_call *call);

#endif
