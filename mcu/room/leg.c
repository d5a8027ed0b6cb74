/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/leg.c  A participant's media in a room: what was agreed, and the streams for it
 */
#include "mcu/room/leg.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/base/clock.h"
#include "mcu/config/settings.h"
#include "mcu/media/audio_room.h"
#include "mcu/media/media_clock.h"
#include "mcu/media/video_head.h"
#include "mcu/media/video_source.h"
#include "mcu/room/leg_private.h"
#include "mcu/room/leg_streams.h"
#include "mcu/room/room_media.h"
#include "mcu/room/room_set.h"
#include "net/fanout.h"
#include "net/transport.h"

enum {
    SIP_LINES_MAX = 4, /* m-lines of a phone that get ports */
    OFFER_LINES = 2,   /* audio and video */
    VIDEO_LINES_MAX = 2,
    VIDEO_START_BPS = 1000000,
    VIDEO_MAX_BPS = 2500000,
};

static void on_event(enum transport_event event, int value, const char *why, void *arg)
{
    struct leg *leg = arg;
    const struct leg_handlers *h = &leg->cfg.handlers;

    switch (event) {
    case TRANSPORT_EVENT_CONNECTED:
        h->connectedh(h->arg);
        break;
    case TRANSPORT_EVENT_LOST:
        h->losth(why, h->arg);
        break;
    case TRANSPORT_EVENT_DTMF:
        h->dtmfh((char)value, h->arg);
        break;
    case TRANSPORT_EVENT_FAST_UPDATE:
        h->fast_updateh(h->arg);
        break;
    case TRANSPORT_EVENT_CLOSED:
        h->closedh(h->arg);
        free(leg);
        break;
    }
}

static int main_video_line(const struct leg *leg)
{
    for (unsigned i = 0; i < leg->desc.nlines && leg->agreed; ++i) {
        if (leg->desc.line[i].kind == MEDIA_KIND_VIDEO && !leg->desc.line[i].content)
            return (int)i;
    }
    return -ENOENT;
}

/* Him as the composite is to know him. */
static void describe(const struct leg *leg, struct video_head_cfg *ret)
{
    *ret = (struct video_head_cfg){
        .key = leg->cfg.key,
        .on = leg_sends_video(leg),
        .mic_off = leg->agreed && !leg_sends_audio(leg),
        .phone = !leg->cfg.webrtc && leg->agreed && main_video_line(leg) < 0,
        .hand_us = leg->hand_us,
        .source = leg->camera,
    };
    (void)snprintf(ret->seat, sizeof(ret->seat), "%s", leg->seat);
    (void)snprintf(ret->name, sizeof(ret->name), "%s", leg->name);
}

static int seat_him(struct leg *leg)
{
    struct video_head_cfg head;

    if (leg->cfg.unseen || !leg->cfg.media)
        return 0;
    describe(leg, &head);
    return room_media_add_head(leg->cfg.media, &head);
}

static void unseat_him(struct leg *leg)
{
    if (!leg->cfg.unseen && leg->cfg.media)
        (void)room_media_remove_head(leg->cfg.media, leg->cfg.key);
}

int leg_new(struct leg **ret_leg, const struct leg_cfg *cfg)
{
    const struct config *config = &room_set_settings()->config;
    const struct transport_cfg transport = {
        .webrtc = cfg->webrtc,
        .eventh = on_event,
        .key = cfg->key,
        .rtp_timeout_ms = cfg->webrtc ? 0 : config->sip.rtp_timeout,
    };
    struct transport_cfg with_arg = transport;
    struct leg *leg = calloc(1, sizeof(*leg));
    int err;

    if (!leg)
        return -ENOMEM;
    leg->cfg = *cfg;
    (void)snprintf(leg->name, sizeof(leg->name), "%s", cfg->name);
    err = video_source_new(&leg->camera);
    if (!err)
        err = video_source_new(&leg->screen);
    if (err)
        goto out;
    err = seat_him(leg);
    if (err)
        goto out;
    with_arg.arg = leg;
    err = transport_new(&leg->transport, room_set_pick_loop(), &with_arg);
    if (err)
        unseat_him(leg);
out:
    if (err) {
        video_source_unref(leg->camera);
        video_source_unref(leg->screen);
        free(leg);
        return err;
    }
    *ret_leg = leg;
    return 0;
}

/* ---- policy: what we take, and our side of the transport ---- */

static void choose_codecs(struct media_policy *policy)
{
    static const enum media_format audio[] = {MEDIA_FORMAT_OPUS, MEDIA_FORMAT_G722,
                                              MEDIA_FORMAT_PCMA, MEDIA_FORMAT_PCMU};
    static const enum media_format video[] = {MEDIA_FORMAT_H264, MEDIA_FORMAT_VP8};

    memcpy(policy->audio_order, audio, sizeof(audio));
    memcpy(policy->video_order, video, sizeof(video));
    policy->audio = true;
    policy->video = true;
    policy->video_lines_max = VIDEO_LINES_MAX;
    policy->content_audio = true;
}

