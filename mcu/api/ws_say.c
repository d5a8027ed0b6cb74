/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/ws_say.c  What a session hears of its room: events from rooms and people
 */
#include "mcu/api/ws_say.h"

#include <stdlib.h>
#include <string.h>

#include "mcu/api/ice_servers.h"
#include "mcu/api/rest_json.h"
#include "mcu/api/rules_json.h"
#include "mcu/api/ws_enter.h"
#include "mcu/api/ws_envelope.h"
#include "mcu/api/ws_event.h"
#include "mcu/api/ws_session.h"
#include "mcu/base/clock.h"
#include "mcu/config/settings.h"
#include "mcu/media/audio_room.h"
#include "mcu/media/video_room.h"
#include "mcu/room/door.h"
#include "mcu/room/membership.h"
#include "mcu/room/participant.h"
#include "mcu/room/participant_media.h"
#include "mcu/room/room.h"
#include "mcu/room/room_chat.h"
#include "mcu/room/room_set.h"
#include "mcu/room/share_floor.h"
#include "net/control_loop.h"

enum { CHAT_COST = 200 /* a message of the chat without its texts, as JSON [bytes] */ };

/* ---- people ---- */

static void fill_participant(struct ws_participant *ret, const struct participant *p)
{
    *ret = (struct ws_participant){
        .id = participant_id(p),
        .name = participant_name(p),
        .kind = participant_kind_name(p),
        .role = rights_role_name(participant_role(p)),
        .identity = participant_identity(p),
        .avatar = participant_grants(p)->avatar,
        .audio = participant_audio(p),
        .video = participant_video(p),
        .share = participant_sharing(p),
        .hand = participant_hand_us(p) != 0,
    };
    if (ret->hand)
        ret->hand_at_ms = (clock_wall_us() - (clock_now_us() - participant_hand_us(p))) / 1000;
}

static void on_roster(const struct room_roster *roster, void *arg)
{
    struct ws_session *s = arg;
    struct ws_left left = {.id = participant_id(roster->who[0]), .reason = roster->reason};
    struct ws_participant *p;
    unsigned n = 0;

    if (roster->change == ROOM_CHANGE_LEFT) {
        if (!participant_is_hidden(roster->who[0]))
            ws_session_send(s, ws_event_roster(++s->seq, NULL, 0, NULL, 0, &left, 1));
        return;
    }
    p = calloc(roster->nwho, sizeof(*p));
    if (!p) {
        ws_session_send(s, NULL);
        return;
    }
    for (unsigned i = 0; i < roster->nwho; ++i) {
        if (!participant_is_hidden(roster->who[i]))
            fill_participant(&p[n++], roster->who[i]);
    }
    if (n && roster->change == ROOM_CHANGE_JOINED)
        ws_session_send(s, ws_event_roster(++s->seq, p, n, NULL, 0, NULL, 0));
    else if (n)
        ws_session_send(s, ws_event_roster(++s->seq, NULL, 0, p, n, NULL, 0));
    free(p);
}

static void write_person(struct rest_json *j, const struct participant *p)
{
    struct ws_participant is;

    fill_participant(&is, p);
    rest_json_open(j, NULL, '{');
    rest_json_string(j, "id", is.id);
    rest_json_string(j, "name", is.name);
    rest_json_string(j, "kind", is.kind);
    rest_json_string(j, "role", is.role);
    rest_json_string(j, "identity", is.identity);
    if (is.avatar[0])
        rest_json_string(j, "avatar", is.avatar);
    rest_json_bool(j, "audio", is.audio);
    rest_json_bool(j, "video", is.video);
    rest_json_bool(j, "share", is.share);
    rest_json_bool(j, "hand", is.hand);
    if (is.hand)
        rest_json_int(j, "hand_at", (int64_t)is.hand_at_ms);
    rest_json_close(j);
}

