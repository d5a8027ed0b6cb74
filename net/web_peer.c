/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/web_peer.c  Connections: accept, limits per address, deadlines
 *
 * We accept ourselves and hand the socket to libwebsockets, so that a connection over a
 * limit costs one system call and no TLS.  What belongs to a connection is in a slot of a
 * table; its id changes with every request, so that late answers find nothing.
 */
#include "net/web_private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libwebsockets.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mcu/base/clock.h"
#include "mcu/base/metric.h"
#include "net/web_callback.h"

enum { ACCEPT_BATCH = 32 };

static struct metric refused =
    METRIC_COUNTER("medley_web_refused_total", "", "Connections closed at once because of a limit");

int web_peer_setup(struct web_server *server)
{
    server->npeers = server->cfg.max_connections + WEB_ADMIN_SLOTS;
    server->peers = calloc(server->npeers, sizeof(*server->peers));
    if (!server->peers)
        return -ENOMEM;

    for (uint32_t i = server->npeers; i-- > 0;) {
        server->peers[i].slot = i;
        server->peers[i].next = server->free_peers;
        server->free_peers = &server->peers[i];
    }
    server->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    metric_register(&refused);
    return 0;
}

void web_peer_teardown(struct web_server *server)
{
    for (uint32_t i = 0; server->peers && i < server->npeers; ++i)
        if (server->peers[i].state != WEB_STATE_FREE)
            web_peer_release(&server->peers[i]);
    free(server->peers);
    server->peers = NULL;
    if (server->spare_fd >= 0)
        close(server->spare_fd);
    server->spare_fd = -1;
}

uint64_t web_peer_renew(struct web_peer *peer)
{
    struct web_server *server = peer->listen->server;

    peer->id = (++server->serial << WEB_SLOT_BITS) | peer->slot;
    return peer->id;
}

struct web_peer *web_peer_find(struct web_server *server, uint64_t id)
{
    uint64_t slot = id & ((1u << WEB_SLOT_BITS) - 1);

    if (id == 0 || slot >= server->npeers || server->peers[slot].id != id)
        return NULL;
    return &server->peers[slot];
}

struct web_peer *web_peer_of(struct lws *wsi)
{
    return wsi ? lws_get_opaque_user_data(wsi) : NULL;
}

void web_peer_kill(struct web_peer *peer)
{
    peer->deadline_us = 0;
    lws_set_timeout(peer->wsi, PENDING_TIMEOUT_CLOSE_SEND, LWS_TO_KILL_ASYNC);
}

static void addr_read(const struct sockaddr_storage *ss, struct web_addr *ret, char *name,
                      size_t size)
{
    char host[INET6_ADDRSTRLEN] = "?";

    memset(ret, 0, sizeof(*ret));
    if (ss->ss_family == AF_UNIX) {
        snprintf(name, size, "unix");
    } else if (ss->ss_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const void *)ss;

        inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host));
        memcpy(ret->bytes, &in6->sin6_addr, 16);
        if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr))
            snprintf(name, size, "%s:%u", host + strlen("::ffff:"), ntohs(in6->sin6_port));
        else
            snprintf(name, size, "[%s]:%u", host, ntohs(in6->sin6_port));
        if (!IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr) && !IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr))
            memset(ret->bytes + 8, 0, 8);
    } else {
        const struct sockaddr_in *in = (const void *)ss;

        inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host));
        ret->bytes[10] = ret->bytes[11] = 0xff;
        memcpy(ret->bytes + 12, &in->sin_addr, 4);
        snprintf(name, size, "%s:%u", host, ntohs(in->sin_port));
    }
}

static struct web_peer **addr_bucket(struct web_server *server, const struct web_addr *addr)
{
    uint32_t hash = 2166136261u; /* FNV-1a */

    for (size_t i = 0; i < sizeof(addr->bytes); ++i)
        hash = (hash ^ addr->bytes[i]) * 16777619u;
    return &server->bucket[(hash ^ hash >> 16) % WEB_BUCKETS];
}

static bool addr_is_full(struct web_server *server, const struct web_addr *addr)
{
    uint32_t n = 0;

    if (server->cfg.max_per_address == 0)
        return false;
    for (struct web_peer *p = *addr_bucket(server, addr); p; p = p->next)
        if (memcmp(&p->addr, addr, sizeof(*addr)) == 0)
            ++n;
    return n >= server->cfg.max_per_address;
}