static void make_policy(struct leg *leg)
{
    struct media_policy *policy = &leg->policy;

    memset(policy, 0, sizeof(*policy));
    policy->webrtc = leg->cfg.webrtc;
    choose_codecs(policy);
    /* The one who sends knows best what he encodes well; we decode and encode all of them. */
    policy->prefer_remote = true;
    policy->video_start_bps = VIDEO_START_BPS;
    policy->video_max_bps = VIDEO_MAX_BPS;
    policy->local_addr = leg->cfg.local;
}

/* Ports for as many lines as the offer has. */
static int open_ports(struct leg *leg, unsigned nlines)
{
    return transport_prepare(leg->transport, &leg->policy,
                             nlines < SIP_LINES_MAX ? nlines : SIP_LINES_MAX, &leg->cfg.peer,
                             false);
}

static void tell_room(struct leg *leg)
{
    struct video_head_cfg head;

    if (!leg->cfg.media)
        return;
    describe(leg, &head);
    (void)audio_room_mute(room_media_audio(leg->cfg.media), leg->cfg.key, !leg_sends_audio(leg));
    if (!leg->cfg.unseen)
        (void)room_media_set_head(leg->cfg.media, &head);
}

/* Put leg->desc into force. */
static int apply(struct leg *leg)
{
    int err = transport_update(leg->transport, &leg->desc);

    for (unsigned i = 0; i < leg->desc.nlines && !err && leg->cfg.media; ++i)
        err = leg_streams_apply(leg, i);
    if (!err) {
        leg->agreed = true;
        tell_room(leg);
    }
    return err;
}

/* What is shared is in the composite: nothing is sent on its line. */
static void keep_content_one_way(struct leg *leg)
{
    for (unsigned i = 0; i < leg->desc.nlines; ++i) {
        if (leg->desc.line[i].content)
            leg->desc.line[i].send = false;
    }
}

/* Plain RTP: a line is refused if there is no port for it, so the ports come first. */
static int read_offer_rtp(struct leg *leg, const char *sdp, size_t len, char *why, size_t why_size)
{
    int err = open_ports(leg, media_desc_count_lines(sdp, len));

    if (err) {
        (void)snprintf(why, why_size, "no media port left");
        return err;
    }
    return media_desc_read_offer(&leg->desc, &leg->policy, sdp, len, why, why_size);
}

/* WebRTC: other remote credentials in a later offer restart ICE (RFC 8445, 9). */
static int read_offer_webrtc(struct leg *leg, const char *sdp, size_t len, char *why,
                             size_t why_size)
{
    char ufrag[sizeof(leg->desc.remote_ufrag)];
    bool restart;
    int err;

    memcpy(ufrag, leg->desc.remote_ufrag, sizeof(ufrag));
    err = media_desc_read_offer(&leg->desc, &leg->policy, sdp, len, why, why_size);
    if (err)
        return err;
    restart = leg->agreed && strcmp(ufrag, leg->desc.remote_ufrag) != 0;
    return transport_prepare(leg->transport, &leg->policy, leg->desc.nlines, NULL, restart);
}

int leg_answer(struct leg *leg, const char *sdp, size_t len, char *buf, size_t size, char *why,
               size_t why_size)
{
    int n, err;

    why[0] = '\0';
    make_policy(leg);
    if (leg->cfg.webrtc)
        err = read_offer_webrtc(leg, sdp, len, why, why_size);
    else
        err = read_offer_rtp(leg, sdp, len, why, why_size);
    if (err)
        return err;
    keep_content_one_way(leg);
    n = media_desc_print_answer(&leg->desc, &leg->policy, buf, size);
    if (n < 0)
        return n;
    err = apply(leg);
    if (err)
        (void)snprintf(why, why_size, "out of resources");
    return err ? err : n;
}

int leg_offer(struct leg *leg, char *buf, size_t size)
{
    int err;

    make_policy(leg);
    err = open_ports(leg, leg->desc.nlines ? leg->desc.nlines : OFFER_LINES);
    if (err)
        return err;
    leg->offered = leg->desc;
    return media_desc_print_offer(&leg->offered, &leg->policy, buf, size);
}

int leg_accept(struct leg *leg, const char *sdp, size_t len, char *why, size_t why_size)
{
    int err = media_desc_read_answer(&leg->offered, &leg->policy, sdp, len, why, why_size);

    if (err)
        return err;
    leg->desc = leg->offered;
    keep_content_one_way(leg);
    return apply(leg);
}

void leg_set_muted(struct leg *leg, bool audio, bool video)
{
    leg->muted_audio = audio;
    leg->muted_video = video;
    tell_room(leg);
}

void leg_set_presence(struct leg *leg, uint64_t hand_us, const char *seat)
{
    leg->hand_us = hand_us;
    (void)snprintf(leg->seat, sizeof(leg->seat), "%s", seat);
    tell_room(leg);
}

void leg_set_want(struct leg *leg, const struct leg_want *want)
{
    leg->want = *want;
}

