/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_participant.c  /api/v1/rooms/{r}/participants: who is there, and what becomes
 * of him
 */
#include "mcu/api/rest_participant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/api/api_field.h"
#include "mcu/api/api_text.h"
#include "mcu/api/entry.h"
#include "mcu/api/host_check.h"
#include "mcu/api/rest_call.h"
#include "mcu/api/rest_json.h"
#include "mcu/api/rest_query.h"
#include "mcu/base/log.h"
#include "mcu/room/door.h"
#include "mcu/room/leg.h"
#include "mcu/room/membership.h"
#include "mcu/room/participant.h"
#include "mcu/room/room.h"
#include "mcu/room/room_set.h"
#include "net/web_server.h"

LOG_DOMAIN("rest");

static void write_media(struct rest_json *j, const struct participant *p)
{
    struct leg_figures f;

    participant_figures(p, &f);
    rest_json_open(j, "media", '{');
    rest_json_string(j, "audio_codec", f.audio_codec);
    rest_json_string(j, "video_codec", f.video_codec);
    rest_json_int(j, "rx_bps", (int64_t)f.transport.rx_bps);
    rest_json_int(j, "tx_bps", (int64_t)f.transport.tx_bps);
    rest_json_int(j, "rx_lost", (int64_t)f.transport.rx_lost);
    rest_json_int(j, "rx_packets", (int64_t)f.transport.rx_packets);
    rest_json_real(j, "loss_ratio", f.transport.remote_loss / 256.0);
    rest_json_real(j, "jitter_ms", f.transport.jitter_us / 1000.0);
    rest_json_real(j, "rtt_ms", f.transport.rtt_us / 1000.0);
    rest_json_close(j);
}

static void write_one(struct rest_json *j, const char *key, const struct participant *p)
{
    rest_json_open(j, key, '{');
    rest_json_string(j, "id", participant_id(p));
    rest_json_string(j, "name", participant_name(p));
    rest_json_string(j, "kind", participant_kind_name(p));
    rest_json_string(j, "role", rights_role_name(participant_role(p)));
    rest_json_string(j, "identity", participant_identity(p));
    rest_json_time(j, "joined_at", participant_joined_us(p));
    rest_json_bool(j, "audio", participant_audio(p));
    rest_json_bool(j, "video", participant_video(p));
    rest_json_bool(j, "share", participant_sharing(p));
    rest_json_open(j, "muted", '{');
    rest_json_bool(j, "audio", participant_muted_audio(p));
    rest_json_bool(j, "video", participant_muted_video(p));
    rest_json_close(j);
    rest_json_bool(j, "hand", participant_hand_us(p) != 0);
    rest_json_string(j, "seat", participant_seat(p));
    write_media(j, p);
    rest_json_close(j);
}

void rest_participant_write_all(struct rest_json *json, const char *key, const struct room *room)
{
    rest_json_open(json, key, '[');
    for (const struct participant *p = room_first(room); p; p = participant_next(p))
        write_one(json, NULL, p);
    rest_json_close(json);
}

static void reply_one(const struct rest_call *call, const struct participant *p)
{
    struct rest_json j;

    rest_json_init(&j);
    write_one(&j, NULL, p);
    rest_reply_json(&call->ticket, 200, &j);
}

void rest_participant_list(const struct rest_call *call)
{
    const struct room *room = rest_call_room(call);
    struct rest_json j;

    if (!room)
        return;
    rest_json_init(&j);
    rest_json_open(&j, NULL, '{');
    rest_participant_write_all(&j, "participants", room);
    rest_json_close(&j);
    rest_reply_json(&call->ticket, 200, &j);
}

void rest_participant_get(const struct rest_call *call)
{
    const struct participant *p = rest_call_participant(call);

    if (p)
        reply_one(call, p);
}

static void log_done(const struct participant *p, const char *by, const char *what)
{
    const struct log_ids ids = {.room = room_name(participant_room(p)), .part = participant_id(p)};

    log_info(&ids, "by %s: %s", by, what);
}

void rest_participant_change(const struct rest_call *call)
{
    struct participant *p = rest_call_participant(call);
    struct rest_body body;
    const struct rest_body_participant *to = &body.u.participant;
    bool audio, video;

    if (!p || !rest_call_body(call, REST_BODY_PARTICIPANT, &body))
        return;
    audio = to->audio.given ? to->audio.on : participant_muted_audio(p);
    video = to->video.given ? to->video.on : participant_muted_video(p);
    if (!rest_who_is_operator(call->caller) && host_check_unmutes(p, audio, video)) {
        rest_reply_problem(&call->ticket, REST_PROBLEM_FORBIDDEN, "ask him to turn it on");
        return;
    }
    if (audio != participant_muted_audio(p) || video != participant_muted_video(p)) {
        log_done(p, rest_call_by(call), audio || video ? "muted" : "not muted any more");
        participant_mute(p, audio, video);
    }
    if (to->hand.given)
        participant_set_hand(p, to->hand.on);
    if (to->has_seat)
        participant_set_seat(p, to->seat);
    reply_one(call, p);
}

