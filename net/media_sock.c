/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/media_sock.c  UDP sockets, read and written in batches
 */
#include "net/media_sock.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mcu/base/id.h"
#include "net/media_metric.h"
#include "net/packet.h"

struct media_sock_tx {
    unsigned n;
    int fd[MEDIA_SOCK_TX];
    uint16_t len[MEDIA_SOCK_TX];
    union media_addr to[MEDIA_SOCK_TX];
    struct mmsghdr msg[MEDIA_SOCK_TX]; /* scratch of a flush */
    struct iovec iov[MEDIA_SOCK_TX];
    alignas(64) uint8_t buf[MEDIA_SOCK_TX][MEDIA_SOCK_DATAGRAM_MAX];
};

static void set_buffers(int fd, int size)
{
    /* With the privilege beyond the system's limit, else up to it. */
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
    if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)))
        (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

int media_sock_open(union media_addr *addr, int buffer)
{
    static const int on = 1;
    socklen_t len = sizeof(*addr);
    int fd, err;

    fd = socket(addr->sa.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if (addr->sa.sa_family == AF_INET6)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
    if (bind(fd, &addr->sa, media_addr_len(addr)) || getsockname(fd, &addr->sa, &len)) {
        err = -errno;
        close(fd);
        return err;
    }
    set_buffers(fd, buffer);
    return fd;
}

/* Both ports or none. */
static int open_both(int ret_fd[2], const union media_addr *addr, uint16_t port)
{
    union media_addr a = *addr;
    int fd;

    media_addr_set_port(&a, port);
    fd = media_sock_open(&a, MEDIA_SOCK_BUFFER_PAIR);
    if (fd < 0)
        return fd;
    media_addr_set_port(&a, (uint16_t)(port + 1));
    ret_fd[1] = media_sock_open(&a, MEDIA_SOCK_BUFFER_PAIR / 4);
    if (ret_fd[1] < 0) {
        close(fd);
        return ret_fd[1];
    }
    ret_fd[0] = fd;
    return 0;
}

int media_sock_open_pair(int ret_fd[2], union media_addr *addr, uint16_t port_min,
                         uint16_t port_max)
{
    uint32_t first = (port_min + 1u) & ~1u, npairs, start;

    if (port_min < 2 || first + 1 > port_max)
        return -EINVAL;

    npairs = (port_max - first + 1) / 2;
    start = id_u32() % npairs;
    for (uint32_t i = 0; i < npairs; ++i) {
        uint16_t port = (uint16_t)(first + 2 * ((start + i) % npairs));
        int err = open_both(ret_fd, addr, port);

        if (err == -EADDRINUSE || err == -EACCES)
            continue;
        if (!err)
            media_addr_set_port(addr, port);
        return err;
    }
    return -EADDRINUSE;
}

/* Packets for the whole batch, or as many as there are. */
static unsigned fill(struct media_sock_rx *rx)
{
    for (unsigned i = 0; i < MEDIA_SOCK_RX; ++i) {
        if (!rx->packet[i])
            rx->packet[i] = packet_new();
        if (!rx->packet[i])
            return i;
    }
    return MEDIA_SOCK_RX;
}

/* Without packets: take a datagram off the socket, or it would stay readable. */
static void discard(int fd)
{
    uint8_t byte;

    for (int i = 0; i < MEDIA_SOCK_RX && recv(fd, &byte, 1, 0) >= 0; ++i)
        metric_add(&media_metric_drop_pool, 1);
}

unsigned media_sock_recv(struct media_sock_rx *rx, int fd, uint64_t now_us)
{
    struct mmsghdr msg[MEDIA_SOCK_RX];
    struct iovec iov[MEDIA_SOCK_RX];
    unsigned max = fill(rx);
    int n;

    if (!max) {
        discard(fd);
        return 0;
    }
    for (unsigned i = 0; i < max; ++i) {
        iov[i] = (struct iovec){rx->packet[i]->buf, PACKET_BUF_SIZE};
        msg[i].msg_hdr = (struct msghdr){.msg_name = &rx->from[i],
                                         .msg_namelen = sizeof(rx->from[i]),
                                         .msg_iov = &iov[i],
                                         .msg_iovlen = 1};
    }
    do
        n = recvmmsg(fd, msg, max, 0, NULL);
    while (n < 0 && errno == EINTR);

    for (int i = 0; i < n; ++i) {
        struct packet *packet = rx->packet[i];
        bool cut = msg[i].msg_hdr.msg_flags & MSG_TRUNC;

        packet->when_us = now_us;
        packet->start = 0;
        packet->len = cut ? 0 : (uint16_t)msg[i].msg_len;
    }
    return n > 0 ? (unsigned)n : 0;
}

void media_sock_rx_finish(struct media_sock_rx *rx)
{
    for (unsigned i = 0; i < MEDIA_SOCK_RX; ++i)
        rx->packet[i] = packet_unref(rx->packet[i]);
}

int media_sock_tx_new(struct media_sock_tx **ret_tx)
{
    struct media_sock_tx *tx;

    assert(ret_tx);
    tx = aligned_alloc(64, sizeof(*tx));
    if (!tx)
        return -ENOMEM;

    tx->n = 0;
    memset(tx->msg, 0, sizeof(tx->msg));
    *ret_tx = tx;
    return 0;
}

struct media_sock_tx *media_sock_tx_free(struct media_sock_tx *tx)
{
    free(tx);
    return NULL;
}

uint8_t *media_sock_reserve(struct media_sock_tx *tx)
{
    if (tx->n == MEDIA_SOCK_TX)
        media_sock_flush(tx);
    return tx->buf[tx->n];
}

void media_sock_commit(struct media_sock_tx *tx, int fd, const union media_addr *to, size_t len)
{
    unsigned i = tx->n++;

    assert(i < MEDIA_SOCK_TX && len <= MEDIA_SOCK_DATAGRAM_MAX && fd >= 0);
    tx->fd[i] = fd;
    tx->to[i] = *to;
    tx->len[i] = (uint16_t)len;
}

static bool wait_writable(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLOUT};

    return poll(&p, 1, MEDIA_SOCK_WAIT_MS) == 1 && p.revents & POLLOUT;
}

/* All of tx->msg[0 .. n - 1] through one socket. */
static void send_all(struct media_sock_tx *tx, int fd, unsigned n)
{
    bool waited = false;
    unsigned done = 0;

    while (done < n) {
        int sent = sendmmsg(fd, tx->msg + done, n - done, 0);

        if (sent > 0) {
            done += (unsigned)sent;
        } else if (errno == EAGAIN && !waited && wait_writable(fd)) {
            waited = true; /* a key frame for many: as fast as the interface takes it */
        } else if (errno == EAGAIN || errno == ENOBUFS) {
            metric_add(&media_metric_drop_socket, n - done);
            return;
        } else if (errno != EINTR) { /* this one cannot be sent: unreachable, bad address */
            metric_add(&media_metric_drop_socket, 1);
            ++done;
        }
    }
}

void media_sock_flush(struct media_sock_tx *tx)
{
    unsigned left = tx->n;

    for (unsigned first = 0; left; ++first) {
        int fd = tx->fd[first];
        unsigned n = 0;

        if (fd < 0)
            continue;
        for (unsigned i = first; i < tx->n; ++i) {
            if (tx->fd[i] != fd)
                continue;
            tx->iov[n] = (struct iovec){tx->buf[i], tx->len[i]};
            tx->msg[n].msg_hdr.msg_name = &tx->to[i];
            tx->msg[n].msg_hdr.msg_namelen = media_addr_len(&tx->to[i]);
            tx->msg[n].msg_hdr.msg_iov = &tx->iov[n];
            tx->msg[n].msg_hdr.msg_iovlen = 1;
            tx->fd[i] = -1;
            ++n;
        }
        send_all(tx, fd, n);
        left -= n;
    }
    tx->n = 0;
}
