/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_dial.c  Calls that go on: people called into a room, calls declined or ended
 */
#include "mcu/api/rest_dial.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/api/api_field.h"
#include "mcu/api/api_text.h"
#include "mcu/api/call_ask.h"
#include "mcu/api/call_gateway.h"
#include "mcu/api/call_kept.h"
#include "mcu/api/rest_call.h"
#include "mcu/api/rest_json.h"
#include "mcu/base/clock.h"
#include "mcu/room/call_set.h"
#include "mcu/room/participant.h"
#include "mcu/room/room.h"
#include "mcu/room/room_set.h"
#include "net/web_server.h"

struct body {
    struct api_list to;
    struct api_choice kind;
    struct api_string reason;
};

static const char *const kinds[] = {"audio", "video", NULL};

static const struct api_field start_fields[] = {
    API_FIELD("to", LIST, struct body, to, .required = true, .min = 1, .max = CALL_LEGS_MAX),
    API_FIELD("kind", CHOICE, struct body, kind, .names = kinds),
    {.key = NULL},
};
static const struct api_field decline_fields[] = {
    API_FIELD("reason", TEXT, struct body, reason, .min = 0, .max = CALL_REASON_SIZE - 1),
    {.key = NULL},
};

/* ---- answers ---- */

/* What is answered when the records of the call are on the disk. */
struct kept_answer {
    struct rest_ticket ticket;
    bool empty;
    struct rest_json json;
};

static void answer_now(struct kept_answer *kept)
{
    if (kept->empty)
        rest_reply_empty(&kept->ticket);
    else
        rest_reply_json(&kept->ticket, 201, &kept->json);
}

static void on_kept(void *arg)
{
    answer_now(arg);
    free(arg);
}

static void answer_kept(const struct kept_answer *answer)
{
    struct kept_answer *kept = malloc(sizeof(*kept)), now = *answer;

    if (!kept) {
        answer_now(&now);
        return;
    }
    *kept = now;
    call_kept_wait(on_kept, kept);
}

/* ---- calls into a room ---- */

/* @return false: it was answered */
static bool fill(const struct rest_call *call, const struct body *body,
                 struct call_party to[CALL_LEGS_MAX])
{
    for (unsigned i = 0; i < body->to.n; ++i)
        call_ask_party(&to[i], api_field_item(&body->to, i));
    if (call_ask_may_dial(to, body->to.n))
        return true;
    rest_reply_problem(&call->ticket, REST_PROBLEM_FORBIDDEN,
                       "only users may be called here (sip.dial)");
    return false;
}

static void reply_started(const struct rest_call *call, const struct call_party *to,
                          const struct call_set_started *started)
{
    struct kept_answer answer = {.ticket = call->ticket};
    struct rest_json j;

    rest_json_init(&j);
    rest_json_open(&j, NULL, '{');
    rest_json_string(&j, "id", started->id);
    rest_json_string(&j, "room", started->room);
    rest_json_string(&j, "state", call_state_name(started->state));
    rest_json_string(&j, "cause", started->cause);
    rest_json_int(&j, "expires_at_ms", call_ask_wall_ms(started->expires_us));
    rest_json_open(&j, "legs", '[');
    for (unsigned i = 0; i < started->nlegs; ++i) {
        rest_json_open(&j, NULL, '{');
        rest_json_string(&j, "to", call_party_key(&to[i]));
        rest_json_string(&j, "state", call_leg_state_name(started->leg[i].state));
        rest_json_string(&j, "cause", started->leg[i].cause);
        rest_json_close(&j);
    }
    rest_json_close(&j);
    rest_json_close(&j);
    answer.json = j;
    answer_kept(&answer);
}

static void reply_refused(const struct rest_call *call, const struct call_set_started *started)
{
    if (started->retry_after_ms)
        rest_reply_wait(&call->ticket, started->retry_after_ms);
    else if (strcmp(started->code, "calls_full") == 0 || strcmp(started->code, "no_memory") == 0)
        rest_reply_problem(&call->ticket, REST_PROBLEM_BUSY, started->code);
    else
        rest_reply_problem(&call->ticket, REST_PROBLEM_BAD_REQUEST, started->code);
}

