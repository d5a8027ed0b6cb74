/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/jitter_delay.h  How late packets are: fastest path and target delay, for jitter.c
 *
 * Lateness of a packet is its arrival minus its timestamp, against the least
 * such difference of the last 5 s (the fastest path; a window, so that clock
 * drift and changes of route are followed).  25 packets in a row that are later than
 * anybody would wait mean that the path, or the sender's time line, has moved.  A histogram that
 * forgets exponentially gives the percentile that the target follows.
 *
 * Threads: as the buffer that embeds it.
 */
#ifndef NET_JITTER_DELAY_H
#define NET_JITTER_DELAY_H

#include <stdbool.h>
#include <stdint.h>

enum {
    JITTER_DELAY_BINS = 101, /**< The last one takes all that is more */
    JITTER_DELAY_BIN_MS = 10,
    JITTER_DELAY_WINDOW = 5, /**< Buckets of a second */
};

/** Fields are for jitter_delay.c only. */
struct jitter_delay {
    bool started;
    int64_t least_us[JITTER_DELAY_WINDOW]; /* of each second */
    uint64_t second[JITTER_DELAY_WINDOW];  /* which second that was, 0 = none */
    int64_t base_us;                       /* least of all */
    unsigned nlate;                        /* packets in a row over the maximum */
    float bin[JITTER_DELAY_BINS];          /* weights, their sum is 1 once started */
    uint32_t jitter_ms;                    /* the percentile */
};

/** Forget everything. */
void jitter_delay_init(struct jitter_delay *delay);

/** Forget the fastest path, but keep what is known of the jitter. */
void jitter_delay_rebase(struct jitter_delay *delay);

/**
 * Take a packet in.
 *
 * @param when_us   Arrival
 * @param media_us  Timestamp, without wrap-around, in us
 * @param max_ms    Longest that anybody would wait
 */
void jitter_delay_update(struct jitter_delay *delay, uint64_t when_us, int64_t media_us,
                         uint32_t max_ms);

/** Is the packet so far off the fastest path (3 s, either way) that it must be of another time
 * line? */
bool jitter_delay_is_jump(const struct jitter_delay *delay, uint64_t when_us, int64_t media_us);

/** Time after the fastest path's arrival of @p media_us; negative: before [us]. */
int64_t jitter_delay_since(const struct jitter_delay *delay, uint64_t now_us, int64_t media_us);

/** The percentile [ms]. */
uint32_t jitter_delay_ms(const struct jitter_delay *delay);

#endif
