/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_lobby.c  /api/v1/rooms/{r}/lobby: who waits outside, and who may come in
 */
#include "mcu/api/rest_lobby.h"

#include "mcu/api/rest_call.h"
#include "mcu/api/rest_json.h"
#include "mcu/base/log.h"
#include "mcu/room/door.h"
#include "mcu/room/participant.h"
#include "mcu/room/room.h"

LOG_DOMAIN("rest");

void rest_lobby_list(const struct rest_call *call)
{
    const struct room *room = rest_call_room(call);
    struct rest_json j;

    if (!room)
        return;
    rest_json_init(&j);
    rest_json_open(&j, NULL, '{');
    rest_json_open(&j, "items", '[');
    for (const struct participant *p = room_first_waiting(room); p; p = participant_next(p)) {
        rest_json_open(&j, NULL, '{');
        rest_json_string(&j, "id", participant_id(p));
        rest_json_string(&j, "name", participant_name(p));
        rest_json_string(&j, "kind", participant_kind_name(p));
        rest_json_string(&j, "identity", participant_identity(p));
        rest_json_time(&j, "waits_since", participant_joined_us(p));
        rest_json_close(&j);
    }
    rest_json_close(&j);
    rest_json_close(&j);
    rest_reply_json(&call->ticket, 200, &j);
}

static struct participant *who(const struct rest_call *call)
{
    const struct room *room = rest_call_room(call);
    struct participant *p = room ? room_find_waiting(room, call->param[1]) : NULL;

    if (room && !p)
        rest_reply_problem(&call->ticket, REST_PROBLEM_PARTICIPANT, call->param[1]);
    return p;
}

static void decide(const struct rest_call *call, bool (*h)(struct participant *p), const char *what)
{
    struct participant *p = who(call);
    struct log_ids ids;

    if (!p)
        return;
    ids = (struct log_ids){.room = room_name(participant_room(p)), .part = participant_id(p)};
    log_info(&ids, "by %s: %s", rest_call_by(call), what);
    if (h(p))
        rest_reply_empty(&call->ticket);
    else
        rest_reply_problem(&call->ticket, REST_PROBLEM_CONFLICT, "room_full");
}

void rest_lobby_admit(const struct rest_call *call)
{
    decide(call, door_admit, "let in");
}

void rest_lobby_deny(const struct rest_call *call)
{
    decide(call, door_deny, "not let in");
}
