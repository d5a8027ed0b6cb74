/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file bench/room/leg.c  The media of one call: paced RTP out, RTP counted in
 */
#include "bench/room/leg.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mcu/base/clock.h"
#include "mcu/base/id.h"

enum {
    RTP_HEADER = 12,  /* [bytes] */
    AUDIO_US = 20000, /* between packets */
    SENDER_REPORT_US = 2000000,
    BATCH = 32,    /* packets in one recvmmsg */
    BUFFER = 1600, /* largest packet [bytes] */
    BIND_TRIES = 64,
};

/* A direction of a medium: what we send and what we count. */
struct media {
    struct sockaddr_in rtcp;
    uint32_t ssrc, remote_ssrc;
    uint32_t ts, packets, bytes; /* sent */
    uint16_t seq;
    uint8_t pt;
    unsigned index; /* next packet of the voice or picture of the stream */
    uint64_t start_us, next_us, report_us;
    uint64_t count; /* packets or pictures since start */
    /* Received.  Sequence numbers are counted from the first one after a reset. */
    bool any;
    uint16_t first_seq;
    int32_t highest;
    uint32_t received, in_ts;
};

struct leg {
    struct leg_cfg cfg;
    int fd[LEG_SOCKETS];
    uint16_t port[LEG_SOCKETS];
    bool sending, picture_seen;
    struct media audio, video;
    uint32_t pictures, key_requests;
    uint64_t last_picture_us, longest_gap_us;
};

static void put16(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
    put16(p, v >> 16);
    put16(p + 2, v);
}

static uint32_t get32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int bind_port(uint16_t port, uint16_t *ret_port)
{
    struct sockaddr_in addr = {.sin_family = AF_INET, .sin_port = htons(port)};
    socklen_t len = sizeof(addr);
    int size = 1 << 19;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0) {
        return -errno;
    }
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
    if (bind(fd, (const struct sockaddr *)&addr, sizeof(addr)) ||
        getsockname(fd, (struct sockaddr *)&addr, &len)) {
        int err = -errno;

        (void)close(fd);
        return err;
    }
    *ret_port = ntohs(addr.sin_port);
    return fd;
}

/* An even port for RTP and the next one for RTCP. */
static int open_pair(struct leg *leg, unsigned which)
{
    int fd, err = -EADDRINUSE;

    for (unsigned i = 0; i < BIND_TRIES; i++) {
        fd = bind_port(0, &leg->port[which]);
        if (fd < 0) {
            return fd;
        }
        if (leg->port[which] % 2 == 0) {
            err = bind_port((uint16_t)(leg->port[which] + 1), &leg->port[which + 1]);
            if (err >= 0) {
                leg->fd[which] = fd;
                leg->fd[which + 1] = err;
                return 0;
            }
        }
        (void)close(fd);
    }
    return err < 0 ? err : -EADDRINUSE;
}

int leg_new(struct leg **ret_leg, const struct leg_cfg *cfg)
{
    struct leg *leg = calloc(1, sizeof(*leg));
    int err;

    if (!leg) {
        return -ENOMEM;
    }
    leg->cfg = *cfg;
    for (unsigned i = 0; i < LEG_SOCKETS; i++) {
        leg->fd[i] = -1;
    }
    leg->audio.ssrc = id_u32();
    leg->video.ssrc = id_u32();
    leg->audio.index = leg->video.index = cfg->first;
    err = open_pair(leg, LEG_AUDIO);
    if (!err && cfg->stream) {
        leg->video.index = stream_next_key(cfg->stream, cfg->first);
        err = open_pair(leg, LEG_VIDEO);
    }
    if (err) {
        leg_free(leg);
        return err;
    }
    *ret_leg = leg;
    return 0;
}

struct leg *leg_free(struct leg *leg)
{
    if (leg) {
        for (unsigned i = 0; i < LEG_SOCKETS; i++) {
            if (leg->fd[i] >= 0) {
                (void)close(leg->fd[i]);
            }
        }
        free(leg);
    }
    return NULL;
}

