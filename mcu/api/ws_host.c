/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/ws_host.c  What hosts do: people, lobby, rules and layout of the room
 */
#include "mcu/api/ws_host.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/api/api_text.h"
#include "mcu/api/entry.h"
#include "mcu/api/host_check.h"
#include "mcu/api/rest_body.h"
#include "mcu/api/rest_layout.h"
#include "mcu/api/ws_answer.h"
#include "mcu/api/ws_event.h"
#include "mcu/api/ws_message.h"
#include "mcu/api/ws_session.h"
#include "mcu/base/log.h"
#include "mcu/room/bans.h"
#include "mcu/room/door.h"
#include "mcu/room/membership.h"
#include "mcu/room/participant.h"
#include "mcu/room/room.h"
#include "mcu/room/room_rules.h"

LOG_DOMAIN("ws");

static struct room *room_of(const struct ws_session *s)
{
    return participant_room(s->participant);
}

/* Whom a request is about; NULL: it was answered. */
static struct participant *person(struct ws_session *s, const struct ws_message *msg)
{
    struct participant *p = room_find_id(room_of(s), msg->u.person.id.text);

    if (!p)
        ws_answer_fail(s, msg, "participant_not_found", NULL);
    return p;
}

static void log_done(const struct ws_session *s, const struct participant *p, const char *what)
{
    const struct log_ids ids = {.room = room_name(room_of(s)), .part = participant_id(p)};

    log_info(&ids, "%s by %s", what, participant_id(s->participant));
}

/* Nobody makes anybody, himself least of all, more than he is. */
static bool may_give(const struct participant *by, enum role role)
{
    return participant_grants(by)->operator_ || role <= participant_role(by);
}

void ws_host_set_person(struct ws_session *s, const struct ws_message *msg)
{
    const struct ws_message_person *to = &msg->u.person;
    struct participant *p = person(s, msg);
    bool audio, video;

    if (!p)
        return;
    audio = to->audio.given ? to->audio.on : participant_muted_audio(p);
    video = to->video.given ? to->video.on : participant_muted_video(p);
    if (host_check_unmutes(p, audio, video)) {
        ws_answer_fail(s, msg, "forbidden", "ask him to turn it on");
        return;
    }
    if (to->role.given && !may_give(s->participant, (enum role)to->role.index)) {
        ws_answer_fail(s, msg, "forbidden", "that is more than you are yourself");
        return;
    }
    if (to->role.given && host_check_last_host(p, (enum role)to->role.index)) {
        ws_answer_fail(s, msg, "last_host", "make somebody else host first");
        return;
    }
    if (to->audio.given || to->video.given) {
        log_done(s, p, "muted");
        participant_mute(p, audio, video);
    }
    if (to->hand.given)
        participant_set_hand(p, to->hand.on);
    if (to->seat.given)
        participant_set_seat(p, to->seat.text);
    ws_answer_ok(s, msg);
    if (to->role.given)
        participant_set_role(p, (enum role)to->role.index); /* may be his own: the last */
}

void ws_host_remove_person(struct ws_session *s, const struct ws_message *msg)
{
    struct participant *p = person(s, msg);

    if (!p)
        return;
    if (p == s->participant) {
        ws_answer_fail(s, msg, "bad_target", "leave instead");
        return;
    }
    log_done(s, p, msg->u.person.ban.on ? "banned" : "removed");
    ws_answer_ok(s, msg);
    if (msg->u.person.ban.on)
        door_ban(p);
    else
        participant_remove(p, "removed");
}

/* Somebody is to be moved, as soon as it is known whose room that is. */
struct moving {
    uint64_t session;
    int64_t re;
    char id[ID_SIZE];
    char room[API_TEXT_ROOM_SIZE];
};

static void move(struct ws_session *s, const struct moving *m, const struct entry_result *found)
{
    bool host = s->participant && !participant_is_waiting(s->participant) &&
                (participant_rights(s->participant) & RIGHT_MODERATE);
    struct participant *p = host ? room_find_id(room_of(s), m->id) : NULL;
    const struct membership_move to = {.room = m->room,
                                       .by = s->participant,
                                       .rules = found->found ? &found->rules : NULL,
                                       .owner = found->found ? found->owner : NULL,
                                       .is_host = found->is_host,
                                       .is_listed = found->is_listed};
    uint64_t key = s->key;
    const char *code = "";

    if (found->err || !p) {
        ws_answer_error(s, m->re, found->err ? "unavailable" : "participant_not_found", NULL);
        return;
    }
    log_done(s, p, "moved");
    if (membership_move(p, &to, &code) == 0)
        code = NULL;
    if (!ws_session_find_key(key))
        return; /* it was himself, and it failed */
    if (code)
        ws_answer_error(s, m->re, code, NULL);
    else
        ws_session_send(s, ws_event_ok(m->re, NULL));
}

static void on_entry(const struct entry_result *found, void *arg)
{
    struct moving *m = arg;
    struct ws_session *s = ws_session_find_key(m->session);

    if (s)
        move(s, m, found);
    free(m);
}

