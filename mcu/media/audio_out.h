/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/audio_out.h  One encoded audio stream: a mix to packets
 *
 *     audio_room --- audio_out_put() --> ring of 8 --> audio_encoder --> fanout
 *
 * When the ring is full the newest tick is dropped; receivers conceal it.  The
 * encoder of a shared stream exists from the start, another one's from the first tick on; it goes
 * with audio_out_rest() and comes again with the next tick.
 *
 * Threads:   created on control; put, rest and close by the room's task.
 * Ownership: passes to the room's task with audio_room_add() or audio_room_share().
 */
#ifndef MCU_MEDIA_AUDIO_OUT_H
#define MCU_MEDIA_AUDIO_OUT_H

#include <stdbool.h>
#include <stdint.h>

#include "codec/params.h"

struct audio_out;
struct fanout;
struct task_pool;

enum { AUDIO_OUT_EXCLUDE_MAX = 16 };

/** A tick of sound to encode. */
struct audio_out_tick {
    uint64_t when_us; /**< Media clock */
    int16_t pcm[AUDIO_TICK_SAMPLES];
    uint8_t nexclude;
    uint32_t exclude[AUDIO_OUT_EXCLUDE_MAX]; /**< Subscribers (keys) who get a mix of their own */
};

struct audio_out_cfg {
    struct task_pool *pool;
    struct audio_encoder_params params;
    uint32_t clock_hz; /**< RTP clock of the codec */
    bool shared;       /**< For many listeners; for the metrics only */
};

/** Make the pool of ticks; before anything else here. @return 0 or -errno */
int audio_out_init(void);
void audio_out_finish(void);

/** @return 0, -ENOMEM */
int audio_out_new(struct audio_out **ret_out, const struct audio_out_cfg *cfg);

/** Whom to subscribe to; belongs to the stream. */
struct fanout *audio_out_fanout(struct audio_out *out);

/** An empty tick to fill, or NULL without memory. */
struct audio_out_tick *audio_out_tick_new(void);

/** Encode and send.  Takes the tick. */
void audio_out_put(struct audio_out *out, struct audio_out_tick *tick);

/** Nothing comes for a while: give the encoder back. */
void audio_out_rest(struct audio_out *out);

/** End the stream; returns at once.  NULL is allowed.  Returns NULL. */
struct audio_out *audio_out_close(struct audio_out *out);

#endif