static void write_you(struct rest_json *j, const struct participant *p)
{
    uint32_t rights = participant_rights(p);

    rest_json_open(j, "you", '{');
    rest_json_string(j, "id", participant_id(p));
    rest_json_string(j, "name", participant_name(p));
    rest_json_string(j, "identity", participant_identity(p));
    rest_json_string(j, "role", rights_role_name(participant_role(p)));
    rest_json_open(j, "rights", '[');
    for (uint32_t bit = 1; bit <= RIGHTS_ALL; bit <<= 1) {
        if (rights & bit)
            rest_json_string(j, NULL, rights_name(bit));
    }
    rest_json_close(j);
    rest_json_open(j, "muted", '{');
    rest_json_bool(j, "audio", participant_muted_audio(p));
    rest_json_bool(j, "video", participant_muted_video(p));
    rest_json_close(j);
    rest_json_close(j);
}

static void write_room(struct rest_json *j, struct room *room, bool host)
{
    const struct participant *sharer = room_find(room, room_floor(room)->holder);

    rest_json_open(j, "room", '{');
    rest_json_string(j, "name", room_name(room));
    rest_json_string(j, "session", room_session(room));
    rules_json_write(j, room_rules(room), host);
    rest_json_string(j, "share", sharer ? participant_id(sharer) : NULL);
    rest_json_close(j);
}

static void write_lobby(struct rest_json *j, const struct participant *p)
{
    rest_json_open(j, NULL, '{');
    rest_json_string(j, "id", participant_id(p));
    rest_json_string(j, "name", participant_name(p));
    rest_json_string(j, "kind", participant_kind_name(p));
    rest_json_close(j);
}

/* All who wait, for a host. */
static void write_waiting(struct rest_json *j, const struct room *room)
{
    rest_json_open(j, "lobby", '[');
    for (const struct participant *p = room_first_waiting(room); p; p = participant_next(p))
        write_lobby(j, p);
    rest_json_close(j);
}

static const char *id_of_party(const struct room *room, const struct room_chat_party *party)
{
    const struct participant *p = party->key ? room_find(room, party->key) : NULL;

    return p ? participant_id(p) : NULL;
}

/* Who has left since has no id any more, but his name is there. */
static void write_chat(struct rest_json *j, const struct room *room,
                       const struct room_chat_message *m)
{
    rest_json_string(j, "mid", m->id);
    rest_json_string(j, "from", id_of_party(room, &m->from));
    rest_json_string(j, "name", m->from.name);
    rest_json_bool(j, "private", m->to.key != 0);
    if (m->to.key) {
        rest_json_string(j, "to", id_of_party(room, &m->to));
        rest_json_string(j, "to_name", m->to.name);
    }
    rest_json_string(j, "text", m->text);
    rest_json_int(j, "ts", (int64_t)(m->wall_us / 1000));
}

struct past {
    struct rest_json *j;
    const struct room *room;
    size_t left; /* of all messages from here on [bytes] */
};

/* Length of a text as rest_json writes it. */
static size_t json_length(const char *text)
{
    size_t n = 0;

    for (; *text; ++text)
        n += (unsigned char)*text < 0x20 || *text == 0x7f ? 6
             : *text == '"' || *text == '\\'              ? 2
                                                          : 1;
    return n;
}

static size_t size_of_chat(const struct room_chat_message *m)
{
    return CHAT_COST + json_length(m->text) + json_length(m->from.name) + json_length(m->to.name);
}

static void add_size(const struct room_chat_message *message, void *arg)
{
    struct past *past = arg;

    past->left += size_of_chat(message);
}

/* A greeting that is too long for the socket's queue would cost him the socket: the oldest
 * messages do without. */
static void write_past_message(const struct room_chat_message *message, void *arg)
{
    struct past *past = arg;
    bool fits = past->left <= room_set_settings()->config.http.send_queue / 2;

    past->left -= size_of_chat(message);
    if (!fits)
        return;
    rest_json_open(past->j, NULL, '{');
    write_chat(past->j, past->room, message);
    rest_json_close(past->j);
}

static void write_past(struct rest_json *j, const struct participant *me)
{
    struct room *room = participant_room(me);
    struct past past = {.j = j, .room = room};
    bool member = participant_grants(me)->user || participant_has_token(me);
    uint32_t key = participant_key(me);
    const char *identity = participant_identity(me);

    rest_json_open(j, "chat", '[');
    if (room_rules_sees_history(room_rules(room), member)) {
        (void)room_chat_each_for(room_chat(room), key, identity, add_size, &past);
        (void)room_chat_each_for(room_chat(room), key, identity, write_past_message, &past);
    }
    rest_json_close(j);
}

