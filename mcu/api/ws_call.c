/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/ws_call.c  Calls and presence over medley.v1
 */
#include "mcu/api/ws_call.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/api/api_text.h"
#include "mcu/api/call_ask.h"
#include "mcu/api/call_gateway.h"
#include "mcu/api/call_kept.h"
#include "mcu/api/rest_json.h"
#include "mcu/api/ws_answer.h"
#include "mcu/api/ws_envelope.h"
#include "mcu/api/ws_event.h"
#include "mcu/api/ws_message.h"
#include "mcu/api/ws_session.h"
#include "mcu/base/clock.h"
#include "mcu/room/call_set.h"
#include "mcu/room/membership.h"
#include "mcu/room/participant.h"
#include "mcu/room/room.h"
#include "mcu/room/room_set.h"

/* ---- what is told ---- */

static void write_party(struct rest_json *j, const char *key, const struct call_party *party)
{
    rest_json_open(j, key, '{');
    rest_json_string(j, "id", call_party_key(party));
    rest_json_string(j, "name", party->name);
    rest_json_close(j);
}

static void write_leg(struct rest_json *j, const char *key, const struct call_leg *leg)
{
    rest_json_open(j, key, '{');
    rest_json_string(j, "id", call_party_key(&leg->who));
    rest_json_string(j, "name", leg->who.name);
    rest_json_string(j, "state", call_leg_state_name(leg->state));
    rest_json_string(j, "cause", leg->cause);
    if (leg->reason[0])
        rest_json_string(j, "reason", leg->reason);
    rest_json_bool(j, "alerting", leg->alerting);
    rest_json_close(j);
}

static void begin_call(struct rest_json *j, struct ws_session *s, const struct call *call,
                       const char *state)
{
    ws_envelope_open(j, s, "call", -1);
    rest_json_string(j, "call", call->id);
    rest_json_string(j, "state", state);
    rest_json_string(j, "kind", call_kind_name(call->kind));
    write_party(j, "from", &call->caller);
}

static void say_incoming(struct ws_session *s, const struct call *call, const struct call_leg *leg)
{
    struct rest_json j;

    begin_call(&j, s, call, "incoming");
    rest_json_int(&j, "expires_at", call_ask_wall_ms(call->expires_us));
    rest_json_bool(&j, "waiting", leg->waiting);
    rest_json_bool(&j, "added", call->added);
    ws_envelope_send(&j, s);
}

static void say_accepted(struct ws_session *s, const struct call *call, int leg)
{
    struct rest_json j;

    begin_call(&j, s, call, "accepted");
    rest_json_string(&j, "room", call->room);
    if (leg != CALL_CALLER)
        write_leg(&j, "leg", &call->leg[leg]);
    ws_envelope_send(&j, s);
}

static void on_ring(const struct call *call, const struct call_leg *leg, uint64_t device)
{
    struct ws_session *s = ws_session_find_key(device);

    if (s)
        say_incoming(s, call, leg);
}

static void on_stop(const struct call *call, uint64_t device, enum call_leg_state state,
                    const char *cause)
{
    struct ws_session *s = ws_session_find_key(device);
    struct rest_json j;

    if (!s || state == CALL_LEG_ACCEPTED)
        return; /* it is told to enter */
    begin_call(&j, s, call, call_leg_state_name(state));
    rest_json_string(&j, "cause", cause);
    ws_envelope_send(&j, s);
}

static void on_tell(const struct call *call, const struct call_leg *leg, uint64_t device)
{
    struct ws_session *s = ws_session_find_key(device);
    struct rest_json j;

    if (!s)
        return;
    begin_call(&j, s, call, call_state_name(call->state));
    rest_json_string(&j, "cause", call->cause);
    rest_json_string(&j, "room", call->room);
    if (leg)
        write_leg(&j, "leg", leg);
    ws_envelope_send(&j, s);
}

static void on_enter(const struct call *call, int leg, uint64_t device)
{
    struct ws_session *s = ws_session_find_key(device);

    if (s)
        say_accepted(s, call, leg);
}

static void on_leave(const char *room, const char *call, int leg, uint64_t device,
                     const char *cause)
{
    struct ws_session *s = ws_session_find_key(device);
    (void)call;
    (void)leg;

    if (s && s->participant && strcmp(room_name(participant_room(s->participant)), room) == 0)
        participant_remove(s->participant, cause[0] ? cause : "ended");
}