bool leg_follow_picture(struct leg *leg)
{
    int i = main_video_line(leg);
    struct leg_line *line = i >= 0 ? &leg->line[i] : NULL;
    const struct fanout *was;

    if (!line || !line->kind || !leg->cfg.media)
        return false;
    was = line->view ? line->view : line->shared;
    if (leg_streams_choose(leg, line, leg->desc.line[i].send))
        leg_streams_drop(leg, line); /* a later offer tries again */
    if ((line->view ? line->view : line->shared) == was)
        return false;
    leg->switched_us = clock_now_us();
    (void)leg_streams_route(leg, (unsigned)i);
    return true;
}

bool leg_gets_view(const struct leg *leg)
{
    int i = main_video_line(leg);

    return i >= 0 && leg->line[i].view;
}

int leg_set_unseen(struct leg *leg, bool unseen)
{
    int err = 0;

    if (leg->cfg.unseen == unseen)
        return 0;
    if (unseen)
        unseat_him(leg);
    leg->cfg.unseen = unseen;
    if (!unseen)
        err = seat_him(leg);
    if (err)
        leg->cfg.unseen = true;
    return err;
}

bool leg_offers_content(const struct leg *leg)
{
    for (unsigned i = 0; i < leg->desc.nlines && leg->agreed; ++i) {
        const struct media_line *line = &leg->desc.line[i];

        if (line->kind == MEDIA_KIND_VIDEO && line->content && line->recv)
            return true;
    }
    return false;
}

void leg_allow_content(struct leg *leg, bool on)
{
    if (leg->content_allowed == on)
        return;
    leg->content_allowed = on;
    for (unsigned i = 0; i < leg->desc.nlines && leg->agreed && leg->cfg.media; ++i) {
        if (leg->desc.line[i].content)
            (void)leg_streams_apply(leg, i); /* after an error it is as if it was not allowed */
    }
}

void leg_leave(struct leg *leg)
{
    for (unsigned i = 0; i < MEDIA_DESC_LINES_MAX; ++i)
        leg_streams_drop(leg, &leg->line[i]);
    unseat_him(leg);
    leg->cfg.media = NULL;
}

int leg_move(struct leg *leg, struct room_media *media)
{
    int err;

    leg_leave(leg);
    leg->cfg.media = media;
    err = seat_him(leg);
    for (unsigned i = 0; i < leg->desc.nlines && leg->agreed && !err; ++i)
        err = leg_streams_apply(leg, i);
    tell_room(leg);
    return err;
}

bool leg_sends_audio(const struct leg *leg)
{
    for (unsigned i = 0; i < leg->desc.nlines && leg->agreed; ++i) {
        if (leg->desc.line[i].kind == MEDIA_KIND_AUDIO && !leg->desc.line[i].content)
            return leg->desc.line[i].recv && !leg->muted_audio;
    }
    return false;
}

bool leg_sends_video(const struct leg *leg)
{
    int i = main_video_line(leg);

    return i >= 0 && leg->desc.line[i].recv && !leg->muted_video;
}

bool leg_shares(const struct leg *leg)
{
    return leg->screen_on;
}

static const char *format_name(enum media_format format)
{
    switch (format) {
    case MEDIA_FORMAT_OPUS:
        return "opus";
    case MEDIA_FORMAT_G722:
        return "g722";
    case MEDIA_FORMAT_PCMA:
        return "pcma";
    case MEDIA_FORMAT_PCMU:
        return "pcmu";
    case MEDIA_FORMAT_H264:
        return "h264";
    case MEDIA_FORMAT_VP8:
        return "vp8";
    default:
        return "";
    }
}

void leg_figures(const struct leg *leg, struct leg_figures *ret)
{
    *ret = (struct leg_figures){.audio_codec = "", .video_codec = ""};
    for (unsigned i = 0; i < leg->desc.nlines && leg->agreed; ++i) {
        const struct media_line *line = &leg->desc.line[i];

        if (line->content)
            continue;
        if (line->kind == MEDIA_KIND_AUDIO)
            ret->audio_codec = format_name(line->format);
        else if (line->kind == MEDIA_KIND_VIDEO)
            ret->video_codec = format_name(line->format);
    }
    transport_stats(leg->transport, &ret->transport);
}

bool leg_video_ts(const struct leg *leg, uint64_t when_us, uint32_t *ret_ts)
{
    int i = main_video_line(leg);

    if (i < 0 || !leg->desc.line[i].send || leg->want.no_video)
        return false;
    if (when_us < leg->switched_us)
        when_us = leg->switched_us;
    *ret_ts = media_clock_ts(when_us, MEDIA_CLOCK_VIDEO_HZ) + leg->desc.line[i].ts_offset;
    return true;
}

void leg_request_key(struct leg *leg)
{
    int i = main_video_line(leg);

    if (i >= 0 && leg->line[i].view)
        fanout_request_key(leg->line[i].view);
    else if (i >= 0 && leg->line[i].shared)
        fanout_request_key(leg->line[i].shared);
}

struct leg *leg_close(struct leg *leg)
{
    if (!leg)
        return NULL;
    leg_leave(leg);
    leg->camera = video_source_unref(leg->camera);
    leg->screen = video_source_unref(leg->screen);
    leg->agreed = false;
    transport_close(leg->transport); /* on_event() frees the leg */
    return NULL;
}
