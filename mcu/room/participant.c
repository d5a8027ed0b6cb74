/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/participant.c  Somebody in a room, whatever he came with
 */
#include "mcu/room/participant.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/base/clock.h"
#include "mcu/base/id.h"
#include "mcu/base/log.h"
#include "mcu/base/metric.h"
#include "mcu/config/settings.h"
#include "mcu/room/dtmf_menu.h"
#include "mcu/room/leg.h"
#include "mcu/room/room_set.h"
#include "mixer/layout.h"

LOG_DOMAIN("room");

enum { NAME_SIZE = 260 };

struct participant {
    struct participant *next;
    struct participant_cfg cfg;
    struct room *room; /* NULL after leaving */
    struct leg *leg;
    uint32_t key, content_key;
    bool muted_audio, muted_video;
    bool changed; /* and the room was not told yet */
    uint64_t joined_us, hand_us;
    struct dtmf_menu menu;
    char seat[LAYOUT_NAME_SIZE];
    char id[ID_SIZE];
    char name[NAME_SIZE];
};

static const char *const kind_name[] = {"web", "sip"};

static struct metric participants[PARTICIPANT_KIND_COUNT] = {
    METRIC_GAUGE("medley_participants", "kind=\"web\"", "Participants"),
    METRIC_GAUGE("medley_participants", "kind=\"sip\"", "Participants"),
};
static struct metric joins[PARTICIPANT_KIND_COUNT] = {
    METRIC_COUNTER("medley_joins_total", "kind=\"web\"", "Participants who came"),
    METRIC_COUNTER("medley_joins_total", "kind=\"sip\"", "Participants who came"),
};

void participant_init(void)
{
    for (unsigned i = 0; i < PARTICIPANT_KIND_COUNT; ++i)
        metric_register(&participants[i]);
    for (unsigned i = 0; i < PARTICIPANT_KIND_COUNT; ++i)
        metric_register(&joins[i]);
}

static struct log_ids ids_of(const struct participant *p)
{
    return (struct log_ids){.room = p->room ? room_name(p->room) : NULL, .part = p->id};
}

static void on_lost(const char *why, void *arg)
{
    struct participant *p = arg;
    struct log_ids ids = ids_of(p);

    log_info(&ids, "media lost: %s", why);
    if (p->cfg.handlers.losth)
        p->cfg.handlers.losth("media_lost", why, p->cfg.handlers.arg);
}

static void on_connected(void *arg)
{
    struct participant *p = arg;
    struct log_ids ids = ids_of(p);

    log_info(&ids, "media connected");
}

static void on_fast_update(void *arg)
{
    struct participant *p = arg;

    if (p->cfg.handlers.fast_updateh)
        p->cfg.handlers.fast_updateh(p->cfg.handlers.arg);
}

static void on_dtmf(char digit, void *arg)
{
    participant_press(arg, digit);
}

static void on_closed(void *arg)
{
    free(arg);
}

static int enter(struct participant *p, const char **ret_code)
{
    struct leg_cfg leg = {
        .webrtc = p->cfg.kind == PARTICIPANT_KIND_WEB,
        .key = p->key,
        .content_key = p->content_key,
        .name = p->name,
        .peer = p->cfg.peer,
        .local = p->cfg.local,
        .handlers = {.losth = on_lost,
                     .connectedh = on_connected,
                     .fast_updateh = on_fast_update,
                     .dtmfh = on_dtmf,
                     .closedh = on_closed,
                     .arg = p},
    };
    int err = room_set_open(&p->room, p->cfg.room);

    if (err) {
        *ret_code = err == -ENOSPC      ? "rooms_full"
                    : err == -ESHUTDOWN ? "draining"
                                        : "out_of_resources";
        return err;
    }
    err = room_enter(p->room, p);
    if (err) {
        *ret_code = "room_full";
        room_set_settle(p->room);
        return err;
    }
    leg.room = p->room;
    err = leg_new(&p->leg, &leg);
    if (err) {
        *ret_code = "out_of_resources";
        room_exit(p->room, p, "failed");
        room_set_settle(p->room);
    }
    return err;
}

