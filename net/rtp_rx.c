/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/rtp_rx.c  The received streams of a transport: from datagrams to sinks, and feedback
 */
#include "net/rtp_rx.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "net/dtmf.h"
#include "net/media_desc.h"
#include "net/media_metric.h"
#include "net/packet.h"
#include "net/rtcp_packet.h"
#include "net/rtp_packet.h"
#include "net/rtp_source.h"
#include "net/sink.h"
#include "net/twcc.h"

enum {
    LINES_MAX = MEDIA_DESC_LINES_MAX,
    NACK_CHUNK = 64,         /* sequence numbers in one message */
    ACTIVE_US = 5000 * 1000, /* a stream is reported for so long after its last packet */
};

struct line {
    struct media_line desc; /* kind NONE: not in use */
    struct sink *sink;
    struct dtmf dtmf;
    bool has_active;
    uint32_t active; /* SSRC that is taken */
    bool key_wanted;
    uint64_t key_us; /* last request, 0 = none */
    uint8_t fir_seq;
};

struct stream {
    uint32_t ssrc;
    uint8_t line;
    bool rtx;
    uint64_t last_us;
    struct rtp_source *source; /* NULL for RTX */
};

struct rtp_rx {
    struct twcc *twcc;
    struct line line[LINES_MAX];
    unsigned nlines;
    struct stream stream[RTP_RX_STREAMS_MAX];
    unsigned nstreams;
    unsigned last; /* stream that was found last */
    uint32_t forgotten[RTP_RX_STREAMS_MAX];
    unsigned nforgotten;
    struct media_exts ids; /* of all lines: in a bundle an id means the same everywhere */

    uint64_t lost_before; /* of streams that were forgotten */
    uint32_t nack_budget; /* times 1e6 */
    uint64_t nack_us;     /* when the budget was filled */
    struct rtp_rx_stats stats;
};

int rtp_rx_new(struct rtp_rx **ret_rx, struct twcc *twcc)
{
    struct rtp_rx *rx;

    assert(ret_rx);
    rx = calloc(1, sizeof(*rx));
    if (!rx)
        return -ENOMEM;
    rx->twcc = twcc;
    rx->nack_budget = RTP_RX_NACK_BURST * 1000000u;
    *ret_rx = rx;
    return 0;
}

struct rtp_rx *rtp_rx_free(struct rtp_rx *rx)
{
    if (!rx)
        return NULL;
    for (unsigned i = 0; i < LINES_MAX; ++i)
        sink_unref(rx->line[i].sink);
    for (unsigned i = 0; i < rx->nstreams; ++i)
        free(rx->stream[i].source);
    free(rx);
    return NULL;
}

static void forget_stream(struct rtp_rx *rx, unsigned i)
{
    struct line *line = &rx->line[rx->stream[i].line];

    if (rx->stream[i].source)
        rx->lost_before += rtp_source_lost(rx->stream[i].source);
    if (line->has_active && line->active == rx->stream[i].ssrc)
        line->has_active = false;
    if (rx->nforgotten < RTP_RX_STREAMS_MAX)
        rx->forgotten[rx->nforgotten++] = rx->stream[i].ssrc;
    free(rx->stream[i].source);
    rx->stream[i] = rx->stream[--rx->nstreams];
}

/* Does a renegotiated line still carry the streams that it had? */
static bool same_line(const struct media_line *a, const struct media_line *b)
{
    return a->kind == b->kind && a->format == b->format && a->clock == b->clock &&
           strcmp(a->mid, b->mid) == 0;
}

static void merge_ids(struct media_exts *ids, const struct media_exts *more)
{
    ids->mid = ids->mid ? ids->mid : more->mid;
    ids->audio_level = ids->audio_level ? ids->audio_level : more->audio_level;
    ids->transport_cc = ids->transport_cc ? ids->transport_cc : more->transport_cc;
    ids->abs_send_time = ids->abs_send_time ? ids->abs_send_time : more->abs_send_time;
}

