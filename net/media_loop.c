/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/media_loop.c  A media thread: its sockets, its timers, its transports
 *
 *     epoll --+-- shared sockets ----> transport_webrtc_input()
 *             +-- port pairs --------> transport_rtp_input()
 *             '-- queue -------------> commands; packets to send --> transport_flow_send()
 *     wheel of 10 ms ----------------> transport_media_tick()
 *     ... and at the end of each turn one flush of the send batch
 */
#include "net/media_loop.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "mcu/base/clock.h"
#include "net/dtls_srtp.h"
#include "net/media_metric.h"
#include "net/media_queue.h"
#include "net/media_sock.h"
#include "net/packet.h"
#include "net/transport_flow.h"
#include "net/transport_media.h"
#include "net/transport_rtp.h"
#include "net/transport_state.h"
#include "net/transport_webrtc.h"

enum {
    EVENTS = 64,     /* of one epoll_wait() */
    BATCHES = 4,     /* receive batches of one socket in a turn: others wait, too */
    SENDS = 2048,    /* datagrams sent from the queue in a turn, about */
    IDLE_MS = 1000,  /* without transports */
    BIND_TRIES = 32, /* for one port on several addresses */
};

static void input(struct media_loop *loop, struct transport_port *port, struct media_sock_rx *rx)
{
    /* Epoll tells again what is left after a turn: it is level-triggered. */
    for (unsigned b = 0; b < BATCHES; ++b) {
        uint64_t now_us = clock_now_us();
        unsigned n = media_sock_recv(rx, port->fd, now_us);

        for (unsigned i = 0; i < n; ++i) {
            struct packet *packet = rx->packet[i];

            rx->packet[i] = NULL;
            if (port->media)
                transport_rtp_input(port, packet, &rx->from[i], now_us);
            else
                transport_webrtc_input(loop, port, packet, &rx->from[i], now_us);
        }
        if (n < MEDIA_SOCK_RX)
            return;
    }
}

static void take_packets(struct media_loop *loop, uint64_t now_us)
{
    struct media_queue_item item;
    unsigned n = 0;

    while (n < SENDS && media_queue_take(loop->queue, &item)) {
        struct fanout_sub *sub = fanout_first(item.fanout, loop->cfg.index);

        for (; sub; sub = sub->next, ++n)
            transport_flow_send(sub->owner, item.packet, now_us);
        packet_unref(item.packet);
        fanout_unref(item.fanout);
        ++n;
    }
    if (n >= SENDS) /* more may wait */
        media_queue_wake(loop->queue);
}

static void close_wanted(struct media_loop *loop, uint64_t now_us)
{
    struct transport_media *next;

    for (struct transport_media *media = loop->media.first; media; media = next) {
        next = media->next;
        if (atomic_load_explicit(&media->handle->close_wanted, memory_order_acquire))
            transport_media_close(media, now_us);
    }
}

static void take_queue(struct media_loop *loop)
{
    struct transport_command *command;
    uint64_t now_us = clock_now_us();
    bool closing;

    media_queue_clear(loop->queue);
    /* Looked at first: what was commanded before a close is in the queue by now. */
    closing = atomic_exchange_explicit(&loop->close_wanted, false, memory_order_acq_rel);
    while ((command = media_queue_take_command(loop->queue)) != NULL)
        transport_media_command(loop, command, now_us);
    if (closing)
        close_wanted(loop, now_us);
    take_packets(loop, now_us);
}

static void run_wheel(struct media_loop *loop)
{
    uint64_t now_us = clock_now_us(), now = now_us / TRANSPORT_STATE_TICK_US;

    if (now - loop->media.tick > TRANSPORT_STATE_SLOTS)
        loop->media.tick = now - TRANSPORT_STATE_SLOTS; /* stopped for long: each slot once */
    while (loop->media.tick < now) {
        struct transport_media **slot;

        slot = &loop->media.wheel[++loop->media.tick % TRANSPORT_STATE_SLOTS];
        while (*slot) /* a tick arms at a later slot, so this one runs empty */
            transport_media_tick(*slot, now_us);
    }
}

static int wait_ms(const struct media_loop *loop)
{
    uint64_t next_us = (loop->media.tick + 1) * TRANSPORT_STATE_TICK_US, now_us = clock_now_us();

    if (!loop->media.first)
        return IDLE_MS;
    return next_us > now_us ? (int)((next_us - now_us) / 1000) + 1 : 0;
}

static void turn(struct media_loop *loop, struct media_sock_rx *rx)
{
    struct epoll_event event[EVENTS];
    bool queued = false;
    int n = epoll_wait(loop->media.epoll, event, EVENTS, wait_ms(loop));

    for (int i = 0; i < n; ++i) {
        if (event[i].data.ptr)
            input(loop, event[i].data.ptr, rx);
        else
            queued = true;
    }
    /* After the sockets: commands may free what the events point to. */
    if (queued)
        take_queue(loop);
    run_wheel(loop);
    media_sock_flush(loop->media.tx);
}

static void *run(void *arg)
{
    struct media_loop *loop = arg;
    struct media_sock_rx rx;

    memset(&rx, 0, sizeof(rx));
    loop->media.tick = clock_now_us() / TRANSPORT_STATE_TICK_US;
    while (!atomic_load_explicit(&loop->stop, memory_order_acquire))
        turn(loop, &rx);

    take_queue(loop);
    for (struct transport_media *m = loop->media.first; m; m = m->next)
        transport_flow_bye(m);
    media_sock_flush(loop->media.tx);
    media_sock_rx_finish(&rx);
    return NULL;
}

