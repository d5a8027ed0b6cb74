/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/rtp_source.c  One received SSRC: sequence line, loss, jitter, and what to ask for again
 */
#include "net/rtp_source.h"

#include <errno.h>
#include <string.h>

#include "net/rtcp_packet.h"

enum { NO_BAD_SEQ = 0x10000, FIRST_CYCLE = 0x10000 };

void rtp_source_init(struct rtp_source *source, uint32_t ssrc, uint32_t clock, bool nack)
{
    memset(source, 0, sizeof(*source));
    source->ssrc = ssrc;
    source->clock = clock ? clock : 90000;
    source->nack = nack;
    source->bad_seq = NO_BAD_SEQ;
}

static bool was_seen(const struct rtp_source *source, uint64_t ext)
{
    unsigned bit = ext % RTP_SOURCE_WINDOW;

    return source->seen[bit / 64] >> (bit % 64) & 1;
}

static void set_seen(struct rtp_source *source, uint64_t ext, bool seen)
{
    unsigned bit = ext % RTP_SOURCE_WINDOW;

    if (seen)
        source->seen[bit / 64] |= 1ull << (bit % 64);
    else
        source->seen[bit / 64] &= ~(1ull << (bit % 64));
}

/* (Re)start the line at an extended sequence number. */
static void restart(struct rtp_source *source, uint64_t ext)
{
    source->started = true;
    source->base = source->max = ext;
    source->received = source->received_prior = source->expected_prior = 0;
    source->bad_seq = NO_BAD_SEQ;
    source->nmissing = 0;
    source->transit = 0;
    memset(source->seen, 0, sizeof(source->seen));
}

static void add_missing(struct rtp_source *source, uint64_t from, uint64_t to, uint64_t now_us)
{
    uint64_t n = to - from;

    if (n > RTP_SOURCE_MISSING_MAX) {
        from = to - RTP_SOURCE_MISSING_MAX;
        n = RTP_SOURCE_MISSING_MAX;
    }
    if (source->nmissing + n > RTP_SOURCE_MISSING_MAX) { /* forget the oldest */
        unsigned drop = source->nmissing + (unsigned)n - RTP_SOURCE_MISSING_MAX;

        source->nmissing -= drop;
        memmove(source->missing, source->missing + drop,
                source->nmissing * sizeof(source->missing[0]));
    }
    for (; from < to; ++from)
        source->missing[source->nmissing++] = (struct rtp_source_missing){
            .ext_seq = from, .since_us = now_us, .due_us = now_us + RTP_SOURCE_REORDER_US};
}

static void remove_missing(struct rtp_source *source, uint64_t ext)
{
    for (unsigned i = source->nmissing; i-- > 0;) {
        if (source->missing[i].ext_seq != ext)
            continue;
        --source->nmissing;
        memmove(source->missing + i, source->missing + i + 1,
                (source->nmissing - i) * sizeof(source->missing[0]));
        return;
    }
}

static void advance(struct rtp_source *source, uint64_t ext, uint64_t now_us)
{
    uint64_t gap = ext - source->max;

    if (gap >= RTP_SOURCE_WINDOW)
        memset(source->seen, 0, sizeof(source->seen));
    else
        for (uint64_t e = source->max + 1; e < ext; ++e)
            set_seen(source, e, false);
    if (source->nack && gap > 1)
        add_missing(source, source->max + 1, ext, now_us);
    source->max = ext;
}

/* RFC 3550, appendix A.8; all in units of the RTP clock, modulo 2^32. */
static void update_jitter(struct rtp_source *source, uint32_t ts, uint64_t now_us)
{
    uint32_t arrival =
        (uint32_t)(now_us / 1000000 * source->clock + now_us % 1000000 * source->clock / 1000000);
    uint32_t transit = arrival - ts;
    int32_t d = (int32_t)(transit - source->transit);

    if (source->transit) {
        uint32_t abs = d < 0 ? 0u - (uint32_t)d : (uint32_t)d;

        if (abs < source->clock * 10) /* a jump of the sender's timestamps is not jitter */
            source->jitter_q4 += abs - ((source->jitter_q4 + 8) >> 4);
    }
    source->transit = transit ? transit : 1;
}

