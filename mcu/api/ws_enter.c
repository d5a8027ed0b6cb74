/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/ws_enter.c  Coming and going of a session: hello, join, leave, resume
 */
#include "mcu/api/ws_enter.h"

#include <stdio.h>
#include <string.h>

#include "mcu/api/call_gateway.h"
#include "mcu/api/entry.h"
#include "mcu/api/signin.h"
#include "mcu/api/ws_answer.h"
#include "mcu/api/ws_call.h"
#include "mcu/api/ws_event.h"
#include "mcu/api/ws_message.h"
#include "mcu/api/ws_say.h"
#include "mcu/api/ws_session.h"
#include "mcu/room/membership.h"
#include "mcu/room/participant.h"
#include "mcu/room/room.h"
#include "mcu/room/room_set.h"

/* The room may end with whom is replaced, and s be out of it. */
void ws_enter_replace_others(const struct ws_session *s)
{
    const uint32_t key = room_key(participant_room(s->participant));
    const struct room *room;
    struct participant *p;

    while (s->participant && (room = room_set_find(key))) {
        p = room_find_other(room, s->participant);
        if (!p)
            return;
        participant_inherit(s->participant, p);
        participant_remove(p, "replaced");
    }
}

/* The answer to hello or join failed: whoever is not signed in may say hello again. */
static void stay_outside(struct ws_session *s)
{
    s->greeted = s->signed_in;
    if (s->signed_in)
        ws_session_trust(s);
}

static void refuse(struct ws_session *s, const char *code)
{
    ws_answer_error(s, s->hello_id, code, NULL);
    stay_outside(s);
}

static void knock(struct ws_session *s, const struct entry_result *found)
{
    struct participant_cfg cfg = {
        .room = s->room,
        .name = s->name,
        .kind = PARTICIPANT_KIND_WEB,
        .grants = s->signed_in ? &s->grants : NULL,
        .pin = s->pin[0] ? s->pin : NULL,
        .source = s->source,
        .rules = found->found ? &found->rules : NULL,
        .owner = found->found ? found->owner : NULL,
        .want = {.no_video = s->want_no_video, .content = s->want_content},
        .is_host = found->is_host,
        .is_listed = found->is_listed,
        .is_invited = ws_call_is_invited(s),
    };
    const char *code = "unavailable";
    struct room_rules rules;
    bool refused;

    if (!found->found && cfg.is_invited) {
        call_gateway_rules(&rules);
        cfg.rules = &rules;
    }
    ws_say_handlers(&cfg.handlers, s);
    refused = found->err || membership_join(&s->participant, &cfg, &code);
    if (s->pin[0] && (found->err || !refused))
        signin_pin_right(s->source, s->room);
    if (refused) {
        refuse(s, code);
        return;
    }
    ws_session_trust(s);
    if (participant_is_waiting(s->participant)) {
        ws_say_waiting(s, s->hello_id);
        return;
    }
    ws_enter_replace_others(s);
    if (s->participant)
        ws_say_welcome(s, s->hello_id, WS_SAY_JOINED);
}

static void on_entry(const struct entry_result *found, void *arg)
{
    struct ws_session *s = arg;

    s->entry = NULL;
    knock(s, found);
}

static void enter(struct ws_session *s, const struct ws_message *msg, const char *room)
{
    uint32_t later_ms = msg->u.hello.pin.text[0] ? signin_pin_try(s->source, room) : 0;

    s->hello_id = ws_answer_id(msg);
    s->want_no_video = !msg->u.hello.want.video.on;
    s->want_content = msg->u.hello.want.content.on;
    (void)snprintf(s->room, sizeof(s->room), "%s", room);
    (void)snprintf(s->pin, sizeof(s->pin), "%s", msg->u.hello.pin.text);
    if (later_ms) {
        ws_answer_later(s, s->hello_id, later_ms);
        stay_outside(s);
        return;
    }
    s->greeted = true;
    if (entry_start(&s->entry, room, s->grants.identity, on_entry, s)) {
        if (s->pin[0])
            signin_pin_right(s->source, s->room); /* nothing was looked at */
        refuse(s, "unavailable");
    }
}

