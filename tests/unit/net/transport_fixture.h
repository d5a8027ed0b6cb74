/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/transport_fixture.h  A media loop on loopback, and a control thread to pump
 *
 * Takes the place of control_loop.c: what is posted waits until the test runs
 * it.  Include once in a test program.
 */
#ifndef TESTS_UNIT_NET_TRANSPORT_FIXTURE_H
#define TESTS_UNIT_NET_TRANSPORT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mcu/base/clock.h"
#include "net/control_loop.h"
#include "net/fanout.h"
#include "net/media_desc.h"
#include "net/media_loop.h"
#include "net/media_metric.h"
#include "net/packet.h"
#include "net/rtcp_packet.h"
#include "net/rtp_packet.h"
#include "net/sink.h"
#include "net/transport.h"

enum { POSTS = 256, EVENTS_MAX = 64, DEADLINE_US = 10 * 1000 * 1000, DATAGRAM = 2048 };

static struct post {
    control_msg_h *h;
    void *arg;
    _Alignas(16) uint8_t msg[CONTROL_LOOP_MSG_MAX];
} posts[POSTS];
static unsigned nposts;
static bool posts_refused; /* as if the queue of control were full */
static pthread_mutex_t posts_lock = PTHREAD_MUTEX_INITIALIZER;

int control_loop_post(control_msg_h *h, void *arg, const void *msg, size_t size)
{
    int err = -ENOSPC;

    pthread_mutex_lock(&posts_lock);
    if (nposts < POSTS && !posts_refused) {
        posts[nposts].h = h;
        posts[nposts].arg = arg;
        memcpy(posts[nposts].msg, msg, size);
        ++nposts;
        err = 0;
    }
    pthread_mutex_unlock(&posts_lock);
    return err;
}

static inline void refuse_posts(bool refuse)
{
    pthread_mutex_lock(&posts_lock);
    posts_refused = refuse;
    pthread_mutex_unlock(&posts_lock);
}

/** Run what was posted. */
static inline void pump(void)
{
    for (;;) {
        struct post post;

        pthread_mutex_lock(&posts_lock);
        if (!nposts) {
            pthread_mutex_unlock(&posts_lock);
            return;
        }
        post = posts[0];
        memmove(posts, posts + 1, --nposts * sizeof(posts[0]));
        pthread_mutex_unlock(&posts_lock);
        post.h(post.msg, post.arg);
    }
}

/** Events of a transport; its handler's argument. */
struct events {
    unsigned n;
    struct {
        enum transport_event event;
        int value;
        char why[64];
    } at[EVENTS_MAX];
};

static inline void on_event(enum transport_event event, int value, const char *why, void *arg)
{
    struct events *events = arg;

    assert_true(events->n < EVENTS_MAX);
    assert_non_null(why);
    events->at[events->n].event = event;
    events->at[events->n].value = value;
    snprintf(events->at[events->n].why, sizeof(events->at[0].why), "%s", why);
    ++events->n;
}

static inline bool has_event(const struct events *events, enum transport_event event)
{
    for (unsigned i = 0; i < events->n; ++i)
        if (events->at[i].event == event)
            return true;
    return false;
}

/** Wait a little for anything, and run what was posted. */
static inline void breathe(void)
{
    poll(NULL, 0, 1);
    pump();
}

static inline void wait_event(const struct events *events, enum transport_event event)
{
    uint64_t end = clock_now_us() + DEADLINE_US;

    while (!has_event(events, event)) {
        assert_true(clock_now_us() < end);
        breathe();
    }
}

static inline void wait_subscribers(const struct fanout *fanout, uint32_t n)
{
    uint64_t end = clock_now_us() + DEADLINE_US;

    while (fanout_subscribers(fanout) != n) {
        assert_true(clock_now_us() < end);
        breathe();
    }
}

static inline struct sockaddr_storage loopback(uint16_t port)
{
    struct sockaddr_storage ss;
    struct sockaddr_in in = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    memset(&ss, 0, sizeof(ss));
    memcpy(&ss, &in, sizeof(in));
    return ss;
}

/** A UDP socket of the other side. */
struct peer {
    int fd;
    uint16_t port;
};