void rest_dial_start(const struct rest_call *call)
{
    struct room *room = rest_call_room(call);
    struct call_party to[CALL_LEGS_MAX];
    struct call_set_start start = {.to = to, .kind = CALL_VIDEO};
    struct call_set_started started;
    struct json_t *root;
    struct body body = {.kind = {.given = false}};
    const char *user = rest_who_user(call->caller);

    if (!room || !rest_call_fields(call, start_fields, &body, &root))
        return;
    if (fill(call, &body, to)) {
        start.nto = body.to.n;
        start.kind = body.kind.given && !body.kind.index ? CALL_AUDIO : CALL_VIDEO;
        start.room = room_name(room);
        if (user[0])
            (void)snprintf(start.from.identity, sizeof(start.from.identity), "%.63s", user);
        else
            call_ask_from_room(&start.from, room_name(room));
        (void)snprintf(start.from.name, sizeof(start.from.name), "%.256s",
                       room_rules(room)->title[0] ? room_rules(room)->title : room_name(room));
        if (call_set_start(call_gateway_set(), &start, clock_now_us(), &started))
            reply_refused(call, &started);
        else
            reply_started(call, to, &started);
        call_gateway_settle();
    }
    api_field_free(root);
}

/* ---- a call that goes on ---- */

static void reply_done(const struct rest_call *call, int err, const char *code)
{
    const struct kept_answer done = {.ticket = call->ticket, .empty = true};

    if (!err)
        answer_kept(&done);
    else if (err == -ENOENT)
        rest_reply_problem(&call->ticket, REST_PROBLEM_CALL, call->param[0]);
    else if (err == -EPERM)
        rest_reply_problem(&call->ticket, REST_PROBLEM_FORBIDDEN, code);
    else
        rest_reply_problem(&call->ticket, REST_PROBLEM_CONFLICT, code);
    call_gateway_settle();
}

void rest_dial_decline(const struct rest_call *call)
{
    char reason[CALL_REASON_SIZE] = "";
    struct body body = {.reason = {.text = ""}};
    struct json_t *root = NULL;
    const char *code = "";

    if (call->request->body_len && !rest_call_fields(call, decline_fields, &body, &root))
        return;
    if (api_text_clean_message(reason, sizeof(reason), body.reason.text, body.reason.len))
        rest_reply_problem(&call->ticket, REST_PROBLEM_BAD_REQUEST, "/reason: is no clean text");
    else
        reply_done(call,
                   call_set_decline(call_gateway_set(), call->param[0], rest_who_user(call->caller),
                                    0, reason, clock_now_us(), &code),
                   code);
    api_field_free(root);
}

void rest_dial_cancel(const struct rest_call *call)
{
    const char *code = "";
    int err = call_set_cancel(call_gateway_set(), call->param[0], rest_who_user(call->caller), 0,
                              clock_now_us(), &code);

    reply_done(call, err, code);
}

/* Whoever hangs up leaves the room of the call too. */
void rest_dial_hangup(const struct rest_call *call)
{
    const struct call *c = call_set_find(call_gateway_set(), call->param[0]);
    const char *user = rest_who_user(call->caller), *code = "";
    struct room *room = c ? room_set_find_name(c->room) : NULL;
    uint32_t key = room ? room_key(room) : 0;
    int err = call_set_hangup(call_gateway_set(), call->param[0], user, 0, clock_now_us(), &code);

    reply_done(call, err, code);
    room = err ? NULL : room_set_find(key);
    for (struct participant *p = room ? room_first(room) : NULL, *next; p; p = next) {
        next = participant_next(p);
        if (strcmp(participant_identity(p), user) == 0) {
            participant_remove(p, "hangup");
            return; /* the room may be gone with him */
        }
    }
}

/* ---- presence ---- */

void rest_dial_presence(const struct rest_call *call)
{
    struct presence_info info;
    struct rest_json j;

    presence_look(call_gateway_presence(), call->param[0], &info);
    rest_json_init(&j);
    rest_json_open(&j, NULL, '{');
    rest_json_string(&j, "id", call->param[0]);
    rest_json_string(&j, "state", presence_state_name(info.state));
    rest_json_string(&j, "status", info.text);
    rest_json_int(&j, "devices", info.ndevices);
    rest_json_close(&j);
    rest_reply_json(&call->ticket, 200, &j);
}
