/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/audio_room.h  A room's sound: streams to one mix per tick
 *
 *     audio_in x n --> amix --> mix            --> shared audio_out per codec
 *                        |  '-> mix-minus self --> own audio_out of each contributor
 *                        '----> speaker ... who speaks, to control
 *
 * Ticks every 20 ms and waits for nobody.  A packet of a shared stream names
 * the contributors, who get their own instead, so that the switch is exact to the tick.
 * The sound of a screen is mixed as a voice is, but nobody speaks there, and its owner hears
 * neither himself nor it.
 *
 * Threads:   created, commanded and closed on control; works in a task of its own.
 * Ownership: takes streams in both directions as said below.
 */
#ifndef MCU_MEDIA_AUDIO_ROOM_H
#define MCU_MEDIA_AUDIO_ROOM_H

#include <stdbool.h>
#include <stdint.h>

#include "codec/params.h"
#include "net/control_loop.h"

struct audio_in;
struct audio_out;
struct audio_room;
struct task_pool;

enum { AUDIO_ROOM_ACTIVE_MAX = 16 };

/** Who speaks; told when it changes, at most each 40 ms. */
struct audio_room_speakers {
    uint32_t room;     /**< Key of the room */
    uint32_t dominant; /**< Key, 0 = nobody yet */
    uint8_t nactive;
    struct {
        uint32_t key;
        uint8_t level; /**< [-dBov] */
    } active[AUDIO_ROOM_ACTIVE_MAX];
};

struct audio_room_cfg {
    struct task_pool *pool;
    uint32_t room; /**< Key of the room */
    uint16_t max_inputs;
    uint8_t mix_max; /**< The loudest so many are mixed */
    uint16_t speaker_hold_ms;
    control_msg_h *speakersh; /**< Called on control; msg is a struct audio_room_speakers */
    void *arg;
};

/** @return 0, -EINVAL, -ENOMEM */
int audio_room_new(struct audio_room **ret_room, const struct audio_room_cfg *cfg);

/**
 * Add a participant's stream, and the stream of his own mix.  Takes both on success.
 * @param in   May be the sound of his screen (audio_in_cfg.owner), which has no stream of its own
 * @param own  NULL: he always gets the shared one
 * @return 0, -ENOSPC
 */
int audio_room_add(struct audio_room *room, struct audio_in *in, struct audio_out *own);
/** Free what was added under the key. */
int audio_room_remove(struct audio_room *room, uint32_t key);
/** Leave a participant out of the mix, or take him in again. */
int audio_room_mute(struct audio_room *room, uint32_t key, bool muted);

/** Make a codec's stream for all listeners; takes it on success.  @return 0, -ENOSPC */
int audio_room_share(struct audio_room *room, enum audio_codec codec, struct audio_out *out);
/** Close a codec's stream. */
int audio_room_unshare(struct audio_room *room, enum audio_codec codec);

/** Returns at once; frees what it has.  NULL is allowed.  Returns NULL. */
struct audio_room *audio_room_close(struct audio_room *room);

#endif
