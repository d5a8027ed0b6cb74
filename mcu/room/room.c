/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/room.c  A room: who is in it, its mix and its renditions
 */
#include "mcu/room/room.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/base/clock.h"
#include "mcu/base/id.h"
#include "mcu/base/log.h"
#include "mcu/config/settings.h"
#include "mcu/media/audio_room.h"
#include "mcu/media/room_look.h"
#include "mcu/media/video_room.h"
#include "mcu/room/bans.h"
#include "mcu/room/content_view.h"
#include "mcu/room/door.h"
#include "mcu/room/participant.h"
#include "mcu/room/participant_media.h"
#include "mcu/room/room_chat.h"
#include "mcu/room/room_events.h"
#include "mcu/room/room_media.h"
#include "mcu/room/room_set.h"
#include "mcu/room/share_floor.h"
#include "mixer/layout_set.h"
#include "net/control_loop.h"

LOG_DOMAIN("room");

enum { NAME_SIZE = 80, TELL_DELAY_MS = 100, SPEAKERS_DELAY_MS = 200 };

struct room {
    struct room_cfg cfg;
    char name[NAME_SIZE];
    struct room_media *media;    /* from the first member on */
    struct participant *members; /* in order of joining */
    struct participant *waiting; /* in order of knocking */
    unsigned nmembers, nwaiting, peak;
    struct room_rules rules;
    struct bans *bans;
    struct room_chat *chat;
    struct room_rate say_rate; /* of hosts who are not in it */
    struct share_floor floor;
    char owner[GRANTS_IDENTITY_SIZE];
    char session[ID_SIZE];
    char family[ID_SIZE];             /* its own, or of the room that people were moved here from */
    struct video_room_layout *layout; /* latest */
    struct control_timer *tell_timer; /* of changes that were not told yet */
    bool telling;
    bool clearing; /* everybody is being sent away */
    struct room_look look;
    unsigned next_layout; /* of those that phones choose */
    uint64_t created_us;
    struct audio_room_speakers speakers;  /* latest */
    struct control_timer *speakers_timer; /* runs for a while after members were told */
    bool speakers_running, speakers_new;
};

static void tell(struct room *room, const struct room_roster *roster)
{
    for (struct participant *p = room->members; p; p = participant_next(p)) {
        if (roster->change == ROOM_CHANGE_UPDATED || p != roster->who[0])
            participant_on_roster(p, roster);
    }
}

/* All who changed since the last time, in one go. */
static void tell_changes(void *arg)
{
    struct room *room = arg;
    const struct participant **who = calloc(room->nmembers, sizeof(struct participant *));
    struct room_roster roster = {.change = ROOM_CHANGE_UPDATED, .who = who};

    room->telling = false;
    if (!who)
        return; /* the next change tells these too */
    for (struct participant *p = room->members; p; p = participant_next(p)) {
        if (participant_take_changed(p))
            who[roster.nwho++] = p;
    }
    if (roster.nwho)
        tell(room, &roster);
    free(who);
}

/* Members hear of speakers at most each SPEAKERS_DELAY_MS; the composite at once. */
static void tell_speakers(void *arg)
{
    struct room *room = arg;

    room->speakers_running = room->speakers_new;
    if (!room->speakers_new)
        return;
    room->speakers_new = false;
    control_timer_start(room->speakers_timer, SPEAKERS_DELAY_MS);
    for (struct participant *p = room->members; p; p = participant_next(p))
        participant_on_speakers(p, &room->speakers);
}

