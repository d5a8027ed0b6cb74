/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/jitter.h  Reorders the packets of a voice and decides when each is due
 *
 * Sound is pulled: whoever plays asks for a packet each time he has less than
 * a tick of sound left, and gets the next one, or learns that it is lost, or that
 * there is nothing to play yet.  (Pictures are pushed; for them see reorder.h.)
 *
 *     jitter_put()                                       jitter_get()
 *        arrival --> [ 7 ][ 8 ][   ][ 10 ] ... --> due = fastest path + timestamp + target delay
 *
 * The target follows the 97th percentile of how much later than the fastest of the
 * last 5 s packets arrive, forgetting with a time constant of 10 s at 50 packets/s.
 * After silence (DTX) or an underrun, playing starts again at the target.
 * While sound runs without pause, the delay is lowered by the caller, who
 * plays faster or drops silence as long as excess_ms is not 0.  Beyond max_ms packets are
 * discarded.
 *
 * A gap in timestamps without one in sequence numbers is silence, not loss.
 * A new SSRC, or a jump of more than 3 s between timestamps and arrival, starts afresh.
 *
 * Threads:   one task; no locks inside.
 * Ownership: jitter_put() takes the packet on success, jitter_get() gives it back.
 */
#ifndef NET_JITTER_H
#define NET_JITTER_H

#include <stdint.h>

struct jitter;
struct packet;

enum {
    JITTER_PACKETS_MAX = 256,     /**< Most packets that are held */
    JITTER_DURATION_MAX_MS = 120, /**< Longest packet */
};

struct jitter_cfg {
    uint32_t clock_hz;    /**< RTP clock of the format (G.722: 8000), 8000 to 96000 [Hz] */
    uint32_t min_ms;      /**< Least target delay, default 20 [ms] */
    uint32_t max_ms;      /**< Largest delay, min_ms to 1000, default 200 [ms] */
    uint32_t max_packets; /**< Hard limit, 8 to JITTER_PACKETS_MAX [packets] */
};

enum jitter_result {
    JITTER_EMPTY, /**< Nothing to play: silence, underrun, or not due yet.  Conceal or be silent for
                     a tick */
    JITTER_PACKET, /**< Here is the next one */
    JITTER_LOST, /**< It is missing: conceal for duration; jitter_peek() may have its FEC or RED */
};

/** What jitter_get() found. */
struct jitter_frame {
    struct packet *packet; /**< PACKET: now the caller's; else NULL */
    uint32_t duration;     /**< PACKET: as put; LOST: estimate [RTP clock] */
    uint32_t excess_ms; /**< PACKET, LOST: so much above target, 0 if near it: play faster [ms] */
};

struct jitter_stats {
    uint64_t played;    /**< Packets given out */
    uint64_t lost;      /**< Never came, or came too late */
    uint64_t late;      /**< Came after their turn; dropped */
    uint64_t duplicate; /**< Dropped */
    uint64_t discarded; /**< Dropped because the delay was over max_ms or the buffer full */
    uint64_t underruns; /**< Times that sound ran dry, silence of the sender included */
    uint64_t resets;    /**< Times the source started afresh */
    uint32_t delay_ms;  /**< Latest: from the fastest path to being played [ms] */
    uint32_t target_ms;
    uint32_t jitter_ms; /**< The percentile before it is limited [ms] */
    uint32_t packets;   /**< Held now */
};

/** Create a jitter buffer.  @return 0, -EINVAL (cfg out of range), -ENOMEM */
int jitter_new(struct jitter **ret_jitter, const struct jitter_cfg *cfg);

/** Free a jitter buffer and its packets.  NULL is allowed.  Returns NULL. */
struct jitter *jitter_free(struct jitter *jitter);

/** Change the limits of the delay, for instance min_ms 60 where FEC or RED is worth waiting for.
 * @return 0 or -EINVAL */
int jitter_set_range(struct jitter *jitter, uint32_t min_ms, uint32_t max_ms);

/**
 * Add a packet; ext_seq, ts, ssrc and when_us (its arrival) must be set.  Takes it on success.
 *
 * @param duration  Sound in it [RTP clock]; 0 = none: it only uses up its sequence number
 *                  (telephone-event, comfort noise, padding) and is passed over without loss
 *
 * @return 0, -EALREADY (have it), -ETIME (its turn is over), -ENOSPC (full), -EINVAL (too long)
 */
int jitter_put(struct jitter *jitter, struct packet *packet, uint32_t duration);

/**
 * What to play next.  Call again while less than a tick of sound is at hand, and no sooner.
 *
 * @param now_us  When it will be played: now, and behind what the caller still has
 */
enum jitter_result jitter_get(struct jitter *jitter, uint64_t now_us,
                              struct jitter_frame *ret_frame);

/**
 * After JITTER_LOST: the packet right behind the lost one, whose FEC can restore it, or NULL if
 * that is missing too.  NULL after every other answer.  Still the buffer's; comes with the next
 * jitter_get().
 */
const struct packet *jitter_peek(const struct jitter *jitter);

/** Drop all and start afresh. */
void jitter_reset(struct jitter *jitter);

void jitter_stats(const struct jitter *jitter, struct jitter_stats *ret_stats);

#endif