static inline struct peer peer_open_at(uint16_t port)
{
    struct sockaddr_storage ss = loopback(port);
    struct peer peer;
    socklen_t len = sizeof(ss);
    struct sockaddr_in in;

    peer.fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_true(peer.fd >= 0);
    assert_int_equal(bind(peer.fd, (struct sockaddr *)&ss, sizeof(in)), 0);
    assert_int_equal(getsockname(peer.fd, (struct sockaddr *)&ss, &len), 0);
    memcpy(&in, &ss, sizeof(in));
    peer.port = ntohs(in.sin_port);
    return peer;
}

static inline struct peer peer_open(void)
{
    return peer_open_at(0);
}

static inline void peer_close(struct peer *peer)
{
    close(peer->fd);
    peer->fd = -1;
}

static inline void peer_send(const struct peer *peer, uint16_t port, const void *buf, size_t len)
{
    struct sockaddr_storage ss = loopback(port);

    assert_int_equal(
        sendto(peer->fd, buf, len, 0, (struct sockaddr *)&ss, sizeof(struct sockaddr_in)), len);
}

/** Next datagram before the deadline.  @return length, 0 if none came within @p wait_ms */
static inline size_t peer_recv_within(const struct peer *peer, uint8_t *buf, int wait_ms)
{
    struct pollfd p = {.fd = peer->fd, .events = POLLIN};
    ssize_t n;

    if (poll(&p, 1, wait_ms) <= 0)
        return 0;
    n = recv(peer->fd, buf, DATAGRAM, 0);
    assert_true(n > 0);
    return (size_t)n;
}

static inline bool is_rtcp(const uint8_t *buf)
{
    return buf[1] >= 192 && buf[1] <= 223;
}

/** Next RTP (or RTCP) datagram; others are skipped. */
static inline size_t peer_recv(const struct peer *peer, uint8_t *buf, bool rtcp)
{
    uint64_t end = clock_now_us() + DEADLINE_US;

    for (;;) {
        size_t n = peer_recv_within(peer, buf, 100);

        assert_true(clock_now_us() < end);
        if (n >= 8 && (buf[0] & 0xc0) == 0x80 && is_rtcp(buf) == rtcp)
            return n;
    }
}

static inline size_t make_rtp(uint8_t *buf, uint8_t pt, uint16_t seq, uint32_t ts, uint32_t ssrc,
                              const char *payload)
{
    struct rtp_packet_header header = {.pt = pt, .seq = seq, .ts = ts, .ssrc = ssrc};
    int n = rtp_packet_write_header(buf, DATAGRAM, &header, NULL);

    assert_true(n > 0);
    memcpy(buf + n, payload, strlen(payload));
    return (size_t)n + strlen(payload);
}

static inline void peer_send_rtp(const struct peer *peer, uint16_t port, uint8_t pt, uint16_t seq,
                                 uint32_t ssrc, const char *payload)
{
    uint8_t buf[DATAGRAM];

    peer_send(peer, port, buf, make_rtp(buf, pt, seq, seq * 160u, ssrc, payload));
}

/** A packet as an encoder makes it. */
static inline struct packet *make_packet(const char *payload, uint32_t ts)
{
    struct packet *packet = packet_new();

    assert_non_null(packet);
    packet->when_us = clock_now_us();
    packet->ts = ts;
    packet->payload_len = (uint16_t)strlen(payload);
    memcpy(packet->buf + packet->payload, payload, packet->payload_len);
    return packet;
}

/** Next packet of a sink before the deadline. */
static inline struct packet *sink_wait(struct sink *sink)
{
    uint64_t end = clock_now_us() + DEADLINE_US;
    struct packet *packet;

    while ((packet = sink_get(sink)) == NULL) {
        assert_true(clock_now_us() < end);
        breathe();
    }
    return packet;
}

/** The packet must have this payload; drops it. */
static inline void expect_payload(struct packet *packet, const char *payload)
{
    assert_int_equal(packet->payload_len, strlen(payload));
    assert_memory_equal(packet->buf + packet->payload, payload, packet->payload_len);
    packet_unref(packet);
}

/** Find a type in a compound.  @return false if it is not there */
static inline bool find_rtcp(const uint8_t *buf, size_t len, enum rtcp_packet_type type,
                             struct rtcp_packet *ret)
{
    struct rtcp_packet_iter iter;

    if (rtcp_packet_begin(&iter, buf, len))
        return false;
    while (rtcp_packet_next(&iter, ret))
        if (ret->type == type)
            return true;
    return false;
}

#endif
