/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/speaker.h  Who is speaking, without flicker
 *
 * A smoothed-energy rule: an input is active when it has been louder than its
 * own noise floor for most of the last moments, so that a cough or a slammed
 * door (under 200 ms) does not count.  The dominant speaker keeps the title
 * until somebody else has been active while it has not, or is clearly louder for a second; after
 * a switch nothing changes for the hold time.  When nobody speaks the last one stays.
 *
 * Each tick of 20 ms: speaker_put() for each input with sound, then
 * speaker_run().  Inputs that are not put are silent and cost nothing.
 *
 * Threads: one task; no locks inside.
 */
#ifndef MIXER_SPEAKER_H
#define MIXER_SPEAKER_H

#include <stdint.h>

struct speaker;

enum { SPEAKER_ACTIVE_MAX = 16 /**< Most inputs that are told to be active */ };

struct speaker_cfg {
    uint16_t max_inputs; /**< As amix_cfg: 1 to 4096 */
    uint16_t hold_ms;    /**< After a switch, up to 30000; 0 = 1500 [ms] */
};

/** Create a detector.  @return 0, -EINVAL, -ENOMEM */
int speaker_new(struct speaker **ret_speaker, const struct speaker_cfg *cfg);

/** Free a detector.  NULL is allowed.  Returns NULL. */
struct speaker *speaker_free(struct speaker *speaker);

/** Level of an input in this tick, 0 (loudest) to 127 [-dBov].  An index out of range is ignored.
 */
void speaker_put(struct speaker *speaker, int index, uint8_t level);

/** Forget an input: it left, or the index goes to somebody else. */
void speaker_remove(struct speaker *speaker, int index);

/** Decide for this tick. */
void speaker_run(struct speaker *speaker);

/** Index of the dominant speaker, or -1 if nobody has spoken yet. */
int speaker_dominant(const struct speaker *speaker);

/**
 * Inputs that are speaking now, the one that started first in front.
 *
 * @param ret_index  Room for @p max indices
 * @return their number, at most SPEAKER_ACTIVE_MAX
 */
unsigned speaker_active(const struct speaker *speaker, int *ret_index, unsigned max);

/** Raised whenever the dominant speaker or the set of active ones changes. */
uint32_t speaker_epoch(const struct speaker *speaker);

#endif