int room_new(struct room **ret_room, const struct room_cfg *cfg)
{
    struct room *room = calloc(1, sizeof(*room));
    int err;

    if (!room)
        return -ENOMEM;
    room->cfg = *cfg;
    room->cfg.settings = settings_ref(cfg->settings);
    room->cfg.rules = &room->rules;
    room->cfg.owner = room->owner;
    room->rules = *cfg->rules;
    id_make(room->session, "ss");
    id_make(room->family, "fa");
    (void)snprintf(room->owner, sizeof(room->owner), "%s", cfg->owner);
    room->look = (struct room_look){.names = true, .badges = true, .border = true, .logo = true};
    room->created_us = clock_wall_us();
    (void)snprintf(room->name, sizeof(room->name), "%s", cfg->name);
    err = control_timer_new(&room->tell_timer, tell_changes, room);
    if (!err)
        err = control_timer_new(&room->speakers_timer, tell_speakers, room);
    if (!err)
        err = bans_new(&room->bans);
    if (!err)
        err = room_chat_new(&room->chat, cfg->rules->chat_history);
    if (err) {
        room_free(room);
        return err;
    }
    *ret_room = room;
    return 0;
}

struct room *room_free(struct room *room)
{
    if (!room)
        return NULL;
    control_timer_free(room->tell_timer);
    control_timer_free(room->speakers_timer);
    room_media_close(room->media);
    bans_free(room->bans);
    room_chat_free(room->chat);
    free(room->layout);
    settings_unref(room->cfg.settings);
    free(room);
    return NULL;
}

const char *room_name(const struct room *room)
{
    return room->name;
}

uint32_t room_key(const struct room *room)
{
    return room->cfg.key;
}

unsigned room_count(const struct room *room)
{
    return room->nmembers;
}

unsigned room_count_waiting(const struct room *room)
{
    return room->nwaiting;
}

unsigned room_count_hosts(const struct room *room)
{
    unsigned n = 0;

    for (const struct participant *p = room->members; p; p = participant_next(p))
        n += participant_role(p) == ROLE_HOST;
    return n;
}

const char *room_session(const struct room *room)
{
    return room->session;
}

bool room_same_family(const struct room *room, const struct room *other)
{
    return strcmp(room->family, other->family) == 0;
}

void room_join_family(struct room *room, const struct room *of)
{
    memcpy(room->family, of->family, sizeof(room->family));
}

unsigned room_peak(const struct room *room)
{
    return room->peak;
}

const char *room_owner(const struct room *room)
{
    return room->owner;
}

struct task_pool *room_pool(struct room *room)
{
    return room->cfg.pool;
}

uint64_t room_created_us(const struct room *room)
{
    return room->created_us;
}

struct room_media *room_media(struct room *room)
{
    return room->media;
}

const struct room_rules *room_rules(const struct room *room)
{
    return &room->rules;
}

static void tell_rules(struct room *room)
{
    for (struct participant *p = room->members; p; p = participant_next(p))
        participant_on_room(p);
}

bool room_set_rules(struct room *room, const struct room_rules *rules)
{
    uint32_t key = room_key(room);

    room->rules = *rules;
    (void)room_chat_keep(room->chat, rules->chat_history); /* room_rules_check() knows the limit */
    for (struct participant *p = room->members; p; p = participant_next(p))
        participant_check_rights(p);
    tell_rules(room);
    door_recheck(room);
    return room_set_find(key) != NULL;
}

struct bans *room_bans(struct room *room)
{
    return room->bans;
}

struct room_chat *room_chat(struct room *room)
{
    return room->chat;
}

struct room_rate *room_say_rate(struct room *room)
{
    return &room->say_rate;
}

struct share_floor *room_floor(struct room *room)
{
    return &room->floor;
}

void room_tell_share(struct room *room)
{
    tell_rules(room);
}

struct participant *room_first(const struct room *room)
{
    return room->members;
}

struct participant *room_find(const struct room *room, uint32_t key)
{
    struct participant *p = room->members;

    while (p && participant_key(p) != key && participant_content_key(p) != key)
        p = participant_next(p);
    return p;
}

static struct participant *find_id(struct participant *p, const char *id)
{
    while (p && strcmp(participant_id(p), id) != 0)
        p = participant_next(p);
    return p;
}

struct participant *room_find_id(const struct room *room, const char *id)
{
    return find_id(room->members, id);
}

struct participant *room_find_other(const struct room *room, const struct participant *p)
{
    const char *identity = participant_identity(p);
    struct participant *q = identity[0] ? room->members : NULL;