void rtp_rx_update(struct rtp_rx *rx, const struct media_desc *desc)
{
    memset(&rx->ids, 0, sizeof(rx->ids));
    for (unsigned i = 0; i < LINES_MAX; ++i) {
        static const struct media_line none;
        const struct media_line *now = i < desc->nlines ? &desc->line[i] : &none;
        bool same = same_line(&rx->line[i].desc, now);

        rx->line[i].desc = *now;
        if (now->kind != MEDIA_KIND_NONE)
            merge_ids(&rx->ids, &now->ext);
        for (unsigned s = rx->nstreams; !same && s-- > 0;)
            if (rx->stream[s].line == i)
                forget_stream(rx, s);
    }
    rx->nlines = desc->nlines < LINES_MAX ? desc->nlines : LINES_MAX;
}

void rtp_rx_route(struct rtp_rx *rx, unsigned line, struct sink *sink)
{
    struct sink *old;

    assert(line < LINES_MAX);
    old = rx->line[line].sink;
    rx->line[line].sink = sink ? sink_ref(sink) : NULL;
    sink_unref(old);
}

static struct stream *find_stream(struct rtp_rx *rx, uint32_t ssrc)
{
    if (rx->last < rx->nstreams && rx->stream[rx->last].ssrc == ssrc)
        return &rx->stream[rx->last];
    for (unsigned i = 0; i < rx->nstreams; ++i) {
        if (rx->stream[i].ssrc == ssrc) {
            rx->last = i;
            return &rx->stream[i];
        }
    }
    return NULL;
}

static bool is_signalled(const struct media_line *desc, uint32_t ssrc, bool rtx)
{
    const uint32_t *list = rtx ? desc->remote_rtx_ssrc : desc->remote_ssrc;

    for (unsigned i = 0; ssrc && i < desc->nremote_ssrcs; ++i)
        if (list[i] == ssrc)
            return true;
    return false;
}

static bool has_pt(const struct media_line *desc, uint8_t pt)
{
    return desc->kind != MEDIA_KIND_NONE &&
           (pt == desc->pt || (desc->rtx_pt && pt == desc->rtx_pt) ||
            (desc->dtmf_pt && pt == desc->dtmf_pt));
}

static bool is_rtx(const struct media_line *desc, uint8_t pt)
{
    return desc->rtx_pt && pt == desc->rtx_pt;
}

/* Line of a new SSRC: mid, signalled SSRC, payload type.  @return -1 if there is none */
static int find_line(const struct rtp_rx *rx, const struct packet *packet,
                     const struct rtp_packet_exts *exts)
{
    for (unsigned i = 0; exts->mid && i < rx->nlines; ++i) {
        const char *mid = rx->line[i].desc.mid;

        if (rx->line[i].desc.kind != MEDIA_KIND_NONE && strlen(mid) == exts->mid_len &&
            memcmp(mid, exts->mid, exts->mid_len) == 0)
            return (int)i;
    }
    if (exts->mid)
        return -1;
    for (unsigned i = 0; i < rx->nlines; ++i)
        if (is_signalled(&rx->line[i].desc, packet->ssrc, false) ||
            is_signalled(&rx->line[i].desc, packet->ssrc, true))
            return (int)i;
    for (unsigned i = 0; i < rx->nlines; ++i)
        if (has_pt(&rx->line[i].desc, packet->pt))
            return (int)i;
    return -1;
}

bool rtp_rx_evict(struct rtp_rx *rx, uint64_t now_us)
{
    unsigned oldest = 0;

    for (unsigned i = 1; i < rx->nstreams; ++i)
        if (rx->stream[i].last_us < rx->stream[oldest].last_us)
            oldest = i;
    if (!rx->nstreams || now_us - rx->stream[oldest].last_us < RTP_RX_STREAM_IDLE_US)
        return false;
    forget_stream(rx, oldest);
    return true;
}

bool rtp_rx_take_forgotten(struct rtp_rx *rx, uint32_t *ret_ssrc)
{
    if (!rx->nforgotten)
        return false;
    *ret_ssrc = rx->forgotten[--rx->nforgotten];
    return true;
}