int participant_join(struct participant **ret_participant, const struct participant_cfg *cfg,
                     const char **ret_code)
{
    struct participant *p = calloc(1, sizeof(*p));
    struct log_ids ids;
    int err;

    *ret_code = "out_of_resources";
    if (!p)
        return -ENOMEM;
    p->cfg = *cfg;
    p->key = room_set_next_key();
    p->content_key = room_set_next_key();
    p->joined_us = clock_wall_us();
    id_make(p->id, "pt");
    (void)snprintf(p->name, sizeof(p->name), "%s", cfg->name);
    err = enter(p, ret_code);
    if (err) {
        free(p);
        return err;
    }
    metric_add(&participants[cfg->kind], 1);
    metric_add(&joins[cfg->kind], 1);
    ids = ids_of(p);
    log_info(&ids, "%s joined as %s", p->name, kind_name[cfg->kind]);
    *ret_participant = p;
    return 0;
}

struct participant *participant_leave(struct participant *p, const char *reason)
{
    struct log_ids ids;
    struct room *room;

    if (!p)
        return NULL;
    ids = ids_of(p);
    log_info(&ids, "%s left: %s", p->name, reason);
    metric_add(&participants[p->cfg.kind], -1);
    room = p->room;
    p->room = NULL;
    memset(&p->cfg.handlers, 0, sizeof(p->cfg.handlers));
    room_exit(room, p, reason);
    leg_close(p->leg); /* on_closed() frees p */
    room_set_settle(room);
    room_set_trim();
    return NULL;
}

/* What the others are told of his media. */
struct shown {
    bool audio, video, share;
};

static struct shown shown(const struct participant *p)
{
    return (struct shown){participant_audio(p), participant_video(p), participant_sharing(p)};
}

static void tell_if_changed(struct participant *p, const struct shown *was)
{
    struct shown is = shown(p);

    if (is.audio != was->audio || is.video != was->video || is.share != was->share)
        room_changed(p->room, p);
}

int participant_answer(struct participant *p, const char *sdp, size_t len, char *buf, size_t size,
                       char *why, size_t why_size)
{
    struct shown was = shown(p);
    int n = leg_answer(p->leg, sdp, len, buf, size, why, why_size);

    tell_if_changed(p, &was);
    return n;
}

int participant_offer(struct participant *p, char *buf, size_t size)
{
    return leg_offer(p->leg, buf, size);
}

int participant_accept(struct participant *p, const char *sdp, size_t len, char *why,
                       size_t why_size)
{
    struct shown was = shown(p);
    int err = leg_accept(p->leg, sdp, len, why, why_size);

    tell_if_changed(p, &was);
    return err;
}

void participant_set_muted(struct participant *p, bool audio, bool video)
{
    struct shown was = shown(p);

    p->muted_audio = audio;
    p->muted_video = video;
    leg_set_muted(p->leg, audio, video);
    tell_if_changed(p, &was);
}

void participant_mute(struct participant *p, bool audio, bool video)
{
    participant_set_muted(p, audio, video);
    if (p->cfg.handlers.mutedh)
        p->cfg.handlers.mutedh(audio, video, p->cfg.handlers.arg);
}

static void show_presence(struct participant *p)
{
    leg_set_presence(p->leg, p->hand_us, p->seat);
    room_changed(p->room, p);
}

void participant_set_hand(struct participant *p, bool up)
{
    if (up == (p->hand_us != 0))
        return;
    p->hand_us = up ? clock_now_us() : 0;
    show_presence(p);
}

void participant_set_seat(struct participant *p, const char *name)
{
    if (strcmp(p->seat, name) == 0)
        return;
    for (struct participant *q = room_first(p->room); q && name[0]; q = q->next) {
        if (strcmp(q->seat, name) == 0) {
            q->seat[0] = '\0';
            show_presence(q);
        }
    }
    (void)snprintf(p->seat, sizeof(p->seat), "%s", name);
    show_presence(p);
}