    while (q && (q == p || participant_kind(q) != PARTICIPANT_KIND_WEB ||
                 strcmp(participant_identity(q), identity) != 0))
        q = participant_next(q);
    return q;
}

bool room_has_place(const struct room *room, const struct participant *p)
{
    unsigned others = participant_kind(p) == PARTICIPANT_KIND_WEB && room_find_other(room, p);

    return room->nmembers - others < room_max_participants(room);
}

struct participant *room_find_waiting(const struct room *room, const char *id)
{
    return find_id(room->waiting, id);
}

struct participant *room_first_waiting(const struct room *room)
{
    return room->waiting;
}

const struct room_look *room_look(const struct room *room)
{
    return &room->look;
}

int room_set_look(struct room *room, const struct room_look *look)
{
    int err;

    /* One that was chosen before stays, though a reload may have taken it away. */
    if (look->layout[0] && strcmp(look->layout, room->look.layout) != 0 &&
        !layout_set_has(room_set_settings()->layouts, look->layout))
        return -ENOENT;
    err = room->media ? room_media_set_look(room->media, look) : 0;
    if (!err) {
        room->look = *look;
        room_events_looked(room);
    }
    return err;
}

void room_next_layout(struct room *room)
{
    const struct config_strings *list = &room_set_settings()->config.dtmf.layouts;
    struct room_look look = room->look;

    if (!list->n)
        return;
    room->next_layout = (room->next_layout + 1) % list->n;
    (void)snprintf(look.layout, sizeof(look.layout), "%.*s", LAYOUT_NAME_SIZE - 1,
                   list->item[room->next_layout]);
    (void)room_set_look(room, &look);
}

static void forget_spotlight(struct room_look *look, uint32_t key)
{
    unsigned n = 0;

    for (unsigned i = 0; i < look->nspotlights; ++i) {
        if (look->spotlight[i] != key)
            look->spotlight[n++] = look->spotlight[i];
    }
    look->nspotlights = n;
}

void room_toggle_spotlight(struct room *room, uint32_t key)
{
    struct room_look look = room->look;
    unsigned before = look.nspotlights;

    forget_spotlight(&look, key);
    if (look.nspotlights == before && before < SCENE_SPOTLIGHTS_MAX)
        look.spotlight[look.nspotlights++] = key;
    (void)room_set_look(room, &look);
}

void room_toggle_overlays(struct room *room)
{
    struct room_look look = room->look;
    bool on = !(look.names || look.badges || look.border || look.logo);

    look.names = look.badges = look.border = look.logo = on;
    (void)room_set_look(room, &look);
}

bool room_configure(struct room *room, struct settings *settings)
{
    bool known = !room->look.layout[0] || layout_set_has(settings->layouts, room->look.layout);

    if (!known)
        log_warning(&(struct log_ids){.room = room->name},
                    "there is no layout \"%s\" any more: showing \"%s\"", room->look.layout,
                    settings->config.rooms.layout);
    if (room->media)
        room_media_configure(room->media, settings);
    return known;
}

int room_snapshot(struct room *room, room_snapshot_h *h, void *arg)
{
    return room->media ? video_room_snapshot(room_media_video(room->media), h, arg) : -ENOENT;
}

/* The last one who goes takes the room with him, so it is not looked at any more then. */
void room_clear(struct room *room, const char *code)
{
    if (room->clearing)
        return;
    room->clearing = true;
    for (unsigned n = room->nwaiting + room->nmembers; n; --n)
        participant_remove(room->waiting ? room->waiting : room->members, code);
}

bool room_is_clearing(const struct room *room)
{
    return room->clearing;
}

static void append(struct participant **list, struct participant *participant)
{
    while (*list)
        list = participant_next_link(*list);
    *list = participant;
    *participant_next_link(participant) = NULL;
}

static bool unlink_from(struct participant **list, struct participant *participant)
{
    while (*list && *list != participant)
        list = participant_next_link(*list);
    if (!*list)
        return false;
    *list = participant_next(participant);
    *participant_next_link(participant) = NULL;
    return true;
}

