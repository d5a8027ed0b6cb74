/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/audio_resample.h  Between 48 kHz and the 8 or 16 kHz of a codec, mono
 *
 * Delay is constant, a few ms; without a jump from one call to the next.
 *
 * Threads: one at a time.
 */
#ifndef CODEC_AUDIO_RESAMPLE_H
#define CODEC_AUDIO_RESAMPLE_H

#include <stdint.h>

struct audio_resample;

/**
 * Create a resampler.
 *
 * @param from, to  Rates, one a multiple of the other [Hz]
 * @return 0, -EINVAL, -ENOMEM
 */
int audio_resample_new(struct audio_resample **ret_rs, uint32_t from, uint32_t to);

/** Free a resampler.  NULL is allowed.  Returns NULL. */
struct audio_resample *audio_resample_free(struct audio_resample *rs);

/** Forget the past. */
void audio_resample_reset(struct audio_resample *rs);

/**
 * Convert samples.
 *
 * @param in   @p nin samples, a whole number of output samples' worth
 * @param out  Gets exactly nin * to / from samples
 *
 * @return samples in @p out
 */
int audio_resample_run(struct audio_resample *rs, const int16_t *in, int nin, int16_t *out);

#endif