static void write_presence(struct rest_json *j, const struct presence_info *info)
{
    rest_json_open(j, NULL, '{');
    rest_json_string(j, "id", info->identity);
    rest_json_string(j, "state", presence_state_name(info->state));
    rest_json_string(j, "status", info->text);
    rest_json_close(j);
}

static void on_presence(uint64_t device, const struct presence_info *info)
{
    struct ws_session *s = ws_session_find_key(device);
    struct rest_json j;

    if (!s)
        return;
    ws_envelope_open(&j, s, "presence", -1);
    rest_json_open(&j, "users", '[');
    write_presence(&j, info);
    rest_json_close(&j);
    ws_envelope_send(&j, s);
}

void ws_call_init(void)
{
    static const struct call_gateway_devices devices = {.ringh = on_ring,
                                                        .stoph = on_stop,
                                                        .tellh = on_tell,
                                                        .enterh = on_enter,
                                                        .leaveh = on_leave,
                                                        .presenceh = on_presence};

    call_gateway_register(PRESENCE_WEB, &devices);
}

/* ---- coming and going ---- */

void ws_call_sign_in(struct ws_session *s)
{
    s->callable = call_gateway_add(s->grants.identity, s->key, PRESENCE_WEB) == 0;
}

void ws_call_lost(struct ws_session *s)
{
    if (s->callable)
        call_gateway_detach(s->grants.identity, s->key, true);
}

static void is_there(uint64_t device, enum presence_kind kind, void *arg)
{
    uint64_t *key = arg;
    (void)kind;

    if (device == *key)
        *key = 0;
}

static void say_ringing(const struct call *call, int leg, void *arg)
{
    struct ws_session *s = arg;

    if (leg != CALL_CALLER && call->leg[leg].state == CALL_LEG_RINGING &&
        call_leg_ring(&call->leg[leg], s->key))
        say_incoming(s, call, &call->leg[leg]);
}

/* Whose loss was not noticed was rung, but over a socket where nobody listened any more. */
void ws_call_back(struct ws_session *s)
{
    uint64_t key = s->key;

    if (!s->callable)
        return;
    (void)presence_each_device(call_gateway_presence(), s->grants.identity, is_there, &key);
    if (!key)
        call_set_each_of(call_gateway_set(), s->grants.identity, say_ringing, s);
    else
        call_gateway_detach(s->grants.identity, s->key, false);
}

void ws_call_sign_out(struct ws_session *s)
{
    if (s->callable)
        call_gateway_remove(s->grants.identity, s->key);
    s->callable = false;
}

static void say_one(const struct call *call, int leg, void *arg)
{
    struct ws_session *s = arg;

    if (leg == CALL_CALLER && call->device == s->key && call->state == CALL_RINGING)
        on_tell(call, NULL, s->key);
    else if (call_device(call, leg) == s->key && call->state == CALL_ACCEPTED)
        say_accepted(s, call, leg);
}

void ws_call_say_all(struct ws_session *s)
{
    if (!s->callable)
        return;
    call_set_each_of(call_gateway_set(), s->grants.identity, say_one, s);
    presence_retell(call_gateway_presence(), s->key);
}

/* ---- requests ---- */

/* What is answered when the records of the call are on the disk. */
struct kept_answer {
    uint64_t session;
    char *text;
};

static void on_kept(void *arg)
{
    struct kept_answer *kept = arg;
    struct ws_session *s = ws_session_find_key(kept->session);

    if (s)
        ws_session_send(s, kept->text);
    else
        free(kept->text);
    free(kept);
}

/* @param text is freed */
static void send_kept(struct ws_session *s, char *text)
{
    struct kept_answer *kept = text ? malloc(sizeof(*kept)) : NULL;

    if (!kept) {
        free(text);
        ws_session_send(s, NULL);
        return;
    }
    *kept = (struct kept_answer){.session = s->key, .text = text};
    call_kept_wait(on_kept, kept);
}

static void answer_started(struct ws_session *s, const struct ws_message *msg,
                           const struct call_set_started *started)
{
    struct rest_json j;

    rest_json_init(&j);
    rest_json_open(&j, NULL, '{');
    rest_json_string(&j, "t", "ok");
    if (msg->has_id)
        rest_json_int(&j, "re", msg->id);
    rest_json_open(&j, "d", '{');
    rest_json_string(&j, "call", started->id);
    rest_json_string(&j, "state", call_state_name(started->state));
    rest_json_string(&j, "cause", started->cause);
    rest_json_bool(&j, "answered", started->glare);
    rest_json_string(&j, "room", started->room);
    rest_json_int(&j, "expires_at", call_ask_wall_ms(started->expires_us));
    rest_json_open(&j, "legs", '[');
    for (unsigned i = 0; i < started->nlegs; ++i) {
        rest_json_open(&j, NULL, '{');
        rest_json_string(&j, "state", call_leg_state_name(started->leg[i].state));
        rest_json_string(&j, "cause", started->leg[i].cause);
        rest_json_bool(&j, "waiting", started->leg[i].waiting);
        rest_json_close(&j);
    }
    rest_json_close(&j);
    rest_json_close(&j);
    rest_json_close(&j);
    send_kept(s, rest_json_take(&j));
}