void ws_host_move_person(struct ws_session *s, const struct ws_message *msg)
{
    const struct participant *p = person(s, msg);
    struct moving *m = p ? calloc(1, sizeof(*m)) : NULL;
    struct entry *entry;

    if (!p)
        return;
    if (m) {
        m->session = s->key;
        m->re = ws_answer_id(msg);
        (void)snprintf(m->id, sizeof(m->id), "%s", participant_id(p));
        (void)snprintf(m->room, sizeof(m->room), "%s", msg->u.person.room);
    }
    if (!m || entry_start(&entry, m->room, participant_identity(p), on_entry, m)) {
        ws_answer_fail(s, msg, "unavailable", NULL);
        free(m);
    }
}

void ws_host_ask_person(struct ws_session *s, const struct ws_message *msg)
{
    struct participant *p = person(s, msg);

    if (!p)
        return;
    participant_ask(p, s->participant, msg->u.person.audio.on, msg->u.person.video.on);
    ws_answer_ok(s, msg);
}

/* Admit or deny those who are named, or all.
 * @return NULL, or the code of an error: nobody of that name waits, there is no place for all */
static const char *sort_out(struct room *room, const struct ws_message_ids *ids,
                            bool (*h)(struct participant *p))
{
    const char *code = ids->all.on ? NULL : "participant_not_found";
    struct participant *p = NULL;

    for (unsigned i = 0; i < ids->ids.n; ++i) {
        p = room_find_waiting(room, api_field_item(&ids->ids, i));
        if (p && !h(p))
            return "room_full";
        code = p ? NULL : code;
    }
    while (ids->all.on && (p = room_first_waiting(room))) {
        if (!h(p))
            return "room_full";
    }
    return code;
}

static void answer_sorted(struct ws_session *s, const struct ws_message *msg, const char *code)
{
    if (code)
        ws_answer_fail(s, msg, code, NULL);
    else
        ws_answer_ok(s, msg);
}

void ws_host_admit(struct ws_session *s, const struct ws_message *msg)
{
    answer_sorted(s, msg, sort_out(room_of(s), &msg->u.ids, door_admit));
}

void ws_host_deny(struct ws_session *s, const struct ws_message *msg)
{
    answer_sorted(s, msg, sort_out(room_of(s), &msg->u.ids, door_deny));
}

static bool is_excepted(const struct ws_message_ids *ids, const struct participant *p)
{
    for (unsigned i = 0; i < ids->ids.n; ++i) {
        if (strcmp(api_field_item(&ids->ids, i), participant_id(p)) == 0)
            return true;
    }
    return false;
}

void ws_host_mute_all(struct ws_session *s, const struct ws_message *msg)
{
    unsigned n = 0;

    for (struct participant *p = room_first(room_of(s)); p; p = participant_next(p)) {
        if (p == s->participant || participant_muted_audio(p) || is_excepted(&msg->u.ids, p))
            continue;
        participant_mute(p, true, participant_muted_video(p));
        ++n;
    }
    log_info(&(struct log_ids){.room = room_name(room_of(s))}, "%u muted by %s", n,
             participant_id(s->participant));
    ws_answer_ok(s, msg);
}

void ws_host_set_room(struct ws_session *s, const struct ws_message *msg)
{
    const struct ws_message_room *to = &msg->u.room;
    struct room_rules rules = *room_rules(room_of(s));
    char why[HOST_CHECK_WHY_SIZE];

    if (to->title.given) {
        char title[API_TEXT_NAME_SIZE] = "";

        if (to->title.len && api_text_clean_name(title, to->title.text, to->title.len)) {
            ws_answer_fail(s, msg, "bad_message", "/d/title: must have at most 64 characters");
            return;
        }
        (void)snprintf(rules.title, sizeof(rules.title), "%s", title);
    }
    if (to->pin.given && to->pin.len && to->pin.len < 4) {
        ws_answer_fail(s, msg, "bad_message", "/d/pin: must have 4 to 12 digits");
        return;
    }
    if (to->pin.given)
        (void)snprintf(rules.pin, sizeof(rules.pin), "%s", to->pin.text);
    if (to->locked.given)
        rules.locked = to->locked.on;
    if (to->lobby.given)
        rules.lobby = (enum room_rules_lobby)to->lobby.index;
    if (to->speak.given)
        rules.guests_can.speak = to->speak.on;
    if (to->show.given)
        rules.guests_can.show = to->show.on;
    if (to->share.given)
        rules.guests_can.share = to->share.on;
    if (to->chat.given)
        rules.guests_can.chat = to->chat.on;
    if (!host_check_rules(&rules, "/d", why)) {
        ws_answer_fail(s, msg, "bad_message", why);
        return;
    }
    ws_answer_ok(s, msg);
    room_set_rules(room_of(s), &rules);
}

void ws_host_set_layout(struct ws_session *s, const struct ws_message *msg)
{
    char why[REST_BODY_WHY_SIZE];
    struct rest_body body;
    int err =
        rest_body_parse(&body, REST_BODY_LOOK, msg->look, strlen(msg->look), why, sizeof(why));

    if (!err)
        err = rest_layout_apply(room_of(s), &body.u.look, why, sizeof(why));
    if (err == -ENOENT)
        ws_answer_fail(s, msg, "layout_not_found", why);
    else if (err == -ESRCH)
        ws_answer_fail(s, msg, "participant_not_found", why);
    else if (err)
        ws_answer_fail(s, msg, err == -EBADMSG ? "bad_message" : "out_of_resources", why);
    else
        ws_answer_ok(s, msg);
}
