/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/rtcp_packet.c  Reads RTCP; rtcp_packet_write.c is the way back
 */
#include "net/rtcp_packet.h"

#include <errno.h>
#include <string.h>

enum {
    RTCP_VERSION = 2,
    HEADER = 4,
    FLAG_PADDING = 0x20,
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
    FMT_APPLICATION = 15, /* REMB is one */
    SDES_CNAME = 1,
    SENDER_LEN = 20,
    REPORT_LEN = 24,
    FIR_LEN = 8,
    NACK_LEN = 4,
    TRANSPORT_CC_HEAD = 8,
    TICK_US = 250,          /* transport-cc delta */
    REFERENCE_US = 64000,   /* transport-cc reference time */
    REMB_EXPONENT_MAX = 40, /* 2^58 bit/s: more is nonsense, and would overflow */
};

/* Status of a packet in transport-cc feedback. */
enum { STATUS_LOST, STATUS_SMALL, STATUS_LARGE, STATUS_RESERVED };

/* What is left to read of a packet; reading never goes beyond end. */
struct body {
    const uint8_t *pos, *end;
};

/* A walk over the status chunks of a transport-cc feedback. */
struct chunks {
    struct body body;
    uint16_t chunk;
    unsigned left; /* statuses in chunk */
};

static uint16_t get16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t get24(const uint8_t *p)
{
    return (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
}

static uint32_t get32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | get24(p + 1);
}

static size_t left(const struct body *body)
{
    return (size_t)(body->end - body->pos);
}

static size_t packet_len(const uint8_t *p)
{
    return HEADER + 4 * (size_t)get16(p + 2);
}

static void read_report(const uint8_t *p, struct rtcp_packet_report *report)
{
    uint32_t lost = get24(p + 5);

    report->ssrc = get32(p);
    report->fraction_lost = p[4];
    report->lost = lost & 0x800000 ? (int32_t)lost - 0x1000000 : (int32_t)lost;
    report->ext_seq = get32(p + 8);
    report->jitter = get32(p + 12);
    report->lsr = get32(p + 16);
    report->dlsr = get32(p + 20);
}

/* Extensions of a profile behind the report blocks are ignored. */
static bool read_sr(struct body body, unsigned count, bool sender, struct rtcp_packet *ret)
{
    size_t need = 4 + (sender ? SENDER_LEN : 0) + count * (size_t)REPORT_LEN;
    const uint8_t *p = body.pos;

    if (left(&body) < need)
        return false;
    ret->type = sender ? RTCP_PACKET_TYPE_SR : RTCP_PACKET_TYPE_RR;
    ret->ssrc = get32(p);
    p += 4;
    memset(&ret->u.sr.sender, 0, sizeof(ret->u.sr.sender));
    if (sender) {
        ret->u.sr.sender.ntp = (uint64_t)get32(p) << 32 | get32(p + 4);
        ret->u.sr.sender.ts = get32(p + 8);
        ret->u.sr.sender.packets = get32(p + 12);
        ret->u.sr.sender.bytes = get32(p + 16);
        p += SENDER_LEN;
    }
    ret->u.sr.nreports = count;
    for (unsigned i = 0; i < count; ++i, p += REPORT_LEN)
        read_report(p, &ret->u.sr.report[i]);
    return true;
}

/* Items of a chunk up to its end mark.  @return false if they do not fit */
static bool read_sdes_items(struct body *body, const uint8_t **cname, uint8_t *cname_len)
{
    *cname = NULL;
    while (left(body) >= 1 && *body->pos) {
        uint8_t type = body->pos[0];

        if (left(body) < 2 || left(body) - 2 < body->pos[1])
            return false;
        if (type == SDES_CNAME && !*cname) {
            *cname = body->pos + 2;
            *cname_len = body->pos[1];
        }
        body->pos += 2 + body->pos[1];
    }
    return left(body) >= 1;
}

static bool read_sdes(struct body body, unsigned count, struct rtcp_packet *ret)
{
    const uint8_t *start = body.pos;

    for (unsigned i = 0; i < count; ++i) {
        const uint8_t *cname;
        uint8_t len = 0;
        uint32_t ssrc;
        size_t skip;

        if (left(&body) < 4)
            return false;
        ssrc = get32(body.pos);
        body.pos += 4;
        if (!read_sdes_items(&body, &cname, &len))
            return false;
        if (cname) {
            ret->type = RTCP_PACKET_TYPE_SDES;
            ret->ssrc = ssrc;
            ret->u.sdes.len = len;
            memcpy(ret->u.sdes.cname, cname, len);
            ret->u.sdes.cname[len] = 0;
            return true;
        }
        skip = 4 - (size_t)(body.pos - start) % 4; /* end mark, padded to a word */
        if (skip > left(&body))
            return false;
        body.pos += skip;
    }
    return false;
}

