/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/transport_flow.c  RTP and RTCP of a transport, in the clear, in and out
 */
#include "net/transport_flow.h"

#include "net/media_metric.h"
#include "net/media_sock.h"
#include "net/packet.h"
#include "net/rtcp_packet.h"
#include "net/rtp_crypt.h"
#include "net/rtp_rx.h"
#include "net/rtp_tx.h"
#include "net/transport_media.h"
#include "net/transport_rtp.h"
#include "net/transport_state.h"
#include "net/transport_webrtc.h"
#include "net/twcc.h"

enum {
    ROOM = MEDIA_SOCK_DATAGRAM_MAX - RTP_CRYPT_OVERHEAD, /* for a plain datagram [bytes] */
    RTCP_ROOM = 1200,                                    /* [bytes] */
    TWCC_US = 80 * 1000,                                 /* first unreported packet to feedback */
    NACK_MAX = 256,                                      /* answered of one message [packets] */
    KEY_US = 300 * 1000,                                 /* between key requests that count */
};

/* Send what is in the reserved room; a bundle's RTCP goes out once, on any line. */
static void commit(struct transport_media *media, unsigned line, uint8_t *buf, size_t len,
                   bool rtcp)
{
    if (media->handle->cfg.webrtc)
        transport_webrtc_send(media, buf, len, rtcp);
    else
        transport_rtp_send(media, line, len, rtcp);
}

/* Our SSRC for feedback of a line, or of the first one in a bundle (-1). */
static uint32_t own_ssrc(const struct transport_media *media, int line)
{
    if (line >= 0)
        return media->desc->line[line].ssrc;
    for (unsigned i = 0; i < media->desc->nlines; ++i)
        if (media->desc->line[i].kind != MEDIA_KIND_NONE)
            return media->desc->line[i].ssrc;
    return 0;
}

bool transport_flow_rtp(struct transport_media *media, struct packet *packet, int line,
                        uint64_t now_us)
{
    struct rtp_rx_result result;
    uint64_t due;

    if (!media->desc) {
        packet_unref(packet);
        return false;
    }
    result = rtp_rx_put(media->rx, packet, line, now_us);
    if (result.taken) {
        media->heard_us = now_us;
        if (media->lost) {
            media->lost = false;
            transport_media_follow(media);
        }
    }
    if (result.dtmf)
        transport_media_event(media, TRANSPORT_EVENT_DTMF, result.dtmf, "");

    if (media->twcc && media->twcc_us == UINT64_MAX && twcc_waiting(media->twcc))
        media->twcc_us = now_us + TWCC_US;
    due = rtp_rx_due(media->rx);
    due = due < media->twcc_us ? due : media->twcc_us;
    if (due < media->due_us)
        transport_media_arm(media, due);
    return result.taken;
}

static void resend(struct transport_media *media, unsigned line, const struct rtcp_packet *nack,
                   uint64_t now_us)
{
    uint16_t seqs[NACK_MAX];
    unsigned n = rtcp_packet_nack_seqs(nack, seqs, NACK_MAX);

    metric_add(&media_metric_nack_in, n);
    for (unsigned i = 0;
         i < n && media->desc->line[line].send && transport_media_ready(media, line); ++i) {
        uint8_t *buf = media_sock_reserve(media->loop->media.tx);
        int len = rtp_tx_resend(media->tx[line], seqs[i], media->twcc, now_us, buf, ROOM);

        if (len <= 0)
            continue;
        metric_add(&media_metric_rtx_out, 1);
        commit(media, line, buf, (size_t)len, false);
    }
}

static void ask_key(struct transport_media *media, uint32_t ssrc, int only, uint64_t now_us)
{
    for (unsigned i = 0; i < media->desc->nlines; ++i) {
        if (!media->tx[i] || (only >= 0 && (unsigned)only != i) || !rtp_tx_owns(media->tx[i], ssrc))
            continue;
        metric_add(&media_metric_pli_in, 1);
        if (media->key_asked_us[i] && now_us - media->key_asked_us[i] < KEY_US)
            return;
        media->key_asked_us[i] = now_us;
        for (unsigned w = 0; w < 2; ++w)
            if (media->sub[i][w].sub.fanout)
                fanout_request_key(media->sub[i][w].sub.fanout);
        return;
    }
}

