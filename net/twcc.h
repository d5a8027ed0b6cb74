/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/twcc.h  Transport-wide congestion control: feedback to the sender, figures from a
 * receiver
 *
 * draft-holmer-rmcat-transport-wide-cc-extensions-01.  All packets of a
 * transport carry one sequence number; the receiver reports the arrival time of
 * each, and the sender estimates the bandwidth from that.
 *
 *     received packets -- twcc_put() --> [window of arrival times] -- twcc_write() --> RTCP
 *     sent packets -- twcc_sent() --> [window of sending times] <-- twcc_feedback() -- RTCP
 *
 * Threads: one; no locks inside.
 */
#ifndef NET_TWCC_H
#define NET_TWCC_H

#include <stddef.h>
#include <stdint.h>

struct rtcp_packet;
struct rtcp_packet_buf;
struct twcc;

enum {
    TWCC_WINDOW = 512,      /**< Packets remembered in each direction */
    TWCC_REORDER_MAX = 128, /**< A packet that is later than this is not reported again [packets] */
};

/** What the remote side told about our packets, since the start. */
struct twcc_stats {
    uint64_t received, lost; /**< [packets] */
    int32_t delay_us;        /**< Growth of the one-way delay over the last message [us] */
    uint32_t rate_bps;       /**< Rate that arrived over the last message [bit/s] */
};

/** Create both directions of a transport.  @return 0 or -ENOMEM */
int twcc_new(struct twcc **ret_twcc);

/** Free.  NULL is allowed.  Returns NULL. */
struct twcc *twcc_free(struct twcc *twcc);

/** A packet arrived. */
void twcc_put(struct twcc *twcc, uint16_t seq, uint64_t now_us);

/** Packets, and gaps between them, that no message has reported. */
unsigned twcc_waiting(const struct twcc *twcc);

/**
 * Write a feedback message about packets that were not reported yet; call again
 * while twcc_waiting().
 *
 * @param ssrc   Ours
 * @param media  Any of the remote's
 *
 * @return 0, or -ENOSPC: nothing was written
 */
int twcc_write(struct twcc *twcc, uint32_t ssrc, uint32_t media, struct rtcp_packet_buf *buf);

/** A packet of @p len bytes is being sent.  @return its sequence number */
uint16_t twcc_sent(struct twcc *twcc, size_t len, uint64_t now_us);

/** Read a feedback message of the remote side.  @return 0, -EBADMSG, -E2BIG */
int twcc_feedback(struct twcc *twcc, const struct rtcp_packet *feedback);

void twcc_stats(const struct twcc *twcc, struct twcc_stats *ret_stats);

#endif