int leg_fd(const struct leg *leg, unsigned which)
{
    return leg->fd[which];
}

uint16_t leg_port(const struct leg *leg, unsigned which)
{
    return leg->port[which];
}

static void start_media(struct media *media, int fd, const struct offer_line *line,
                        uint64_t start_us)
{
    (void)connect(fd, (const struct sockaddr *)&line->rtp, sizeof(line->rtp));
    media->rtcp = line->rtcp;
    media->pt = line->pt;
    media->start_us = media->next_us = start_us;
    media->report_us = start_us + SENDER_REPORT_US / 4;
}

void leg_start(struct leg *leg, const struct offer_answer *answer, uint64_t now_us)
{
    start_media(&leg->audio, leg->fd[LEG_AUDIO], &answer->audio, now_us + leg->cfg.phase_us);
    leg->sending = true;
    if (leg->cfg.stream && answer->video.rtp.sin_port) {
        start_media(&leg->video, leg->fd[LEG_VIDEO], &answer->video, now_us + leg->cfg.phase_us);
    } else {
        leg->cfg.stream = NULL;
    }
}

void leg_stop(struct leg *leg)
{
    leg->sending = false;
}

static void put_header(uint8_t *p, const struct media *media, bool marker)
{
    p[0] = 0x80;
    p[1] = (uint8_t)(media->pt | (marker ? 0x80 : 0));
    put16(p + 2, media->seq);
    put32(p + 4, media->ts);
    put32(p + 8, media->ssrc);
}

static void send_audio(struct leg *leg, uint64_t now_us)
{
    struct media *m = &leg->audio;
    uint8_t packet[BUFFER];
    const uint8_t *payload;
    size_t len;

    payload = voice_packet(leg->cfg.voice, m->index, &len);
    put_header(packet, m, !m->count);
    memcpy(packet + RTP_HEADER, payload, len);
    (void)send(leg->fd[LEG_AUDIO], packet, RTP_HEADER + len, 0);
    if (leg->cfg.tap.audio_senth) {
        leg->cfg.tap.audio_senth(m->index % voice_packets(leg->cfg.voice), now_us,
                                 leg->cfg.tap.arg);
    }
    m->index++;
    m->seq++;
    m->packets++;
    m->bytes += (uint32_t)len;
    m->ts += leg->cfg.codec == OPTIONS_CODEC_OPUS ? 960 : 160;
    m->next_us = m->start_us + ++m->count * AUDIO_US;
}

static void send_picture(struct leg *leg)
{
    struct media *m = &leg->video;
    const struct stream_picture *picture = stream_picture(leg->cfg.stream, m->index);
    uint8_t header[STREAM_PICTURE_PACKETS_MAX][RTP_HEADER + 2];
    struct iovec iov[STREAM_PICTURE_PACKETS_MAX][2];
    struct mmsghdr msg[STREAM_PICTURE_PACKETS_MAX];
    unsigned sent = 0;
    int n;

    for (unsigned i = 0; i < picture->npackets; i++) {
        const struct stream_packet *p = &picture->packets[i];

        put_header(header[i], m, i + 1 == picture->npackets);
        memcpy(header[i] + RTP_HEADER, p->fu, 2);
        iov[i][0] = (struct iovec){header[i], (size_t)RTP_HEADER + p->fu_len};
        iov[i][1].iov_len = p->len;
        memcpy(&iov[i][1].iov_base, &p->data, sizeof(p->data)); /* sendmmsg only reads */
        msg[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = iov[i], .msg_iovlen = 2}};
        m->seq++;
        m->packets++;
        m->bytes += p->len;
    }
    while (sent < picture->npackets) {
        n = sendmmsg(leg->fd[LEG_VIDEO], msg + sent, picture->npackets - sent, 0);
        if (n <= 0) {
            break;
        }
        sent += (unsigned)n;
    }
}