static void take_reports(struct transport_media *media, const struct rtcp_packet *packet,
                         uint64_t now_us)
{
    for (unsigned r = 0; r < packet->u.sr.nreports; ++r) {
        const struct rtcp_packet_report *report = &packet->u.sr.report[r];
        struct rtp_tx_stats stats;

        for (unsigned i = 0; i < media->desc->nlines; ++i) {
            if (!media->tx[i] || report->ssrc != media->desc->line[i].ssrc)
                continue;
            rtp_tx_report(media->tx[i], report, now_us);
            rtp_tx_stats(media->tx[i], &stats);
            if (stats.rtt_us)
                media->rtt_us = stats.rtt_us;
        }
    }
}

static void take(struct transport_media *media, const struct rtcp_packet *packet, int line,
                 uint64_t now_us)
{
    switch (packet->type) {
    case RTCP_PACKET_TYPE_SR:
        rtp_rx_sr(media->rx, packet, now_us);
        take_reports(media, packet, now_us);
        break;
    case RTCP_PACKET_TYPE_RR:
        take_reports(media, packet, now_us);
        break;
    case RTCP_PACKET_TYPE_NACK:
        for (unsigned i = 0; i < media->desc->nlines; ++i)
            if (media->tx[i] && (line < 0 || (unsigned)line == i) &&
                packet->u.nack.media == media->desc->line[i].ssrc)
                resend(media, i, packet, now_us);
        break;
    case RTCP_PACKET_TYPE_PLI:
        ask_key(media, packet->u.pli.media, line, now_us);
        break;
    case RTCP_PACKET_TYPE_FIR:
        for (unsigned i = 0; i < packet->u.fir.n; ++i)
            ask_key(media, packet->u.fir.entry[i].ssrc, line, now_us);
        break;
    case RTCP_PACKET_TYPE_TRANSPORT_CC:
        if (media->twcc)
            (void)twcc_feedback(media->twcc, packet);
        break;
    default: /* SDES, BYE, REMB: nothing follows from them */
        break;
    }
}

void transport_flow_rtcp(struct transport_media *media, const uint8_t *buf, size_t len, int line,
                         uint64_t now_us)
{
    struct rtcp_packet_iter iter;
    struct rtcp_packet packet;

    if (!media->desc || rtcp_packet_begin(&iter, buf, len)) {
        metric_add(&media_metric_drop_broken, 1);
        return;
    }
    while (rtcp_packet_next(&iter, &packet))
        take(media, &packet, line, now_us);
    metric_add(&media_metric_drop_broken, iter.nbroken);
}

static bool is_excluded(const struct packet *packet, uint32_t key)
{
    for (unsigned i = 0; i < packet->nexclude; ++i)
        if (packet->exclude[i] == key)
            return true;
    return false;
}

/*
 * The shared mix and the one of our own are encoded apart: right after a change from one to the
 * other, a packet may be older than what went out already.
 */
static bool is_late(const struct transport_media *media, unsigned line, const struct packet *packet)
{
    return media->desc->line[line].kind == MEDIA_KIND_AUDIO && media->sent_when_us[line] &&
           packet->when_us <= media->sent_when_us[line];
}

/* Another source than before begins with a whole key frame. */
static bool is_held(struct transport_media *media, unsigned line, const struct packet *packet)
{
    if (!(media->held & 1u << line))
        return false;
    if (!packet->key || !packet->first)
        return true;
    media->held &= ~(1u << line);
    return false;
}

void transport_flow_send(struct transport_sub *sub, struct packet *packet, uint64_t now_us)
{
    struct transport_media *media = sub->media;
    unsigned line = sub->line;
    uint8_t *buf;
    int len;

    if (!media->desc || !media->tx[line] || !media->desc->line[line].send ||
        !transport_media_ready(media, line))
        return;
    if (sub->which == 0 && packet->nexclude && is_excluded(packet, media->key))
        return;
    if (is_late(media, line, packet)) {
        metric_add(&media_metric_drop_late, 1);
        return;
    }
    if (is_held(media, line, packet))
        return;

    buf = media_sock_reserve(media->loop->media.tx);
    len = rtp_tx_write(media->tx[line], packet, media->twcc, now_us, buf, ROOM);
    if (len < 0) {
        metric_add(&media_metric_drop_broken, 1);
        return;
    }
    media->sent_when_us[line] = packet->when_us;
    metric_add(media->desc->line[line].kind == MEDIA_KIND_AUDIO ? &media_metric_out_audio
                                                                : &media_metric_out_video,
               1);
    metric_add(&media_metric_bytes_out, len);
    commit(media, line, buf, (size_t)len, false);
}