static bool read_bye(struct body body, unsigned count, struct rtcp_packet *ret)
{
    if (count < 1 || left(&body) < 4 * (size_t)count)
        return false;
    ret->type = RTCP_PACKET_TYPE_BYE;
    ret->ssrc = get32(body.pos);
    ret->u.bye.nssrcs = count;
    for (unsigned i = 0; i < count; ++i)
        ret->u.bye.ssrc[i] = get32(body.pos + 4 * (size_t)i);
    return true;
}

static bool read_remb(struct body body, struct rtcp_packet *ret)
{
    uint32_t v;
    unsigned n;

    if (left(&body) < 8 || memcmp(body.pos, "REMB", 4) != 0)
        return false;
    n = body.pos[4];
    v = get24(body.pos + 5);
    if (left(&body) - 8 < 4 * (size_t)n || v >> 18 > REMB_EXPONENT_MAX)
        return false;
    body.pos += 8;
    if (n > RTCP_PACKET_SSRCS_MAX)
        n = RTCP_PACKET_SSRCS_MAX;
    ret->type = RTCP_PACKET_TYPE_REMB;
    ret->u.remb.bitrate_bps = (uint64_t)(v & 0x3ffff) << (v >> 18);
    ret->u.remb.nssrcs = n;
    for (unsigned i = 0; i < n; ++i, body.pos += 4)
        ret->u.remb.ssrc[i] = get32(body.pos);
    return true;
}

static bool read_fir(struct body body, struct rtcp_packet *ret)
{
    if (left(&body) < FIR_LEN)
        return false;
    ret->type = RTCP_PACKET_TYPE_FIR;
    ret->u.fir.n = 0;
    for (; left(&body) >= FIR_LEN && ret->u.fir.n < RTCP_PACKET_FIRS_MAX; body.pos += FIR_LEN)
        ret->u.fir.entry[ret->u.fir.n++] =
            (struct rtcp_packet_fir){.ssrc = get32(body.pos), .seq = body.pos[4]};
    return true;
}

/* Payload-specific feedback; @p known says whether the format is one of ours. */
static bool read_psfb(struct body body, unsigned fmt, struct rtcp_packet *ret, bool *known)
{
    uint32_t media;

    *known = fmt == FMT_PLI || fmt == FMT_FIR;
    if (left(&body) < 8)
        return false;
    ret->ssrc = get32(body.pos);
    media = get32(body.pos + 4);
    body.pos += 8;
    switch (fmt) {
    case FMT_PLI:
        ret->type = RTCP_PACKET_TYPE_PLI;
        ret->u.pli.media = media;
        return true;
    case FMT_FIR:
        return read_fir(body, ret);
    case FMT_APPLICATION:
        return read_remb(body, ret);
    default:
        return false;
    }
}

/* Transport-layer feedback, as read_psfb(). */
static bool read_rtpfb(struct body body, unsigned fmt, struct rtcp_packet *ret, bool *known)
{
    uint32_t media;

    *known = fmt == FMT_NACK || fmt == FMT_TRANSPORT_CC;
    if (!*known || left(&body) < 8)
        return false;
    ret->ssrc = get32(body.pos);
    media = get32(body.pos + 4);
    body.pos += 8;
    if (fmt == FMT_NACK) {
        if (left(&body) < NACK_LEN)
            return false;
        ret->type = RTCP_PACKET_TYPE_NACK;
        ret->u.nack.media = media;
        ret->u.nack.fci = body.pos;
        ret->u.nack.fci_len = left(&body) & ~(size_t)3;
        return true;
    }
    if (left(&body) < TRANSPORT_CC_HEAD)
        return false;
    ret->type = RTCP_PACKET_TYPE_TRANSPORT_CC;
    ret->u.transport_cc.media = media;
    ret->u.transport_cc.base = get16(body.pos);
    ret->u.transport_cc.count = get16(body.pos + 2);
    ret->u.transport_cc.feedback = body.pos[7];
    ret->u.transport_cc.fci = body.pos;
    ret->u.transport_cc.fci_len = left(&body);
    return true;
}

static bool read_packet(const uint8_t *p, struct body body, struct rtcp_packet *ret, bool *known)
{
    unsigned count = p[0] & 0x1f;

    *known = true;
    switch (p[1]) {
    case PT_SR:
    case PT_RR:
        return read_sr(body, count, p[1] == PT_SR, ret);
    case PT_SDES:
        *known = count > 0;
        return read_sdes(body, count, ret);
    case PT_BYE:
        *known = count > 0;
        return read_bye(body, count, ret);
    case PT_RTPFB:
        return read_rtpfb(body, count, ret, known);
    case PT_PSFB:
        return read_psfb(body, count, ret, known);
    default:
        *known = false;
        return false;
    }
}