static void send_video(struct leg *leg)
{
    struct media *m = &leg->video;

    send_picture(leg);
    if (leg->cfg.tap.picture_senth) {
        leg->cfg.tap.picture_senth(m->index % stream_pictures(leg->cfg.stream), clock_now_us(),
                                   leg->cfg.tap.arg);
    }
    m->index++;
    m->ts += 3000;
    m->count++;
    m->next_us = m->start_us + m->count * 1000000 / 30;
}

/* Sender report and a CNAME (RFC 3550, 6.4.1 and 6.5). */
static void send_report(struct media *media, int fd, uint64_t now_us)
{
    uint64_t ntp = clock_ntp(now_us);
    uint8_t p[28 + 16] = {0x80, 200, 0, 6};

    put32(p + 4, media->ssrc);
    put32(p + 8, (uint32_t)(ntp >> 32));
    put32(p + 12, (uint32_t)ntp);
    put32(p + 16, media->ts);
    put32(p + 20, media->packets);
    put32(p + 24, media->bytes);
    p[28] = 0x81;
    p[29] = 202;
    p[31] = 3;
    put32(p + 32, media->ssrc);
    p[36] = 1; /* CNAME, five characters, the end */
    p[37] = 5;
    memcpy(p + 38, "bench", 5);
    (void)sendto(fd, p, sizeof(p), 0, (const struct sockaddr *)&media->rtcp, sizeof(media->rtcp));
    media->report_us = now_us + SENDER_REPORT_US;
}

void leg_tick(struct leg *leg, uint64_t now_us)
{
    if (!leg->sending) {
        return;
    }
    while (now_us >= leg->audio.next_us) {
        send_audio(leg, now_us);
    }
    if (now_us >= leg->audio.report_us) {
        send_report(&leg->audio, leg->fd[LEG_AUDIO_RTCP], now_us);
    }
    if (!leg->cfg.stream) {
        return;
    }
    while (now_us >= leg->video.next_us) {
        send_video(leg);
    }
    if (now_us >= leg->video.report_us) {
        send_report(&leg->video, leg->fd[LEG_VIDEO_RTCP], now_us);
    }
}

void leg_key(struct leg *leg)
{
    leg->key_requests++;
    if (leg->cfg.stream) {
        leg->video.index = stream_next_key(leg->cfg.stream, leg->video.index);
    }
}

void leg_request_key(struct leg *leg)
{
    uint8_t p[12] = {0x81, 206, 0, 2};

    if (!leg->cfg.stream || !leg->video.remote_ssrc) {
        return;
    }
    put32(p + 4, leg->video.ssrc);
    put32(p + 8, leg->video.remote_ssrc);
    (void)sendto(leg->fd[LEG_VIDEO_RTCP], p, sizeof(p), 0,
                 (const struct sockaddr *)&leg->video.rtcp, sizeof(leg->video.rtcp));
}

/* Look for PLI and FIR (RFC 4585, 6.3.1; RFC 5104, 4.3.1). */
static void on_rtcp(struct leg *leg, const uint8_t *p, size_t len)
{
    while (len >= 4) {
        size_t size = 4 * ((size_t)p[2] << 8 | p[3]) + 4;
        unsigned format = p[0] & 0x1fu;

        if (p[1] == 206 && (format == 1 || format == 4)) {
            leg_key(leg);
        }
        if (size > len) {
            return;
        }
        p += size;
        len -= size;
    }
}

static void count_packet(struct media *media, const uint8_t *p)
{
    uint16_t seq = (uint16_t)(p[2] << 8 | p[3]);
    int16_t step;

    media->remote_ssrc = get32(p + 8);
    if (!media->any) {
        media->any = true;
        media->first_seq = seq;
        media->highest = 0;
        media->received = 0;
    }
    step = (int16_t)(uint16_t)(seq - (uint16_t)(media->first_seq + (uint32_t)media->highest));
    if (step > 0) {
        media->highest += step;
    }
    media->received++;
}

