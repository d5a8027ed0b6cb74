/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/rtp_tx.h  One sent stream of one subscriber: headers, retransmission, sender reports
 *
 *     shared packet -- rtp_tx_write() --> plain RTP datagram --> SRTP --> socket
 *           '--> history of references <-- rtp_tx_resend() <-- NACK
 *
 * The packet stays as it is; what differs per subscriber (SSRC, sequence
 * number, payload type, extensions) is written in front of a copy of its payload.
 * SSRC, sequence and timestamp lines are one and continuous for the life of it,
 * whatever is sent: a browser's video would freeze otherwise.
 *
 * Threads:   one; no locks inside.
 * Ownership: holds references to what it sent, for RTP_TX_HISTORY_US.
 */
#ifndef NET_RTP_TX_H
#define NET_RTP_TX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct media_line;
struct packet;
struct rtcp_packet_buf;
struct rtcp_packet_report;
struct rtp_tx;
struct twcc;

enum {
    RTP_TX_HISTORY_VIDEO = 512,       /**< [packets] */
    RTP_TX_HISTORY_AUDIO = 64,        /**< [packets] */
    RTP_TX_HISTORY_US = 1500 * 1000,  /**< What is older is not sent again [us] */
    RTP_TX_RESEND_PER_S = 300,        /**< Budget of retransmissions [packets/s] */
    RTP_TX_RESEND_BURST = 150,        /**< [packets] */
    RTP_TX_RESEND_MIN_US = 10 * 1000, /**< Between two of the same packet, or the RTT [us] */
};

struct rtp_tx_stats {
    uint64_t packets, bytes; /**< Retransmissions included; bytes of RTP */
    uint64_t resent;
    uint32_t rtt_us; /**< 0 = not known */
    uint8_t loss;    /**< Remote's last report [1/256] */
};

/** Create; the line is copied.  @return 0 or -ENOMEM */
int rtp_tx_new(struct rtp_tx **ret_tx, const struct media_line *line);

/** Free and drop the history.  NULL is allowed.  Returns NULL. */
struct rtp_tx *rtp_tx_free(struct rtp_tx *tx);

/** Follow a renegotiation; SSRC, sequence and timestamp lines stay.  @return 0 or -ENOMEM */
int rtp_tx_update(struct rtp_tx *tx, const struct media_line *line);

/**
 * Write the datagram of a packet.
 *
 * @param twcc  Gives the transport-wide number where agreed; may be NULL
 * @param buf   Gets header and payload
 * @param size  Without the room that SRTP needs [bytes]
 *
 * @return length [bytes], or -ENOSPC
 */
int rtp_tx_write(struct rtp_tx *tx, struct packet *packet, struct twcc *twcc, uint64_t now_us,
                 uint8_t *buf, size_t size);

/**
 * Write a packet again, as RTX where agreed, else as it was.
 * @return length [bytes], 0 (gone, just sent, or over the budget), -ENOSPC
 */
int rtp_tx_resend(struct rtp_tx *tx, uint16_t seq, struct twcc *twcc, uint64_t now_us, uint8_t *buf,
                  size_t size);

/** Drop what is too old from the history. */
void rtp_tx_purge(struct rtp_tx *tx, uint64_t now_us);

/**
 * Write a sender report and the CNAME; nothing before the first packet.
 * @return 1 if written, 0 if not, -ENOSPC
 */
int rtp_tx_write_sr(struct rtp_tx *tx, uint64_t now_us, struct rtcp_packet_buf *buf);

/** Take a report block of the remote side about our SSRC. */
void rtp_tx_report(struct rtp_tx *tx, const struct rtcp_packet_report *report, uint64_t now_us);

/** Is this SSRC ours, or our RTX? */
bool rtp_tx_owns(const struct rtp_tx *tx, uint32_t ssrc);

void rtp_tx_stats(const struct rtp_tx *tx, struct rtp_tx_stats *ret_stats);

#endif
