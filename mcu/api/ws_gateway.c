/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/ws_gateway.c  WebSocket clients in rooms: the medley.v1 protocol
 */
#include "mcu/api/ws_gateway.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/api/ws_event.h"
#include "mcu/api/ws_message.h"
#include "mcu/base/clock.h"
#include "mcu/base/id.h"
#include "mcu/base/log.h"
#include "mcu/base/metric.h"
#include "mcu/config/config.h"
#include "mcu/media/audio_room.h"
#include "mcu/media/video_room.h"
#include "mcu/room/participant.h"
#include "mcu/room/room.h"
#include "net/media_desc.h"
#include "net/web_server.h"

LOG_DOMAIN("ws");

enum {
    BUCKETS = 1024,
    CLOSE_NORMAL = 1000,
    CLOSE_GOING_AWAY = 1001,
    CLOSE_REMOVED = 4003,
    CLOSE_MEDIA_LOST = 4010,
    WHY_SIZE = 200,
};

struct session {
    struct session *next; /* in its bucket */
    uint64_t conn;
    uint64_t seq;                    /* of the last event */
    struct participant *participant; /* NULL before hello and after leaving */
    char id[ID_SIZE];
};

static struct {
    struct web_server *server;
    const struct config *config;
    struct session *bucket[BUCKETS];
} gateway;

static struct metric errors =
    METRIC_COUNTER("medley_ws_errors_total", "", "WebSocket messages answered by an error");

static struct session **find(uint64_t conn)
{
    struct session **p = &gateway.bucket[conn % BUCKETS];

    while (*p && (*p)->conn != conn)
        p = &(*p)->next;
    return p;
}

/* Sends and frees a message; NULL (no memory) is a client that misses something: end it. */
static void send_text(struct session *s, char *text)
{
    if (text)
        web_server_send(gateway.server, s->conn, text, strlen(text));
    else
        web_server_close(gateway.server, s->conn, CLOSE_GOING_AWAY, "out of memory");
    free(text);
}

static void fill_participant(struct ws_participant *ret, const struct participant *p)
{
    ret->id = participant_id(p);
    ret->name = participant_name(p);
    ret->kind = participant_kind_name(p);
    ret->audio = participant_audio(p);
    ret->video = participant_video(p);
    ret->share = participant_sharing(p);
    ret->hand = participant_hand_us(p) != 0;
}

/* ---- events of the room ---- */

static void on_roster(const struct room_roster *roster, void *arg)
{
    struct session *s = arg;
    struct ws_left left = {.id = participant_id(roster->who[0]), .reason = roster->reason};
    struct ws_participant *p;

    if (roster->change == ROOM_CHANGE_LEFT) {
        send_text(s, ws_event_roster(++s->seq, NULL, 0, NULL, 0, &left, 1));
        return;
    }
    p = calloc(roster->nwho, sizeof(*p));
    if (!p) {
        send_text(s, NULL);
        return;
    }
    for (unsigned i = 0; i < roster->nwho; ++i)
        fill_participant(&p[i], roster->who[i]);
    if (roster->change == ROOM_CHANGE_JOINED)
        send_text(s, ws_event_roster(++s->seq, p, roster->nwho, NULL, 0, NULL, 0));
    else
        send_text(s, ws_event_roster(++s->seq, NULL, 0, p, roster->nwho, NULL, 0));
    free(p);
}

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

static void on_layout(const struct video_room_layout *msg, void *arg)
{
    const struct video_canvas_layout *layout = &msg->canvas;
    struct session *s = arg;
    struct ws_tile tile[LAYOUT_TILES_MAX];
    const char *burned[8];
    struct ws_layout out = {.epoch = (uint32_t)layout->epoch,
                            .name = layout->name,
                            .chosen = layout->chosen,
                            .canvas_w = layout->w,
                            .canvas_h = layout->h,
                            .overflow = layout->overflow,
                            .burned = burned,
                            .tiles = tile,
                            .ntiles = layout->ntiles};

    if (!participant_video_ts(s->participant, layout->when_us, &out.rtp_ts))
        return; /* gets no composite, or not yet: it comes with the answer */
    fill_tiles(tile, layout, participant_room(s->participant));
    fill_burned(burned, layout->burned);
    send_text(s, ws_event_layout(++s->seq, &out));
}