static struct rtcp_packet_buf reserve_rtcp(struct transport_media *media)
{
    return (struct rtcp_packet_buf){.buf = media_sock_reserve(media->loop->media.tx),
                                    .size = RTCP_ROOM};
}

/* SR and CNAME of what we send, RR of what we receive, REMB; of a line, or of the bundle (-1). */
static void report(struct transport_media *media, int only, uint64_t now_us)
{
    struct rtcp_packet_buf buf = reserve_rtcp(media);
    uint32_t ssrc = own_ssrc(media, only);
    bool any = false;

    for (unsigned i = 0; i < media->desc->nlines; ++i)
        if (media->tx[i] && (only < 0 || (unsigned)only == i) && media->desc->line[i].send)
            any = rtp_tx_write_sr(media->tx[i], now_us, &buf) > 0 || any;
    (void)rtp_rx_write_rr(media->rx, only, ssrc, now_us, &buf);
    for (unsigned i = 0; !any && i < media->desc->nlines; ++i)
        if (media->desc->line[i].ssrc == ssrc)
            (void)rtcp_packet_write_sdes(&buf, ssrc, media->desc->line[i].label);
    (void)rtp_rx_write_remb(media->rx, only, ssrc, media->loop->cfg.remb_bps, &buf);
    if (buf.len)
        commit(media, only < 0 ? 0 : (unsigned)only, buf.buf, buf.len, true);
}

/* Call for each RTCP session: one for a bundle, one for each line of plain RTP. */
static void each_session(struct transport_media *media, uint64_t now_us,
                         void (*h)(struct transport_media *, int, uint64_t))
{
    if (!media->desc)
        return;
    if (media->handle->cfg.webrtc) {
        if (transport_media_ready(media, 0))
            h(media, -1, now_us);
        return;
    }
    for (unsigned i = 0; i < media->desc->nlines; ++i)
        if (media->desc->line[i].kind != MEDIA_KIND_NONE && transport_media_ready(media, i))
            h(media, (int)i, now_us);
}

void transport_flow_report(struct transport_media *media, uint64_t now_us)
{
    each_session(media, now_us, report);
}

static void feedback(struct transport_media *media, int only, uint64_t now_us)
{
    struct rtcp_packet_buf buf = reserve_rtcp(media);
    uint32_t ssrc = own_ssrc(media, only), signalled;
    size_t prefix;

    if (!media->handle->cfg.webrtc) /* a compound begins with a report; browsers agree to less */
        (void)rtcp_packet_write_rr(&buf, ssrc, NULL, 0);
    prefix = buf.len;
    signalled = rtp_rx_write_feedback(media->rx, only, ssrc, media->rtt_us, now_us, &buf);
    for (unsigned i = 0; signalled && i < TRANSPORT_STATE_LINES; ++i)
        if (signalled & 1u << i)
            transport_media_event(media, TRANSPORT_EVENT_FAST_UPDATE, (int)i, "");
    if (buf.len > prefix)
        commit(media, only < 0 ? 0 : (unsigned)only, buf.buf, buf.len, true);
}

void transport_flow_feedback(struct transport_media *media, uint64_t now_us)
{
    each_session(media, now_us, feedback);
}

void transport_flow_twcc(struct transport_media *media)
{
    if (!media->desc || !transport_media_ready(media, 0))
        return;
    while (twcc_waiting(media->twcc)) {
        struct rtcp_packet_buf buf = reserve_rtcp(media);

        if (twcc_write(media->twcc, own_ssrc(media, -1), rtp_rx_any_ssrc(media->rx), &buf) ||
            !buf.len)
            return;
        commit(media, 0, buf.buf, buf.len, true);
    }
}