static void tell_hosts(struct room *room, const struct participant *who, bool waits)
{
    for (struct participant *p = room->members; p; p = participant_next(p)) {
        if (participant_rights(p) & RIGHT_MODERATE)
            participant_on_lobby(p, who, waits);
    }
}

int room_wait(struct room *room, struct participant *participant)
{
    if (room->nwaiting >= ROOM_WAITING_MAX)
        return -ENOSPC;
    append(&room->waiting, participant);
    ++room->nwaiting;
    tell_hosts(room, participant, true);
    return 0;
}

void room_unwait(struct room *room, struct participant *participant)
{
    if (!unlink_from(&room->waiting, participant))
        return;
    --room->nwaiting;
    tell_hosts(room, participant, false);
}

/* A screen is shown to those who want it as a picture of its own, or no longer. */
static void follow_view(void *arg)
{
    const struct room *room = arg;

    for (struct participant *p = room->members; p; p = participant_next(p))
        participant_media_follow_picture(p);
}

static int start_media(struct room *room)
{
    const struct room_media_cfg cfg = {.room = room->cfg.key,
                                       .settings = room->cfg.settings,
                                       .pool = room->cfg.pool,
                                       .layouth = room_set_on_layout,
                                       .speakersh = room_set_on_speakers,
                                       .changedh = follow_view,
                                       .arg = room};
    int err = room_media_new(&room->media, &cfg);

    if (!err)
        (void)room_media_set_look(room->media, &room->look);
    return err;
}

int room_enter(struct room *room, struct participant *participant)
{
    const struct participant *who = participant;
    const struct room_roster roster = {.change = ROOM_CHANGE_JOINED, .who = &who, .nwho = 1};
    int err;

    if (!room_has_place(room, participant))
        return -ENOSPC;
    err = room->media ? 0 : start_media(room);
    if (err)
        return err;
    if (room->nmembers == 0) {
        id_make(room->session, "ss");
        room->peak = 0;
        room_events_opened(room);
    }
    append(&room->members, participant);
    ++room->nmembers;
    if (room->peak < room->nmembers)
        room->peak = room->nmembers;
    tell(room, &roster);
    return 0;
}

void room_exit(struct room *room, struct participant *participant, const char *reason)
{
    const struct participant *who = participant;
    const struct room_roster roster = {
        .change = ROOM_CHANGE_LEFT, .who = &who, .nwho = 1, .reason = reason};

    if (!unlink_from(&room->members, participant))
        return;
    --room->nmembers;
    forget_spotlight(&room->look, participant_key(participant));
    tell(room, &roster);
    if (room->nmembers == 0)
        room_events_closed(room);
}

unsigned room_max_participants(const struct room *room)
{
    unsigned most = room->cfg.settings->config.rooms.max_participants;

    return room->rules.max_participants && room->rules.max_participants < most
               ? room->rules.max_participants
               : most;
}

void room_changed(struct room *room, struct participant *about)
{
    participant_mark_changed(about);
    if (room->telling)
        return;
    room->telling = true;
    control_timer_start(room->tell_timer, TELL_DELAY_MS);
}

void room_on_layout(struct room *room, struct video_room_layout *layout)
{
    uint32_t view = layout->view;

    if (view && !content_view_take_layout(room_media_view(room->media), layout))
        return;
    if (!view) {
        free(room->layout);
        room->layout = layout;
    }
    for (struct participant *p = room->members; p; p = participant_next(p)) {
        if (participant_media_gets_view(p) == (view != 0))
            participant_on_layout(p, layout);
    }
}

void room_on_speakers(struct room *room, const struct audio_room_speakers *speakers)
{
    uint32_t active[AUDIO_ROOM_ACTIVE_MAX];

    for (unsigned i = 0; i < speakers->nactive; ++i)
        active[i] = speakers->active[i].key;
    room_media_set_speakers(room->media, speakers->dominant, active, speakers->nactive);

    room->speakers = *speakers;
    room->speakers_new = true;
    if (!room->speakers_running)
        tell_speakers(room);
}

const struct video_room_layout *room_layout(const struct room *room)
{
    return room->layout;
}