static struct stream *add_stream(struct rtp_rx *rx, const struct packet *packet, unsigned line,
                                 uint64_t now_us)
{
    const struct media_line *desc = &rx->line[line].desc;
    bool rtx = is_rtx(desc, packet->pt);
    struct stream *stream;

    if (!has_pt(desc, packet->pt) ||
        (rx->nstreams == RTP_RX_STREAMS_MAX && !rtp_rx_evict(rx, now_us)))
        return NULL;
    stream = &rx->stream[rx->nstreams];
    *stream =
        (struct stream){.ssrc = packet->ssrc, .line = (uint8_t)line, .rtx = rtx, .last_us = now_us};
    if (!rtx) {
        stream->source = malloc(sizeof(*stream->source)); /* once per stream, at most 20 */
        if (!stream->source)
            return NULL;
        rtp_source_init(stream->source, packet->ssrc, desc->clock, desc->nack);
    }
    rx->last = rx->nstreams++;
    return stream;
}

/* May this SSRC be the one that the line takes? */
static bool activate(struct rtp_rx *rx, struct line *line, const struct stream *stream,
                     uint64_t now_us)
{
    const struct stream *old;

    if (line->has_active && line->active == stream->ssrc)
        return true;
    old = line->has_active ? find_stream(rx, line->active) : NULL;
    if (old && now_us - old->last_us < RTP_RX_TAKEOVER_US &&
        (!is_signalled(&line->desc, stream->ssrc, false) ||
         is_signalled(&line->desc, old->ssrc, false)))
        return false;
    line->has_active = true;
    line->active = stream->ssrc;
    return true;
}

/* The original's SSRC of an RTX stream; @return 0 if not known */
static uint32_t rtx_original(const struct line *line, uint32_t rtx_ssrc)
{
    for (unsigned i = 0; i < line->desc.nremote_ssrcs; ++i)
        if (line->desc.remote_rtx_ssrc[i] == rtx_ssrc)
            return line->desc.remote_ssrc[i];
    return line->has_active ? line->active : 0;
}

/* Turn a retransmission into its original.  @return stream of the original, or NULL */
static struct stream *restore(struct rtp_rx *rx, struct line *line, struct packet *packet)
{
    uint32_t ssrc = rtx_original(line, packet->ssrc);
    struct stream *stream = ssrc ? find_stream(rx, ssrc) : NULL;

    metric_add(&media_metric_rtx_in, 1);
    if (!stream || stream->rtx || &rx->line[stream->line] != line ||
        rtp_packet_rtx_restore(packet, line->desc.pt, ssrc))
        return NULL;
    return stream;
}

/* A packet of the active stream of a line.  Takes it. */
static void deliver(struct line *line, struct stream *stream, struct packet *packet, bool again,
                    uint64_t now_us, struct rtp_rx_result *ret)
{
    if (rtp_source_put(stream->source, packet->seq, packet->ts, again, now_us, &packet->ext_seq)) {
        packet_unref(packet);
        return;
    }
    /* Padding and events go on without payload: the reader has to see their numbers. */
    if (line->desc.dtmf_pt && packet->pt == line->desc.dtmf_pt && packet->payload_len) {
        ret->dtmf =
            dtmf_put(&line->dtmf, packet->ts, packet->buf + packet->payload, packet->payload_len);
        packet->payload_len = 0;
    }
    if (!line->sink || !line->desc.recv) {
        packet_unref(packet);
        return;
    }
    sink_put(line->sink, packet);
    if (!line->key_wanted && sink_take_key_request(line->sink))
        line->key_wanted = true;
}

static void count(struct rtp_rx *rx, const struct line *line, const struct packet *packet)
{
    ++rx->stats.packets;
    rx->stats.bytes += packet->len;
    metric_add(
        line->desc.kind == MEDIA_KIND_AUDIO ? &media_metric_in_audio : &media_metric_in_video, 1);
    metric_add(&media_metric_bytes_in, packet->len);
}

static struct stream *stream_of(struct rtp_rx *rx, const struct packet *packet,
                                const struct rtp_packet_exts *exts, int line, uint64_t now_us)
{
    struct stream *stream = find_stream(rx, packet->ssrc);

    if (!stream) {
        line = line >= 0 ? line : find_line(rx, packet, exts);
        return line >= 0 ? add_stream(rx, packet, (unsigned)line, now_us) : NULL;
    }
    if ((line >= 0 && stream->line != line) || !has_pt(&rx->line[stream->line].desc, packet->pt) ||
        stream->rtx != is_rtx(&rx->line[stream->line].desc, packet->pt))
        return NULL;
    return stream;
}

