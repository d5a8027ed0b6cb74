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
#include "mcu/base/log.h"
#include "mcu/config/settings.h"
#include "mcu/media/audio_out.h"
#include "mcu/media/audio_room.h"
#include "mcu/media/room_look.h"
#include "mcu/media/video_out.h"
#include "mcu/media/video_room.h"
#include "mcu/room/participant.h"
#include "mcu/room/room_set.h"
#include "mixer/layout_set.h"
#include "net/control_loop.h"
#include "net/fanout.h"
#include "net/packet.h"

LOG_DOMAIN("room");

enum { NAME_SIZE = 80, TELL_DELAY_MS = 100, SPEAKERS_DELAY_MS = 200 };

/* A stream for many; the fanout is ours, the rest belongs to the pipeline. */
struct shared {
    unsigned users;
    struct fanout *fanout;
    struct video_out *video; /* to name it when it ends */
};

struct room {
    struct room_cfg cfg;
    char name[NAME_SIZE];
    struct audio_room *audio;
    struct video_room *video;
    struct participant *members; /* in order of joining */
    unsigned nmembers;
    struct shared audio_codec[AUDIO_CODEC_COUNT];
    struct shared video_codec[VIDEO_CODEC_COUNT];
    struct video_room_layout *layout; /* latest */
    struct control_timer *tell_timer; /* of changes that were not told yet */
    bool telling;
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

static int make_media(struct room *room)
{
    const struct config_rooms *config = &room->cfg.settings->config.rooms;
    const struct audio_room_cfg audio = {
        .pool = room->cfg.pool,
        .room = room->cfg.key,
        .max_inputs = (uint16_t)config->max_participants,
        .mix_max = (uint8_t)config->mix_max,
        .speaker_hold_ms = (uint16_t)config->speaker_hold,
        .speakersh = room_set_on_speakers,
    };
    const struct video_room_cfg video = {
        .pool = room->cfg.pool,
        .settings = room->cfg.settings,
        .room = room->cfg.key,
        .w = (uint16_t)config->width,
        .h = (uint16_t)config->height,
        .fps = (uint16_t)config->fps,
        .layouth = room_set_on_layout,
    };
    int err = audio_room_new(&room->audio, &audio);

    if (!err)
        err = video_room_new(&room->video, &video);
    return err;
}

int room_new(struct room **ret_room, const struct room_cfg *cfg)
{
    struct room *room = calloc(1, sizeof(*room));
    int err;

    if (!room)
        return -ENOMEM;
    room->cfg = *cfg;
    room->cfg.settings = settings_ref(cfg->settings);
    room->look = (struct room_look){.names = true, .badges = true, .border = true, .logo = true};
    room->created_us = clock_wall_us();
    (void)snprintf(room->name, sizeof(room->name), "%s", cfg->name);
    err = control_timer_new(&room->tell_timer, tell_changes, room);
    if (!err)
        err = control_timer_new(&room->speakers_timer, tell_speakers, room);
    if (!err)
        err = make_media(room);
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
    audio_room_close(room->audio);
    video_room_close(room->video);
    for (unsigned i = 0; i < AUDIO_CODEC_COUNT; ++i)
        fanout_unref(room->audio_codec[i].fanout);
    for (unsigned i = 0; i < VIDEO_CODEC_COUNT; ++i)
        fanout_unref(room->video_codec[i].fanout);
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

unsigned room_max_participants(const struct room *room)
{
    return room->cfg.settings->config.rooms.max_participants;
}

struct task_pool *room_pool(struct room *room)
{
    return room->cfg.pool;
}

uint64_t room_created_us(const struct room *room)
{
    return room->created_us;
}

struct audio_room *room_audio(struct room *room)
{
    return room->audio;
}

struct video_room *room_video(struct room *room)
{
    return room->video;
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

struct participant *room_find_id(const struct room *room, const char *id)
{
    struct participant *p = room->members;

    while (p && strcmp(participant_id(p), id) != 0)
        p = participant_next(p);
    return p;
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
    err = video_room_set_look(room->video, look);
    if (!err)
        room->look = *look;
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
    (void)video_room_configure(room->video, settings);
    return known;
}

int room_snapshot(struct room *room, room_snapshot_h *h, void *arg)
{
    return video_room_snapshot(room->video, h, arg);
}

/* The last one who goes takes the room with him, so it is not looked at any more then. */
void room_clear(struct room *room, const char *code)
{
    unsigned n = room->nmembers;
    struct participant *next, *p = room->members;

    for (; n; --n, p = next) {
        next = participant_next(p);
        participant_remove(p, code);
    }
}

int room_enter(struct room *room, struct participant *participant)
{
    const struct participant *who = participant;
    const struct room_roster roster = {.change = ROOM_CHANGE_JOINED, .who = &who, .nwho = 1};
    struct participant **last = &room->members;

    if (room->nmembers >= room->cfg.settings->config.rooms.max_participants)
        return -ENOSPC;
    while (*last)
        last = participant_next_link(*last);
    *last = participant;
    ++room->nmembers;
    tell(room, &roster);
    return 0;
}

void room_exit(struct room *room, struct participant *participant, const char *reason)
{
    const struct participant *who = participant;
    const struct room_roster roster = {
        .change = ROOM_CHANGE_LEFT, .who = &who, .nwho = 1, .reason = reason};
    struct participant **p = &room->members;

    while (*p && *p != participant)
        p = participant_next_link(*p);
    if (!*p)
        return;
    *p = participant_next(participant);
    --room->nmembers;
    forget_spotlight(&room->look, participant_key(participant));
    tell(room, &roster);
}

void room_changed(struct room *room, struct participant *about)
{
    participant_mark_changed(about);
    if (room->telling)
        return;
    room->telling = true;
    control_timer_start(room->tell_timer, TELL_DELAY_MS);
}

void room_audio_params(const struct room *room, enum audio_codec codec,
                       struct audio_encoder_params *ret_params)
{
    const struct config_rooms *config = &room->cfg.settings->config.rooms;

    *ret_params = (struct audio_encoder_params){
        .codec = codec,
        .bitrate_bps = config->audio_bitrate,
        .complexity = (uint8_t)config->audio_complexity,
        .fec = config->audio_fec,
        .loss_percent = config->audio_fec ? 5 : 0,
    };
}

static int make_shared_audio(struct room *room, enum audio_codec codec, struct shared *shared)
{
    struct audio_out_cfg cfg = {.pool = room->cfg.pool,
                                .clock_hz = codec == AUDIO_CODEC_OPUS ? 48000 : 8000,
                                .shared = true};
    struct audio_out *out;
    int err;

    room_audio_params(room, codec, &cfg.params);
    err = audio_out_new(&out, &cfg);
    if (err)
        return err;
    shared->fanout = fanout_ref(audio_out_fanout(out));
    err = audio_room_share(room->audio, codec, out);
    if (err) {
        audio_out_close(out);
        shared->fanout = fanout_unref(shared->fanout);
    }
    return err;
}

int room_want_audio(struct room *room, enum audio_codec codec, struct fanout **ret_fanout)
{
    struct shared *shared = &room->audio_codec[codec];
    int err = shared->users ? 0 : make_shared_audio(room, codec, shared);

    if (err)
        return err;
    ++shared->users;
    *ret_fanout = shared->fanout;
    return 0;
}

void room_drop_audio(struct room *room, enum audio_codec codec)
{
    struct shared *shared = &room->audio_codec[codec];

    if (--shared->users)
        return;
    (void)audio_room_unshare(room->audio, codec);
    shared->fanout = fanout_unref(shared->fanout);
}

static int make_shared_video(struct room *room, enum video_codec codec, struct shared *shared)
{
    const struct config_rooms *config = &room->cfg.settings->config.rooms;
    const struct video_out_cfg cfg = {
        .pool = room->cfg.pool,
        .params = {.codec = codec,
                   .width = (uint16_t)config->width,
                   .height = (uint16_t)config->height,
                   .fps = (uint16_t)config->fps,
                   .bitrate_bps = config->video_bitrate,
                   .max_payload = PACKET_PAYLOAD_MAX - 20,
                   .preset = config->video_preset},
    };
    struct video_out *out;
    int err = video_out_new(&out, &cfg);

    if (err)
        return err;
    shared->fanout = fanout_ref(video_out_fanout(out));
    shared->video = out;
    err = video_room_add_out(room->video, out);
    if (err) {
        video_out_close(out);
        shared->fanout = fanout_unref(shared->fanout);
    }
    return err;
}

int room_want_video(struct room *room, enum video_codec codec, struct fanout **ret_fanout)
{
    struct shared *shared = &room->video_codec[codec];
    int err = shared->users ? 0 : make_shared_video(room, codec, shared);

    if (err)
        return err;
    ++shared->users;
    *ret_fanout = shared->fanout;
    return 0;
}

void room_drop_video(struct room *room, enum video_codec codec)
{
    struct shared *shared = &room->video_codec[codec];

    if (--shared->users)
        return;
    (void)video_room_remove_out(room->video, shared->video);
    shared->fanout = fanout_unref(shared->fanout);
    shared->video = NULL;
}

void room_on_layout(struct room *room, struct video_room_layout *layout)
{
    free(room->layout);
    room->layout = layout;
    for (struct participant *p = room->members; p; p = participant_next(p))
        participant_on_layout(p, layout);
}

void room_on_speakers(struct room *room, const struct audio_room_speakers *speakers)
{
    uint32_t active[AUDIO_ROOM_ACTIVE_MAX];

    for (unsigned i = 0; i < speakers->nactive; ++i)
        active[i] = speakers->active[i].key;
    (void)video_room_set_speakers(room->video, speakers->dominant, active, speakers->nactive);

    room->speakers = *speakers;
    room->speakers_new = true;
    if (!room->speakers_running)
        tell_speakers(room);
}

const struct video_room_layout *room_layout(const struct room *room)
{
    return room->layout;
}
