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
#include "mcu/media/video_out.h"
#include "mcu/media/video_room.h"
#include "mcu/room/room_set.h"
#include "net/fanout.h"
#include "net/packet.h"

/* A stream for many; the fanout is ours, the rest belongs to the pipeline. */
struct shared {
    unsigned users;
    struct fanout *fanout;
    struct video_out *video; /* to name it when it ends */
};

struct room_media {
    struct room_media_cfg cfg;
    struct audio_room *audio;
    struct video_room *video;
    struct shared audio_codec[AUDIO_CODEC_COUNT];
    struct shared video_codec[VIDEO_CODEC_COUNT];
};

static int start(struct room_media *media)
{
    const struct config_rooms *config = &media->cfg.settings->config.rooms;
    const struct audio_room_cfg audio = {
        .pool = media->cfg.pool,
        .room = media->cfg.room,
        .max_inputs = (uint16_t)config->max_participants,
        .mix_max = (uint8_t)config->mix_max,
        .speaker_hold_ms = (uint16_t)config->speaker_hold,
        .speakersh = room_set_on_speakers,
    };
    const struct video_room_cfg video = {
        .pool = media->cfg.pool,
        .settings = media->cfg.settings,
        .room = media->cfg.room,
        .w = (uint16_t)config->width,
        .h = (uint16_t)config->height,
        .fps = (uint16_t)config->fps,
        .layouth = room_set_on_layout,
    };
    int err = audio_room_new(&media->audio, &audio);

    if (!err)
        err = video_room_new(&media->video, &video);
    return err;
}

int room_media_new(struct room_media **ret_media, const struct room_media_cfg *cfg)
{
    struct room_media *media = calloc(1, sizeof(*media));
    int err;

    if (!media)
        return -ENOMEM;
    media->cfg = *cfg;
    err = start(media);
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
    video_room_close(media->video);
    for (unsigned i = 0; i < AUDIO_CODEC_COUNT; ++i)
        fanout_unref(media->audio_codec[i].fanout);
    for (unsigned i = 0; i < VIDEO_CODEC_COUNT; ++i)
        fanout_unref(media->video_codec[i].fanout);
    free(media);
    return NULL;
}

struct audio_room *room_media_audio(struct room_media *media)
{
    return media->audio;
}

struct video_room *room_media_video(struct room_media *media)
{
    return media->video;
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

static int make_shared_video(struct room_media *media, enum video_codec codec,
                             struct shared *shared)
{
    const struct config_rooms *config = &media->cfg.settings->config.rooms;
    const struct video_out_cfg cfg = {
        .pool = media->cfg.pool,
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
    err = video_room_add_out(media->video, out);
    if (err) {
        video_out_close(out);
        shared->fanout = fanout_unref(shared->fanout);
    }
    return err;
}

int room_media_want_video(struct room_media *media, enum video_codec codec,
                          struct fanout **ret_fanout)
{
    struct shared *shared = &media->video_codec[codec];
    int err = shared->users ? 0 : make_shared_video(media, codec, shared);

    if (err)
        return err;
    ++shared->users;
    *ret_fanout = shared->fanout;
    return 0;
}

void room_media_drop_video(struct room_media *media, enum video_codec codec)
{
    struct shared *shared = &media->video_codec[codec];

    if (--shared->users)
        return;
    (void)video_room_remove_out(media->video, shared->video);
    shared->fanout = fanout_unref(shared->fanout);
    shared->video = NULL;
}
