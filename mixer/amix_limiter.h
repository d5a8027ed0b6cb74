/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/amix_limiter.h  Keeps the peaks of one output of amix.c under -1 dBFS
 *
 * Looks at eight blocks of 2.5 ms ahead, within the tick: the gain falls
 * in a straight line before a loud block and rises by 70 dB/s at most.  Only a peak
 * in the first block comes unforeseen: there the gain follows the wave itself.
 * Without loud peaks samples pass unchanged.  No delay.
 *
 * Threads: one task.
 */
#ifndef MIXER_AMIX_LIMITER_H
#define MIXER_AMIX_LIMITER_H

#include <stdint.h>

#include "codec/params.h"
#include "mixer/amix_ops.h"

enum { AMIX_LIMITER_MAX = 29204 /**< -1 dBFS [sample value] */ };

/** To embed. */
struct amix_limiter {
    float gain; /**< At the end of the last tick, up to 1 */
};

/** Start with full gain. */
void amix_limiter_init(struct amix_limiter *limiter);

/**
 * Limit one tick.
 *
 * @param out  AUDIO_TICK_SAMPLES samples, none over AMIX_LIMITER_MAX
 * @param in   AUDIO_TICK_SAMPLES samples under 2^24
 */
void amix_limiter_run(struct amix_limiter *limiter, const struct amix_ops *ops, int16_t *out,
                      const int32_t *in);

#endif