static void count_picture(struct leg *leg, const uint8_t *p, uint64_t now_us)
{
    uint32_t ts = get32(p + 4);

    if (leg->picture_seen && (int32_t)(ts - leg->video.in_ts) <= 0) {
        return;
    }
    if (now_us - leg->last_picture_us > leg->longest_gap_us) {
        leg->longest_gap_us = now_us - leg->last_picture_us;
    }
    leg->picture_seen = true;
    leg->video.in_ts = ts;
    leg->last_picture_us = now_us;
    leg->pictures++;
}

/* Length of header, CSRCs and extension, or 0 if it does not fit. */
static size_t header_length(const uint8_t *p, size_t len)
{
    size_t n = RTP_HEADER + 4 * (size_t)(p[0] & 15);

    if ((p[0] & 0x10) && n + 4 <= len) {
        n += 4 + 4 * ((size_t)p[n + 2] << 8 | p[n + 3]);
    }
    return n <= len ? n : 0;
}

static void on_packet(struct leg *leg, unsigned which, const uint8_t *p, size_t len,
                      uint64_t now_us)
{
    const struct leg_tap *tap = &leg->cfg.tap;
    size_t n;

    if (len < 8 || p[0] >> 6 != 2) {
        return;
    }
    if (p[1] >= 192 && p[1] <= 223) {
        on_rtcp(leg, p, len);
        return;
    }
    n = len > RTP_HEADER ? header_length(p, len) : 0;
    if (!n) {
        return;
    }
    if (which == LEG_AUDIO) {
        count_packet(&leg->audio, p);
        if (tap->audioh) {
            tap->audioh(p + n, len - n, now_us, tap->arg);
        }
    } else if (which == LEG_VIDEO) {
        count_packet(&leg->video, p);
        count_picture(leg, p, now_us);
        if (tap->videoh) {
            tap->videoh(p + n, len - n, p[1] & 0x80, now_us, tap->arg);
        }
    }
}

void leg_recv(struct leg *leg, unsigned which, uint64_t now_us)
{
    static _Thread_local uint8_t buffer[BATCH][BUFFER];
    struct mmsghdr msg[BATCH];
    struct iovec iov[BATCH];
    int n;

    do {
        for (unsigned i = 0; i < BATCH; i++) {
            iov[i] = (struct iovec){buffer[i], BUFFER};
            msg[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &iov[i], .msg_iovlen = 1}};
        }
        n = recvmmsg(leg->fd[which], msg, BATCH, MSG_DONTWAIT, NULL);
        for (int i = 0; i < n; i++) {
            on_packet(leg, which, buffer[i], msg[i].msg_len, now_us);
        }
    } while (n == BATCH);
}

void leg_reset(struct leg *leg, uint64_t now_us)
{
    leg->audio.any = leg->video.any = false;
    leg->audio.received = leg->video.received = 0;
    leg->pictures = leg->key_requests = 0;
    leg->longest_gap_us = 0;
    leg->last_picture_us = now_us;
}

static uint32_t lost(const struct media *media)
{
    int64_t missing = media->any ? (int64_t)media->highest + 1 - media->received : 0;

    return missing > 0 ? (uint32_t)missing : 0;
}

void leg_stats(const struct leg *leg, uint64_t now_us, struct leg_stats *ret_stats)
{
    uint64_t tail = now_us - leg->last_picture_us;

    *ret_stats = (struct leg_stats){
        .audio_packets = leg->audio.received,
        .video_packets = leg->video.received,
        .pictures = leg->pictures,
        .lost = lost(&leg->audio) + lost(&leg->video),
        .key_requests = leg->key_requests,
        .longest_gap_us = tail > leg->longest_gap_us ? tail : leg->longest_gap_us,
    };
}
