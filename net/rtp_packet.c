/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/rtp_packet.c  Reads and writes RTP headers (RFC 3550, 8285, 4588)
 */
#include "net/rtp_packet.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "net/media_desc.h"
#include "net/packet.h"

enum {
    PROFILE_ONE_BYTE = 0xbede,
    PROFILE_TWO_BYTE = 0x1000, /* the lower four bits are free for the application */
    ONE_BYTE_STOP = 15,
    ONE_BYTE_ID_MAX = 14,
    ONE_BYTE_LEN_MAX = 16,
    EXT_HEADER = 4,
    RTP_VERSION = 2,
    FLAG_PADDING = 0x20,
    FLAG_EXTENSION = 0x10,
    OSN_LEN = 2,
};

/* An extension block that is being made. */
struct ext_block {
    bool two_byte;
    size_t len;
    uint8_t buf[RTP_PACKET_HEADER_MAX]; /* the longest of each kind fit, see make_exts() */
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

static void put16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
    put16(p, (uint16_t)(v >> 16));
    put16(p + 2, (uint16_t)v);
}

/* One extension element; those of a wrong length are ignored, as unknown ones are. */
static void take_ext(uint8_t id, const uint8_t *data, size_t len, const struct media_exts *ids,
                     struct rtp_packet_exts *exts)
{
    if (id == ids->mid && len >= 1) {
        exts->mid = (const char *)data;
        exts->mid_len = (uint8_t)len;
    } else if (id == ids->audio_level && len >= 1) {
        exts->has_level = true;
        exts->voice = data[0] >> 7;
        exts->level = data[0] & 0x7f;
    } else if (id == ids->transport_cc && len >= 2) {
        exts->has_transport_cc = true;
        exts->transport_cc = get16(data);
    } else if (id == ids->abs_send_time && len == 3) {
        exts->has_abs_send_time = true;
        exts->abs_send_time = get24(data);
    }
}

static int read_one_byte(const uint8_t *p, const uint8_t *end, const struct media_exts *ids,
                         struct rtp_packet_exts *exts)
{
    while (p < end) {
        uint8_t id = *p >> 4;
        size_t len = (size_t)(*p & 0x0f) + 1;

        if (*p++ == 0)
            continue; /* padding */
        if (id == 0 || id == ONE_BYTE_STOP)
            return 0; /* section 4.2: what follows is not to be read */
        if (len > (size_t)(end - p))
            return -EBADMSG;
        take_ext(id, p, len, ids, exts);
        p += len;
    }
    return 0;
}

static int read_two_byte(const uint8_t *p, const uint8_t *end, const struct media_exts *ids,
                         struct rtp_packet_exts *exts)
{
    while (p < end) {
        uint8_t id = *p++;
        size_t len;

        if (id == 0)
            continue; /* padding */
        if (p == end)
            return -EBADMSG;
        len = *p++;
        if (len > (size_t)(end - p))
            return -EBADMSG;
        take_ext(id, p, len, ids, exts);
        p += len;
    }
    return 0;
}

/* Extension block at p.  Returns its length or -EBADMSG. */
static int read_exts(const uint8_t *p, size_t len, const struct media_exts *ids,
                     struct rtp_packet_exts *exts)
{
    uint16_t profile;
    size_t size;
    int err = 0;

    if (len < EXT_HEADER)
        return -EBADMSG;
    profile = get16(p);
    size = EXT_HEADER + 4 * (size_t)get16(p + 2);
    if (size > len)
        return -EBADMSG;

    if (profile == PROFILE_ONE_BYTE)
        err = read_one_byte(p + EXT_HEADER, p + size, ids, exts);
    else if ((profile & 0xfff0) == PROFILE_TWO_BYTE)
        err = read_two_byte(p + EXT_HEADER, p + size, ids, exts);
    return err ? err : (int)size;
}

static void put_ext(struct ext_block *b, uint8_t id, const void *data, size_t len)
{
    assert(b->len + 2 + len <= sizeof(b->buf));
    if (b->two_byte) {
        b->buf[b->len++] = id;
        b->buf[b->len++] = (uint8_t)len;
    } else {
        b->buf[b->len++] = (uint8_t)(id << 4 | (len - 1));
    }
    memcpy(b->buf + b->len, data, len);
    b->len += len;
}

static size_t mid_length(const struct rtp_packet_ext_values *exts)
{
    return exts->ids->mid && exts->mid ? strnlen(exts->mid, RTP_PACKET_MID_MAX) : 0;
}

/* The one-byte form has ids up to 14 and values up to 16 bytes. */
static bool needs_two_byte(const struct rtp_packet_ext_values *exts)
{
    const struct media_exts *ids = exts->ids;

    return mid_length(exts) > ONE_BYTE_LEN_MAX ||
           (mid_length(exts) && ids->mid > ONE_BYTE_ID_MAX) ||
           (exts->has_level && ids->audio_level > ONE_BYTE_ID_MAX) ||
           (exts->has_transport_cc && ids->transport_cc > ONE_BYTE_ID_MAX) ||
           (exts->has_abs_send_time && ids->abs_send_time > ONE_BYTE_ID_MAX);
}

/* At most 4 + (2 + 32) + (2 + 1) + (2 + 2) + (2 + 3) bytes and padding; len is 0 if there is
 * nothing. */
