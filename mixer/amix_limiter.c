/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/amix_limiter.c  Keeps the peaks of one output of amix.c under -1 dBFS
 */
#include "mixer/amix_limiter.h"

#include <math.h>

enum { NBLOCKS = 8, BLOCK = AUDIO_TICK_SAMPLES / NBLOCKS };

static const float RELEASE = 1.02f; /* 0.17 dB in each block of 2.5 ms */

/* Gain that a block needs. */
static float wanted(const struct amix_ops *ops, const int32_t *in)
{
    uint32_t peak = ops->peak(in, BLOCK);

    return peak > AMIX_LIMITER_MAX ? (float)AMIX_LIMITER_MAX / (float)peak : 1.0f;
}

/* A block that starts with too much gain: a line, but never over what a sample allows. */
static void attack(int16_t *out, const int32_t *in, float gain, float step)
{
    float most = gain;

    for (unsigned i = 0; i < BLOCK; ++i) {
        float line = gain + step * (float)i, x = fabsf((float)in[i]);

        if (x * most > (float)AMIX_LIMITER_MAX)
            most = (float)AMIX_LIMITER_MAX / x;
        out[i] = (int16_t)lrintf((float)in[i] * (line < most ? line : most));
    }
}

void amix_limiter_init(struct amix_limiter *limiter)
{
    limiter->gain = 1.0f;
}

void amix_limiter_run(struct amix_limiter *limiter, const struct amix_ops *ops, int16_t *out,
                      const int32_t *in)
{
    float want[NBLOCKS + 1], gain = limiter->gain, least = gain;

    for (unsigned b = 0; b < NBLOCKS; ++b) {
        want[b] = wanted(ops, in + b * BLOCK);
        least = fminf(least, want[b]);
    }
    if (least >= 1.0f) {
        ops->narrow(out, in, AUDIO_TICK_SAMPLES);
        return;
    }

    want[NBLOCKS] = 1.0f;
    for (unsigned b = 0; b < NBLOCKS; ++b) {
        const int32_t *from = in + b * BLOCK;
        int16_t *to = out + b * BLOCK;
        float end = fminf(fminf(gain * RELEASE, 1.0f), fminf(want[b], want[b + 1]));
        float step = (end - gain) / (float)BLOCK;

        if (gain > want[b])
            attack(to, from, gain, step);
        else
            ops->scale(to, from, gain, step, BLOCK);
        gain = end;
    }
    limiter->gain = gain;
}