struct rtp_rx_result rtp_rx_put(struct rtp_rx *rx, struct packet *packet, int line_index,
                                uint64_t now_us)
{
    struct rtp_rx_result result = {0};
    const struct media_exts *ids;
    struct rtp_packet_exts exts;
    struct stream *stream;
    struct line *line;
    bool again;

    ids = line_index < 0 ? &rx->ids : &rx->line[line_index].desc.ext;
    if (rtp_packet_parse(packet, ids, &exts)) {
        metric_add(&media_metric_drop_broken, 1);
        packet_unref(packet);
        return result;
    }
    if (exts.has_transport_cc && rx->twcc)
        twcc_put(rx->twcc, exts.transport_cc, now_us);

    stream = stream_of(rx, packet, &exts, line_index, now_us);
    if (!stream) {
        metric_add(&media_metric_drop_stream, 1);
        packet_unref(packet);
        return result;
    }
    result.taken = true;
    line = &rx->line[stream->line];
    count(rx, line, packet);
    again = stream->rtx;
    if (!again && !activate(rx, line, stream, now_us)) {
        packet_unref(packet);
        return result;
    }
    stream->last_us = now_us;
    if (again)
        stream = restore(rx, line, packet);
    if (stream)
        deliver(line, stream, packet, again, now_us, &result);
    else
        packet_unref(packet);
    return result;
}

void rtp_rx_sr(struct rtp_rx *rx, const struct rtcp_packet *sr, uint64_t now_us)
{
    struct stream *stream = find_stream(rx, sr->ssrc);

    if (stream && stream->source)
        rtp_source_sr(stream->source, sr->u.sr.sender.ntp, now_us);
}

/* When a key frame request may go out [us]. */
static uint64_t key_due(const struct line *line)
{
    bool feedback = line->desc.pli || line->desc.fir;

    if (!line->key_wanted || (feedback && !line->has_active)) /* nothing comes: nobody to ask */
        return UINT64_MAX;
    if (!line->key_us)
        return 1;
    return line->key_us + (feedback ? RTP_RX_KEY_US : RTP_RX_KEY_SIGNALLED_US);
}

uint64_t rtp_rx_due(const struct rtp_rx *rx)
{
    uint64_t due = UINT64_MAX;

    for (unsigned i = 0; i < rx->nstreams; ++i)
        if (rx->stream[i].source && rtp_source_due(rx->stream[i].source) < due)
            due = rtp_source_due(rx->stream[i].source);
    for (unsigned i = 0; i < rx->nlines; ++i)
        if (key_due(&rx->line[i]) < due)
            due = key_due(&rx->line[i]);
    return due;
}

void rtp_rx_poll(struct rtp_rx *rx)
{
    for (unsigned i = 0; i < rx->nlines; ++i) {
        struct line *line = &rx->line[i];

        if (line->sink && line->desc.kind == MEDIA_KIND_VIDEO && sink_take_key_request(line->sink))
            line->key_wanted = true;
    }
}

static void fill_nack_budget(struct rtp_rx *rx, uint64_t now_us)
{
    const uint64_t max = RTP_RX_NACK_BURST * 1000000ull;
    uint64_t passed = now_us - rx->nack_us < 1000000 ? now_us - rx->nack_us : 1000000;
    uint64_t n = rx->nack_budget + passed * RTP_RX_NACK_PER_S;

    rx->nack_us = now_us;
    rx->nack_budget = (uint32_t)(n > max ? max : n);
}

static void write_nack(struct rtp_rx *rx, struct stream *stream, uint32_t ssrc, uint32_t rtt_us,
                       uint64_t now_us, struct rtcp_packet_buf *buf)
{
    uint16_t seqs[NACK_CHUNK];
    unsigned max = rx->nack_budget / 1000000, n;

    n = rtp_source_nack(stream->source, now_us, rtt_us, seqs, max < NACK_CHUNK ? max : NACK_CHUNK);
    if (!n || rtcp_packet_write_nack(buf, ssrc, stream->ssrc, seqs, n))
        return;
    rx->nack_budget -= n * 1000000;
    metric_add(&media_metric_nack_out, n);
}