void rest_participant_remove(const struct rest_call *call)
{
    static const char *const names[] = {"ban", NULL};
    struct participant *p = rest_call_participant(call);
    uint32_t ban = 0;

    if (!p || !rest_call_query(call, names))
        return;
    if (rest_query_number(call->request->query, "ban", 0, 1, &ban)) {
        rest_reply_invalid(&call->ticket, REST_PROBLEM_BAD_REQUEST, "?ban: 0 or 1");
        return;
    }
    if (ban) {
        log_done(p, rest_call_by(call), "banned");
        door_ban(p);
    } else {
        log_done(p, rest_call_by(call), "removed");
        participant_remove(p, "removed");
    }
    rest_reply_empty(&call->ticket);
}

struct move {
    char room[API_TEXT_ROOM_SIZE];
};

static const struct api_field move_fields[] = {
    API_FIELD("room", ROOM, struct move, room, .required = true),
    {.key = NULL},
};

/* Somebody is to be moved, as soon as it is known whose room that is. */
struct moving {
    struct rest_ticket ticket;
    struct entry *entry;
    char id[ID_SIZE], from[API_TEXT_ROOM_SIZE], to[API_TEXT_ROOM_SIZE];
};

static void on_entry(const struct entry_result *found, void *arg)
{
    struct moving *m = arg;
    const struct room *room = room_set_find_name(m->from);
    struct participant *p = room ? room_find_id(room, m->id) : NULL;
    const struct membership_move to = {.room = m->to,
                                       .rules = found->found ? &found->rules : NULL,
                                       .owner = found->found ? found->owner : NULL,
                                       .is_host = found->is_host,
                                       .is_listed = found->is_listed};
    const char *code = "";

    if (found->err) {
        rest_reply_problem(&m->ticket, REST_PROBLEM_STORAGE, NULL);
    } else if (!p) {
        rest_reply_problem(&m->ticket, REST_PROBLEM_PARTICIPANT, m->id);
    } else {
        log_done(p, "an operator", "moved");
        if (membership_move(p, &to, &code))
            rest_reply_problem(&m->ticket, REST_PROBLEM_CONFLICT, code);
        else
            rest_reply_empty(&m->ticket);
    }
    free(m);
}

void rest_participant_move(const struct rest_call *call)
{
    const struct participant *p = rest_call_participant(call);
    struct move to = {.room = ""};
    struct json_t *root;
    struct moving *m;

    if (!p || !rest_call_fields(call, move_fields, &to, &root))
        return;
    m = calloc(1, sizeof(*m));
    if (m) {
        m->ticket = call->ticket;
        (void)snprintf(m->id, sizeof(m->id), "%s", participant_id(p));
        (void)snprintf(m->from, sizeof(m->from), "%s", room_name(participant_room(p)));
        (void)snprintf(m->to, sizeof(m->to), "%s", to.room);
    }
    if (!m || entry_start(&m->entry, m->to, participant_identity(p), on_entry, m)) {
        rest_reply_problem(&call->ticket, REST_PROBLEM_BUSY, NULL);
        free(m);
    }
    api_field_free(root);
}

struct role_change {
    struct api_choice role;
};

static const char *const role_names[] = {"viewer", "guest", "host", NULL};
static const struct api_field role_fields[] = {
    API_FIELD("role", CHOICE, struct role_change, role, .required = true, .names = role_names),
    {.key = NULL},
};

/** By a token that moderates nobody is made more than it says; a meeting's owner is its host. */
static bool may_give(const struct rest_caller *caller, const char *room, enum role role)
{
    return rest_who_is_operator(caller) || !rest_who_is_host(caller, room) ||
           role <= caller->grants.role;
}

void rest_participant_set_role(const struct rest_call *call)
{
    struct participant *p = rest_call_participant(call);
    struct role_change to = {.role = {.given = false}};
    struct json_t *root;

    if (!p || !rest_call_fields(call, role_fields, &to, &root))
        return;
    if (!may_give(call->caller, call->param[0], (enum role)to.role.index)) {
        rest_reply_problem(&call->ticket, REST_PROBLEM_FORBIDDEN, NULL);
    } else if (host_check_last_host(p, (enum role)to.role.index)) {
        rest_reply_problem(&call->ticket, REST_PROBLEM_LAST_HOST, "make somebody else host first");
    } else {
        log_done(p, rest_call_by(call), role_names[to.role.index]);
        participant_set_role(p, (enum role)to.role.index);
        reply_one(call, p);
    }
    api_field_free(root);
}

static bool is_excepted(const struct rest_body_mute *mute, const struct participant *p)
{
    for (unsigned i = 0; i < mute->nexcept; ++i)
        if (strcmp(mute->except[i], participant_id(p)) == 0)
            return true;
    return false;
}

void rest_participant_mute_all(const struct rest_call *call)
{
    struct room *room = rest_call_room(call);
    struct rest_body body;
    struct rest_json j;
    unsigned n = 0;

    if (!room || !rest_call_body(call, REST_BODY_MUTE, &body))
        return;
    for (struct participant *p = room_first(room); p; p = participant_next(p)) {
        if (participant_muted_audio(p) || is_excepted(&body.u.mute, p))
            continue;
        participant_mute(p, true, participant_muted_video(p));
        ++n;
    }
    log_info(&(struct log_ids){.room = room_name(room)}, "by %s: %u muted", rest_call_by(call), n);
    rest_json_init(&j);
    rest_json_open(&j, NULL, '{');
    rest_json_int(&j, "muted", n);
    rest_json_close(&j);
    rest_reply_json(&call->ticket, 200, &j);
}
