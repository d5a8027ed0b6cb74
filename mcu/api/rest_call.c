/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_call.c  A request to the REST API, and what all its handlers ask of one
 */
#include "mcu/api/rest_call.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mcu/api/api_field.h"
#include "mcu/api/api_text.h"
#include "mcu/api/rest_json.h"
#include "mcu/api/rest_query.h"
#include "mcu/api/rest_who.h"
#include "mcu/room/participant.h"
#include "mcu/room/room.h"
#include "mcu/room/room_set.h"
#include "net/web_server.h"

const char *rest_call_by(const struct rest_call *call)
{
    const struct rest_caller *caller = call->caller;

    if (rest_who_is_operator(caller) || !caller->signed_)
        return "an operator";
    return caller->grants.identity[0] ? caller->grants.identity : caller->grants.jti;
}

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
        rest_reply_invalid(&call->ticket, REST_PROBLEM_BAD_REQUEST, why);
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

bool rest_call_text(const struct rest_call *call, const char *name, char *ret_text, size_t size)
{
    char why[64];
    int err = rest_query_text(call->request->query, name, ret_text, size);

    if (err == 0 || err == -ENOENT)
        return true;
    (void)snprintf(why, sizeof(why), "%s: once, and not so long", name);
    rest_reply_problem(&call->ticket, REST_PROBLEM_BAD_REQUEST, why);
    return false;
}

bool rest_call_time(const struct rest_call *call, const char *name, uint64_t *ret)
{
    char text[64], why[96];

    *ret = 0;
    if (!rest_call_text(call, name, text, sizeof(text)))
        return false;
    if (!text[0])
        return true;
    *ret = api_field_time(text);
    if (*ret)
        return true;
    (void)snprintf(why, sizeof(why), "%s: must be a time as 2026-11-28T10:00:00Z", name);
    rest_reply_problem(&call->ticket, REST_PROBLEM_BAD_REQUEST, why);
    return false;
}

bool rest_call_page(const struct rest_call *call, const char *list, struct rest_page *ret)
{
    char text[REST_CURSOR_SIZE];
    int err;

    *ret = (struct rest_page){.limit = REST_CALL_PAGE};
    if (rest_query_number(call->request->query, "limit", 1, REST_CALL_PAGE_MAX, &ret->limit)) {
        rest_reply_problem(&call->ticket, REST_PROBLEM_BAD_REQUEST, "limit: must be 1 to 200");
        return false;
    }
    err = rest_query_text(call->request->query, "cursor", text, sizeof(text));
    if (err == 0)
        err = rest_cursor_read(&ret->after, list, text, strlen(text));
    if (err == 0 || err == -ENOENT)
        return true;
    rest_reply_problem(&call->ticket, REST_PROBLEM_BAD_CURSOR, NULL);
    return false;
}

bool rest_call_fields(const struct rest_call *call, const struct api_field *fields, void *ret,
                      struct json_t **ret_root)
{
    char why[REST_BODY_WHY_SIZE] = "";
    int err;

    *ret_root = NULL;
    if (call->request->body_len > REST_BODY_MAX) {
        rest_reply_problem(&call->ticket, REST_PROBLEM_TOO_LARGE, NULL);
        return false;
    }
    err = api_field_parse(ret_root, call->request->body, call->request->body_len,
                          REST_BODY_DEPTH_MAX, why, sizeof(why));
    if (!err)
        err = api_field_read(ret, fields, *ret_root, true, "", why, sizeof(why));
    if (!err)
        return true;
    *ret_root = api_field_free(*ret_root);
    if (err == -ENOMEM)
        rest_reply_problem(&call->ticket, REST_PROBLEM_BUSY, NULL);
    else
        rest_reply_invalid(&call->ticket, REST_PROBLEM_BAD_REQUEST, why);
    return false;
}

void rest_call_write_next(struct rest_json *j, bool more, const char *list, uint64_t n,
                          const char *key)
{
    char text[REST_CURSOR_SIZE];

    if (!more) {
        rest_json_null(j, "next");
        return;
    }
    rest_cursor_write(text, list, n, key);
    rest_json_string(j, "next", text);
}

void rest_call_open_page(struct rest_json *j)
{
    rest_json_init(j);
    rest_json_open(j, NULL, '{');
    rest_json_open(j, "items", '[');
}

void rest_call_close_page(struct rest_json *j, bool more, const char *list, uint64_t n,
                          const char *key)
{
    rest_json_close(j);
    rest_call_write_next(j, more, list, n, key);
    rest_json_close(j);
}
