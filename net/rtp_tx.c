/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/rtp_tx.c  One sent stream of one subscriber: headers, retransmission, sender reports
 */
#include "net/rtp_tx.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/base/clock.h"
#include "mcu/base/id.h"
#include "net/media_desc.h"
#include "net/packet.h"
#include "net/rtcp_packet.h"
#include "net/rtp_packet.h"
#include "net/twcc.h"

struct sent {
    struct packet *packet; /* NULL: none */
    uint64_t sent_us, resent_us;
    uint16_t seq;
    /* What the extensions said: the same number again must be the same bytes */
    bool has_transport_cc, has_abs_send_time;
    uint16_t transport_cc;
    uint32_t abs_send_time;
};

struct rtp_tx {
    struct media_line line;
    uint16_t seq, rtx_seq; /* next ones */

    /* Where the timestamp line stands: ts was the media time when_us */
    bool started;
    uint32_t last_ts;
    uint64_t last_when_us;

    unsigned mask; /* of the history; size - 1 */
    struct sent *history;
    uint16_t oldest; /* sequence number, for rtp_tx_purge() */
    uint32_t budget; /* retransmissions left, times 1e6 */
    uint64_t budget_us;

    uint64_t payload_bytes;
    struct rtp_tx_stats stats;
};

static unsigned history_size(const struct media_line *line)
{
    if (!line->nack)
        return 0;
    return line->kind == MEDIA_KIND_VIDEO ? RTP_TX_HISTORY_VIDEO : RTP_TX_HISTORY_AUDIO;
}

static void drop(struct sent *sent)
{
    sent->packet = packet_unref(sent->packet);
}

/* A history of the size that the line needs; it only ever appears. */
static int make_history(struct rtp_tx *tx)
{
    unsigned n = history_size(&tx->line);

    if (!n || tx->history)
        return 0;
    tx->history = calloc(n, sizeof(*tx->history));
    if (!tx->history)
        return -ENOMEM;
    tx->mask = n - 1;
    tx->oldest = tx->seq;
    return 0;
}

int rtp_tx_new(struct rtp_tx **ret_tx, const struct media_line *line)
{
    struct rtp_tx *tx;
    int err;

    assert(ret_tx && line);
    tx = calloc(1, sizeof(*tx));
    if (!tx)
        return -ENOMEM;

    tx->line = *line;
    tx->seq = (uint16_t)(id_u32() & 0x7fff); /* RFC 3711: not near a wrap at the start */
    tx->rtx_seq = (uint16_t)(id_u32() & 0x7fff);
    tx->budget = RTP_TX_RESEND_BURST * 1000000u;
    err = make_history(tx);
    if (err) {
        free(tx);
        return err;
    }
    *ret_tx = tx;
    return 0;
}

struct rtp_tx *rtp_tx_free(struct rtp_tx *tx)
{
    if (!tx)
        return NULL;
    for (unsigned i = 0; tx->history && i <= tx->mask; ++i)
        drop(&tx->history[i]);
    free(tx->history);
    free(tx);
    return NULL;
}

/* Would a packet of the history be written as it was? */
static bool same_header(const struct media_line *a, const struct media_line *b)
{
    return a->pt == b->pt && a->ts_offset == b->ts_offset && strcmp(a->mid, b->mid) == 0 &&
           memcmp(&a->ext, &b->ext, sizeof(a->ext)) == 0;
}

int rtp_tx_update(struct rtp_tx *tx, const struct media_line *line)
{
    for (unsigned i = 0; tx->history && !same_header(&tx->line, line) && i <= tx->mask; ++i)
        drop(&tx->history[i]);
    tx->line = *line;
    return make_history(tx);
}

/* Extensions of a datagram of @p len payload bytes that leaves now. */
static struct rtp_packet_ext_values ext_values(const struct rtp_tx *tx, struct twcc *twcc,
                                               size_t len, uint64_t now_us)
{
    struct rtp_packet_ext_values exts = {.ids = &tx->line.ext, .mid = tx->line.mid};

    if (tx->line.ext.transport_cc && twcc) {
        exts.has_transport_cc = true;
        exts.transport_cc = twcc_sent(twcc, len + RTP_PACKET_HEADER, now_us);
    }
    if (tx->line.ext.abs_send_time) {
        exts.has_abs_send_time = true;
        exts.abs_send_time = rtp_packet_abs_send_time(now_us);
    }
    return exts;
}