/* ---- greetings ---- */

static void write_limits(struct rest_json *j, const struct room *room)
{
    const struct config_http *http = &room_set_settings()->config.http;

    rest_json_open(j, "limits", '{');
    rest_json_int(j, "max_message", http->max_message);
    rest_json_int(j, "max_messages_per_s", http->max_messages_per_s);
    if (room)
        rest_json_int(j, "max_participants", room_max_participants(room));
    rest_json_close(j);
}

static void write_always(struct rest_json *j, const struct ws_session *s)
{
    rest_json_string(j, "session", s->secret);
    rest_json_int(j, "resume_ms", room_set_settings()->config.rooms.resume);
    rest_json_int(j, "server_time", (int64_t)(clock_wall_us() / 1000));
    ice_servers_write(j, "ice_servers", s->grants.identity);
}

void ws_say_signed_in(struct ws_session *s, int64_t re, bool resumed)
{
    struct rest_json j;

    ws_envelope_open(&j, s, "welcome", re);
    write_always(&j, s);
    rest_json_open(&j, "user", '{');
    rest_json_string(&j, "id", s->grants.identity);
    rest_json_string(&j, "name", s->name);
    rest_json_close(&j);
    rest_json_bool(&j, "resumed", resumed);
    write_limits(&j, NULL);
    ws_envelope_send(&j, s);
}

void ws_say_welcome(struct ws_session *s, int64_t re, enum ws_say_greeting greeting)
{
    struct participant *me = s->participant;
    struct room *room = participant_room(me);
    bool host = participant_rights(me) & RIGHT_MODERATE;
    bool people = participant_rights(me) & RIGHT_SEE_PEOPLE;
    struct rest_json j;

    ws_envelope_open(&j, s, "welcome", re);
    write_always(&j, s);
    write_you(&j, me);
    write_room(&j, room, host);
    rest_json_open(&j, "roster", '[');
    for (const struct participant *p = room_first(room); p; p = participant_next(p)) {
        if (p == me || (people && !participant_is_hidden(p)))
            write_person(&j, p);
    }
    rest_json_close(&j);
    write_past(&j, me);
    if (host)
        write_waiting(&j, room);
    rest_json_bool(&j, "resumed", greeting == WS_SAY_RESUMED);
    rest_json_bool(&j, "moved", greeting == WS_SAY_MOVED);
    write_limits(&j, room);
    ws_envelope_send(&j, s);
    if (greeting != WS_SAY_JOINED && participant_media_layout(me))
        ws_say_layout(s, participant_media_layout(me));
}

void ws_say_waiting(struct ws_session *s, int64_t re)
{
    const char *why = door_waits_for(s->participant);
    struct rest_json j;

    ws_envelope_open(&j, s, "waiting", re);
    rest_json_string(&j, "reason", why);
    rest_json_string(&j, "id", participant_id(s->participant));
    rest_json_string(&j, "room", room_name(participant_room(s->participant)));
    rest_json_string(&j, "title", room_rules(participant_room(s->participant))->title);
    rest_json_string(&j, "session", s->secret);
    ws_envelope_send(&j, s);
}

/* ---- layout and speakers ---- */

static const char *id_of_head(const struct room *room, uint32_t head)
{
    const struct participant *p = head ? room_find(room, head) : NULL;

    return p ? participant_id(p) : NULL;
}

static const char *role_name(enum layout_role role)
{
    static const char *const names[] = {[LAYOUT_ROLE_ANY] = "any",
                                        [LAYOUT_ROLE_SPEAKER] = "speaker",
                                        [LAYOUT_ROLE_CONTENT] = "content",
                                        [LAYOUT_ROLE_RESERVED] = "reserved"};

    return names[role];
}