static void start(struct ws_session *s, const struct ws_message *msg,
                  const struct call_set_start *what)
{
    struct call_set_started started;

    if (call_set_start(call_gateway_set(), what, clock_now_us(), &started)) {
        if (started.retry_after_ms)
            ws_answer_later(s, ws_answer_id(msg), started.retry_after_ms);
        else
            ws_answer_fail(s, msg, started.code, NULL);
    } else {
        answer_started(s, msg, &started);
    }
    call_gateway_settle();
}

static void fill_caller(struct call_set_start *what, const struct ws_session *s)
{
    what->device = s->callable ? s->key : 0;
    (void)snprintf(what->from.identity, sizeof(what->from.identity), "%s", s->grants.identity);
    (void)snprintf(what->from.name, sizeof(what->from.name), "%.256s", s->name);
}

struct search {
    const char *room;
    bool found;
};

static void is_in_call(const struct call *call, int leg, void *arg)
{
    struct search *search = arg;
    bool in = leg == CALL_CALLER
                  ? call->state == CALL_ACCEPTED && !call->caller_left
                  : call->leg[leg].state == CALL_LEG_ACCEPTED && !call->leg[leg].left;

    search->found =
        search->found || (in && call->own_room && strcmp(call->room, search->room) == 0);
}

static void is_called_to(const struct call *call, int leg, void *arg)
{
    struct search *search = arg;
    bool in = leg == CALL_CALLER
                  ? call->own_room && call->state == CALL_ACCEPTED && !call->caller_left
                  : call->leg[leg].state == CALL_LEG_ACCEPTED && !call->leg[leg].left;

    search->found = search->found || (in && strcmp(call->room, search->room) == 0);
}

bool ws_call_is_invited(const struct ws_session *s)
{
    struct search search = {.room = s->room};

    if (s->callable)
        call_set_each_of(call_gateway_set(), s->grants.identity, is_called_to, &search);
    return search.found;
}

/* Hosts may, and in a room that was made for a call whoever is in that call. */
static bool may_add(const struct ws_session *s)
{
    struct search search = {.found = false};

    if (!s->participant || participant_is_waiting(s->participant))
        return false;
    search.room = room_name(participant_room(s->participant));
    call_set_each_of(call_gateway_set(), s->grants.identity, is_in_call, &search);
    return search.found || participant_rights(s->participant) & RIGHT_DIAL;
}

void ws_call_start(struct ws_session *s, const struct ws_message *msg)
{
    const struct ws_message_call *call = &msg->u.call;
    struct call_party to[WS_MESSAGE_CALLEES_MAX];
    struct call_set_start what = {
        .to = to, .nto = call->to.n, .kind = call->kind.index ? CALL_VIDEO : CALL_AUDIO};

    if (!call->kind.given)
        what.kind = CALL_VIDEO;
    for (unsigned i = 0; i < call->to.n; ++i)
        call_ask_party(&to[i], api_field_item(&call->to, i));
    if (!call_ask_may_dial(to, call->to.n)) {
        ws_answer_fail(s, msg, "forbidden", "only users may be called here");
        return;
    }
    if (call->add.on && !may_add(s)) {
        ws_answer_fail(s, msg, "forbidden", "you may not call people into this room");
        return;
    }
    if (call->add.on)
        what.room = room_name(participant_room(s->participant));
    fill_caller(&what, s);
    start(s, msg, &what);
}

/* A host who is more than the first one in a room that everybody may open: addresses cost money. */
static bool is_known_host(const struct ws_session *s)
{
    return s->signed_in ||
           room_rules_same_pin(room_rules(participant_room(s->participant))->host_pin, s->pin);
}

