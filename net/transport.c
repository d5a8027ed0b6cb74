/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/transport.c  The control side of a transport: the handle, commands, and events
 */
#include "net/transport.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mcu/base/clock.h"
#include "mcu/base/id.h"
#include "net/control_loop.h"
#include "net/dtls_srtp.h"
#include "net/media_queue.h"
#include "net/media_sock.h"
#include "net/rtp_rx.h"
#include "net/sink.h"
#include "net/transport_media.h"
#include "net/transport_state.h"
#include "net/twcc.h"

struct event_msg {
    enum transport_event event;
    int value;
    const char *why;
};

void transport_unref(struct transport *handle)
{
    if (handle && ref_put(&handle->ref))
        free(handle);
}

static void deliver(struct transport *handle, const struct event_msg *msg)
{
    bool last = msg->event == TRANSPORT_EVENT_CLOSED;

    if (handle->control.finished || (handle->control.closed && !last))
        return;
    handle->control.finished = last;
    handle->cfg.eventh(msg->event, msg->value, msg->why, handle->cfg.arg);
}

/* Runs on control with the reference that transport_post() took. */
static void event_handler(void *msg, void *arg)
{
    struct transport *handle = arg;

    deliver(handle, msg);
    transport_unref(handle);
}

int transport_post(struct transport *handle, enum transport_event event, int value, const char *why)
{
    struct event_msg msg = {.event = event, .value = value, .why = why ? why : ""};
    int err;

    ref_get(&handle->ref);
    err = control_loop_post(event_handler, handle, &msg, sizeof(msg));
    if (err)
        transport_unref(handle);
    return err;
}

void transport_finish(struct transport *handle)
{
    handle->control.loop = NULL;
    deliver(handle, &(struct event_msg){.event = TRANSPORT_EVENT_CLOSED, .why = ""});
}

static struct transport_command *command_new(struct transport *handle,
                                             enum transport_command_type type)
{
    struct transport_command *command = calloc(1, sizeof(*command));

    if (!command)
        return NULL;
    command->type = type;
    command->handle = handle;
    command->fd[0] = command->fd[1] = -1;
    ref_get(&handle->ref);
    return command;
}

/* Hand a command over; it is freed if that fails. */
static int command_send(struct transport_command *command)
{
    int err = media_queue_command(command->handle->control.loop->queue, command);

    if (err)
        transport_media_drop_command(command);
    return err ? -ENOMEM : 0;
}

static void draw_credentials(struct transport *handle)
{
    id_text(handle->control.ufrag, ICELITE_UFRAG_LEN);
    id_text(handle->control.pwd, TRANSPORT_STATE_PWD);
}

static int send_credentials(struct transport *handle, enum transport_command_type type)
{
    struct transport_command *command = command_new(handle, type);

    if (!command)
        return -ENOMEM;
    memcpy(command->ufrag, handle->control.ufrag, sizeof(command->ufrag));
    memcpy(command->pwd, handle->control.pwd, sizeof(command->pwd));
    return command_send(command);
}

static bool take_place(struct media_loop *loop)
{
    /* Relaxed: a counter only. */
    uint32_t n = atomic_fetch_add_explicit(&loop->ntransports, 1, memory_order_relaxed);

    if (n < loop->cfg.max_transports)
        return true;
    atomic_fetch_sub_explicit(&loop->ntransports, 1, memory_order_relaxed);
    return false;
}

int transport_new(struct transport **ret_transport, struct media_loop *loop,
                  const struct transport_cfg *cfg)
{
    struct transport *handle;
    int err = -ENOMEM;

    assert(ret_transport && loop && cfg && cfg->eventh && cfg->key);
    if (!take_place(loop))
        return -EMFILE;
    handle = calloc(1, sizeof(*handle));
    if (!handle)
        goto out;

    ref_init(&handle->ref);
    handle->cfg = *cfg;
    handle->control.loop = loop;
    draw_credentials(handle);
    err = transport_media_new(&handle->media, loop, handle);
    if (err)
        goto out;
    err = send_credentials(handle, TRANSPORT_COMMAND_OPEN);
    if (err)
        goto out;
    *ret_transport = handle;
    return 0;

out:
    atomic_fetch_sub_explicit(&loop->ntransports, 1, memory_order_relaxed);
    if (handle)
        transport_media_free(handle->media);
    transport_unref(handle);
    return err;
}

static int prepare_webrtc(struct transport *handle, struct media_policy *policy, bool restart)
{
    const struct media_loop *loop = handle->control.loop;
    const size_t max = sizeof(policy->candidate) / sizeof(policy->candidate[0]);

    if (restart) {
        int err;

        draw_credentials(handle);
        err = send_credentials(handle, TRANSPORT_COMMAND_RESTART);
        if (err)
            return err;
    }
    memcpy(policy->ufrag, handle->control.ufrag, sizeof(handle->control.ufrag));
    memcpy(policy->pwd, handle->control.pwd, sizeof(handle->control.pwd));
    strncpy(policy->fingerprint, dtls_srtp_ctx_fingerprint(loop->dtls),
            sizeof(policy->fingerprint) - 1);
    policy->fingerprint[sizeof(policy->fingerprint) - 1] = '\0';

    policy->ncandidates = 0;
    for (unsigned i = 0; i < loop->cfg.naddrs && i < max; ++i) {
        const struct sockaddr_storage *pub = &loop->cfg.public_addr[i];
        union media_addr addr = media_addr_from(pub->ss_family ? pub : &loop->cfg.addr[i]);

        if (!media_addr_port(&addr) || !pub->ss_family)
            media_addr_set_port(&addr, loop->port);
        media_addr_to(&addr, &policy->candidate[policy->ncandidates++]);
    }
    return 0;
}