static void fill_tiles(struct ws_tile *tile, const struct video_canvas_layout *layout,
                       const struct room *room)
{
    static const enum ws_media media[] = {[VIDEO_CANVAS_EMPTY] = WS_MEDIA_EMPTY,
                                          [VIDEO_CANVAS_VIDEO] = WS_MEDIA_VIDEO,
                                          [VIDEO_CANVAS_AVATAR] = WS_MEDIA_AVATAR,
                                          [VIDEO_CANVAS_CONTENT] = WS_MEDIA_CONTENT,
                                          [VIDEO_CANVAS_MORE] = WS_MEDIA_MORE};

    for (unsigned i = 0; i < layout->ntiles; ++i) {
        tile[i].id = id_of_head(room, layout->tile[i].head);
        tile[i].x = layout->tile[i].rect.x;
        tile[i].y = layout->tile[i].rect.y;
        tile[i].w = layout->tile[i].rect.w;
        tile[i].h = layout->tile[i].rect.h;
        tile[i].z = layout->tile[i].z;
        tile[i].role = role_name(layout->tile[i].role);
        tile[i].media = media[layout->tile[i].media];
        if (!tile[i].id && tile[i].media != WS_MEDIA_MORE)
            tile[i].media = WS_MEDIA_EMPTY; /* he has left since */
    }
}

/* Names of the overlays in the picture; ends with NULL. */
static void fill_burned(const char *name[8], unsigned burned)
{
    unsigned n = 0;

    if (burned & VIDEO_CANVAS_BURNED_NAMES)
        name[n++] = "name";
    if (burned & VIDEO_CANVAS_BURNED_BADGES) {
        name[n++] = "mic";
        name[n++] = "hand";
    }
    if (burned & VIDEO_CANVAS_BURNED_BORDER)
        name[n++] = "speaker";
    if (burned & VIDEO_CANVAS_BURNED_MARKS)
        name[n++] = "rec";
    name[n] = NULL;
}

/* Epochs are of a composite, but the client may be sent another one: he has his own numbers. */
static uint32_t number_layout(struct ws_session *s, const struct video_room_layout *msg)
{
    if (s->told.room != msg->room || s->told.view != msg->view ||
        s->told.epoch != msg->canvas.epoch)
        ++s->told.number;
    s->told.room = msg->room;
    s->told.view = msg->view;
    s->told.epoch = msg->canvas.epoch;
    return s->told.number;
}

void ws_say_layout(struct ws_session *s, const struct video_room_layout *msg)
{
    const struct video_canvas_layout *layout = &msg->canvas;
    struct ws_tile tile[LAYOUT_TILES_MAX];
    const char *burned[8];
    struct ws_layout out = {.name = layout->name,
                            .chosen = layout->chosen,
                            .canvas_w = layout->w,
                            .canvas_h = layout->h,
                            .overflow = layout->overflow,
                            .burned = burned,
                            .tiles = tile,
                            .ntiles = layout->ntiles};

    if (!participant_video_ts(s->participant, layout->when_us, &out.rtp_ts))
        return; /* gets no composite, or not yet: it comes with the answer */
    out.epoch = number_layout(s, msg);
    fill_tiles(tile, layout, participant_room(s->participant));
    fill_burned(burned, layout->burned);
    ws_session_send(s, ws_event_layout(++s->seq, &out));
}

static void on_layout(const struct video_room_layout *layout, void *arg)
{
    ws_say_layout(arg, layout);
}

static void on_speakers(const struct audio_room_speakers *speakers, void *arg)
{
    struct ws_session *s = arg;
    const struct room *room = participant_room(s->participant);
    struct ws_speaker active[AUDIO_ROOM_ACTIVE_MAX];
    size_t n = 0;

    for (unsigned i = 0; i < speakers->nactive; ++i) {
        active[n].id = id_of_head(room, speakers->active[i].key);
        active[n].level = -(int)speakers->active[i].level;
        n += active[n].id != NULL;
    }
    ws_session_send(s,
                    ws_event_speakers(++s->seq, active, n, id_of_head(room, speakers->dominant)));
}

/* ---- what happens to him ---- */

static void on_muted(bool audio, bool video, void *arg)
{
    ws_session_send(arg, ws_event_muted(NULL, audio, video));
}

static void replace_others(void *msg, void *arg)
{
    const struct ws_session *s = ws_session_find_key(*(const uint64_t *)msg);
    (void)arg;

    if (s && s->participant && !participant_is_waiting(s->participant))
        ws_enter_replace_others(s);
}