/* Where a sequence number lies on the line; @return 0, or -ERANGE for a jump not yet confirmed */
static int locate(struct rtp_source *source, uint16_t seq, bool again, uint64_t *ret_ext)
{
    int16_t d = (int16_t)(seq - (uint16_t)source->max);

    if (d > -RTP_SOURCE_WINDOW && d < RTP_SOURCE_DROPOUT_MAX) {
        *ret_ext = source->max + (uint64_t)(int64_t)d;
        return *ret_ext < source->base && again ? -ERANGE : 0;
    }
    if (again)
        return -ERANGE;
    if (seq != source->bad_seq) {
        source->bad_seq = (uint16_t)(seq + 1);
        return -ERANGE;
    }
    /* Two in sequence: the sender restarted.  Go on with the next cycle. */
    restart(source, ((source->max >> 16) + 1) << 16 | seq);
    *ret_ext = source->max;
    return 0;
}

int rtp_source_put(struct rtp_source *source, uint16_t seq, uint32_t ts, bool again,
                   uint64_t now_us, uint64_t *ret_ext)
{
    uint64_t ext;
    int err;

    if (!source->started && again)
        return -ERANGE;
    if (!source->started)
        restart(source, FIRST_CYCLE + seq);
    err = locate(source, seq, again, &ext);
    if (err)
        return err;

    source->bad_seq = NO_BAD_SEQ;
    if (ext > source->max)
        advance(source, ext, now_us);
    else if (was_seen(source, ext))
        return -EALREADY;
    else if (source->nmissing)
        remove_missing(source, ext);

    set_seen(source, ext, true);
    if (ext < source->base)
        source->base = ext; /* the first packets came out of order */
    ++source->received;
    source->last_us = now_us;
    if (!again)
        update_jitter(source, ts, now_us);
    *ret_ext = ext;
    return 0;
}

void rtp_source_sr(struct rtp_source *source, uint64_t ntp, uint64_t now_us)
{
    source->sr_ntp = (uint32_t)(ntp >> 16);
    source->sr_us = now_us;
}

static uint64_t expected(const struct rtp_source *source)
{
    return source->started ? source->max - source->base + 1 : 0;
}

uint64_t rtp_source_lost(const struct rtp_source *source)
{
    uint64_t n = expected(source);

    return n > source->received ? n - source->received : 0;
}

uint32_t rtp_source_jitter_us(const struct rtp_source *source)
{
    return (uint32_t)((uint64_t)(source->jitter_q4 >> 4) * 1000000 / source->clock);
}

/* RFC 3550, appendix A.3. */
void rtp_source_report(struct rtp_source *source, uint64_t now_us,
                       struct rtcp_packet_report *ret_report)
{
    uint64_t expect = expected(source);
    int64_t interval = (int64_t)(expect - source->expected_prior);
    int64_t lost = interval - (int64_t)(source->received - source->received_prior);
    int64_t all = (int64_t)expect - (int64_t)source->received;
    int64_t fraction = interval > 0 && lost > 0 ? lost * 256 / interval : 0;

    source->expected_prior = expect;
    source->received_prior = source->received;
    *ret_report = (struct rtcp_packet_report){
        .ssrc = source->ssrc,
        .fraction_lost = (uint8_t)(fraction > 255 ? 255 : fraction),
        .lost = (int32_t)(all > 0x7fffff    ? 0x7fffff
                          : all < -0x800000 ? -0x800000
                                            : all),
        .ext_seq = (uint32_t)(source->max - FIRST_CYCLE),
        .jitter = source->jitter_q4 >> 4,
        .lsr = source->sr_us ? source->sr_ntp : 0,
        .dlsr = source->sr_us ? (uint32_t)(((now_us - source->sr_us) << 16) / 1000000) : 0,
    };
}

unsigned rtp_source_nack(struct rtp_source *source, uint64_t now_us, uint32_t rtt_us,
                         uint16_t *ret_seqs, unsigned max)
{
    uint64_t retry = rtt_us + rtt_us / 4;
    unsigned n = 0, kept = 0;

    if (retry < RTP_SOURCE_RETRY_MIN_US)
        retry = RTP_SOURCE_RETRY_MIN_US;
    for (unsigned i = 0; i < source->nmissing; ++i) {
        struct rtp_source_missing *m = &source->missing[i];

        if (now_us - m->since_us >= RTP_SOURCE_GIVE_UP_US || m->tries >= RTP_SOURCE_TRIES_MAX)
            continue;
        if (now_us >= m->due_us && n < max) {
            ret_seqs[n++] = (uint16_t)m->ext_seq;
            m->due_us = now_us + retry * (1 + m->tries / 2u); /* back off */
            ++m->tries;
        }
        source->missing[kept++] = *m;
    }
    source->nmissing = kept;
    return n;
}

uint64_t rtp_source_due(const struct rtp_source *source)
{
    uint64_t due = UINT64_MAX;

    for (unsigned i = 0; i < source->nmissing; ++i)
        if (source->missing[i].due_us < due)
            due = source->missing[i].due_us;
    return due;
}
