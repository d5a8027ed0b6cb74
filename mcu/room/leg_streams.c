/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/leg_streams.c  The streams of a leg for each m-line, and where they go
 */
#include "mcu/room/leg_streams.h"

#include <stdio.h>
#include <string.h>

#include "mcu/config/settings.h"
#include "mcu/media/audio_in.h"
#include "mcu/media/audio_out.h"
#include "mcu/media/audio_room.h"
#include "mcu/media/video_head.h"
#include "mcu/media/video_in.h"
#include "mcu/room/content_view.h"
#include "mcu/room/leg_private.h"
#include "mcu/room/room_media.h"
#include "mcu/room/room_set.h"
#include "net/fanout.h"
#include "net/sink.h"
#include "net/transport.h"

static enum audio_codec audio_codec_of(enum media_format format)
{
    switch (format) {
    case MEDIA_FORMAT_G722:
        return AUDIO_CODEC_G722;
    case MEDIA_FORMAT_PCMA:
        return AUDIO_CODEC_PCMA;
    case MEDIA_FORMAT_PCMU:
        return AUDIO_CODEC_PCMU;
    default:
        return AUDIO_CODEC_OPUS;
    }
}

static enum video_codec video_codec_of(enum media_format format)
{
    return format == MEDIA_FORMAT_VP8 ? VIDEO_CODEC_VP8 : VIDEO_CODEC_H264;
}

static void drop_audio(struct leg *leg, struct leg_line *line)
{
    if (!line->content || line->sink)
        (void)audio_room_remove(room_media_audio(leg->cfg.media),
                                line->content ? leg->cfg.content_key : leg->cfg.key);
    if (line->shared)
        room_media_drop_audio(leg->cfg.media, audio_codec_of(line->format));
}

static void want_view(struct leg *leg, struct leg_line *line, bool on)
{
    struct content_view *view = room_media_view(leg->cfg.media);

    if (on == line->wants_view)
        return;
    line->wants_view = on;
    if (on)
        content_view_want(view, video_codec_of(line->format));
    else
        content_view_drop(view, video_codec_of(line->format));
}

static void drop_video(struct leg *leg, struct leg_line *line)
{
    line->video_in = video_in_close(line->video_in);
    if (line->shared)
        room_media_drop_video(leg->cfg.media, video_codec_of(line->format));
    want_view(leg, line, false);
    if (line->content && leg->screen_on) {
        (void)room_media_remove_head(leg->cfg.media, leg->cfg.content_key);
        leg->screen_on = false;
    }
}

void leg_streams_drop(struct leg *leg, struct leg_line *line)
{
    if (line->kind == MEDIA_KIND_AUDIO)
        drop_audio(leg, line);
    else if (line->kind == MEDIA_KIND_VIDEO)
        drop_video(leg, line);
    sink_unref(line->sink);
    fanout_unref(line->own);
    memset(line, 0, sizeof(*line));
}

static int add_audio_streams(struct leg *leg, struct leg_line *line, uint32_t clock_hz)
{
    enum audio_codec codec = audio_codec_of(line->format);
    const struct audio_in_cfg in_cfg = {.key = leg->cfg.key, .codec = codec, .clock_hz = clock_hz};
    struct audio_out_cfg out_cfg = {.pool = leg->cfg.pool, .clock_hz = clock_hz};
    struct audio_in *in = NULL;
    struct audio_out *out = NULL;
    int err;

    room_media_audio_params(leg->cfg.media, codec, &out_cfg.params);
    err = audio_in_new(&in, &in_cfg);
    if (!err)
        err = audio_out_new(&out, &out_cfg);
    if (!err) {
        line->sink = sink_ref(audio_in_sink(in));
        line->own = fanout_ref(audio_out_fanout(out));
        err = audio_room_add(room_media_audio(leg->cfg.media), in, out);
    }
    if (err) {
        audio_in_free(in);
        audio_out_close(out);
    }
    return err;
}

/* The sound of his screen: mixed, and that is all. */
static int apply_content_audio(struct leg *leg, struct leg_line *line, uint32_t clock_hz, bool recv)
{
    const struct audio_in_cfg cfg = {.key = leg->cfg.content_key,
                                     .owner = leg->cfg.key,
                                     .codec = audio_codec_of(line->format),
                                     .clock_hz = clock_hz};
    struct audio_in *in;
    int err;

    if (recv == (line->sink != NULL))
        return 0;
    if (!recv) {
        line->sink = sink_unref(line->sink);
        return audio_room_remove(room_media_audio(leg->cfg.media), leg->cfg.content_key);
    }
    err = audio_in_new(&in, &cfg);
    if (err)
        return err;
    line->sink = sink_ref(audio_in_sink(in));
    err = audio_room_add(room_media_audio(leg->cfg.media), in, NULL);
    if (err) {
        line->sink = sink_unref(line->sink);
        audio_in_free(in);
    }
    return err;
}

