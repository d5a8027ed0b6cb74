/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/reaction.h  Which reactions there are, and how often
 *
 * Threads: any; plain values.
 */
#ifndef MCU_ROOM_REACTION_H
#define MCU_ROOM_REACTION_H

#include <stdint.h>

#include "mcu/room/room_rate.h"

enum {
    REACTION_MAX = 64,                 /**< In a set */
    REACTION_SIZE = 32,                /**< Room for one and its NUL [bytes] */
    REACTION_RATE = 3,                 /**< Of one person, all at once if need be ... */
    REACTION_RATE_PERIOD_US = 5000000, /**< ... in so long */
};

/** To embed. */
struct reaction_set {
    char emoji[REACTION_MAX][REACTION_SIZE];
    unsigned n;
};

/** Thumbs up, clapping hands, heart, tears of joy, astonished, party, waving and raised hand. */
void reaction_set_default(struct reaction_set *set);
/** One more.
 *  @return 0 (also if it is in), -EINVAL (empty, too long, no UTF-8, plain ASCII), -ENOSPC */
int reaction_set_add(struct reaction_set *set, const char *emoji);

/**
 * Somebody reacts.
 * @param rate      His, zeroed at first
 * @param ret_code  Gets "", "bad_reaction", "rate_limited"
 * @return 0, -EINVAL, -EAGAIN
 */
int reaction_check(const struct reaction_set *set, struct room_rate *rate, const char *emoji,
                   uint64_t now_us, const char **ret_code);

#endif
