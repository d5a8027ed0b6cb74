/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/participant_media.c  A participant's media: what he sends, shares and gets to see
 */
#include "mcu/room/participant_media.h"

#include <errno.h>

#include "mcu/room/content_view.h"
#include "mcu/room/door.h"
#include "mcu/room/leg.h"
#include "mcu/room/participant_private.h"
#include "mcu/room/room_events.h"
#include "mcu/room/room_media.h"
#include "mcu/room/share_floor.h"

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
    participant_media_follow_picture(p); /* not that of his own screen */
    if (is.audio != was->audio || is.video != was->video || is.share != was->share)
        room_changed(p->room, p);
}

/* Somebody took the floor from him. */
static void stop_share(struct participant *p)
{
    struct shown was = shown(p);

    leg_allow_content(p->leg, false);
    tell_if_changed(p, &was);
    room_events_shared(p, false);
}

/* @return 0 or -EBUSY */
static int take_floor(struct participant *p)
{
    struct share_floor *floor = room_floor(p->room);
    struct participant *other;
    uint32_t from = 0;

    switch (share_floor_request(floor, p->key, door_rules_role(p->grants.role),
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

int participant_media_share(struct participant *p, bool on)
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

void participant_media_free_floor(struct participant *p)
{
    if (!share_floor_release(room_floor(p->room), p->key))
        return;
    room_tell_share(p->room);
    room_events_shared(p, false);
}

/* Phones, and clients that do not ask first, share by offering a screen. */
static void follow_content(struct participant *p)
{
    bool offers = leg_offers_content(p->leg);

    if (p->room && offers != p->content_offered)
        (void)participant_media_share(p, offers);
    p->content_offered = offers;
}

int participant_media_answer(struct participant *p, const char *sdp, size_t len, char *buf,
                             size_t size, char *why, size_t why_size)
{
    struct shown was = shown(p);
    int n = leg_answer(p->leg, sdp, len, buf, size, why, why_size);

    follow_content(p);
    tell_if_changed(p, &was);
    return n;
}

int participant_media_offer(struct participant *p, char *buf, size_t size)
{
    return leg_offer(p->leg, buf, size);
}

int participant_media_accept(struct participant *p, const char *sdp, size_t len, char *why,
                             size_t why_size)
{
    struct shown was = shown(p);
    int err = leg_accept(p->leg, sdp, len, why, why_size);

    follow_content(p);
    tell_if_changed(p, &was);
    return err;
}

void participant_media_set_muted(struct participant *p, bool audio, bool video)
{
    uint32_t rights = participant_rights(p);
    struct shown was = shown(p);

    p->muted_audio = audio || !(rights & RIGHT_SPEAK);
    p->muted_video = video || !(rights & RIGHT_SHOW);
    leg_set_muted(p->leg, p->muted_audio, p->muted_video);
    tell_if_changed(p, &was);
}

void participant_media_set_want(struct participant *p, const struct leg_want *want)
{
    p->cfg.want = *want;
    if (!p->leg)
        return;
    leg_set_want(p->leg, want);
    participant_media_follow_picture(p);
}

const struct leg_want *participant_media_want(const struct participant *p)
{
    return &p->cfg.want;
}

void participant_media_follow_picture(struct participant *p)
{
    const struct video_room_layout *layout;

    if (!p->leg || !leg_follow_picture(p->leg))
        return;
    layout = participant_media_layout(p);
    if (layout)
        participant_on_layout(p, layout);
}

const struct video_room_layout *participant_media_layout(const struct participant *p)
{
    return participant_media_gets_view(p)
               ? content_view_layout(room_media_view(room_media(p->room)))
               : room_layout(p->room);
}

bool participant_media_gets_view(const struct participant *p)
{
    return p->leg && leg_gets_view(p->leg);
}