/** Take a slot for a new connection, or NULL if a limit is reached. */
static struct web_peer *peer_take(const struct web_listen *listen,
                                  const struct sockaddr_storage *ss)
{
    struct web_server *server = listen->server;
    struct web_peer *peer = server->free_peers, **bucket;
    struct web_addr addr;
    char name[sizeof(peer->name)];
    uint32_t slot;

    addr_read(ss, &addr, name, sizeof(name));
    if (!peer || server->stopping)
        return NULL;
    if (!listen->admin &&
        (server->npublic >= server->cfg.max_connections || addr_is_full(server, &addr)))
        return NULL;

    server->free_peers = peer->next;
    slot = peer->slot;
    memset(peer, 0, sizeof(*peer));
    peer->slot = slot;
    peer->state = WEB_STATE_HEAD;
    peer->listen = listen;
    peer->addr = addr;
    memcpy(peer->name, name, sizeof(name));
    peer->deadline_us = clock_now_us() + WEB_HEAD_US;
    bucket = addr_bucket(server, &addr);
    peer->next = *bucket;
    *bucket = peer;
    if (!listen->admin)
        ++server->npublic;
    return peer;
}

void web_peer_release(struct web_peer *peer)
{
    struct web_server *server = peer->listen->server;
    struct web_peer **p = addr_bucket(server, &peer->addr);

    web_socket_release(peer);
    web_http_release(peer);
    while (*p != peer)
        p = &(*p)->next;
    *p = peer->next;
    if (!peer->listen->admin)
        --server->npublic;
    peer->state = WEB_STATE_FREE;
    peer->id = 0;
    peer->next = server->free_peers;
    server->free_peers = peer;
}

/** Without descriptors left the backlog would keep us awake for ever: refuse the first of it. */
static void shed(struct web_server *server, int listen_fd)
{
    int fd;

    if (server->spare_fd >= 0)
        close(server->spare_fd);
    fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC);
    if (fd >= 0)
        close(fd);
    server->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    metric_add(&refused, 1);
}

static void adopt(const struct web_listen *listen, int fd, const struct sockaddr_storage *ss)
{
    struct web_peer *peer = peer_take(listen, ss);
    lws_adopt_desc_t desc = {
        .vh = listen->vhost,
        .type = LWS_ADOPT_SOCKET | LWS_ADOPT_HTTP | LWS_ADOPT_ALLOW_SSL,
        .fd.sockfd = fd,
        .opaque = peer,
    };
    struct lws *wsi;

    if (!peer) {
        metric_add(&refused, 1);
        close(fd);
        return;
    }
    wsi = lws_adopt_descriptor_vhost_via_info(&desc); /* closes fd if it fails */
    if (!wsi) {
        if (peer->state != WEB_STATE_FREE)
            web_peer_release(peer);
        return;
    }
    peer->wsi = wsi;
}

static void accept_some(const struct web_listen *listen)
{
    for (int i = 0; i < ACCEPT_BATCH; ++i) {
        struct sockaddr_storage ss = {0};
        socklen_t len = sizeof(ss);
        int fd = accept4(listen->fd, (struct sockaddr *)&ss, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);

        if (fd >= 0) {
            adopt(listen, fd, &ss);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
            shed(listen->server, listen->fd);
            return;
        } else if (errno != EINTR && errno != ECONNABORTED) {
            return;
        }
    }
}

int web_peer_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                      size_t len)
{
    (void)user;
    (void)in;
    (void)len;
    if (reason == LWS_CALLBACK_RAW_RX_FILE)
        accept_some(lws_vhost_user(lws_get_vhost(wsi)));
    return reason == LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION ? -1 : 0;
}

void web_peer_tick(struct web_server *server, uint64_t now_us)
{
    for (uint32_t i = 0; i < server->npeers; ++i) {
        struct web_peer *peer = &server->peers[i];

        if (peer->state == WEB_STATE_FREE || !peer->wsi)
            continue;
        if (peer->state == WEB_STATE_SOCKET) {
            web_socket_tick(peer, now_us);
        } else if (peer->deadline_us && now_us >= peer->deadline_us) {
            if (peer->state == WEB_STATE_WAIT)
                web_http_reply(peer, 504, "text/plain", NULL, NULL);
            else
                web_peer_kill(peer);
        }
    }
}
