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
/** A message to everybody in it. */
void rest_room_say(const struct rest_call *call);
/** For whoever wants in: title, whether there is a PIN, a lobby, a lock. */
void rest_room_join_info(const struct rest_call *call);
/** Other rules: title, PINs, who gets in, what guests may. */
void rest_room_change(const struct rest_call *call);
void rest_room_remove(const struct rest_call *call);
/** Recordings: not in this build. */
void rest_room_record(const struct rest_call *call);

#endif
