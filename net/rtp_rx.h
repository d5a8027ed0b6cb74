/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/rtp_rx.h  The received streams of a transport: from datagrams to sinks, and feedback
 *
 *     plain RTP --> which m-line? --> RTX restored --> duplicates out --> DTMF out --> sink
 *                        '--> rtp_source: RR, NACK       sink_take_key_request() --> PLI, FIR
 *
 * A stream finds its m-line by the mid extension, else by a signalled SSRC, else
 * by its payload type.  A transport has at most RTP_RX_STREAMS_MAX streams; an m-line
 * takes packets from one SSRC at a time and changes over when that one is
 * silent for RTP_RX_TAKEOVER_US, or at once when signalling names the new one.
 *
 * Threads:   one; no locks inside.
 * Ownership: holds references to the sinks.
 */
#ifndef NET_RTP_RX_H
#define NET_RTP_RX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct media_desc;
struct packet;
struct rtcp_packet;
struct rtcp_packet_buf;
struct rtp_rx;
struct sink;
struct twcc;

enum {
    RTP_RX_STREAMS_MAX = 20,                  /**< SSRCs, RTX included */
    RTP_RX_STREAM_IDLE_US = 10 * 1000 * 1000, /**< An older one makes room for a new one [us] */
    RTP_RX_TAKEOVER_US = 200 * 1000,          /**< [us] */
    RTP_RX_KEY_US = 300 * 1000,               /**< Between key frame requests of a line [us] */
    RTP_RX_KEY_SIGNALLED_US = 1000 * 1000,    /**< The same by signalling [us] */
    RTP_RX_NACK_PER_S = 300,                  /**< Sequence numbers asked for again, all streams */
    RTP_RX_NACK_BURST = 100,
};

struct rtp_rx_stats {
    uint64_t packets, bytes; /**< Bytes of plain RTP */
    uint64_t lost;           /**< After retransmission [packets] */
    uint32_t jitter_us;      /**< Audio's */
};

/** What rtp_rx_put() found besides media. */
struct rtp_rx_result {
    bool taken; /**< Belongs to an agreed stream, whatever became of it */
    char dtmf;  /**< A digit that ended, or 0 */
};

/**
 * Create.
 * @param twcc  Gets the transport-wide numbers; may be NULL
 * @return 0 or -ENOMEM
 */
int rtp_rx_new(struct rtp_rx **ret_rx, struct twcc *twcc);

/** Free.  NULL is allowed.  Returns NULL. */
struct rtp_rx *rtp_rx_free(struct rtp_rx *rx);

/** Follow a description; streams of lines that are gone are forgotten. */
void rtp_rx_update(struct rtp_rx *rx, const struct media_desc *desc);

/** Where the packets of a line go; NULL = dropped.  Takes a reference of its own. */
void rtp_rx_route(struct rtp_rx *rx, unsigned line, struct sink *sink);

/**
 * Take in a decrypted RTP datagram.  Takes the packet.
 * @param line  Line that it must belong to (plain RTP: of the port), or -1
 */
struct rtp_rx_result rtp_rx_put(struct rtp_rx *rx, struct packet *packet, int line,
                                uint64_t now_us);

/** Forget the stream that was silent for longest, if for RTP_RX_STREAM_IDLE_US.  @return forgotten?
 */
bool rtp_rx_evict(struct rtp_rx *rx, uint64_t now_us);

/** SSRC of a stream that was forgotten, for the decryption to forget it, too.  @return false: none
 */
bool rtp_rx_take_forgotten(struct rtp_rx *rx, uint32_t *ret_ssrc);

/** An SR came. */
void rtp_rx_sr(struct rtp_rx *rx, const struct rtcp_packet *sr, uint64_t now_us);

/** When rtp_rx_write_feedback() has work [us], UINT64_MAX = none. */
uint64_t rtp_rx_due(const struct rtp_rx *rx);

/** Look whether a sink wants a key frame; also done at each packet for it. */
void rtp_rx_poll(struct rtp_rx *rx);

/**
 * Write NACKs and key frame requests that are due.
 *
 * @param line   Only of this line, or -1
 * @param ssrc   Ours
 * @param rtt_us Round trip, 0 = not known
 *
 * @return set of lines (bit i = line i) that need a key frame request by signalling
 */
uint32_t rtp_rx_write_feedback(struct rtp_rx *rx, int line, uint32_t ssrc, uint32_t rtt_us,
                               uint64_t now_us, struct rtcp_packet_buf *buf);

/** Write a receiver report about all active streams (of a line, or -1).  @return 0 or -ENOSPC */
int rtp_rx_write_rr(struct rtp_rx *rx, int line, uint32_t ssrc, uint64_t now_us,
                    struct rtcp_packet_buf *buf);

/** Write a REMB for the lines that agreed to that and not to transport-cc.  @return 0 or -ENOSPC */
int rtp_rx_write_remb(struct rtp_rx *rx, int line, uint32_t ssrc, uint32_t bitrate_bps,
                      struct rtcp_packet_buf *buf);

/** SSRC of some received stream, for feedback that needs one; 0 = none. */
uint32_t rtp_rx_any_ssrc(const struct rtp_rx *rx);

void rtp_rx_stats(const struct rtp_rx *rx, struct rtp_rx_stats *ret_stats);

#endif