static int apply_audio(struct leg *leg, unsigned i)
{
    const struct media_line *agreed = &leg->desc.line[i];
    struct leg_line *line = &leg->line[i];
    bool known = line->kind != MEDIA_KIND_NONE;
    int err;

    line->kind = MEDIA_KIND_AUDIO;
    line->format = agreed->format;
    line->content = agreed->content;
    if (line->content)
        return apply_content_audio(leg, line, agreed->clock, agreed->recv && leg->content_allowed);
    if (known)
        return 0;
    err = room_media_want_audio(leg->cfg.media, audio_codec_of(line->format), &line->shared);
    if (!err)
        err = add_audio_streams(leg, line, agreed->clock);
    return err;
}

static int start_video_in(struct leg *leg, struct leg_line *line, bool nack)
{
    const struct config *config = &room_set_settings()->config;
    const struct video_in_cfg cfg = {
        .pool = leg->cfg.pool,
        .codec = video_codec_of(line->format),
        .limits = {.max_width = (uint16_t)config->video.max_width,
                   .max_height = (uint16_t)config->video.max_height},
        .source = line->content ? leg->screen : leg->camera,
        .nack = nack,
    };
    int err = video_in_new(&line->video_in, &cfg);

    if (!err)
        line->sink = sink_ref(video_in_sink(line->video_in));
    return err;
}

static int show_screen(struct leg *leg, bool on)
{
    struct video_head_cfg head = {
        .key = leg->cfg.content_key, .content = true, .on = true, .source = leg->screen};
    int err = 0;

    (void)snprintf(head.name, sizeof(head.name), "%s", leg->name);
    if (on && !leg->screen_on)
        err = room_media_add_head(leg->cfg.media, &head);
    else if (!on && leg->screen_on)
        err = room_media_remove_head(leg->cfg.media, leg->cfg.content_key);
    if (!err)
        leg->screen_on = on;
    return err;
}

int leg_streams_choose(struct leg *leg, struct leg_line *line, bool send)
{
    struct content_view *view = room_media_view(leg->cfg.media);
    enum video_codec codec = video_codec_of(line->format);
    bool may_start = line->view || !content_view_is_ending(view);
    int err = 0;

    send = send && !leg->want.no_video;
    want_view(leg, line, send && leg->want.content && !leg->screen_on);
    line->view = line->wants_view && may_start ? content_view_fanout(view, codec) : NULL;
    send = send && !line->view;
    if (send && !line->shared)
        err = room_media_want_video(leg->cfg.media, codec, &line->shared);
    if (!send && line->shared) {
        room_media_drop_video(leg->cfg.media, codec);
        line->shared = NULL;
    }
    return err;
}

static int apply_video(struct leg *leg, unsigned i)
{
    const struct media_line *agreed = &leg->desc.line[i];
    struct leg_line *line = &leg->line[i];
    bool recv = agreed->recv && (leg->content_allowed || !agreed->content);
    int err = 0;

    line->kind = MEDIA_KIND_VIDEO;
    line->format = agreed->format;
    line->content = agreed->content;
    if (recv && !line->video_in)
        err = start_video_in(leg, line, agreed->nack);
    if (!recv && line->video_in) {
        line->video_in = video_in_close(line->video_in);
        line->sink = sink_unref(line->sink);
    }
    if (!err && line->content)
        err = show_screen(leg, recv);
    return err ? err : leg_streams_choose(leg, line, agreed->send);
}

int leg_streams_route(struct leg *leg, unsigned i)
{
    const struct leg_line *line = &leg->line[i];
    const struct transport_route route = {
        .sink = line->sink,
        .fanout = {line->view ? line->view : line->shared, line->own},
    };

    return transport_route(leg->transport, i, &route);
}

int leg_streams_apply(struct leg *leg, unsigned i)
{
    const struct media_line *agreed = &leg->desc.line[i];
    struct leg_line *line = &leg->line[i];
    int err = 0;

    if (line->kind && (line->kind != agreed->kind || line->format != agreed->format ||
                       line->content != agreed->content))
        leg_streams_drop(leg, line);
    if (agreed->kind == MEDIA_KIND_AUDIO)
        err = apply_audio(leg, i);
    else if (agreed->kind == MEDIA_KIND_VIDEO)
        err = apply_video(leg, i);
    if (err) {
        leg_streams_drop(leg, line); /* a later offer tries again */
        return err;
    }
    return leg_streams_route(leg, i);
}
