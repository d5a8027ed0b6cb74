/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_participant.h  /api/v1/rooms/{r}/participants: who is there, and what becomes
 * of him
 *
 * Threads: control only.
 */
#ifndef MCU_API_REST_PARTICIPANT_H
#define MCU_API_REST_PARTICIPANT_H

struct rest_call;
struct rest_json;
struct room;

void rest_participant_list(const struct rest_call *call);
void rest_participant_get(const struct rest_call *call);
/** Mute him, raise his hand, seat him. */
void rest_participant_change(const struct rest_call *call);
/** Send him away. */
/** Take him to another room. */
void rest_participant_move(const struct rest_call *call);
void rest_participant_set_role(const struct rest_call *call);
/** "ban=1": he may not come back. */
void rest_participant_remove(const struct rest_call *call);
/** Mute everybody of a room, with exceptions. */
void rest_participant_mute_all(const struct rest_call *call);

/** Everybody in a room as a list. */
void rest_participant_write_all(struct rest_json *json, const char *key, const struct room *room);

#endif
