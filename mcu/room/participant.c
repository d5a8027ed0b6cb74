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
#include "mcu/room/content_view.h"
#include "mcu/room/door.h"
#include "mcu/room/dtmf_menu.h"
#include "mcu/room/leg.h"
#include "mcu/room/reaction.h"
#include "mcu/room/room_events.h"
#include "mcu/room/room_media.h"
#include "mcu/room/room_set.h"
#include "mcu/room/share_floor.h"
#include "mixer/layout.h"

LOG_DOMAIN("room");

enum { NAME_SIZE = 260, SOURCE_SIZE = 64, PIN_SIZE = 13 };

struct participant {
    struct participant *next;
    struct participant_cfg cfg;
    struct room *room; /* NULL after leaving, and before somebody answers whom we call */
    struct leg *leg;
    uint32_t key, content_key;
    bool muted_audio, muted_video;
    bool changed; /* and the room was not told yet */
    uint64_t joined_us, hand_us;
    struct grants grants;
    struct grants given; /* before a room or a host gave him another role */
    struct room_rate chat_rate, reaction_rate;
    bool token;           /* grants are of one */
    bool waiting;         /* outside of room */
    bool told;            /* room_events know that he is in */
    bool content_offered; /* with the last offer */
    char source[SOURCE_SIZE], pin[PIN_SIZE];
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

static const char *code_of_open(int err)
{
    return err == -ENOSPC ? "rooms_full" : err == -ESHUTDOWN ? "draining" : "out_of_resources";
}

/* Who has no tile: viewers, and people who are on no list. */
static bool is_unseen(const struct participant *p)
{
    return p->grants.hidden || p->grants.role == ROLE_VIEWER;
}

static int start_leg(struct participant *p)
{
    const struct leg_cfg leg = {
        .media = p->room ? room_media(p->room) : NULL,
        .pool = room_set_pool(),
        .webrtc = p->cfg.kind == PARTICIPANT_KIND_WEB,
        .unseen = is_unseen(p),
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

    int err = leg_new(&p->leg, &leg);

    if (!err)
        leg_set_want(p->leg, &p->cfg.want);
    return err;
}

static void tell_entered(struct participant *p)
{
    p->told = true;
    room_events_entered(p);
}

static void tell_exited(struct participant *p, const char *reason)
{
    if (p->told)
        room_events_exited(p, reason);
    p->told = false;
}

int participant_enter(struct participant *p, const char **ret_code)
{
    struct log_ids ids = ids_of(p);
    bool waited = p->waiting;
    int err = room_enter(p->room, p);

    if (err) {
        *ret_code = err == -ENOSPC ? "room_full" : "out_of_resources";
        return err;
    }
    err = p->leg ? leg_move(p->leg, room_media(p->room)) : start_leg(p);
    if (err) {
        *ret_code = "out_of_resources";
        if (p->leg)
            leg_leave(p->leg);
        room_exit(p->room, p, "failed");
        return err;
    }
    p->waiting = false;
    p->joined_us = clock_wall_us();
    participant_check_rights(p);
    metric_add(&participants[p->cfg.kind], 1);
    metric_add(&joins[p->cfg.kind], 1);
    log_info(&ids, "%s joined as %s, %s", p->name, kind_name[p->cfg.kind],
             rights_role_name(p->grants.role));
    tell_entered(p);
    if (waited && p->cfg.handlers.admittedh)
        p->cfg.handlers.admittedh(p->cfg.handlers.arg);
    return 0;
}

static void copy_cfg(struct participant *p, const struct participant_cfg *cfg)
{
    p->cfg = *cfg;
    p->cfg.room = NULL; /* the caller's */
    p->cfg.rules = NULL;
    p->cfg.owner = NULL;
    p->token = cfg->grants != NULL;
    if (cfg->grants)
        p->grants = *cfg->grants;
    else
        grants_of_role(&p->grants, ROLE_GUEST);
    p->given = p->grants;
    p->cfg.grants = &p->grants;
    (void)snprintf(p->pin, sizeof(p->pin), "%s", cfg->pin ? cfg->pin : "");
    p->cfg.pin = cfg->pin ? p->pin : NULL;
    (void)snprintf(p->source, sizeof(p->source), "%s", cfg->source ? cfg->source : "");
    p->cfg.source = p->source;
    (void)snprintf(p->name, sizeof(p->name), "%s", cfg->name);
    p->cfg.name = p->name;
}

/* Rules of a room that he makes: of its meeting, or as configured and as his token says. */
static const struct room_rules *rules_of(const struct participant *p,
                                         const struct participant_cfg *cfg, struct room_rules *own)
{
    const struct grants_room_config *says = &p->grants.room_config;

    if (cfg->rules)
        return cfg->rules;
    room_set_default_rules(own);
    if (says->max_participants)
        own->max_participants = says->max_participants;
    if (says->title[0]) {
        struct room_rules with = *own;

        (void)snprintf(with.title, sizeof(with.title), "%.256s", says->title);
        if (!room_rules_check(&with))
            *own = with;
    }
    return own;
}

/* Whoever may not join at all hears so at the door. */
static bool may_make(const struct participant *p, const struct participant_cfg *cfg)
{
    return !p->token || cfg->rules || p->grants.create || p->grants.operator_ ||
           !grants_may_join(&p->grants, cfg->room);
}

int participant_join(struct participant **ret_participant, const struct participant_cfg *cfg,
                     const char **ret_code)
{
    struct participant *p = calloc(1, sizeof(*p));
    struct room_rules rules;
    int err;

    *ret_code = "out_of_resources";
    if (!p)
        return -ENOMEM;
    copy_cfg(p, cfg);
    p->key = room_set_next_key();
    p->content_key = room_set_next_key();
    p->joined_us = clock_wall_us();
    id_make(p->id, "pt");
    err = room_set_find_name(cfg->room) || may_make(p, cfg) ? 0 : -EACCES;
    if (err)
        *ret_code = "room_not_found";
    if (!err) {
        err = room_set_open(&p->room, cfg->room, rules_of(p, cfg, &rules), cfg->owner);
        *ret_code = err ? code_of_open(err) : "";
    }
    if (err) {
        free(p);
        return err;
    }
    err = door_knock(p, &p->cfg, ret_code);
    if (err) {
        room_set_settle(p->room);
        free(p);
        return err;
    }
    *ret_participant = p;
    if (!p->waiting)
        door_recheck(p->room); /* he may be whom others wait for */
    return 0;
}

int participant_dial(struct participant **ret_participant, const struct participant_cfg *cfg)
{
    struct participant *p = calloc(1, sizeof(*p));
    int err;

    if (!p)
        return -ENOMEM;
    copy_cfg(p, cfg);
    p->key = room_set_next_key();
    p->content_key = room_set_next_key();
    id_make(p->id, "pt");
    err = start_leg(p);
    if (err)
        free(p);
    else
        *ret_participant = p;
    return err;
}

int participant_come(struct participant *p, const char *room, const struct room_rules *rules,
                     const char **ret_code)
{
    int err = room_set_open(&p->room, room, rules, NULL);

    if (err) {
        *ret_code = code_of_open(err);
        return err;
    }
    err = participant_enter(p, ret_code);
    if (err) {
        room_set_settle(p->room);
        p->room = NULL;
        return err;
    }
    door_recheck(p->room);
    return 0;
}

int participant_wait(struct participant *p)
{
    int err = room_wait(p->room, p);

    p->waiting = !err;
    return err;
}

/* Somebody went: others may come in now, or have to go, and the room with the last one. */
static void after_leaving(struct room *room, bool was_host)
{
    uint32_t key = room_key(room);

    if (!room_is_clearing(room)) {
        if (was_host)
            door_host_left(room);
        room = room_set_find(key);
        if (room)
            door_recheck(room);
    }
    room = room_set_find(key);
    if (room)
        room_set_settle(room);
}

static void leave_lobby(struct participant *p)
{
    struct room *room = p->room;

    room_unwait(room, p);
    if (p->leg)
        leg_close(p->leg); /* on_closed() frees p, later */
    else
        free(p);
    after_leaving(room, false);
}

struct participant *participant_leave(struct participant *p, const char *reason)
{
    struct log_ids ids;
    struct room *room;

    if (!p)
        return NULL;
    ids = ids_of(p);
    room = p->room;
    memset(&p->cfg.handlers, 0, sizeof(p->cfg.handlers));
    if (!room) {
        leg_close(p->leg); /* on_closed() frees p, later */
        return NULL;
    }
    if (p->waiting) {
        log_info(&ids, "%s waits no longer: %s", p->name, reason);
        leave_lobby(p);
        return NULL;
    }
    log_info(&ids, "%s left: %s", p->name, reason);
    metric_add(&participants[p->cfg.kind], -1);
    tell_exited(p, reason);
    room_exit(room, p, reason);
    p->room = NULL;
    leg_close(p->leg); /* on_closed() frees p, later */
    after_leaving(room, p->grants.role == ROLE_HOST);
    room_set_trim();
    return NULL;
}

bool participant_is_waiting(const struct participant *p)
{
    return p->waiting;
}

/* What was his in the old room, and what he is in the new one. */
static void adapt(struct participant *p, enum role role)
{
    leg_allow_content(p->leg, false);
    p->seat[0] = '\0';
    leg_set_presence(p->leg, p->hand_us, p->seat);
    if (p->grants.role != role)
        participant_adopt_role(p, role);
}

/* His streams go with him; the old room stays until they are out of it. */
static int change_room(struct participant *p, struct room *to, enum role role,
                       const char **ret_code)
{
    struct room *from = p->room;
    bool was_host = p->grants.role == ROLE_HOST;
    int err;

    tell_exited(p, "moved");
    room_exit(from, p, "moved");
    adapt(p, role);
    p->room = to;
    err = room_enter(to, p);
    if (!err)
        err = leg_move(p->leg, room_media(to));
    if (err) {
        *ret_code = "out_of_resources";
        participant_remove(p, *ret_code);
    } else {
        participant_check_rights(p);
        tell_entered(p);
        if (p->cfg.handlers.movedh)
            p->cfg.handlers.movedh(p->cfg.handlers.arg);
        door_recheck(to);
    }
    after_leaving(from, was_host);
    return err;
}

int participant_move(struct participant *p, const struct participant_move *move,
                     const char **ret_code)
{
    struct log_ids ids = ids_of(p);
    bool made = !room_set_find_name(move->room);
    enum role role;
    struct room *to;
    int err = room_set_open(&to, move->room, move->rules, move->owner);

    if (err) {
        *ret_code = code_of_open(err);
        return err;
    }
    if (to == p->room)
        return 0;
    if (made && !move->rules)
        room_join_family(to, p->room);
    err = door_move(p, to, move, ret_code, &role);
    if (err) {
        room_set_settle(to);
        return err;
    }
    log_info(&ids, "%s moves to %s", p->name, move->room);
    return change_room(p, to, role, ret_code);
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

    if (!p->room)
        return;
    participant_follow_picture(p); /* not that of his own screen */
    if (is.audio != was->audio || is.video != was->video || is.share != was->share)
        room_changed(p->room, p);
}

/* Somebody took the floor from him. */
static void stop_share(struct participant *p)
{
    struct shown was = shown(p);

    leg_allow_content(p->leg, false);
    tell_if_changed(p, &was);
}

static enum room_rules_role rules_role(enum role role)
{
    return role == ROLE_HOST    ? ROOM_RULES_HOST
           : role == ROLE_GUEST ? ROOM_RULES_GUEST
                                : ROOM_RULES_VIEWER;
}

/* @return 0 or -EBUSY */
static int take_floor(struct participant *p)
{
    struct share_floor *floor = room_floor(p->room);
    struct participant *other;
    uint32_t from = 0;

    switch (share_floor_request(floor, p->key, rules_role(p->grants.role),
                                room_rules(p->room)->share_takeover, &from)) {
    case SHARE_FLOOR_REFUSED:
        return -EBUSY;
    case SHARE_FLOOR_TAKEN:
        other = room_find(p->room, from);
        if (other)
            stop_share(other);
        break;
    case SHARE_FLOOR_GRANTED:
        break;
    }
    return 0;
}

int participant_share(struct participant *p, bool on)
{
    struct shown was = shown(p);
    bool had = room_floor(p->room)->holder == p->key;
    int err = 0;

    if (on && !(participant_rights(p) & RIGHT_SHARE))
        return -EACCES;
    if (on)
        err = take_floor(p);
    else
        (void)share_floor_release(room_floor(p->room), p->key);
    if (err)
        return err;
    leg_allow_content(p->leg, on);
    tell_if_changed(p, &was);
    if (had != on) {
        room_tell_share(p->room);
        room_events_shared(p, on);
    }
    return 0;
}

/* Phones, and clients that do not ask first, share by offering a screen. */
static void follow_content(struct participant *p)
{
    bool offers = leg_offers_content(p->leg);

    if (p->room && offers != p->content_offered)
        (void)participant_share(p, offers);
    p->content_offered = offers;
}

int participant_answer(struct participant *p, const char *sdp, size_t len, char *buf, size_t size,
                       char *why, size_t why_size)
{
    struct shown was = shown(p);
    int n = leg_answer(p->leg, sdp, len, buf, size, why, why_size);

    follow_content(p);
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

    follow_content(p);
    tell_if_changed(p, &was);
    return err;
}

void participant_set_muted(struct participant *p, bool audio, bool video)
{
    uint32_t rights = participant_rights(p);
    struct shown was = shown(p);

    p->muted_audio = audio || !(rights & RIGHT_SPEAK);
    p->muted_video = video || !(rights & RIGHT_SHOW);
    leg_set_muted(p->leg, p->muted_audio, p->muted_video);
    tell_if_changed(p, &was);
}

void participant_ask(struct participant *p, const struct participant *by, bool audio, bool video)
{
    if (p->cfg.handlers.askedh)
        p->cfg.handlers.askedh(by, audio, video, p->cfg.handlers.arg);
}

void participant_check_rights(struct participant *p)
{
    uint32_t rights = participant_rights(p);
    bool audio = p->muted_audio || !(rights & RIGHT_SPEAK);
    bool video = p->muted_video || !(rights & RIGHT_SHOW);

    if (audio != p->muted_audio || video != p->muted_video)
        participant_mute(p, audio, video);
    if (!(rights & RIGHT_SHARE) && room_floor(p->room)->holder == p->key)
        (void)participant_share(p, false);
    if (!(rights & RIGHT_HAND))
        participant_set_hand(p, false);
}

void participant_adopt_role(struct participant *p, enum role role)
{
    grants_with_role(&p->grants, &p->given, role);
    if (p->leg && leg_set_unseen(p->leg, is_unseen(p)))
        log_warning(NULL, "%s has no tile: there is no place", p->name);
}

void participant_set_role(struct participant *p, enum role role)
{
    struct log_ids ids = ids_of(p);

    if (p->grants.role == role)
        return;
    log_info(&ids, "%s is %s now", p->name, rights_role_name(role));
    participant_adopt_role(p, role);
    participant_check_rights(p);
    participant_on_room(p);
    room_changed(p->room, p);
    door_recheck(p->room);
}

void participant_inherit(struct participant *p, const struct participant *from)
{
    enum role role = from->grants.role;

    if (role > from->given.role && role > p->grants.role)
        participant_set_role(p, role);
}

void participant_set_want(struct participant *p, const struct leg_want *want)
{
    p->cfg.want = *want;
    if (!p->leg)
        return;
    leg_set_want(p->leg, want);
    participant_follow_picture(p);
}

const struct leg_want *participant_want(const struct participant *p)
{
    return &p->cfg.want;
}

void participant_follow_picture(struct participant *p)
{
    const struct video_room_layout *layout;

    if (!p->leg || !leg_follow_picture(p->leg))
        return;
    layout = participant_layout(p);
    if (layout)
        participant_on_layout(p, layout);
}

const struct video_room_layout *participant_layout(const struct participant *p)
{
    return participant_gets_view(p) ? content_view_layout(room_media_view(room_media(p->room)))
                                    : room_layout(p->room);
}

bool participant_gets_view(const struct participant *p)
{
    return p->leg && leg_gets_view(p->leg);
}

int participant_react(struct participant *p, const char *emoji, const char **ret_code)
{
    static struct reaction_set known;
    int err;

    if (!known.n)
        reaction_set_default(&known);
    *ret_code = "forbidden";
    if (!(participant_rights(p) & RIGHT_REACT))
        return -EACCES;
    err = reaction_check(&known, &p->reaction_rate, emoji, clock_now_us(), ret_code);
    if (err)
        return err;
    for (struct participant *q = room_first(p->room); q; q = q->next) {
        if (q->cfg.handlers.reactionh)
            q->cfg.handlers.reactionh(p, emoji, q->cfg.handlers.arg);
    }
    return 0;
}

struct room_rate *participant_chat_rate(struct participant *p)
{
    return &p->chat_rate;
}

void participant_mute(struct participant *p, bool audio, bool video)
{
    participant_set_muted(p, audio, video);
    if (p->cfg.handlers.mutedh)
        p->cfg.handlers.mutedh(p->muted_audio, p->muted_video, p->cfg.handlers.arg);
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

/* What an action takes; 0: nothing. */
static uint32_t right_for(enum dtmf_menu_action action)
{
    switch (action) {
    case DTMF_MENU_HAND:
        return RIGHT_HAND;
    case DTMF_MENU_LAYOUT:
    case DTMF_MENU_SPOTLIGHT:
    case DTMF_MENU_OVERLAYS:
        return RIGHT_LAYOUT;
    case DTMF_MENU_SEAT:
        return RIGHT_SHOW;
    default:
        return 0;
    }
}

void participant_press(struct participant *p, char digit)
{
    const struct config_dtmf *config = &room_set_settings()->config.dtmf;
    enum dtmf_menu_action action = dtmf_menu_put(&p->menu, config, digit, clock_now_us());
    uint32_t right = right_for(action);

    if (!p->room || p->waiting || (participant_rights(p) & right) != right)
        return;
    switch (action) {
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

const char *participant_identity(const struct participant *p)
{
    return p->grants.identity;
}

const char *participant_source(const struct participant *p)
{
    return p->source;
}

const struct grants *participant_grants(const struct participant *p)
{
    return &p->grants;
}

const struct participant_cfg *participant_cfg(const struct participant *p)
{
    return &p->cfg;
}

bool participant_has_token(const struct participant *p)
{
    return p->token && !p->grants.user;
}

bool participant_is_elsewhere(const struct participant *p, const char *room)
{
    return p->token && !grants_may_join(&p->given, room);
}

bool participant_is_bound(const struct participant *p)
{
    return participant_has_token(p) && p->given.role_said && p->given.role != ROLE_HOST;
}

enum role participant_given_role(const struct participant *p)
{
    return p->given.role;
}

enum role participant_role(const struct participant *p)
{
    return p->grants.role;
}

uint32_t participant_rights(const struct participant *p)
{
    struct rights_policy policy;

    if (!p->room)
        return RIGHTS_ALL; /* he is called: the room that he will enter decides */
    door_policy(room_rules(p->room), &policy);
    return grants_rights(&p->grants, &policy);
}

bool participant_is_hidden(const struct participant *p)
{
    return p->grants.hidden;
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

void participant_on_room(struct participant *p)
{
    if (p->cfg.handlers.roomh)
        p->cfg.handlers.roomh(p->cfg.handlers.arg);
}

void participant_on_lobby(struct participant *p, const struct participant *who, bool waits)
{
    if (p->cfg.handlers.lobbyh)
        p->cfg.handlers.lobbyh(who, waits, p->cfg.handlers.arg);
}

void participant_on_chat(struct participant *p, const struct room_chat_message *message)
{
    if (p->cfg.handlers.chath)
        p->cfg.handlers.chath(message, p->cfg.handlers.arg);
}
