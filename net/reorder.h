/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/reorder.h  Puts the packets of a picture stream back in order, waiting for
 * retransmissions
 *
 * A packet behind a gap is held until the gap is filled or max_wait_ms have
 * passed since its arrival; then it is released, and ext_seq shows the gap.
 * There is no playout delay: what is in order is released at once.  (Sound: see jitter.h.)
 *
 * Threads:   one task; no locks inside.
 * Ownership: reorder_put() takes the packet on success, reorder_get() gives it back.
 */
#ifndef NET_REORDER_H
#define NET_REORDER_H

#include <stdint.h>

struct packet;
struct reorder;

enum { REORDER_PACKETS_MAX = 4096 };

struct reorder_cfg {
    uint32_t max_wait_ms; /**< 0 to 1000, for instance 150 [ms] */
    uint32_t max_packets; /**< Span of sequence numbers that is held, 16 to REORDER_PACKETS_MAX */
};

struct reorder_stats {
    uint64_t released;
    uint64_t lost;      /**< Sequence numbers that were given up */
    uint64_t recovered; /**< Came in time to fill a gap */
    uint64_t late;      /**< Came after they were given up; dropped */
    uint64_t duplicate; /**< Dropped */
    uint64_t overflow;  /**< Dropped because the buffer was full */
    uint64_t resets;    /**< Times the source started afresh */
    uint32_t packets;   /**< Held now */
};

/** Create a buffer.  @return 0, -EINVAL (cfg out of range), -ENOMEM */
int reorder_new(struct reorder **ret_reorder, const struct reorder_cfg *cfg);

/** Free a buffer and its packets.  NULL is allowed.  Returns NULL. */
struct reorder *reorder_free(struct reorder *reorder);

/**
 * Add a packet; ext_seq, ssrc and when_us (its arrival) must be set.  Takes it on success.
 *
 * When it is too far ahead, the oldest gaps are given up; when it is further than four times the
 * buffer, or of a new SSRC, what is held is dropped and the stream starts afresh with it.
 *
 * @return 0, -EALREADY (have it), -ETIME (given up or released), -ENOSPC (full of packets that
 * nobody took)
 */
int reorder_put(struct reorder *reorder, struct packet *packet);

/** Next packet in order, or NULL: nothing there, or waiting for a gap. */
struct packet *reorder_get(struct reorder *reorder, uint64_t now_us);

/** When a gap will be given up; call reorder_get() then, even if nothing arrives.  0 = not waiting
 * [us]. */
uint64_t reorder_deadline_us(const struct reorder *reorder);

/** Drop all and start afresh. */
void reorder_reset(struct reorder *reorder);

void reorder_stats(const struct reorder *reorder, struct reorder_stats *ret_stats);

#endif
