/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/room_media.h  The media of a room: its mix, its composite and the streams of them
 *
 * The mixing itself is done by mcu/media on the workers; this is its control side.  Streams for
 * many are shared: the first who wants the mix in a codec, or the composite in one, makes its
 * encoder, and the last who drops it ends it.  Who and what is to be seen goes to the composite and
 * to the content view, which is another composite for those who want it (content_view.h).
 *
 * Threads:   control only.
 * Ownership: belongs to the room.
 */
#ifndef MCU_ROOM_ROOM_MEDIA_H
#define MCU_ROOM_ROOM_MEDIA_H

#include <stdint.h>

#include "codec/params.h"
#include "net/control_loop.h"

struct audio_room;
struct content_view;
struct fanout;
struct room_look;
struct room_media;
struct settings;
struct task_pool;
struct video_head_cfg;
struct video_room;

struct room_media_cfg {
    uint32_t room;             /**< Key, for events of the tasks */
    struct settings *settings; /**< What holds for the room; lives as long */
    struct task_pool *pool;
    control_msg_h *layouth;      /**< As video_room_cfg, of both composites */
    control_msg_h *speakersh;    /**< As audio_room_cfg */
    void (*changedh)(void *arg); /**< As content_view_cfg */
    void *arg;                   /**< Of changedh */
};

/** @return 0, -ENOMEM */
int room_media_new(struct room_media **ret_media, const struct room_media_cfg *cfg);
/** Nobody wants a stream any more.  NULL is allowed.  Returns NULL. */
struct room_media *room_media_close(struct room_media *media);

struct audio_room *room_media_audio(struct room_media *media);
struct video_room *room_media_video(struct room_media *media);
struct content_view *room_media_view(struct room_media *media);

/** As video_room_add_head() and so on, for all composites. */
int room_media_add_head(struct room_media *media, const struct video_head_cfg *head);
int room_media_set_head(struct room_media *media, const struct video_head_cfg *head);
int room_media_remove_head(struct room_media *media, uint32_t key);
void room_media_set_speakers(struct room_media *media, uint32_t dominant, const uint32_t *active,
                             unsigned nactive);
int room_media_set_look(struct room_media *media, const struct room_look *look);
void room_media_configure(struct room_media *media, struct settings *settings);

/**
 * Want the shared mix in a codec.
 * @param ret_fanout  What to subscribe to; belongs to the room as long as it is wanted
 */
int room_media_want_audio(struct room_media *media, enum audio_codec codec,
                          struct fanout **ret_fanout);
void room_media_drop_audio(struct room_media *media, enum audio_codec codec);

/** Want the composite in a codec; as room_media_want_audio(). */
int room_media_want_video(struct room_media *media, enum video_codec codec,
                          struct fanout **ret_fanout);
void room_media_drop_video(struct room_media *media, enum video_codec codec);

/** Parameters of audio streams in this room. */
void room_media_audio_params(const struct room_media *media, enum audio_codec codec,
                             struct audio_encoder_params *ret_params);

#endif
