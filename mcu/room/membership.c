/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/membership.c  How a participant comes into a room, to another one, and out of it
 */
#include "mcu/room/membership.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/base/clock.h"
#include "mcu/base/id.h"
#include "mcu/base/log.h"
#include "mcu/base/metric.h"
#include "mcu/room/door.h"
#include "mcu/room/leg.h"
#include "mcu/room/participant_media.h"
#include "mcu/room/participant_private.h"
#include "mcu/room/room_events.h"
#include "mcu/room/room_media.h"
#include "mcu/room/room_set.h"

LOG_DOMAIN("room");

static struct metric participants[PARTICIPANT_KIND_COUNT] = {
    METRIC_GAUGE("medley_participants", "kind=\"web\"", "Participants"),
    METRIC_GAUGE("medley_participants", "kind=\"sip\"", "Participants"),
};
static struct metric joins[PARTICIPANT_KIND_COUNT] = {
    METRIC_COUNTER("medley_joins_total", "kind=\"web\"", "Participants who came"),
    METRIC_COUNTER("medley_joins_total", "kind=\"sip\"", "Participants who came"),
};

void membership_init(void)
{
    for (unsigned i = 0; i < PARTICIPANT_KIND_COUNT; ++i)
        metric_register(&participants[i]);
    for (unsigned i = 0; i < PARTICIPANT_KIND_COUNT; ++i)
        metric_register(&joins[i]);
}

static void on_lost(const char *why, void *arg)
{
    struct participant *p = arg;
    struct log_ids ids = participant_ids(p);

    log_info(&ids, "media lost: %s", why);
    if (p->cfg.handlers.losth)
        p->cfg.handlers.losth("media_lost", why, p->cfg.handlers.arg);
}

static void on_connected(void *arg)
{
    struct participant *p = arg;
    struct log_ids ids = participant_ids(p);

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

static int start_leg(struct participant *p)
{
    const struct leg_cfg leg = {
        .media = p->room ? room_media(p->room) : NULL,
        .pool = room_set_pool(),
        .webrtc = p->cfg.kind == PARTICIPANT_KIND_WEB,
        .unseen = participant_is_unseen(p),
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

int membership_enter(struct participant *p, const char **ret_code)
{
    struct log_ids ids = participant_ids(p);
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
    log_info(&ids, "%s joined as %s, %s", p->name, participant_kind_name(p),
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

int membership_join(struct participant **ret_participant, const struct participant_cfg *cfg,
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

int membership_dial(struct participant **ret_participant, const struct participant_cfg *cfg)
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

int membership_come(struct participant *p, const char *room, const struct room_rules *rules,
                    const char **ret_code)
{
    int err = room_set_open(&p->room, room, rules, NULL);

    if (err) {
        *ret_code = code_of_open(err);
        return err;
    }
    err = membership_enter(p, ret_code);
    if (err) {
        room_set_settle(p->room);
        p->room = NULL;
        return err;
    }
    door_recheck(p->room);
    return 0;
}

int membership_wait(struct participant *p)
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

struct participant *membership_leave(struct participant *p, const char *reason)
{
    struct log_ids ids;
    struct room *room;

    if (!p)
        return NULL;
    ids = participant_ids(p);
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
    participant_media_free_floor(p);
    tell_exited(p, reason);
    room_exit(room, p, reason);
    p->room = NULL;
    leg_close(p->leg); /* on_closed() frees p, later */
    after_leaving(room, p->grants.role == ROLE_HOST);
    room_set_trim();
    return NULL;
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

    participant_media_free_floor(p);
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

int membership_move(struct participant *p, const struct membership_move *move,
                    const char **ret_code)
{
    struct log_ids ids = participant_ids(p);
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