/* The payload behind a header of @p header_len bytes.  @return length or -ENOSPC */
static int append_payload(struct rtp_tx *tx, const struct packet *packet, int header_len,
                          uint8_t *buf, size_t size)
{
    if (header_len < 0)
        return header_len;
    if ((size_t)header_len + packet->payload_len > size)
        return -ENOSPC;
    memcpy(buf + header_len, packet->buf + packet->payload, packet->payload_len);
    ++tx->stats.packets;
    tx->stats.bytes += (unsigned)header_len + packet->payload_len;
    return header_len + packet->payload_len;
}

static void remember(struct rtp_tx *tx, struct packet *packet, uint16_t seq,
                     const struct rtp_packet_ext_values *exts, uint64_t now_us)
{
    struct sent *sent;

    if (!tx->history)
        return;
    rtp_tx_purge(tx, now_us);
    sent = &tx->history[seq & tx->mask];
    drop(sent);
    *sent = (struct sent){.packet = packet_ref(packet),
                          .sent_us = now_us,
                          .seq = seq,
                          .has_transport_cc = exts->has_transport_cc,
                          .has_abs_send_time = exts->has_abs_send_time,
                          .transport_cc = exts->transport_cc,
                          .abs_send_time = exts->abs_send_time};
}

int rtp_tx_write(struct rtp_tx *tx, struct packet *packet, struct twcc *twcc, uint64_t now_us,
                 uint8_t *buf, size_t size)
{
    struct rtp_packet_ext_values exts;
    struct rtp_packet_header header = {
        .pt = tx->line.pt,
        .marker = packet->marker,
        .seq = tx->seq,
        .ts = packet->ts + tx->line.ts_offset,
        .ssrc = tx->line.ssrc,
    };
    int len;

    if (packet->payload_len + (size_t)RTP_PACKET_HEADER_MAX > size)
        return -ENOSPC;
    exts = ext_values(tx, twcc, packet->payload_len, now_us);
    len = append_payload(tx, packet, rtp_packet_write_header(buf, size, &header, &exts), buf, size);
    if (len < 0)
        return len;

    remember(tx, packet, tx->seq++, &exts, now_us);
    tx->payload_bytes += packet->payload_len;
    tx->last_ts = header.ts;
    tx->last_when_us = packet->when_us;
    tx->started = true;
    return len;
}

/* May one more packet be sent again? */
static bool take_budget(struct rtp_tx *tx, uint64_t now_us)
{
    const uint64_t max = RTP_TX_RESEND_BURST * 1000000ull;
    uint64_t n =
        tx->budget +
        (now_us - tx->budget_us < 1000000 ? now_us - tx->budget_us : 1000000) * RTP_TX_RESEND_PER_S;

    tx->budget_us = now_us;
    tx->budget = (uint32_t)(n > max ? max : n);
    if (tx->budget < 1000000)
        return false;
    tx->budget -= 1000000;
    return true;
}

/*
 * Extensions as they were.  SRTP's nonce comes from SSRC and number (RFC 7714, 8.1): it may be used
 * again for the same bytes only.
 */
static struct rtp_packet_ext_values sent_values(const struct rtp_tx *tx, const struct sent *sent)
{
    return (struct rtp_packet_ext_values){.ids = &tx->line.ext,
                                          .mid = tx->line.mid,
                                          .has_transport_cc = sent->has_transport_cc,
                                          .has_abs_send_time = sent->has_abs_send_time,
                                          .transport_cc = sent->transport_cc,
                                          .abs_send_time = sent->abs_send_time};
}

