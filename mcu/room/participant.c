/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/participant.c  Somebody in a room, whatever he came with
 */
#include "mcu/room/participant.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mcu/base/clock.h"
#include "mcu/base/log.h"
#include "mcu/config/settings.h"
#include "mcu/room/door.h"
#include "mcu/room/dtmf_menu.h"
#include "mcu/room/leg.h"
#include "mcu/room/participant_media.h"
#include "mcu/room/participant_private.h"
#include "mcu/room/reaction.h"
#include "mcu/room/room_set.h"
#include "mcu/room/share_floor.h"

LOG_DOMAIN("room");

struct log_ids participant_ids(const struct participant *p)
{
    return (struct log_ids){.room = p->room ? room_name(p->room) : NULL, .part = p->id};
}

bool participant_is_unseen(const struct participant *p)
{
    return p->grants.hidden || p->grants.role == ROLE_VIEWER;
}

bool participant_is_waiting(const struct participant *p)
{
    return p->waiting;
}

static const char *const kind_name[] = {"web", "sip"};

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
        (void)participant_media_share(p, false);
    if (!(rights & RIGHT_HAND))
        participant_set_hand(p, false);
}

void participant_adopt_role(struct participant *p, enum role role)
{
    grants_with_role(&p->grants, &p->given, role);
    if (p->leg && leg_set_unseen(p->leg, participant_is_unseen(p)))
        log_warning(NULL, "%s has no tile: there is no place", p->name);
}

void participant_set_role(struct participant *p, enum role role)
{
    struct log_ids ids = participant_ids(p);

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
    participant_media_set_muted(p, audio, video);
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
        participant_media_set_muted(p, !p->muted_audio, p->muted_video);
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
    struct log_ids ids = participant_ids(p);

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
