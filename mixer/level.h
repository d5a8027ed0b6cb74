/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/level.h  How loud some samples are, as RFC 6464 counts
 *
 * A level is the number that the audio level header extension carries (RFC 6464,
 * section 3): 0 is the loudest (a full-scale square wave), each step is 1 dB
 * less, 127 is digital silence.  A full-scale sine is 3.
 *
 * Threads: any; no state.
 */
#ifndef MIXER_LEVEL_H
#define MIXER_LEVEL_H

#include <stddef.h>
#include <stdint.h>

enum {
    LEVEL_LOUDEST = 0,
    LEVEL_SILENCE = 127,
};

/** RMS level of @p n samples, 0 to 127 [-dBov]; LEVEL_SILENCE if @p n is 0. */
uint8_t level_rms(const int16_t *pcm, size_t n);

/** Level of the largest sample, 0 to 127 [-dBov]. */
uint8_t level_peak(const int16_t *pcm, size_t n);

#endif
