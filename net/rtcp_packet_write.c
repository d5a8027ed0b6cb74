/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/rtcp_packet_write.c  Writes RTCP
 */
#include "net/rtcp_packet.h"

#include <errno.h>
#include <string.h>

enum {
    PT_SR = 200,
    PT_RR = 201,
    PT_SDES = 202,
    PT_BYE = 203,
    PT_RTPFB = 205,
    PT_PSFB = 206,
    FMT_NACK = 1,
    FMT_TRANSPORT_CC = 15,
    FMT_PLI = 1,
    FMT_FIR = 4,
    FMT_REMB = 15,
    SDES_CNAME = 1,
    NACKS_MAX = 1024,
    TICK_US = 250,
    REFERENCE_US = 64000,
    RUN_MAX = 0x1fff,
    CHUNK_TWO_BIT = 7, /* statuses in a vector chunk of two bits each */
};

enum { STATUS_LOST, STATUS_SMALL, STATUS_LARGE };

/* A transport-cc feedback on its way: statuses first, then chunks and deltas are written from them.
 */
struct feedback {
    const struct rtcp_packet_arrival *arrivals;
    unsigned nstatus; /* packets covered, lost ones too */
    unsigned ndelta_bytes;
    unsigned nentries; /* of arrivals */
    int64_t reference_us;
    uint8_t status[RTCP_PACKET_FEEDBACK_MAX];
};

static void put16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static void put24(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 16);
    put16(p + 1, (uint16_t)v);
}

static void put32(uint8_t *p, uint32_t v)
{
    put16(p, (uint16_t)(v >> 16));
    put16(p + 2, (uint16_t)v);
}

/* Reserve a packet of @p len bytes, a multiple of 4, write its header, return its body; NULL if
 * full. */
static uint8_t *append(struct rtcp_packet_buf *buf, unsigned count, uint8_t pt, size_t len)
{
    uint8_t *p = buf->buf + buf->len;

    if (buf->len > buf->size || buf->size - buf->len < len)
        return NULL;
    buf->len += len;
    p[0] = (uint8_t)(2 << 6 | count);
    p[1] = pt;
    put16(p + 2, (uint16_t)(len / 4 - 1));
    return p + 4;
}

static void put_report(uint8_t *p, const struct rtcp_packet_report *report)
{
    int32_t lost = report->lost;

    if (lost > 0x7fffff)
        lost = 0x7fffff;
    if (lost < -0x800000)
        lost = -0x800000;
    put32(p, report->ssrc);
    p[4] = report->fraction_lost;
    put24(p + 5, (uint32_t)lost & 0xffffff);
    put32(p + 8, report->ext_seq);
    put32(p + 12, report->jitter);
    put32(p + 16, report->lsr);
    put32(p + 20, report->dlsr);
}

int rtcp_packet_write_sr(struct rtcp_packet_buf *buf, uint32_t ssrc,
                         const struct rtcp_packet_sender *sender,
                         const struct rtcp_packet_report *reports, unsigned nreports)
{
    uint8_t *p;

    if (nreports > RTCP_PACKET_REPORTS_MAX)
        return -EINVAL;
    p = append(buf, nreports, PT_SR, 28 + 24 * (size_t)nreports);
    if (!p)
        return -ENOSPC;
    put32(p, ssrc);
    put32(p + 4, (uint32_t)(sender->ntp >> 32));
    put32(p + 8, (uint32_t)sender->ntp);
    put32(p + 12, sender->ts);
    put32(p + 16, sender->packets);
    put32(p + 20, sender->bytes);
    p += 24;
    for (unsigned i = 0; i < nreports; ++i, p += 24)
        put_report(p, &reports[i]);
    return 0;
}

int rtcp_packet_write_rr(struct rtcp_packet_buf *buf, uint32_t ssrc,
                         const struct rtcp_packet_report *reports, unsigned nreports)
{
    uint8_t *p;

    if (nreports > RTCP_PACKET_REPORTS_MAX)
        return -EINVAL;
    p = append(buf, nreports, PT_RR, 8 + 24 * (size_t)nreports);
    if (!p)
        return -ENOSPC;
    put32(p, ssrc);
    p += 4;
    for (unsigned i = 0; i < nreports; ++i, p += 24)
        put_report(p, &reports[i]);
    return 0;
}

int rtcp_packet_write_sdes(struct rtcp_packet_buf *buf, uint32_t ssrc, const char *cname)
{
    size_t len = strnlen(cname, RTCP_PACKET_CNAME_MAX + 1);
    size_t size = (8 + 2 + len + 1 + 3) & ~(size_t)3; /* with an end mark, in words */
    uint8_t *p;

    if (len > RTCP_PACKET_CNAME_MAX)
        return -EINVAL;
    p = append(buf, 1, PT_SDES, size);
    if (!p)
        return -ENOSPC;
    memset(p, 0, size - 4);
    put32(p, ssrc);
    p[4] = SDES_CNAME;
    p[5] = (uint8_t)len;
    memcpy(p + 6, cname, len);
    return 0;
}