/* Whoever is in a room comes back to it when his token has expired meanwhile, not when it was
   revoked.  @return NULL: he may */
static const char *why_not_back(const struct ws_session *s)
{
    bool in = s->participant && !participant_is_waiting(s->participant);
    struct grants grants = s->grants;

    if (in)
        grants.expires_us = 0; /* never */
    return s->signed_in ? signin_why_over(&grants) : NULL;
}

static void resume(struct ws_session *with, const struct ws_message *msg)
{
    struct ws_session *s = ws_session_find_secret(msg->u.hello.resume.text);
    int64_t re = ws_answer_id(msg);
    const char *code;

    if (!s) {
        ws_answer_error(with, re, "resume_failed", "that session is over");
        return;
    }
    code = why_not_back(s);
    if (code) {
        ws_session_end(s, code, WS_CLOSE_AUTH);
        ws_answer_error(with, re, code, "sign in again");
        return;
    }
    ws_session_adopt(s, with); /* with is gone */
    ws_session_trust(s);
    ws_call_back(s);
    if (s->participant && participant_is_waiting(s->participant))
        ws_say_waiting(s, re);
    else if (s->participant)
        ws_say_welcome(s, re, WS_SAY_RESUMED);
    else
        ws_say_signed_in(s, re, true);
    ws_call_say_all(s);
}

/* @return false: it was answered by an error */
static bool sign_in(struct ws_session *s, const struct ws_message *msg)
{
    const struct ws_message_hello *hello = &msg->u.hello;
    struct signin_result result;

    if (!hello->token.given)
        return true;
    signin_token(&result, hello->token.text, hello->token.len, s->source);
    if (result.wait_ms) {
        ws_answer_later(s, ws_answer_id(msg), result.wait_ms);
        return false;
    }
    if (result.code) {
        ws_answer_fail(s, msg, result.code, result.why);
        return false;
    }
    s->grants = result.grants;
    s->signed_in = true;
    return true;
}

static void choose_name(struct ws_session *s, const char *wanted)
{
    const char *name = wanted[0]               ? wanted
                       : s->grants.name[0]     ? s->grants.name
                       : s->grants.identity[0] ? s->grants.identity
                                               : "Guest";

    (void)snprintf(s->name, sizeof(s->name), "%.*s", (int)sizeof(s->name) - 1, name);
}

void ws_enter_hello(struct ws_session *s, const struct ws_message *msg)
{
    const struct ws_message_hello *hello = &msg->u.hello;
    const char *room = hello->room;

    if (s->greeted) {
        ws_answer_fail(s, msg, "already_joined", "this connection has said hello");
        return;
    }
    if (hello->resume.given) {
        resume(s, msg);
        return;
    }
    if (!sign_in(s, msg))
        return;
    choose_name(s, hello->name);
    if (s->signed_in && !room[0] && s->grants.join && s->grants.room[0] && s->grants.room[0] != '*')
        room = s->grants.room;
    if (s->signed_in && s->grants.user)
        ws_call_sign_in(s);
    if (room[0]) {
        enter(s, msg, room);
        return;
    }
    s->greeted = true;
    ws_session_trust(s);
    ws_say_signed_in(s, ws_answer_id(msg), false);
    ws_call_say_all(s);
}

void ws_enter_join(struct ws_session *s, const struct ws_message *msg)
{
    if (s->participant || s->entry) {
        ws_answer_fail(s, msg, "already_joined", "leave the other room first");
        return;
    }
    if (msg->u.hello.name[0])
        choose_name(s, msg->u.hello.name);
    enter(s, msg, msg->u.hello.room);
}

void ws_enter_leave(struct ws_session *s, const struct ws_message *msg)
{
    bool end = msg->u.flag.on;

    if (end && (participant_is_waiting(s->participant) ||
                !(participant_rights(s->participant) & RIGHT_MODERATE))) {
        ws_answer_fail(s, msg, "forbidden", "only hosts end a room");
        return;
    }
    ws_answer_ok(s, msg);
    if (end) {
        room_clear(participant_room(s->participant), "ended");
        return;
    }
    s->participant = membership_leave(s->participant, "left");
    if (!s->signed_in)
        ws_session_end(s, "left", WS_CLOSE_NORMAL);
}