static void on_speakers(const struct audio_room_speakers *speakers, void *arg)
{
    struct session *s = arg;
    const struct room *room = participant_room(s->participant);
    struct ws_speaker active[AUDIO_ROOM_ACTIVE_MAX];
    size_t n = 0;

    for (unsigned i = 0; i < speakers->nactive; ++i) {
        active[n].id = id_of_head(room, speakers->active[i].key);
        active[n].level = -(int)speakers->active[i].level;
        n += active[n].id != NULL;
    }
    send_text(s, ws_event_speakers(++s->seq, active, n, id_of_head(room, speakers->dominant)));
}

static void end(struct session *s, const char *reason, unsigned code)
{
    s->participant = participant_leave(s->participant, reason);
    send_text(s, ws_event_bye(reason, code));
    web_server_close(gateway.server, s->conn, (uint16_t)code, reason);
}

static void on_lost(const char *code, const char *why, void *arg)
{
    struct session *s = arg;
    (void)why;

    end(s, code, strcmp(code, "removed") == 0 ? CLOSE_REMOVED : CLOSE_MEDIA_LOST);
}

static void on_muted(bool audio, bool video, void *arg)
{
    struct session *s = arg;

    send_text(s, ws_event_muted(NULL, audio, video));
}

/* ---- requests ---- */

static void fail(struct session *s, const struct ws_message *msg, const char *code,
                 const char *detail)
{
    metric_add(&errors, 1);
    send_text(s, ws_event_error(msg->has_id ? msg->id : -1, code, detail));
}

static void done(struct session *s, const struct ws_message *msg, const char *sdp)
{
    send_text(s, ws_event_ok(msg->has_id ? msg->id : -1, sdp));
}

static void send_welcome(struct session *s, const struct ws_message *msg)
{
    const struct room *room = participant_room(s->participant);
    struct ws_participant *roster = calloc(room_count(room), sizeof(*roster));
    struct ws_welcome welcome = {
        .session = s->id,
        .id = participant_id(s->participant),
        .name = participant_name(s->participant),
        .role = "guest",
        .room = room_name(room),
        .max_message = gateway.config->http.max_message,
        .max_messages_per_s = gateway.config->http.max_messages_per_s,
        .max_participants = room_max_participants(room),
        .roster = roster,
    };

    if (!roster) {
        send_text(s, NULL);
        return;
    }
    welcome.server_time_ms = clock_wall_us() / 1000;
    for (struct participant *p = room_first(room); p; p = participant_next(p))
        fill_participant(&roster[welcome.nroster++], p);
    send_text(s, ws_event_welcome(msg->has_id ? msg->id : -1, ++s->seq, &welcome));
    free(roster);
}

static void do_hello(struct session *s, const struct ws_message *msg)
{
    struct participant_cfg cfg = {
        .room = msg->u.hello.room,
        .name = msg->u.hello.name,
        .kind = PARTICIPANT_KIND_WEB,
        .handlers = {.rosterh = on_roster,
                     .layouth = on_layout,
                     .speakersh = on_speakers,
                     .mutedh = on_muted,
                     .losth = on_lost,
                     .arg = s},
    };
    const char *code;

    if (s->participant) {
        fail(s, msg, "already_joined", "this connection is in a room");
        return;
    }
    if (participant_join(&s->participant, &cfg, &code)) {
        fail(s, msg, code, NULL);
        return;
    }
    web_server_authenticated(gateway.server, s->conn);
    send_welcome(s, msg);
}

static const char *code_of_offer_error(int err)
{
    switch (err) {
    case -EBADMSG:
        return "bad_sdp";
    case -E2BIG:
        return "sdp_too_large";
    case -EPROTO:
        return "bad_transport";
    case -ENOTSUP:
        return "unsupported_media";
    default:
        return "out_of_resources";
    }
}