/* Who is replaced may be the one who lets him in, so that happens when that is done. */
static void on_admitted(void *arg)
{
    struct ws_session *s = arg;

    ws_say_welcome(s, -1, WS_SAY_JOINED);
    if (s->grants.identity[0])
        (void)control_loop_post(replace_others, NULL, &s->key, sizeof(s->key));
}

static void on_moved(void *arg)
{
    ws_say_welcome(arg, -1, WS_SAY_MOVED);
}

/* Rules, sharer, his own role: all of it, since any may have changed. */
static void on_room(void *arg)
{
    struct ws_session *s = arg;
    struct room *room = participant_room(s->participant);
    bool host = participant_rights(s->participant) & RIGHT_MODERATE;
    struct rest_json j;

    ws_envelope_open(&j, s, "room", -1);
    write_you(&j, s->participant);
    write_room(&j, room, host);
    if (host)
        write_waiting(&j, room);
    ws_envelope_send(&j, s);
}

static void on_lobby(const struct participant *who, bool waits, void *arg)
{
    struct ws_session *s = arg;
    struct rest_json j;

    ws_envelope_open(&j, s, "lobby", -1);
    rest_json_open(&j, "add", '[');
    if (waits)
        write_lobby(&j, who);
    rest_json_close(&j);
    rest_json_open(&j, "del", '[');
    if (!waits)
        rest_json_string(&j, NULL, participant_id(who));
    rest_json_close(&j);
    ws_envelope_send(&j, s);
}

static void on_chat(const struct room_chat_message *message, void *arg)
{
    struct ws_session *s = arg;
    struct rest_json j;

    ws_envelope_open(&j, s, "chat", -1);
    write_chat(&j, participant_room(s->participant), message);
    ws_envelope_send(&j, s);
}

static void on_reaction(const struct participant *who, const char *emoji, void *arg)
{
    struct ws_session *s = arg;
    struct rest_json j;

    ws_envelope_open(&j, s, "reaction", -1);
    rest_json_string(&j, "id", participant_id(who));
    rest_json_string(&j, "emoji", emoji);
    ws_envelope_send(&j, s);
}

static void on_asked(const struct participant *by, bool audio, bool video, void *arg)
{
    struct ws_session *s = arg;
    struct rest_json j;

    ws_envelope_open(&j, s, "mute.request", -1);
    rest_json_string(&j, "by", by ? participant_id(by) : NULL);
    rest_json_bool(&j, "audio", audio);
    rest_json_bool(&j, "video", video);
    ws_envelope_send(&j, s);
}

static enum ws_close close_of(const char *code)
{
    static const struct {
        const char *code;
        enum ws_close close;
    } rows[] = {
        {"removed", WS_CLOSE_REMOVED},   {"banned", WS_CLOSE_REMOVED},
        {"denied", WS_CLOSE_REMOVED},    {"ended", WS_CLOSE_ENDED},
        {"replaced", WS_CLOSE_REPLACED}, {"media_lost", WS_CLOSE_MEDIA_LOST},
    };

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); ++i) {
        if (strcmp(rows[i].code, code) == 0)
            return rows[i].close;
    }
    return WS_CLOSE_REMOVED;
}

static void on_lost(const char *code, const char *why, void *arg)
{
    struct ws_session *s = arg;
    struct rest_json j;
    (void)why;

    s->participant = membership_leave(s->participant, code);
    if (!s->signed_in || strcmp(code, "replaced") == 0) {
        ws_session_end(s, code, close_of(code));
        return;
    }
    /* Whoever is signed in stays so: he may be called, or join another room. */
    ws_envelope_open(&j, s, "left", -1);
    rest_json_string(&j, "reason", code);
    ws_envelope_send(&j, s);
}

void ws_say_handlers(struct participant_handlers *ret, struct ws_session *s)
{
    *ret = (struct participant_handlers){
        .rosterh = on_roster,
        .layouth = on_layout,
        .speakersh = on_speakers,
        .mutedh = on_muted,
        .admittedh = on_admitted,
        .movedh = on_moved,
        .roomh = on_room,
        .lobbyh = on_lobby,
        .chath = on_chat,
        .reactionh = on_reaction,
        .askedh = on_asked,
        .losth = on_lost,
        .arg = s,
    };
}
