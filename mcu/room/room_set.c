/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/room_set.c  All rooms of this process, by name and by key
 */
#include "mcu/room/room_set.h"

#include <errno.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/base/log.h"
#include "mcu/base/metric.h"
#include "mcu/config/settings.h"
#include "mcu/media/audio_room.h"
#include "mcu/media/video_room.h"
#include "mcu/room/room.h"
#include "net/control_loop.h"

LOG_DOMAIN("room");

enum { TRIM_DELAY_MS = 500 };

static struct {
    struct room_set_cfg cfg;
    struct settings *settings; /* in force */
    struct room **room;        /* packed, unordered */
    unsigned nrooms, max_rooms;
    bool draining;
    uint32_t key, loop;
    struct control_timer *trim_timer;
    bool trimming, again; /* the timer runs; somebody left meanwhile */
} set;

static struct metric rooms_now = METRIC_GAUGE("medley_rooms", "", "Rooms with somebody in them");

/* Decoders and encoders leave holes in the heap; without this it creeps. */
static void trim(void *arg)
{
    (void)arg;
    set.trimming = false;
    (void)malloc_trim(0);
    if (set.again)
        room_set_trim(); /* once more, after the last one's tasks have let go */
    set.again = false;
}

int room_set_init(const struct room_set_cfg *cfg)
{
    set.cfg = *cfg;
    set.max_rooms = cfg->settings->config.rooms.max_rooms;
    set.room = calloc(set.max_rooms, sizeof(struct room *));
    if (!set.room)
        return -ENOMEM;
    set.settings = settings_ref(cfg->settings);
    metric_register(&rooms_now);
    return control_timer_new(&set.trim_timer, trim, NULL);
}

void room_set_finish(void)
{
    while (set.nrooms)
        room_free(set.room[--set.nrooms]);
    free(set.room);
    set.room = NULL;
    set.settings = settings_unref(set.settings);
    set.trim_timer = control_timer_free(set.trim_timer);
}

void room_set_default_rules(struct room_rules *ret_rules)
{
    const struct config *config = &set.settings->config;
    const struct config_rooms *rooms = &config->rooms;

    *ret_rules = room_rules_defaults;
    ret_rules->lobby = (enum room_rules_lobby)rooms->lobby;
    ret_rules->wait_for_host = rooms->wait_for_host;
    ret_rules->first_is_host = rooms->first_is_host;
    ret_rules->ends_with_host = rooms->ends_with_host;
    ret_rules->guests_can.speak = rooms->guest_speak;
    ret_rules->guests_can.show = rooms->guest_show;
    ret_rules->guests_can.share = rooms->guest_share;
    ret_rules->guests_can.chat = ret_rules->guests_can.chat_private = rooms->guest_chat;
    ret_rules->share_takeover = (enum room_rules_takeover)rooms->share_takeover;
    ret_rules->chat_history = rooms->chat_history;
}

static int make_room(struct room **ret_room, const char *name, const struct room_rules *given,
                     const char *owner)
{
    struct room_rules rules;
    const struct room_cfg cfg = {.name = name,
                                 .rules = &rules,
                                 .owner = owner ? owner : "",
                                 .key = room_set_next_key(),
                                 .settings = set.settings,
                                 .pool = set.cfg.pool};
    int err;

    if (given)
        rules = *given;
    else
        room_set_default_rules(&rules);

    if (set.nrooms >= set.max_rooms)
        return -ENOSPC;
    err = room_new(ret_room, &cfg);
    if (err)
        return err;
    set.room[set.nrooms++] = *ret_room;
    metric_set(&rooms_now, set.nrooms);
    log_info(&(struct log_ids){.room = name}, "room opened");
    return 0;
}

struct room *room_set_find_name(const char *name)
{
    for (unsigned i = 0; i < set.nrooms; ++i) {
        if (strcmp(room_name(set.room[i]), name) == 0)
            return set.room[i];
    }
    return NULL;
}

struct task_pool *room_set_pool(void)
{
    return set.cfg.pool;
}

int room_set_open(struct room **ret_room, const char *name, const struct room_rules *rules,
                  const char *owner)
{
    struct room *room = room_set_find_name(name);

    if (set.draining)
        return -ESHUTDOWN;
    if (!room)
        return make_room(ret_room, name, rules, owner);
    *ret_room = room;
    return 0;
}

void room_set_each(void (*h)(struct room *room, void *arg), void *arg)
{
    for (unsigned i = 0; i < set.nrooms; ++i)
        h(set.room[i], arg);
}

unsigned room_set_configure(struct settings *settings)
{
    unsigned nlost = 0;

    settings_ref(settings);
    settings_unref(set.settings);
    set.settings = settings;
    for (unsigned i = 0; i < set.nrooms; ++i)
        nlost += !room_configure(set.room[i], settings);
    return nlost;
}

struct settings *room_set_settings(void)
{
    return set.settings;
}

void room_set_drain(bool on)
{
    set.draining = on;
}

bool room_set_draining(void)
{
    return set.draining;
}

void room_set_settle(struct room *room)
{
    if (room_count(room) || room_count_waiting(room))
        return;
    for (unsigned i = 0; i < set.nrooms; ++i) {
        if (set.room[i] == room) {
            set.room[i] = set.room[--set.nrooms];
            break;
        }
    }
    metric_set(&rooms_now, set.nrooms);
    log_info(&(struct log_ids){.room = room_name(room)}, "room closed");
    room_free(room);
}

struct room *room_set_find(uint32_t key)
{
    for (unsigned i = 0; i < set.nrooms; ++i) {
        if (room_key(set.room[i]) == key)
            return set.room[i];
    }
    return NULL;
}

void room_set_trim(void)
{
    set.again = set.trimming;
    if (set.trimming)
        return;
    set.trimming = true;
    control_timer_start(set.trim_timer, TRIM_DELAY_MS);
}

unsigned room_set_count(void)
{
    return set.nrooms;
}

uint32_t room_set_next_key(void)
{
    if (++set.key == 0)
        ++set.key;
    return set.key;
}

struct media_loop *room_set_pick_loop(void)
{
    return set.cfg.loops[set.loop++ % set.cfg.nloops];
}

void room_set_on_layout(void *msg, void *arg)
{
    struct video_room_layout *layout = *(struct video_room_layout **)msg;
    struct room *room = room_set_find(layout->room);
    (void)arg;

    if (room)
        room_on_layout(room, layout);
    else
        free(layout); /* the room has closed since */
}

void room_set_on_speakers(void *msg, void *arg)
{
    const struct audio_room_speakers *speakers = msg;
    struct room *room = room_set_find(speakers->room);
    (void)arg;

    if (room)
        room_on_speakers(room, speakers);
}