int rtcp_packet_write_bye(struct rtcp_packet_buf *buf, const uint32_t *ssrcs, unsigned nssrcs)
{
    uint8_t *p;

    if (nssrcs > RTCP_PACKET_SSRCS_MAX)
        return -EINVAL;
    p = append(buf, nssrcs, PT_BYE, 4 + 4 * (size_t)nssrcs);
    if (!p)
        return -ENOSPC;
    for (unsigned i = 0; i < nssrcs; ++i)
        put32(p + 4 * (size_t)i, ssrcs[i]);
    return 0;
}

/* One FCI entry: the first number and a mask of those up to 16 behind it.  Returns how many it
 * took. */
static unsigned next_nack(const uint16_t *seqs, unsigned nseqs, uint16_t *mask)
{
    unsigned i;

    *mask = 0;
    for (i = 1; i < nseqs; ++i) {
        uint16_t distance = (uint16_t)(seqs[i] - seqs[0]);

        if (distance > 16)
            break;
        if (distance)
            *mask |= (uint16_t)(1u << (distance - 1));
    }
    return i;
}

int rtcp_packet_write_nack(struct rtcp_packet_buf *buf, uint32_t ssrc, uint32_t media,
                           const uint16_t *seqs, unsigned nseqs)
{
    unsigned entries = 0;
    uint16_t mask;
    uint8_t *p;

    if (nseqs < 1 || nseqs > NACKS_MAX)
        return -EINVAL;
    for (unsigned i = 0; i < nseqs; ++entries)
        i += next_nack(seqs + i, nseqs - i, &mask);
    p = append(buf, FMT_NACK, PT_RTPFB, 12 + 4 * (size_t)entries);
    if (!p)
        return -ENOSPC;
    put32(p, ssrc);
    put32(p + 4, media);
    p += 8;
    for (unsigned i = 0; i < nseqs; p += 4) {
        unsigned n = next_nack(seqs + i, nseqs - i, &mask);

        put16(p, seqs[i]);
        put16(p + 2, mask);
        i += n;
    }
    return 0;
}

int rtcp_packet_write_pli(struct rtcp_packet_buf *buf, uint32_t ssrc, uint32_t media)
{
    uint8_t *p = append(buf, FMT_PLI, PT_PSFB, 12);

    if (!p)
        return -ENOSPC;
    put32(p, ssrc);
    put32(p + 4, media);
    return 0;
}

int rtcp_packet_write_fir(struct rtcp_packet_buf *buf, uint32_t ssrc,
                          const struct rtcp_packet_fir *entry)
{
    uint8_t *p = append(buf, FMT_FIR, PT_PSFB, 20);

    if (!p)
        return -ENOSPC;
    put32(p, ssrc);
    put32(p + 4, 0); /* unused in a FIR */
    put32(p + 8, entry->ssrc);
    p[12] = entry->seq;
    put24(p + 13, 0);
    return 0;
}

int rtcp_packet_write_remb(struct rtcp_packet_buf *buf, uint32_t ssrc, uint64_t bitrate_bps,
                           const uint32_t *ssrcs, unsigned nssrcs)
{
    uint32_t exponent = 0;
    uint8_t *p;

    if (nssrcs > RTCP_PACKET_SSRCS_MAX)
        return -EINVAL;
    p = append(buf, FMT_REMB, PT_PSFB, 20 + 4 * (size_t)nssrcs);
    if (!p)
        return -ENOSPC;
    while (bitrate_bps >> exponent > 0x3ffff)
        ++exponent;
    put32(p, ssrc);
    put32(p + 4, 0);
    memcpy(p + 8, "REMB", 4);
    p[12] = (uint8_t)nssrcs;
    put24(p + 13, exponent << 18 | (uint32_t)(bitrate_bps >> exponent));
    p += 16;
    for (unsigned i = 0; i < nssrcs; ++i)
        put32(p + 4 * (size_t)i, ssrcs[i]);
    return 0;
}

/* Bytes of the whole packet, if every chunk is a vector of two-bit statuses (the longest). */
static size_t worst_size(size_t nstatus, size_t ndelta_bytes)
{
    size_t nchunks = (nstatus + CHUNK_TWO_BIT - 1) / CHUNK_TWO_BIT;

    return (20 + 2 * nchunks + ndelta_bytes + 3) & ~(size_t)3;
}