int rtp_tx_resend(struct rtp_tx *tx, uint16_t seq, struct twcc *twcc, uint64_t now_us, uint8_t *buf,
                  size_t size)
{
    struct sent *sent = tx->history ? &tx->history[seq & tx->mask] : NULL;
    uint64_t pause = tx->stats.rtt_us;
    struct rtp_packet_ext_values exts;
    struct rtp_packet_header header;
    int len;

    if (!sent || !sent->packet || sent->seq != seq || now_us - sent->sent_us > RTP_TX_HISTORY_US)
        return 0;
    pause = pause < RTP_TX_RESEND_MIN_US ? RTP_TX_RESEND_MIN_US : pause;
    if ((sent->resent_us && now_us - sent->resent_us < pause) || !take_budget(tx, now_us))
        return 0;
    if (sent->packet->payload_len + (size_t)RTP_PACKET_HEADER_MAX > size)
        return -ENOSPC;

    header = (struct rtp_packet_header){.pt = tx->line.pt,
                                        .marker = sent->packet->marker,
                                        .seq = seq,
                                        .ts = sent->packet->ts + tx->line.ts_offset,
                                        .ssrc = tx->line.ssrc};
    if (tx->line.rtx_pt && tx->line.rtx_ssrc) {
        exts = ext_values(tx, twcc, sent->packet->payload_len, now_us);
        header.pt = tx->line.rtx_pt;
        header.ssrc = tx->line.rtx_ssrc;
        header.seq = tx->rtx_seq++;
        len = rtp_packet_write_rtx_header(buf, size, &header, &exts, seq);
    } else {
        exts = sent_values(tx, sent);
        len = rtp_packet_write_header(buf, size, &header, &exts);
    }
    len = append_payload(tx, sent->packet, len, buf, size);
    sent->resent_us = now_us;
    ++tx->stats.resent;
    return len;
}

void rtp_tx_purge(struct rtp_tx *tx, uint64_t now_us)
{
    if (!tx->history)
        return;
    if ((uint16_t)(tx->seq - tx->oldest) > tx->mask + 1)
        tx->oldest = (uint16_t)(tx->seq - tx->mask - 1);
    for (; tx->oldest != tx->seq; ++tx->oldest) {
        struct sent *sent = &tx->history[tx->oldest & tx->mask];

        if (sent->packet && now_us - sent->sent_us <= RTP_TX_HISTORY_US)
            return;
        drop(sent);
    }
}

int rtp_tx_write_sr(struct rtp_tx *tx, uint64_t now_us, struct rtcp_packet_buf *buf)
{
    int64_t since_us = (int64_t)(now_us - tx->last_when_us);
    struct rtcp_packet_sender sender = {
        .ntp = clock_ntp(now_us),
        .ts = tx->last_ts + (uint32_t)(since_us * (int64_t)tx->line.clock / 1000000),
        .packets = (uint32_t)(tx->stats.packets - tx->stats.resent),
        .bytes = (uint32_t)tx->payload_bytes,
    };
    size_t len = buf->len;
    int err;

    if (!tx->started)
        return 0;
    err = rtcp_packet_write_sr(buf, tx->line.ssrc, &sender, NULL, 0);
    if (!err)
        err = rtcp_packet_write_sdes(buf, tx->line.ssrc, tx->line.label);
    if (err) {
        buf->len = len;
        return err;
    }
    return 1;
}

void rtp_tx_report(struct rtp_tx *tx, const struct rtcp_packet_report *report, uint64_t now_us)
{
    uint32_t now = (uint32_t)(clock_ntp(now_us) >> 16);
    uint32_t rtt = now - report->lsr - report->dlsr;

    if (report->ssrc != tx->line.ssrc)
        return;
    tx->stats.loss = report->fraction_lost;
    /* A few units below zero are rounding; more than 16 s is nonsense. */
    if (report->lsr && (rtt < 16u << 16 || rtt > 0xffffff00u))
        tx->stats.rtt_us = rtt < 16u << 16 ? (uint32_t)(((uint64_t)rtt * 1000000) >> 16) + 1 : 1;
}

bool rtp_tx_owns(const struct rtp_tx *tx, uint32_t ssrc)
{
    return ssrc == tx->line.ssrc || (tx->line.rtx_ssrc && ssrc == tx->line.rtx_ssrc);
}

void rtp_tx_stats(const struct rtp_tx *tx, struct rtp_tx_stats *ret_stats)
{
    *ret_stats = tx->stats;
}