void participant_press(struct participant *p, char digit)
{
    const struct config_dtmf *config = &room_set_settings()->config.dtmf;

    switch (dtmf_menu_put(&p->menu, config, digit, clock_now_us())) {
    case DTMF_MENU_NONE:
        break;
    case DTMF_MENU_MUTE:
        participant_set_muted(p, !p->muted_audio, p->muted_video);
        break;
    case DTMF_MENU_HAND:
        participant_set_hand(p, !p->hand_us);
        break;
    case DTMF_MENU_LAYOUT:
        room_next_layout(p->room);
        break;
    case DTMF_MENU_SPOTLIGHT:
        room_toggle_spotlight(p->room, p->key);
        break;
    case DTMF_MENU_SEAT:
        participant_set_seat(p, p->seat[0] ? "" : config->seat_name);
        break;
    case DTMF_MENU_OVERLAYS:
        room_toggle_overlays(p->room);
        break;
    }
}

void participant_remove(struct participant *p, const char *code)
{
    struct log_ids ids = ids_of(p);

    log_info(&ids, "%s is sent away: %s", p->name, code);
    if (p->cfg.handlers.losth)
        p->cfg.handlers.losth(code, code, p->cfg.handlers.arg);
}

void participant_request_key(struct participant *p)
{
    leg_request_key(p->leg);
}

const char *participant_id(const struct participant *p)
{
    return p->id;
}

const char *participant_name(const struct participant *p)
{
    return p->name;
}

const char *participant_kind_name(const struct participant *p)
{
    return kind_name[p->cfg.kind];
}

uint32_t participant_key(const struct participant *p)
{
    return p->key;
}

uint32_t participant_content_key(const struct participant *p)
{
    return p->content_key;
}

bool participant_audio(const struct participant *p)
{
    return p->leg && leg_sends_audio(p->leg);
}

bool participant_video(const struct participant *p)
{
    return p->leg && leg_sends_video(p->leg);
}

bool participant_muted_audio(const struct participant *p)
{
    return p->muted_audio;
}

bool participant_muted_video(const struct participant *p)
{
    return p->muted_video;
}

enum participant_kind participant_kind(const struct participant *p)
{
    return p->cfg.kind;
}

bool participant_sharing(const struct participant *p)
{
    return p->leg && leg_shares(p->leg); /* while he enters he has none */
}

uint64_t participant_hand_us(const struct participant *p)
{
    return p->hand_us;
}

const char *participant_seat(const struct participant *p)
{
    return p->seat;
}

uint64_t participant_joined_us(const struct participant *p)
{
    return p->joined_us;
}

void participant_figures(const struct participant *p, struct leg_figures *ret)
{
    leg_figures(p->leg, ret);
}

struct room *participant_room(const struct participant *p)
{
    return p->room;
}

bool participant_video_ts(const struct participant *p, uint64_t when_us, uint32_t *ret_ts)
{
    return leg_video_ts(p->leg, when_us, ret_ts);
}

struct participant *participant_next(const struct participant *p)
{
    return p->next;
}

struct participant **participant_next_link(struct participant *p)
{
    return &p->next;
}

void participant_mark_changed(struct participant *p)
{
    p->changed = true;
}

bool participant_take_changed(struct participant *p)
{
    bool changed = p->changed;

    p->changed = false;
    return changed;
}

void participant_on_roster(struct participant *p, const struct room_roster *roster)
{
    if (p->cfg.handlers.rosterh)
        p->cfg.handlers.rosterh(roster, p->cfg.handlers.arg);
}

void participant_on_layout(struct participant *p, const struct video_room_layout *layout)
{
    if (p->cfg.handlers.layouth)
        p->cfg.handlers.layouth(layout, p->cfg.handlers.arg);
}

void participant_on_speakers(struct participant *p, const struct audio_room_speakers *speakers)
{
    if (p->cfg.handlers.speakersh)
        p->cfg.handlers.speakersh(speakers, p->cfg.handlers.arg);
}