/* Take an arrival in; false if it does not fit any more. */
static bool add_arrival(struct feedback *fb, const struct rtcp_packet_arrival *a, int64_t *ticks,
                        size_t room)
{
    unsigned index = (uint16_t)(a->seq - fb->arrivals[0].seq);
    int64_t delta = (a->when_us - fb->reference_us) / TICK_US - *ticks;
    unsigned bytes = delta >= 0 && delta <= 0xff ? 1 : 2;

    if (index >= RTCP_PACKET_FEEDBACK_MAX || delta < INT16_MIN || delta > INT16_MAX ||
        worst_size(index + 1, fb->ndelta_bytes + bytes) > room)
        return false;
    memset(fb->status + fb->nstatus, STATUS_LOST, index - fb->nstatus);
    fb->status[index] = bytes == 1 ? STATUS_SMALL : STATUS_LARGE;
    fb->nstatus = index + 1;
    fb->ndelta_bytes += bytes;
    *ticks += delta;
    return true;
}

/* Fill in statuses for as many arrivals as fit.  @return 0, -EINVAL, -ENOSPC */
static int plan(struct feedback *fb, unsigned n, size_t room)
{
    const struct rtcp_packet_arrival *a = fb->arrivals;
    int64_t ticks = 0;

    if (n < 1 || !a[0].received)
        return -EINVAL;
    for (unsigned i = 0; i < n; ++i) {
        if (a[i].when_us < 0 || (i && (uint16_t)(a[i].seq - a[i - 1].seq - 1) > 0x7fff))
            return -EINVAL;
        if (a[i].received && !add_arrival(fb, &a[i], &ticks, room))
            break;
        fb->nentries = i + 1;
    }
    return fb->nentries ? 0 : -ENOSPC;
}

/* One chunk for the statuses from @p i on: a run if that is not shorter than a vector.  Returns how
 * many. */
static unsigned put_chunk(uint8_t *p, const struct feedback *fb, unsigned i)
{
    unsigned run = 1, n;
    uint16_t chunk = 0xc000;

    while (i + run < fb->nstatus && run < RUN_MAX && fb->status[i + run] == fb->status[i])
        ++run;
    if (run >= CHUNK_TWO_BIT || i + run == fb->nstatus) {
        put16(p, (uint16_t)(fb->status[i] << 13 | run));
        return run;
    }
    for (n = 0; n < CHUNK_TWO_BIT && i + n < fb->nstatus; ++n)
        chunk |= (uint16_t)(fb->status[i + n] << 2 * (CHUNK_TWO_BIT - 1 - n));
    put16(p, chunk);
    return n;
}

/* Returns the bytes written. */
static size_t put_chunks(uint8_t *p, const struct feedback *fb)
{
    const uint8_t *start = p;

    for (unsigned i = 0; i < fb->nstatus; p += 2)
        i += put_chunk(p, fb, i);
    return (size_t)(p - start);
}

static void put_deltas(uint8_t *p, const struct feedback *fb)
{
    int64_t ticks = 0;

    for (unsigned i = 0; i < fb->nentries; ++i) {
        const struct rtcp_packet_arrival *a = &fb->arrivals[i];
        int64_t at = (a->when_us - fb->reference_us) / TICK_US;

        if (!a->received)
            continue;
        if (at - ticks >= 0 && at - ticks <= 0xff) {
            *p++ = (uint8_t)(at - ticks);
        } else {
            put16(p, (uint16_t)(at - ticks));
            p += 2;
        }
        ticks = at;
    }
}

int rtcp_packet_write_transport_cc(struct rtcp_packet_buf *buf,
                                   const struct rtcp_packet_feedback *head,
                                   const struct rtcp_packet_arrival *arrivals, unsigned n)
{
    struct feedback fb = {.arrivals = arrivals};
    uint8_t chunks[2 * (RTCP_PACKET_FEEDBACK_MAX / CHUNK_TWO_BIT + 1)];
    size_t nchunk_bytes, size;
    uint8_t *p;
    int err;

    if (n)
        fb.reference_us = arrivals[0].when_us / REFERENCE_US * REFERENCE_US;
    err = plan(&fb, n, buf->size > buf->len ? buf->size - buf->len : 0);
    if (err)
        return err;
    nchunk_bytes = put_chunks(chunks, &fb);
    size = (20 + nchunk_bytes + fb.ndelta_bytes + 3) & ~(size_t)3;
    p = append(buf, FMT_TRANSPORT_CC, PT_RTPFB, size);
    if (!p)
        return -ENOSPC;

    memset(p, 0, size - 4);
    put32(p, head->ssrc);
    put32(p + 4, head->media);
    put16(p + 8, arrivals[0].seq);
    put16(p + 10, (uint16_t)fb.nstatus);
    put24(p + 12, (uint32_t)(fb.reference_us / REFERENCE_US) & 0xffffff);
    p[15] = head->number;
    memcpy(p + 16, chunks, nchunk_bytes);
    put_deltas(p + 16 + nchunk_bytes, &fb);
    return (int)fb.nentries;
}
