/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/rtp_source.h  One received SSRC: sequence line, loss, jitter, and what to ask for again
 *
 * RFC 3550, appendix A.1 (sequence numbers), A.3 (loss), A.8 (jitter); RFC 4585
 * generic NACK with a tolerance for reordering.
 *
 * Threads:   one; no locks inside.
 * Ownership: embedded; no memory of its own.
 */
#ifndef NET_RTP_SOURCE_H
#define NET_RTP_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

struct rtcp_packet_report;

enum {
    RTP_SOURCE_WINDOW = 1024,            /**< Duplicates are known within this [packets] */
    RTP_SOURCE_DROPOUT_MAX = 3000,       /**< A longer gap must be confirmed by a second packet */
    RTP_SOURCE_MISSING_MAX = 128,        /**< Packets waited for; of a larger gap, the newest */
    RTP_SOURCE_REORDER_US = 10 * 1000,   /**< First NACK after [us] */
    RTP_SOURCE_RETRY_MIN_US = 20 * 1000, /**< Between NACKs, or the RTT and a quarter [us] */
    RTP_SOURCE_GIVE_UP_US = 500 * 1000,  /**< No more NACKs after [us] */
    RTP_SOURCE_TRIES_MAX = 10,
};

/** A packet that has not come. */
struct rtp_source_missing {
    uint64_t ext_seq;
    uint64_t since_us, due_us;
    uint8_t tries;
};

/** Fields are for rtp_source.c, but for those marked. */
struct rtp_source {
    uint32_t ssrc;  /**< To read */
    uint32_t clock; /**< RTP clock, to read [Hz] */
    bool started;   /**< To read: a packet came */
    bool nack;
    uint64_t last_us; /**< To read: arrival of the last packet [us] */

    uint64_t base, max; /* extended sequence numbers */
    uint64_t received;  /* without duplicates */
    uint64_t expected_prior, received_prior;
    uint32_t bad_seq; /* what would confirm a jump; above 0xffff: nothing */
    uint64_t seen[RTP_SOURCE_WINDOW / 64];

    uint32_t transit, jitter_q4; /* [clock], jitter times 16 */
    uint64_t sr_us;              /* arrival of the last SR, 0 = none */
    uint32_t sr_ntp;             /* middle of its NTP timestamp */

    unsigned nmissing;
    struct rtp_source_missing missing[RTP_SOURCE_MISSING_MAX]; /* ascending */
};

/** Start.  @param nack  Keep a list of missing packets */
void rtp_source_init(struct rtp_source *source, uint32_t ssrc, uint32_t clock, bool nack);

/**
 * A packet arrived.
 * @param again    It is a retransmission: does not count for the jitter
 * @param ret_ext  Gets the sequence number without wrap-around
 * @return 0, -EALREADY (a duplicate), -ERANGE (too old, or a jump that is not confirmed yet)
 */
int rtp_source_put(struct rtp_source *source, uint16_t seq, uint32_t ts, bool again,
                   uint64_t now_us, uint64_t *ret_ext);

/** An SR of this source arrived.  @param ntp its 64-bit NTP timestamp */
void rtp_source_sr(struct rtp_source *source, uint64_t ntp, uint64_t now_us);

/** Fill a report block and begin the next interval. */
void rtp_source_report(struct rtp_source *source, uint64_t now_us,
                       struct rtcp_packet_report *ret_report);

/** Packets that were expected and are not here; with retransmissions counted as received. */
uint64_t rtp_source_lost(const struct rtp_source *source);

/** Jitter [us]. */
uint32_t rtp_source_jitter_us(const struct rtp_source *source);

/**
 * Sequence numbers to ask for now.
 * @param rtt_us    Round trip, 0 = not known
 * @param ret_seqs  Room for @p max
 * @return how many
 */
unsigned rtp_source_nack(struct rtp_source *source, uint64_t now_us, uint32_t rtt_us,
                         uint16_t *ret_seqs, unsigned max);

/** When rtp_source_nack() has something to ask for or to give up [us]; UINT64_MAX = never. */
uint64_t rtp_source_due(const struct rtp_source *source);

#endif