int rtcp_packet_begin(struct rtcp_packet_iter *iter, const uint8_t *buf, size_t len)
{
    size_t pos = 0;

    while (len - pos >= HEADER && buf[pos] >> 6 == RTCP_VERSION &&
           packet_len(buf + pos) <= len - pos)
        pos += packet_len(buf + pos);
    if (len == 0 || pos != len || buf[1] < 192 || buf[1] > 223)
        return -EBADMSG;

    *iter = (struct rtcp_packet_iter){.pos = buf, .end = buf + len};
    return 0;
}

bool rtcp_packet_next(struct rtcp_packet_iter *iter, struct rtcp_packet *ret_packet)
{
    while (iter->pos < iter->end) {
        const uint8_t *p = iter->pos;
        size_t len = packet_len(p), padding = 0;
        bool known;

        iter->pos += len;
        if (p[0] & FLAG_PADDING)
            padding = p[len - 1];
        if (padding <= len - HEADER &&
            read_packet(p, (struct body){p + HEADER, p + len - padding}, ret_packet, &known))
            return true;
        if (padding > len - HEADER || known)
            ++iter->nbroken;
    }
    return false;
}

unsigned rtcp_packet_nack_seqs(const struct rtcp_packet *nack, uint16_t *seqs, unsigned max)
{
    const uint8_t *p = nack->u.nack.fci, *end = p + nack->u.nack.fci_len;
    unsigned n = 0;

    for (; end - p >= NACK_LEN; p += NACK_LEN) {
        uint16_t pid = get16(p), mask = get16(p + 2);

        if (n < max)
            seqs[n++] = pid;
        for (unsigned bit = 0; bit < 16; ++bit)
            if (mask & 1u << bit && n < max)
                seqs[n++] = (uint16_t)(pid + bit + 1);
    }
    return n;
}

/* Next status, or -EBADMSG. */
static int next_status(struct chunks *chunks)
{
    if (!chunks->left) {
        if (left(&chunks->body) < 2)
            return -EBADMSG;
        chunks->chunk = get16(chunks->body.pos);
        chunks->body.pos += 2;
        if (!(chunks->chunk & 0x8000))
            chunks->left = chunks->chunk & 0x1fff;
        else
            chunks->left = chunks->chunk & 0x4000 ? 7 : 14;
        if (!chunks->left)
            return -EBADMSG; /* an empty run would let a peer make us walk for nothing */
    }
    --chunks->left;
    if (!(chunks->chunk & 0x8000))
        return chunks->chunk >> 13 & 3;
    if (chunks->chunk & 0x4000)
        return chunks->chunk >> 2 * chunks->left & 3;
    return chunks->chunk >> chunks->left & 1;
}

/* Next delta of a packet [ticks], or -EBADMSG through @p err. */
static int next_delta(struct body *deltas, int status, int *err)
{
    int delta;

    if (status == STATUS_SMALL && left(deltas) >= 1) {
        delta = *deltas->pos++;
    } else if (status == STATUS_LARGE && left(deltas) >= 2) {
        delta = (int16_t)get16(deltas->pos);
        deltas->pos += 2;
    } else {
        *err = -EBADMSG;
        delta = 0;
    }
    return delta;
}

int rtcp_packet_arrivals(const struct rtcp_packet *feedback, struct rtcp_packet_arrival *arrivals,
                         unsigned max)
{
    const uint8_t *fci = feedback->u.transport_cc.fci;
    struct body body = {fci + TRANSPORT_CC_HEAD, fci + feedback->u.transport_cc.fci_len};
    struct chunks chunks = {.body = body};
    unsigned n = feedback->u.transport_cc.count;
    int64_t when_us = (int64_t)get24(fci + 4) * REFERENCE_US;
    int err = 0;

    if (n > max || n > RTCP_PACKET_FEEDBACK_MAX)
        return -E2BIG;
    for (unsigned i = 0; i < n; ++i) { /* first all statuses, to learn where the deltas start */
        int status = next_status(&chunks);

        if (status < 0)
            return status;
        arrivals[i].seq = (uint16_t)(feedback->u.transport_cc.base + i);
        arrivals[i].received = status != STATUS_LOST;
        arrivals[i].when_us = status;
    }
    for (unsigned i = 0; i < n && !err; ++i) {
        if (arrivals[i].received) {
            when_us += (int64_t)next_delta(&chunks.body, (int)arrivals[i].when_us, &err) * TICK_US;
            arrivals[i].when_us = when_us;
        }
    }
    return err ? err : (int)n;
}