/* One port on all addresses; with port 0 the first socket's port must be free on the others. */
static int bind_all(struct media_loop *loop)
{
    uint16_t port = loop->cfg.udp_port ? (uint16_t)(loop->cfg.udp_port + loop->cfg.index) : 0;
    int err = 0;

    for (unsigned i = 0; i < loop->cfg.naddrs && !err; ++i) {
        union media_addr addr = media_addr_from(&loop->cfg.addr[i]);
        int fd;

        media_addr_set_port(&addr, port);
        fd = media_sock_open(&addr, MEDIA_SOCK_BUFFER);
        err = fd < 0 ? fd : 0;
        loop->media.sock[i].fd = fd < 0 ? -1 : fd;
        port = fd < 0 ? port : media_addr_port(&addr);
    }
    loop->port = port;
    return err;
}

static void close_sockets(struct media_loop *loop)
{
    for (unsigned i = 0; i < MEDIA_LOOP_ADDRS_MAX; ++i) {
        if (loop->media.sock[i].fd >= 0)
            close(loop->media.sock[i].fd);
        loop->media.sock[i].fd = -1;
    }
}

static int open_sockets(struct media_loop *loop)
{
    int err = -EADDRINUSE;

    for (int i = 0; err == -EADDRINUSE && i < (loop->cfg.udp_port ? 1 : BIND_TRIES); ++i) {
        close_sockets(loop);
        err = bind_all(loop);
    }
    return err;
}

static int watch(struct media_loop *loop, int fd, void *ptr)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = ptr};

    return epoll_ctl(loop->media.epoll, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

static int watch_all(struct media_loop *loop)
{
    int err = watch(loop, media_queue_fd(loop->queue), NULL);

    for (unsigned i = 0; i < loop->cfg.naddrs && !err; ++i)
        err = watch(loop, loop->media.sock[i].fd, &loop->media.sock[i]);
    return err;
}

static bool is_valid(const struct media_loop_cfg *cfg)
{
    if (cfg->index > MEDIA_LOOP_INDEX_MAX || cfg->naddrs > MEDIA_LOOP_ADDRS_MAX ||
        !cfg->max_transports || (uint32_t)cfg->udp_port + cfg->index > UINT16_MAX)
        return false;
    for (unsigned i = 0; i < cfg->naddrs; ++i)
        if (cfg->addr[i].ss_family != AF_INET && cfg->addr[i].ss_family != AF_INET6)
            return false;
    return true;
}

/* All but the thread and the transports. */
static void destroy(struct media_loop *loop)
{
    close_sockets(loop);
    if (loop->media.epoll >= 0)
        close(loop->media.epoll);
    media_queue_free(loop->queue);
    media_peers_free(loop->media.peers);
    media_sock_tx_free(loop->media.tx);
    dtls_srtp_ctx_free(loop->dtls);
    free(loop);
}

static int create(struct media_loop *loop)
{
    int err = open_sockets(loop);

    if (err)
        return err;
    loop->media.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (loop->media.epoll < 0)
        return -errno;
    err = media_queue_new(&loop->queue, MEDIA_LOOP_QUEUE);
    if (!err)
        err = media_sock_tx_new(&loop->media.tx);
    if (!err)
        err = media_peers_new(&loop->media.peers, 2 * loop->cfg.max_transports);
    if (!err)
        err = dtls_srtp_ctx_new(&loop->dtls);
    if (!err)
        err = watch_all(loop);
    return err;
}

int media_loop_new(struct media_loop **ret_loop, const struct media_loop_cfg *cfg,
                   uint16_t *ret_port)
{
    struct media_loop *loop;
    int err;

    assert(ret_loop && cfg);
    if (!is_valid(cfg))
        return -EINVAL;
    loop = calloc(1, sizeof(*loop));
    if (!loop)
        return -ENOMEM;

    loop->cfg = *cfg;
    if (!loop->cfg.remb_bps)
        loop->cfg.remb_bps = MEDIA_LOOP_REMB_BPS;
    loop->media.epoll = -1;
    for (unsigned i = 0; i < MEDIA_LOOP_ADDRS_MAX; ++i)
        loop->media.sock[i].fd = -1;
    err = create(loop);
    if (!err)
        err = -pthread_create(&loop->thread, NULL, run, loop);
    if (err) {
        destroy(loop);
        return err;
    }
    if (ret_port)
        *ret_port = loop->port;
    *ret_loop = loop;
    return 0;
}

/* The thread is gone: tell control what was left, on control. */
static void close_left(struct media_loop *loop)
{
    struct transport_media *media;

    while ((media = loop->media.first) != NULL) {
        struct transport *handle = media->handle;

        loop->media.first = media->next;
        metric_add(handle->cfg.webrtc ? &media_metric_webrtc : &media_metric_rtp, -1);
        ref_get(&handle->ref);
        handle->media = NULL;
        transport_media_free(media);
        transport_finish(handle);
        transport_unref(handle);
    }
}

struct media_loop *media_loop_free(struct media_loop *loop)
{
    if (!loop)
        return NULL;
    /* Release: what control did before is seen by the thread's last look at the queue. */
    atomic_store_explicit(&loop->stop, true, memory_order_release);
    media_queue_wake(loop->queue);
    pthread_join(loop->thread, NULL);
    close_left(loop);
    destroy(loop);
    return NULL;
}

void media_loop_metrics_register(void)
{
    media_metric_register();
}