/* @return true if it has to go by signalling */
static bool write_key_request(struct line *line, uint32_t ssrc, uint64_t now_us,
                              struct rtcp_packet_buf *buf)
{
    int err;

    if (!line->desc.pli && !line->desc.fir) {
        line->key_us = now_us;
        line->key_wanted = false;
        return true;
    }
    if (line->desc.pli) {
        err = rtcp_packet_write_pli(buf, ssrc, line->active);
    } else {
        struct rtcp_packet_fir fir = {.ssrc = line->active, .seq = line->fir_seq++};

        err = rtcp_packet_write_fir(buf, ssrc, &fir);
    }
    if (err)
        return false;
    metric_add(&media_metric_pli_out, 1);
    line->key_us = now_us;
    line->key_wanted = false;
    return false;
}

uint32_t rtp_rx_write_feedback(struct rtp_rx *rx, int only, uint32_t ssrc, uint32_t rtt_us,
                               uint64_t now_us, struct rtcp_packet_buf *buf)
{
    uint32_t signalled = 0;

    fill_nack_budget(rx, now_us);
    for (unsigned i = 0; i < rx->nstreams; ++i) {
        struct stream *stream = &rx->stream[i];

        if (stream->source && (only < 0 || stream->line == only) &&
            rtp_source_due(stream->source) <= now_us)
            write_nack(rx, stream, ssrc, rtt_us, now_us, buf);
    }
    for (unsigned i = 0; i < rx->nlines; ++i) {
        struct line *line = &rx->line[i];

        if ((only >= 0 && (unsigned)only != i) || key_due(line) > now_us)
            continue;
        if (!line->desc.recv || line->desc.kind != MEDIA_KIND_VIDEO)
            line->key_wanted = false;
        else if (write_key_request(line, ssrc, now_us, buf))
            signalled |= 1u << i;
    }
    return signalled;
}

int rtp_rx_write_rr(struct rtp_rx *rx, int only, uint32_t ssrc, uint64_t now_us,
                    struct rtcp_packet_buf *buf)
{
    struct rtcp_packet_report report[RTP_RX_STREAMS_MAX];
    unsigned n = 0;

    for (unsigned i = 0; i < rx->nstreams; ++i) {
        struct stream *stream = &rx->stream[i];

        if (stream->source && stream->source->started && (only < 0 || stream->line == only) &&
            now_us - stream->last_us < ACTIVE_US)
            rtp_source_report(stream->source, now_us, &report[n++]);
    }
    return rtcp_packet_write_rr(buf, ssrc, report, n);
}

int rtp_rx_write_remb(struct rtp_rx *rx, int only, uint32_t ssrc, uint32_t bitrate_bps,
                      struct rtcp_packet_buf *buf)
{
    uint32_t ssrcs[RTP_RX_STREAMS_MAX];
    unsigned n = 0;

    for (unsigned i = 0; i < rx->nstreams; ++i) {
        const struct stream *stream = &rx->stream[i];
        const struct media_line *desc = &rx->line[stream->line].desc;

        if (stream->source && (only < 0 || stream->line == only) && desc->remb &&
            !(desc->transport_cc && desc->ext.transport_cc) && desc->kind == MEDIA_KIND_VIDEO)
            ssrcs[n++] = stream->ssrc;
    }
    return n ? rtcp_packet_write_remb(buf, ssrc, bitrate_bps, ssrcs, n) : 0;
}

uint32_t rtp_rx_any_ssrc(const struct rtp_rx *rx)
{
    return rx->nstreams ? rx->stream[rx->last < rx->nstreams ? rx->last : 0].ssrc : 0;
}

void rtp_rx_stats(const struct rtp_rx *rx, struct rtp_rx_stats *ret_stats)
{
    *ret_stats = rx->stats;
    ret_stats->lost = rx->lost_before;
    for (unsigned i = 0; i < rx->nstreams; ++i) {
        const struct stream *stream = &rx->stream[i];

        if (!stream->source)
            continue;
        ret_stats->lost += rtp_source_lost(stream->source);
        if (rx->line[stream->line].desc.kind == MEDIA_KIND_AUDIO)
            ret_stats->jitter_us = rtp_source_jitter_us(stream->source);
    }
}