/* Where to bind: the given address, else the wildcard of the peer's family. */
static union media_addr bind_addr(const struct media_policy *policy,
                                  const struct sockaddr_storage *peer)
{
    union media_addr addr = media_addr_from(&policy->local_addr);

    if (!addr.sa.sa_family)
        addr.sa.sa_family = peer && peer->ss_family == AF_INET6 ? AF_INET6 : AF_INET;
    return addr;
}

static int open_port(struct transport *handle, unsigned line, const union media_addr *local)
{
    const struct media_loop_cfg *cfg = &handle->control.loop->cfg;
    struct transport_command *command = command_new(handle, TRANSPORT_COMMAND_PORTS);
    union media_addr addr = *local;
    int err;

    if (!command)
        return -ENOMEM;
    command->line = line;
    err = media_sock_open_pair(command->fd, &addr, cfg->rtp_port_min, cfg->rtp_port_max);
    if (err == -EADDRNOTAVAIL) { /* an address of a router in front of us: bind all */
        memset(&addr, 0, sizeof(addr));
        addr.sa.sa_family = local->sa.sa_family;
        err = media_sock_open_pair(command->fd, &addr, cfg->rtp_port_min, cfg->rtp_port_max);
    }
    if (err) {
        transport_media_drop_command(command);
        return err;
    }
    err = command_send(command);
    if (!err)
        handle->control.port[line] = media_addr_port(&addr);
    return err;
}

int transport_prepare(struct transport *transport, struct media_policy *policy, unsigned nlines,
                      const struct sockaddr_storage *peer, bool restart)
{
    union media_addr addr;

    if (!transport->control.loop)
        return -ESHUTDOWN;
    policy->webrtc = transport->cfg.webrtc;
    if (policy->webrtc)
        return prepare_webrtc(transport, policy, restart);

    addr = bind_addr(policy, peer);
    memset(policy->local_port, 0, sizeof(policy->local_port));
    for (unsigned i = 0; i < nlines && i < TRANSPORT_STATE_LINES; ++i) {
        int err = transport->control.port[i] ? 0 : open_port(transport, i, &addr);

        if (err)
            return err;
        policy->local_port[i] = transport->control.port[i];
    }
    return 0;
}

int transport_update(struct transport *transport, const struct media_desc *desc)
{
    struct transport_command *command;
    int err;

    if (!transport->control.loop)
        return -ESHUTDOWN;
    if (desc->nlines > MEDIA_DESC_LINES_MAX)
        return -EINVAL;
    command = command_new(transport, TRANSPORT_COMMAND_UPDATE);
    if (!command)
        return -ENOMEM;
    command->desc = malloc(sizeof(*desc));
    if (!command->desc) {
        transport_media_drop_command(command);
        return -ENOMEM;
    }
    *command->desc = *desc;
    err = command_send(command);
    if (err)
        return err;

    /* The media thread closes the ports of lines that are not in use: the same rule as there. */
    for (unsigned i = 0; i < TRANSPORT_STATE_LINES; ++i)
        if (i >= desc->nlines || desc->line[i].kind == MEDIA_KIND_NONE)
            transport->control.port[i] = 0;
    return 0;
}

int transport_route(struct transport *transport, unsigned index,
                    const struct transport_route *route)
{
    struct transport_command *command;

    if (!transport->control.loop)
        return -ESHUTDOWN;
    if (index >= TRANSPORT_STATE_LINES)
        return -EINVAL;
    command = command_new(transport, TRANSPORT_COMMAND_ROUTE);
    if (!command)
        return -ENOMEM;
    command->line = index;
    command->route.sink = route->sink ? sink_ref(route->sink) : NULL;
    for (unsigned i = 0; i < 2; ++i)
        command->route.fanout[i] = route->fanout[i] ? fanout_ref(route->fanout[i]) : NULL;
    return command_send(command);
}

void transport_stats(const struct transport *transport, struct transport_stats *ret_stats)
{
    /* Relaxed: figures, each by itself. */
    *ret_stats = (struct transport_stats){
        .rx_packets = atomic_load_explicit(&transport->stats.rx_packets, memory_order_relaxed),
        .rx_bytes = atomic_load_explicit(&transport->stats.rx_bytes, memory_order_relaxed),
        .rx_lost = atomic_load_explicit(&transport->stats.rx_lost, memory_order_relaxed),
        .tx_packets = atomic_load_explicit(&transport->stats.tx_packets, memory_order_relaxed),
        .tx_bytes = atomic_load_explicit(&transport->stats.tx_bytes, memory_order_relaxed),
        .rx_bps = atomic_load_explicit(&transport->stats.rx_bps, memory_order_relaxed),
        .tx_bps = atomic_load_explicit(&transport->stats.tx_bps, memory_order_relaxed),
        .rtt_us = atomic_load_explicit(&transport->stats.rtt_us, memory_order_relaxed),
        .jitter_us = atomic_load_explicit(&transport->stats.jitter_us, memory_order_relaxed),
        .remote_loss =
            (uint8_t)atomic_load_explicit(&transport->stats.remote_loss, memory_order_relaxed),
    };
}

struct transport *transport_close(struct transport *transport)
{
    struct media_loop *loop;

    if (!transport)
        return NULL;
    loop = transport->control.loop;
    transport->control.closed = true;
    if (loop) {
        /* Release: commands queued before are seen before the flag. */
        atomic_store_explicit(&transport->close_wanted, true, memory_order_release);
        atomic_store_explicit(&loop->close_wanted, true, memory_order_release);
        media_queue_wake(loop->queue);
    }
    transport_unref(transport);
    return NULL;
}
