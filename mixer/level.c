/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/level.c  How loud some samples are, as RFC 6464 counts
 */
#include "mixer/level.h"

#include <math.h>

#include "mixer/level_ops.h"

/* Level of a mean square relative to the overload point of 32768^2. */
static uint8_t from_power(double power)
{
    double level;

    if (power <= 0.0)
        return LEVEL_SILENCE;
    level = -10.0 * log10(power / (32768.0 * 32768.0)) + 0.5;
    if (level >= (double)LEVEL_SILENCE)
        return LEVEL_SILENCE;
    return level > 0.0 ? (uint8_t)level : LEVEL_LOUDEST;
}

uint8_t level_rms(const int16_t *pcm, size_t n)
{
    return n ? from_power((double)level_ops_best()->energy(pcm, n) / (double)n) : LEVEL_SILENCE;
}

uint8_t level_peak(const int16_t *pcm, size_t n)
{
    double peak = (double)level_ops_best()->peak(pcm, n);

    return from_power(peak * peak);
}