void ws_call_dial(struct ws_session *s, const struct ws_message *msg)
{
    struct call_party to;
    struct call_set_start what = {.to = &to, .nto = 1, .kind = CALL_VIDEO};

    call_ask_party(&to, msg->u.dial.uri.text);
    if (!to.address[0] || !call_ask_may_dial(&to, 1)) {
        ws_answer_fail(s, msg, to.address[0] ? "forbidden" : "bad_target", NULL);
        return;
    }
    if (!is_known_host(s)) {
        ws_answer_fail(s, msg, "forbidden", "only hosts with a token or the host PIN may do this");
        return;
    }
    (void)snprintf(to.name, sizeof(to.name), "%s", msg->u.dial.name);
    what.room = room_name(participant_room(s->participant));
    fill_caller(&what, s);
    if (!what.from.identity[0]) /* a host without an account calls as the room */
        call_ask_from_room(&what.from, what.room);
    start(s, msg, &what);
}

static void answer(struct ws_session *s, const struct ws_message *msg, int err, const char *code)
{
    if (err)
        ws_answer_fail(s, msg, code, NULL);
    else
        send_kept(s, ws_event_ok(ws_answer_id(msg), NULL));
    call_gateway_settle();
}

void ws_call_answer(struct ws_session *s, const struct ws_message *msg)
{
    const char *code = "";
    int err = call_set_accept(call_gateway_set(), msg->u.call.id.text, s->grants.identity, s->key,
                              clock_now_us(), &code);

    answer(s, msg, err, code);
}

void ws_call_decline(struct ws_session *s, const struct ws_message *msg)
{
    char reason[CALL_REASON_SIZE] = "";
    const char *code = "bad_reason";
    int err = api_text_clean_message(reason, sizeof(reason), msg->u.call.reason.text,
                                     msg->u.call.reason.len);

    if (!err)
        err = call_set_decline(call_gateway_set(), msg->u.call.id.text, s->grants.identity, s->key,
                               reason, clock_now_us(), &code);
    answer(s, msg, err, code);
}

void ws_call_cancel(struct ws_session *s, const struct ws_message *msg)
{
    const char *code = "";
    int err = call_set_cancel(call_gateway_set(), msg->u.call.id.text, s->grants.identity, s->key,
                              clock_now_us(), &code);

    answer(s, msg, err, code);
}

/* Whoever hangs up leaves the room of the call too, with whatever device he is in it. */
void ws_call_hangup(struct ws_session *s, const struct ws_message *msg)
{
    const char *id = msg->u.call.id.text, *code = "";
    const struct call *call = call_set_find(call_gateway_set(), id);
    const struct call_leg *leg = call ? call_find(call, s->grants.identity) : NULL;
    int who = leg ? (int)leg->index : CALL_CALLER;
    uint64_t device = call ? call_device(call, who) : 0;
    char room[CALL_ROOM_SIZE] = "";
    int err;

    if (call)
        memcpy(room, call->room, sizeof(room));
    err =
        call_set_hangup(call_gateway_set(), id, s->grants.identity, s->key, clock_now_us(), &code);
    answer(s, msg, err, code);
    if (err)
        return;
    if (device != s->key)
        call_gateway_send_away(room, id, who, device, "hangup");
    if (s->participant && strcmp(room_name(participant_room(s->participant)), room) == 0)
        s->participant = membership_leave(s->participant, "left");
}

void ws_call_watch(struct ws_session *s, const struct ws_message *msg)
{
    struct presence *presence = call_gateway_presence();
    const struct api_list *users = &msg->u.ids.ids;
    struct presence_info info;
    struct rest_json j;
    int err = 0;

    for (unsigned i = 0; i < users->n && !err; ++i) {
        if (msg->u.ids.all.on)
            presence_unwatch(presence, s->key, api_field_item(users, i));
        else
            err = presence_watch(presence, s->key, api_field_item(users, i));
    }
    if (err) {
        ws_answer_fail(s, msg, err == -EINVAL ? "bad_target" : "too_many_watches", NULL);
        return;
    }
    ws_answer_ok(s, msg);
    if (msg->u.ids.all.on)
        return;
    ws_envelope_open(&j, s, "presence", -1);
    rest_json_open(&j, "users", '[');
    for (unsigned i = 0; i < users->n; ++i) {
        presence_look(presence, api_field_item(users, i), &info);
        write_presence(&j, &info);
    }
    rest_json_close(&j);
    ws_envelope_send(&j, s);
}

void ws_call_status(struct ws_session *s, const struct ws_message *msg)
{
    char text[PRESENCE_TEXT_SIZE];

    if (api_text_clean_message(text, sizeof(text), msg->u.text.text, msg->u.text.len) ||
        presence_set_text(call_gateway_presence(), s->grants.identity, text))
        ws_answer_fail(s, msg, "bad_message", "/d/status: must have at most 128 characters");
    else
        ws_answer_ok(s, msg);
}
