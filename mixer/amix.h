/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/amix.h  The audio mix of one room
 *
 *     amix_put() ---> look-back --gate--> loudest K --catch up, ramp--> sum --limiter--> amix_mix()
 *     inputs with     2 frames             + hang-over                   |
 *     sound only                                                          '- own --limiter-->
 * amix_mix_minus()
 *
 * Each tick of 20 ms: amix_put() for every input that has sound, one
 * amix_run(), then the getters.  An input that was not put is silent and
 * costs nothing, so a room may have a thousand of them.
 *
 * Gate: opens on a level above the input's noise floor (least level of the
 * last 3 s).  While no more than mix_max inputs have sound it opens on nearly
 * anything.  While it is closed the last 40 ms are kept; when it opens they are
 * played first, a little faster (WSOLA: W. Verhelst and M. Roelands, "An
 * overlap-add technique based on waveform similarity", ICASSP 1993), so that
 * the first syllable is whole and there is no delay left after about 120 ms.
 *
 * Contributors: the loudest mix_max open inputs and whoever was one of them
 * within the hang-over, at most AMIX_CONTRIBUTORS_MAX.  They come and go with ramps
 * of 5 ms.  The others all hear the same amix_mix().
 *
 * Limiter: each output has its own; nothing exceeds -1 dBFS.  Below that
 * samples pass unchanged, so amix_mix_minus() is exactly the sum of the others.
 *
 * Threads:   one task; no locks inside.
 * Ownership: pcm is copied.
 */
#ifndef MIXER_AMIX_H
#define MIXER_AMIX_H

#include <stdbool.h>
#include <stdint.h>

#include "codec/params.h"

struct amix;

enum {
    AMIX_INPUTS_MAX = 4096,
    AMIX_CONTRIBUTORS_MAX = 16,
    AMIX_LEVEL_UNKNOWN = -1, /**< For amix_put(): measure it */
};

struct amix_cfg {
    uint16_t max_inputs;  /**< 1 to AMIX_INPUTS_MAX */
    uint8_t mix_max;      /**< The loudest K, 1 to AMIX_CONTRIBUTORS_MAX; 0 = 8 */
    uint16_t hangover_ms; /**< Up to 5000; 0 = 300 [ms] */
};

/** Create a mix without inputs.  @return 0, -EINVAL (cfg out of range), -ENOMEM */
int amix_new(struct amix **ret_amix, const struct amix_cfg *cfg);

/** Free a mix.  NULL is allowed.  Returns NULL. */
struct amix *amix_free(struct amix *amix);

/** Add an input.  @return its index, 0 to max_inputs - 1, the lowest that is free; -ENOSPC, -ENOMEM
 */
int amix_add(struct amix *amix);

/** Remove an input; its index may be given out again.  A contributor ends abruptly.  Unknown:
 * ignored. */
void amix_remove(struct amix *amix, int index);

/**
 * Sound of an input for the coming tick; at most once per tick (a second one is ignored).
 *
 * @param pcm    AUDIO_TICK_SAMPLES samples
 * @param level  0 (loudest) to 127 [-dBov], see level.h; AMIX_LEVEL_UNKNOWN: measured here
 */
void amix_put(struct amix *amix, int index, const int16_t *pcm, int level);

/** Mix one tick. */
void amix_run(struct amix *amix);

/** Is the input part of the last tick's mix, so that it needs its own mix-minus? */
bool amix_contributes(const struct amix *amix, int index);

/** Number of contributors of the last tick. */
unsigned amix_contributors(const struct amix *amix);

/** The mix for all who do not contribute, AUDIO_TICK_SAMPLES samples; valid until the next
 * amix_run(). */
const int16_t *amix_mix(const struct amix *amix);

/** True if the last tick's amix_mix() is all zero samples. */
bool amix_silent(const struct amix *amix);

/**
 * The mix without an input itself.  Once per tick and contributor, because its limiter goes on;
 * for an input that does not contribute it is a copy of amix_mix().
 */
void amix_mix_minus(struct amix *amix, int index, int16_t out[AUDIO_TICK_SAMPLES]);

/** The same without two inputs of one listener, of which one may not contribute. */
void amix_mix_minus_both(struct amix *amix, int index, int other, int16_t out[AUDIO_TICK_SAMPLES]);

/** Level of an input in the last tick, 0 to 127 [-dBov]; 127 if it was not put. */
uint8_t amix_level(const struct amix *amix, int index);

#endif