static void do_offer(struct session *s, const struct ws_message *msg)
{
    static char answer[MEDIA_DESC_SDP_MAX]; /* control thread only */
    char why[WHY_SIZE];
    int n = participant_answer(s->participant, msg->u.offer.sdp, msg->u.offer.sdp_len, answer,
                               sizeof(answer), why, sizeof(why));
    const struct video_room_layout *layout;

    if (n < 0) {
        log_info(&(struct log_ids){.part = participant_id(s->participant)}, "offer refused: %s",
                 why);
        fail(s, msg, code_of_offer_error(n), why);
        return;
    }
    done(s, msg, answer);
    layout = room_layout(participant_room(s->participant));
    if (layout)
        on_layout(layout, s);
}

static void do_mute(struct session *s, const struct ws_message *msg)
{
    const struct ws_message_mute *mute = &msg->u.mute;
    bool audio = mute->has_audio ? mute->audio : participant_muted_audio(s->participant);
    bool video = mute->has_video ? mute->video : participant_muted_video(s->participant);

    participant_set_muted(s->participant, audio, video);
    done(s, msg, NULL);
}

static void handle(struct session *s, const struct ws_message *msg)
{
    if (msg->type == WS_MESSAGE_PING) {
        send_text(s, ws_event_pong(msg->has_id ? msg->id : -1));
        return;
    }
    if (msg->type == WS_MESSAGE_HELLO) {
        do_hello(s, msg);
        return;
    }
    if (!s->participant) {
        fail(s, msg, "not_joined", "say hello first");
        return;
    }
    if (msg->type == WS_MESSAGE_OFFER) {
        do_offer(s, msg);
    } else if (msg->type == WS_MESSAGE_MUTE) {
        do_mute(s, msg);
    } else if (msg->type == WS_MESSAGE_HAND) {
        participant_set_hand(s->participant, msg->u.hand.up);
        done(s, msg, NULL);
    } else {
        done(s, msg, NULL);
        end(s, "left", CLOSE_NORMAL);
    }
}

void ws_gateway_on_open(uint64_t conn, const char *peer, void *arg)
{
    struct session *s = calloc(1, sizeof(*s));
    (void)arg;

    if (!s) {
        web_server_close(gateway.server, conn, CLOSE_GOING_AWAY, "out of memory");
        return;
    }
    s->conn = conn;
    id_make(s->id, "se");
    s->next = gateway.bucket[conn % BUCKETS];
    gateway.bucket[conn % BUCKETS] = s;
    log_debug(NULL, "websocket %s from %s", s->id, peer);
}

void ws_gateway_on_message(uint64_t conn, const char *text, size_t len, void *arg)
{
    struct session *s = *find(conn);
    struct ws_message msg;
    char why[WS_MESSAGE_WHY_SIZE];
    int err;
    (void)arg;

    if (!s)
        return;
    err = ws_message_parse(&msg, text, len, why, sizeof(why));
    if (err)
        fail(s, &msg, ws_message_error_code(err), why);
    else
        handle(s, &msg);
    ws_message_finish(&msg);
}

void ws_gateway_on_close(uint64_t conn, void *arg)
{
    struct session **p = find(conn);
    struct session *s = *p;
    (void)arg;

    if (!s)
        return;
    *p = s->next;
    participant_leave(s->participant, "disconnected");
    free(s);
}

int ws_gateway_init(struct web_server *server, const struct config *config)
{
    metric_register(&errors);
    gateway.server = server;
    gateway.config = config;
    return 0;
}

void ws_gateway_finish(void)
{
    for (unsigned i = 0; i < BUCKETS; ++i) {
        struct session *s;

        while ((s = gateway.bucket[i]) != NULL) {
            gateway.bucket[i] = s->next;
            end(s, "server_stops", CLOSE_GOING_AWAY);
            free(s);
        }
    }
}
