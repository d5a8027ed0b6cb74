/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/codec/sound.h  Synthetic voices, and how much two sounds differ
 */
#ifndef TESTS_UNIT_CODEC_SOUND_H
#define TESTS_UNIT_CODEC_SOUND_H

#include <math.h>
#include <stdint.h>

/** A vowel-like sound whose pitch and loudness wander; @p i in samples at @p rate. */
static inline int16_t sound_voice(unsigned i, double rate)
{
    double t = i / rate, phase = 2 * 3.14159265 * (130 * t - 6 * cos(4 * t)), v = 0;

    for (int k = 1; k <= 12; ++k)
        v += sin(k * phase) / (k + fabs(k - 5.0));
    return (int16_t)(v * 5000 * (0.7 + 0.3 * sin(9 * t)));
}

/** Energy of @p n samples. */
static inline double sound_energy(const int16_t *pcm, unsigned n)
{
    double sum = 0;

    for (unsigned i = 0; i < n; ++i)
        sum += (double)pcm[i] * (double)pcm[i];
    return sum;
}

/** Signal to noise of @p b against @p a [dB]. */
static inline double sound_snr(const int16_t *a, const int16_t *b, unsigned n)
{
    double noise = 1e-9;

    for (unsigned i = 0; i < n; ++i)
        noise += (double)(a[i] - b[i]) * (double)(a[i] - b[i]);
    return 10 * log10((sound_energy(a, n) + 1e-9) / noise);
}

/** Best signal to noise when @p b is late by 0 to @p max samples; says how late. */
static inline double sound_snr_late(const int16_t *a, const int16_t *b, unsigned n, unsigned max,
                                    unsigned *ret_late)
{
    double best = -1000;

    for (unsigned late = 0; late <= max; ++late) {
        double snr = sound_snr(a, b + late, n);

        if (snr > best) {
            best = snr;
            *ret_late = late;
        }
    }
    return best;
}

#endif
