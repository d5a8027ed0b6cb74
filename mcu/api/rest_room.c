/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_room.c  /api/v1/rooms
 */
#include "mcu/api/rest_room.h"

#include "mcu/api/rest_call.h"
#include "mcu/api/rest_json.h"
#include "mcu/api/rest_layout.h"
#include "mcu/api/rest_participant.h"
#include "mcu/base/log.h"
#include "mcu/room/room.h"
#include "mcu/room/room_set.h"

LOG_DOMAIN("rest");

/** The fields of a room, into an object that is open. */
static void write_room(struct rest_json *j, const struct room *room)
{
    rest_json_string(j, "name", room_name(room));
    rest_json_int(j, "participants", room_count(room));
    rest_json_time(j, "created_at", room_created_us(room));
    rest_layout_write(j, "layout", room);
}

static void add(struct room *room, void *arg)
{
    struct rest_json *j = arg;

    rest_json_open(j, NULL, '{');
    write_room(j, room);
    rest_json_close(j);
}

void rest_room_list(const struct rest_call *call)
{
    struct rest_json j;

    rest_json_init(&j);
    rest_json_open(&j, NULL, '{');
    rest_json_open(&j, "rooms", '[');
    room_set_each(add, &j);
    rest_json_close(&j);
    rest_json_close(&j);
    rest_reply_json(&call->ticket, 200, &j);
}

void rest_room_get(const struct rest_call *call)
{
    const struct room *room = rest_call_room(call);
    struct rest_json j;

    if (!room)
        return;
    rest_json_init(&j);
    rest_json_open(&j, NULL, '{');
    write_room(&j, room);
    rest_participant_write_all(&j, "participants_list", room);
    rest_json_close(&j);
    rest_reply_json(&call->ticket, 200, &j);
}

void rest_room_remove(const struct rest_call *call)
{
    struct room *room = rest_call_room(call);

    if (!room)
        return;
    log_info(&(struct log_ids){.room = room_name(room)}, "by an operator: everybody removed");
    room_clear(room, "removed");
    rest_reply_empty(&call->ticket);
}

void rest_room_record(const struct rest_call *call)
{
    if (rest_call_room(call))
        rest_reply_problem(&call->ticket, REST_PROBLEM_NOT_IMPLEMENTED,
                           "this build has no recorder");
}
