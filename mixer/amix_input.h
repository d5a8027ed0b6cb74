/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/amix_input.h  One input of amix.c: gate, look-back, catch-up and ramps
 *
 * Samples wait in a short queue.  While the input is outside of the mix the
 * queue is the look-back: the last two ticks and the current one.  Once inside, each
 * tick plays 20 ms, and while more than that waits it leaves out whole waves (WSOLA)
 * until nothing is left over.
 *
 * Threads: one task.
 */
#ifndef MIXER_AMIX_INPUT_H
#define MIXER_AMIX_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "codec/params.h"
#include "mixer/amix_limiter.h"

enum {
    AMIX_INPUT_LOOKBACK = 2 * AUDIO_TICK_SAMPLES,
    AMIX_INPUT_QUEUE = AMIX_INPUT_LOOKBACK + AUDIO_TICK_SAMPLES,
    AMIX_INPUT_RAMP = AUDIO_RATE / 200, /**< 5 ms [samples] */
    AMIX_INPUT_FLOOR_BLOCKS = 3,        /**< The noise floor looks back so many ... */
    AMIX_INPUT_FLOOR_TICKS = 50,        /**< ... blocks of one second [ticks] */
};

/** Fields are for amix.c and amix_input.c. */
struct amix_input {
    uint64_t put_tick; /**< Tick of the last put */
    uint8_t level;     /**< In put_tick */

    uint8_t floor[AMIX_INPUT_FLOOR_BLOCKS]; /**< Quietest level, current block first */
    uint8_t floor_ticks;                    /**< In the current block */

    bool inside;                   /**< Contributes */
    bool chosen;                   /**< Among the loudest in this tick */
    bool leaving;                  /**< Inside for the last time */
    uint16_t hang;                 /**< Ticks left inside without being chosen */
    bool sounding;                 /**< The last sample that was played belongs to sound */
    int16_t last[AMIX_INPUT_RAMP]; /**< What was played last */
    uint16_t queued;
    int16_t queue[AMIX_INPUT_QUEUE];

    struct amix_limiter limiter;     /**< Of its mix-minus */
    int16_t out[AUDIO_TICK_SAMPLES]; /**< What it gives to the mix */
};

/** Start as a new input, before the first tick. */
void amix_input_init(struct amix_input *input);

/** Take the sound of a tick. */
void amix_input_put(struct amix_input *input, uint64_t tick, const int16_t *pcm, uint8_t level);

/** Is there something to hear?  @param generous few others have sound */
bool amix_input_open(const struct amix_input *input, bool generous);

/** Make input->out for this tick of an input that is inside; with leaving set it fades out. */
void amix_input_play(struct amix_input *input, const struct amix_ops *ops);

#endif