static void make_exts(struct ext_block *b, const struct rtp_packet_ext_values *exts)
{
    const struct media_exts *ids = exts->ids;
    uint8_t value[4];

    b->two_byte = needs_two_byte(exts);
    b->len = EXT_HEADER;
    if (mid_length(exts))
        put_ext(b, ids->mid, exts->mid, mid_length(exts));
    if (exts->has_level && ids->audio_level) {
        value[0] = (uint8_t)((exts->voice ? 0x80 : 0) | (exts->level & 0x7f));
        put_ext(b, ids->audio_level, value, 1);
    }
    if (exts->has_transport_cc && ids->transport_cc) {
        put16(value, exts->transport_cc);
        put_ext(b, ids->transport_cc, value, 2);
    }
    if (exts->has_abs_send_time && ids->abs_send_time) {
        put32(value, exts->abs_send_time & 0xffffff);
        put_ext(b, ids->abs_send_time, value + 1, 3);
    }
    if (b->len == EXT_HEADER) {
        b->len = 0;
        return;
    }
    while (b->len % 4)
        b->buf[b->len++] = 0;
    put16(b->buf, b->two_byte ? PROFILE_TWO_BYTE : PROFILE_ONE_BYTE);
    put16(b->buf + 2, (uint16_t)(b->len / 4 - 1));
}

/* Offset of the payload in a datagram, or -EBADMSG. */
static int find_payload(const uint8_t *buf, size_t len, const struct media_exts *ids,
                        struct rtp_packet_exts *exts)
{
    size_t pos;
    int n;

    if (len < RTP_PACKET_HEADER || buf[0] >> 6 != RTP_VERSION)
        return -EBADMSG;
    pos = RTP_PACKET_HEADER + 4 * (size_t)(buf[0] & 0x0f);
    if (pos > len)
        return -EBADMSG;
    if (buf[0] & FLAG_EXTENSION) {
        n = read_exts(buf + pos, len - pos, ids, exts);
        if (n < 0)
            return n;
        pos += (size_t)n;
    }
    return (int)pos;
}

int rtp_packet_peek(const uint8_t *buf, size_t len, struct rtp_packet_header *ret_header)
{
    if (len < RTP_PACKET_HEADER || buf[0] >> 6 != RTP_VERSION)
        return -EBADMSG;
    ret_header->pt = buf[1] & 0x7f;
    ret_header->marker = buf[1] >> 7;
    ret_header->seq = get16(buf + 2);
    ret_header->ts = get32(buf + 4);
    ret_header->ssrc = get32(buf + 8);
    return 0;
}

int rtp_packet_parse(struct packet *packet, const struct media_exts *ids,
                     struct rtp_packet_exts *ret_exts)
{
    static const struct media_exts no_ids;
    struct rtp_packet_exts exts = {0};
    struct rtp_packet_header header;
    const uint8_t *buf = packet->buf + packet->start;
    size_t end = packet->len, padding = 0;
    int pos;

    if (packet->start > PACKET_BUF_SIZE || end > PACKET_BUF_SIZE - (size_t)packet->start)
        return -EBADMSG;
    pos = find_payload(buf, end, ids ? ids : &no_ids, &exts);
    if (pos < 0)
        return pos;
    if (buf[0] & FLAG_PADDING) {
        padding = end > (size_t)pos ? buf[end - 1] : 0;
        if (padding == 0 || padding > end - (size_t)pos)
            return -EBADMSG;
    }

    (void)rtp_packet_peek(buf, end, &header); /* find_payload() has checked the same */
    packet->pt = header.pt;
    packet->marker = header.marker;
    packet->seq = header.seq;
    packet->ts = header.ts;
    packet->ssrc = header.ssrc;
    packet->has_level = exts.has_level;
    packet->level = exts.level;
    packet->payload = (uint16_t)(packet->start + pos);
    packet->payload_len = (uint16_t)(end - (size_t)pos - padding);
    if (ret_exts)
        *ret_exts = exts;
    return 0;
}

int rtp_packet_write_header(uint8_t *buf, size_t size, const struct rtp_packet_header *header,
                            const struct rtp_packet_ext_values *exts)
{
    struct ext_block block = {.len = 0};

    if (exts)
        make_exts(&block, exts);
    if (size < RTP_PACKET_HEADER + block.len)
        return -ENOSPC;

    buf[0] = (uint8_t)(RTP_VERSION << 6 | (block.len ? FLAG_EXTENSION : 0));
    buf[1] = (uint8_t)((header->marker ? 0x80 : 0) | (header->pt & 0x7f));
    put16(buf + 2, header->seq);
    put32(buf + 4, header->ts);
    put32(buf + 8, header->ssrc);
    memcpy(buf + RTP_PACKET_HEADER, block.buf, block.len);
    return (int)(RTP_PACKET_HEADER + block.len);
}

int rtp_packet_write_rtx_header(uint8_t *buf, size_t size, const struct rtp_packet_header *header,
                                const struct rtp_packet_ext_values *exts, uint16_t osn)
{
    int n = rtp_packet_write_header(buf, size, header, exts);

    if (n < 0)
        return n;
    if (size - (size_t)n < OSN_LEN)
        return -ENOSPC;
    put16(buf + n, osn);
    return n + OSN_LEN;
}

int rtp_packet_rtx_restore(struct packet *packet, uint8_t pt, uint32_t ssrc)
{
    if (packet->payload_len <= OSN_LEN)
        return -ENODATA;

    packet->seq = get16(packet->buf + packet->payload);
    packet->pt = pt;
    packet->ssrc = ssrc;
    packet->payload = (uint16_t)(packet->payload + OSN_LEN);
    packet->payload_len = (uint16_t)(packet->payload_len - OSN_LEN);
    return 0;
}

uint32_t rtp_packet_abs_send_time(uint64_t now_us)
{
    /* (us << 18) / 10^6 does not overflow once the seconds are taken modulo 64. */
    return (uint32_t)((now_us % 64000000 << 18) / 1000000) & 0xffffff;
}
