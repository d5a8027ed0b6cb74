/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/room_media.c  The media of a room: its mix, its composite and the streams of them
 */
#include "mcu/room/room_media.h"

#include <errno.h>
#include <stdlib.h>

#include "mcu/config/settings.h"
#include "mcu/media/audio_out.h"
#include "mcu/media/audio_room.h"
#include "mcu/media/video_head.h"
#include "mcu/media/video_room.h"
#include "mcu/room/composite.h"
#include "mcu/room/content_view.h"
#include "mixer/amix.h"
#include "net/fanout.h"

enum { SCREENS_MAX = 2 /* with sound at a time, while one takes over from another */ };

/* A stream for many; the fanout is ours, the rest belongs to the pipeline. */
struct shared {
    unsigned users;
    struct fanout *fanout;
};

struct room_media {
    struct room_media_cfg cfg;
    struct audio_room *audio;
    struct composite *main;
    struct content_view *view;
    struct shared audio_codec[AUDIO_CODEC_COUNT];
};

static int start_audio(struct room_media *media)
{
    const struct config_rooms *config = &media->cfg.settings->config.rooms;
    uint32_t inputs = config->max_participants + SCREENS_MAX;
    const struct audio_room_cfg audio = {
        .pool = media->cfg.pool,
        .room = media->cfg.room,
        .max_inputs = (uint16_t)(inputs < AMIX_INPUTS_MAX ? inputs : AMIX_INPUTS_MAX),
        .mix_max = (uint8_t)config->mix_max,
        .speaker_hold_ms = (uint16_t)config->speaker_hold,
        .speakersh = media->cfg.speakersh,
    };

    return audio_room_new(&media->audio, &audio);
}

static int start_video(struct room_media *media)
{
    const struct config_rooms *config = &media->cfg.settings->config.rooms;
    const struct composite_cfg main = {
        .pool = media->cfg.pool,
        .settings = media->cfg.settings,
        .room = media->cfg.room,
        .w = (uint16_t)config->width,
        .h = (uint16_t)config->height,
        .fps = (uint16_t)config->fps,
        .bitrate_bps = config->video_bitrate,
        .preset = config->video_preset,
        .layouth = media->cfg.layouth,
    };
    const struct content_view_cfg view = {
        .pool = media->cfg.pool,
        .settings = media->cfg.settings,
        .room = media->cfg.room,
        .layouth = media->cfg.layouth,
        .changedh = media->cfg.changedh,
        .arg = media->cfg.arg,
    };
    int err = composite_new(&media->main, &main);

    if (!err)
        err = content_view_new(&media->view, &view);
    return err;
}

int room_media_new(struct room_media **ret_media, const struct room_media_cfg *cfg)
{
    struct room_media *media = calloc(1, sizeof(*media));
    int err;

    if (!media)
        return -ENOMEM;
    media->cfg = *cfg;
    err = start_audio(media);
    if (!err)
        err = start_video(media);
    if (err)
        room_media_close(media);
    else
        *ret_media = media;
    return err;
}

struct room_media *room_media_close(struct room_media *media)
{
    if (!media)
        return NULL;
    audio_room_close(media->audio);
    content_view_close(media->view);
    composite_close(media->main);
    for (unsigned i = 0; i < AUDIO_CODEC_COUNT; ++i)
        fanout_unref(media->audio_codec[i].fanout);
    free(media);
    return NULL;
}

struct audio_room *room_media_audio(struct room_media *media)
{
    return media->audio;
}

struct video_room *room_media_video(struct room_media *media)
{
    return composite_video(media->main);
}

struct content_view *room_media_view(struct room_media *media)
{
    return media->view;
}

int room_media_add_head(struct room_media *media, const struct video_head_cfg *head)
{
    int err = content_view_add_head(media->view, head);

    if (!err)
        err = video_room_add_head(composite_video(media->main), head);
    if (err)
        content_view_remove_head(media->view, head->key);
    return err;
}

int room_media_set_head(struct room_media *media, const struct video_head_cfg *head)
{
    content_view_set_head(media->view, head);
    return video_room_set_head(composite_video(media->main), head);
}

int room_media_remove_head(struct room_media *media, uint32_t key)
{
    content_view_remove_head(media->view, key);
    return video_room_remove_head(composite_video(media->main), key);
}

void room_media_set_speakers(struct room_media *media, uint32_t dominant, const uint32_t *active,
                             unsigned nactive)
{
    (void)video_room_set_speakers(composite_video(media->main), dominant, active, nactive);
    content_view_set_speakers(media->view, dominant, active, nactive);
}

int room_media_set_look(struct room_media *media, const struct room_look *look)
{
    int err = video_room_set_look(composite_video(media->main), look);

    if (!err)
        content_view_set_look(media->view, look);
    return err;
}

void room_media_configure(struct room_media *media, struct settings *settings)
{
    (void)video_room_configure(composite_video(media->main), settings);
    content_view_configure(media->view, settings);
}

void room_media_audio_params(const struct room_media *media, enum audio_codec codec,
                             struct audio_encoder_params *ret_params)
{
    const struct config_rooms *config = &media->cfg.settings->config.rooms;

    *ret_params = (struct audio_encoder_params){
        .codec = codec,
        .bitrate_bps = config->audio_bitrate,
        .complexity = (uint8_t)config->audio_complexity,
        .fec = config->audio_fec,
        .loss_percent = config->audio_fec ? 5 : 0,
    };
}

static int make_shared_audio(struct room_media *media, enum audio_codec codec,
                             struct shared *shared)
{
    struct audio_out_cfg cfg = {.pool = media->cfg.pool,
                                .clock_hz = codec == AUDIO_CODEC_OPUS ? 48000 : 8000,
                                .shared = true};
    struct audio_out *out;
    int err;

    room_media_audio_params(media, codec, &cfg.params);
    err = audio_out_new(&out, &cfg);
    if (err)
        return err;
    shared->fanout = fanout_ref(audio_out_fanout(out));
    err = audio_room_share(media->audio, codec, out);
    if (err) {
        audio_out_close(out);
        shared->fanout = fanout_unref(shared->fanout);
    }
    return err;
}

int room_media_want_audio(struct room_media *media, enum audio_codec codec,
                          struct fanout **ret_fanout)
{
    struct shared *shared = &media->audio_codec[codec];
    int err = shared->users ? 0 : make_shared_audio(media, codec, shared);

    if (err)
        return err;
    ++shared->users;
    *ret_fanout = shared->fanout;
    return 0;
}

void room_media_drop_audio(struct room_media *media, enum audio_codec codec)
{
    struct shared *shared = &media->audio_codec[codec];

    if (--shared->users)
        return;
    (void)audio_room_unshare(media->audio, codec);
    shared->fanout = fanout_unref(shared->fanout);
}

int room_media_want_video(struct room_media *media, enum video_codec codec,
                          struct fanout **ret_fanout)
{
    return composite_want(media->main, codec, ret_fanout);
}

void room_media_drop_video(struct room_media *media, enum video_codec codec)
{
    composite_drop(media->main, codec);
}
