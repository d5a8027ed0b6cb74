/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_call.c  A request to the REST API, and what all its handlers ask of one
 */
#include "mcu/api/rest_call.h"

#include <errno.h>
#include <string.h>

#include "mcu/api/api_text.h"
#include "mcu/api/rest_query.h"
#include "mcu/room/participant.h"
#include "mcu/room/room.h"
#include "mcu/room/room_set.h"
#include "net/web_server.h"

struct room *rest_call_room(const struct rest_call *call)
{
    char name[API_TEXT_ROOM_SIZE];
    struct room *room;

    if (api_text_clean_room(name, call->param[0], strlen(call->param[0]))) {
        rest_reply_problem(&call->ticket, REST_PROBLEM_BAD_REQUEST,
                           "a room's name is 1 to 64 of a-z 0-9 . _ -, first a letter or digit");
        return NULL;
    }
    room = room_set_find_name(name);
    if (!room)
        rest_reply_problem(&call->ticket, REST_PROBLEM_ROOM, name);
    return room;
}

struct participant *rest_call_participant(const struct rest_call *call)
{
    struct room *room = rest_call_room(call);
    struct participant *p = room ? room_find_id(room, call->param[1]) : NULL;

    if (room && !p)
        rest_reply_problem(&call->ticket, REST_PROBLEM_PARTICIPANT, call->param[1]);
    return p;
}

bool rest_call_body(const struct rest_call *call, enum rest_body_kind kind, struct rest_body *ret)
{
    char why[REST_BODY_WHY_SIZE];
    int err =
        rest_body_parse(ret, kind, call->request->body, call->request->body_len, why, sizeof(why));

    switch (err) {
    case 0:
        return true;
    case -EMSGSIZE:
        rest_reply_problem(&call->ticket, REST_PROBLEM_TOO_LARGE, why);
        return false;
    case -ENOMEM:
        rest_reply_problem(&call->ticket, REST_PROBLEM_BUSY, NULL);
        return false;
    default:
        rest_reply_problem(&call->ticket, REST_PROBLEM_BAD_REQUEST, why);
        return false;
    }
}

bool rest_call_query(const struct rest_call *call, const char *const *names)
{
    if (rest_query_only(call->request->query, names) == 0)
        return true;
    rest_reply_problem(&call->ticket, REST_PROBLEM_BAD_REQUEST,
                       "the query has a parameter that is not known");
    return false;
}
