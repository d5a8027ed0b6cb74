/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/audio_in.h  One received audio stream: packets to 20 ms of sound at a time
 *
 *     sink --> jitter (adaptive delay) --> audio_decoder, or conceal --> samples
 *
 * When the delay has grown over its target, quiet sound is dropped until it
 * is back, and any sound from 60 ms on.  What its sender marks as silence is not decoded.
 *
 * Threads:   created on control; the rest from the task of the room.
 * Ownership: passes to the room's task with audio_room_add().
 */
#ifndef MCU_MEDIA_AUDIO_IN_H
#define MCU_MEDIA_AUDIO_IN_H

#include <stdbool.h>
#include <stdint.h>

#include "codec/params.h"

struct audio_in;
struct audio_out;
struct sink;

struct audio_in_cfg {
    uint32_t key;   /**< Participant, or his screen; not 0 */
    uint32_t owner; /**< Sound of a screen: whose it is; 0 = a voice */
    enum audio_codec codec;
    uint32_t clock_hz; /**< RTP clock of the codec */
};

/** @return 0, -EINVAL, -ENOMEM */
int audio_in_new(struct audio_in **ret_in, const struct audio_in_cfg *cfg);

/** Where the transport puts the packets; belongs to the stream. */
struct sink *audio_in_sink(struct audio_in *in);
uint32_t audio_in_key(const struct audio_in *in);
uint32_t audio_in_owner(const struct audio_in *in);
enum audio_codec audio_in_codec(const struct audio_in *in);

/**
 * The next tick of sound.
 *
 * @param pcm        AUDIO_TICK_SAMPLES samples
 * @param ret_level  Level that the sender told [-dBov], -1 if none
 * @return false: silence, pcm is untouched
 */
bool audio_in_pull(struct audio_in *in, uint64_t now_us, int16_t *pcm, int *ret_level);

/** NULL is allowed.  Returns NULL. */
struct audio_in *audio_in_free(struct audio_in *in);

#endif