static void bye(struct transport_media *media, int only, uint64_t now_us)
{
    struct rtcp_packet_buf buf = reserve_rtcp(media);
    uint32_t ssrcs[2 * TRANSPORT_STATE_LINES > RTCP_PACKET_SSRCS_MAX ? RTCP_PACKET_SSRCS_MAX
                                                                     : 2 * TRANSPORT_STATE_LINES];
    const unsigned max = sizeof(ssrcs) / sizeof(ssrcs[0]);
    unsigned n = 0;

    (void)now_us;
    for (unsigned i = 0; i < media->desc->nlines; ++i) {
        const struct media_line *line = &media->desc->line[i];

        if (!media->tx[i] || (only >= 0 && (unsigned)only != i))
            continue;
        if (n < max)
            ssrcs[n++] = line->ssrc;
        if (n < max && line->rtx_ssrc)
            ssrcs[n++] = line->rtx_ssrc;
    }
    if (n && !rtcp_packet_write_rr(&buf, ssrcs[0], NULL, 0) &&
        !rtcp_packet_write_bye(&buf, ssrcs, n))
        commit(media, only < 0 ? 0 : (unsigned)only, buf.buf, buf.len, true);
}

void transport_flow_bye(struct transport_media *media)
{
    each_session(media, 0, bye);
}

/* Bits a second since the last call, [bps]. */
static uint64_t rate(uint64_t bytes, uint64_t before, uint64_t us)
{
    return us && bytes > before ? (bytes - before) * 8 * 1000000 / us : 0;
}

static void renew_rates(struct transport_media *media, uint64_t rx_bytes, uint64_t tx_bytes,
                        uint64_t now_us)
{
    struct transport *handle = media->handle;
    uint64_t us = now_us - media->rated.when_us;

    /* Relaxed: figures, each by itself. */
    atomic_store_explicit(&handle->stats.rx_bps, rate(rx_bytes, media->rated.rx_bytes, us),
                          memory_order_relaxed);
    atomic_store_explicit(&handle->stats.tx_bps, rate(tx_bytes, media->rated.tx_bytes, us),
                          memory_order_relaxed);
    media->rated.when_us = now_us;
    media->rated.rx_bytes = rx_bytes;
    media->rated.tx_bytes = tx_bytes;
}

void transport_flow_stats(struct transport_media *media, uint64_t now_us)
{
    struct transport *handle = media->handle;
    struct rtp_tx_stats sum = {0};
    struct rtp_rx_stats rx;

    rtp_rx_stats(media->rx, &rx);
    for (unsigned i = 0; i < TRANSPORT_STATE_LINES; ++i) {
        struct rtp_tx_stats tx;

        if (!media->tx[i])
            continue;
        rtp_tx_stats(media->tx[i], &tx);
        sum.packets += tx.packets;
        sum.bytes += tx.bytes;
        sum.loss = tx.loss > sum.loss ? tx.loss : sum.loss;
    }
    if (rx.lost > media->lost_counted) {
        metric_add(&media_metric_lost, (int64_t)(rx.lost - media->lost_counted));
        media->lost_counted = rx.lost;
    }
    renew_rates(media, rx.bytes, sum.bytes, now_us);
    /* Relaxed: figures, each by itself. */
    atomic_store_explicit(&handle->stats.rx_packets, rx.packets, memory_order_relaxed);
    atomic_store_explicit(&handle->stats.rx_bytes, rx.bytes, memory_order_relaxed);
    atomic_store_explicit(&handle->stats.rx_lost, rx.lost, memory_order_relaxed);
    atomic_store_explicit(&handle->stats.tx_packets, sum.packets, memory_order_relaxed);
    atomic_store_explicit(&handle->stats.tx_bytes, sum.bytes, memory_order_relaxed);
    atomic_store_explicit(&handle->stats.rtt_us, media->rtt_us, memory_order_relaxed);
    atomic_store_explicit(&handle->stats.jitter_us, rx.jitter_us, memory_order_relaxed);
    atomic_store_explicit(&handle->stats.remote_loss, sum.loss, memory_order_relaxed);
}
