/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/web_socket.c  WebSockets of subprotocol medley.v1
 *
 * Fragments are joined up to a limit; what control sends waits in a bounded queue.  A close
 * that we decide is told to control at once, then the queue is sent, then the close frame.
 */
#include "net/web_private.h"

#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "mcu/base/clock.h"
#include "mcu/base/metric.h"
#include "net/web_callback.h"

enum {
    PING_MS = 20000,
    PINGS_MISSED_MAX = 2,
    FRAGMENTS_MAX = 64,
    QUEUED_COST = 64, /* of an entry, on top of its text [bytes] */
    BURST = 3,
    SECOND_US = 1000000,
    BUFFER_MIN = 1024,
    SOCKET_BUFFER = 131072,
};

#define CLOSED(reason_)                                                                            \
    METRIC_COUNTER("medley_ws_closed_total", "reason=\"" reason_ "\"", "WebSockets by their end")

static struct metric connections =
    METRIC_GAUGE("medley_ws_connections", "", "WebSockets that are open");
static struct metric closed_peer = CLOSED("peer");
static const struct {
    uint16_t code;
    unsigned index;
} closed_codes[] = {{1000, 0}, {1001, 1}, {1003, 2}, {1009, 3},  {1011, 4},  {1013, 5}, {4000, 6},
                    {4001, 7}, {4003, 8}, {4004, 9}, {4008, 10}, {4029, 11}, {4010, 14}};
static struct metric closed_server[] = {
    CLOSED("normal"),  CLOSED("shutdown"), CLOSED("not_text"),   CLOSED("too_long"),
    CLOSED("error"),   CLOSED("busy"),     CLOSED("protocol"),   CLOSED("auth"),
    CLOSED("removed"), CLOSED("ended"),    CLOSED("slow"),       CLOSED("rate"),
    CLOSED("timeout"), CLOSED("other"),    CLOSED("media_lost"),
};

enum { CLOSED_TIMEOUT = 12, CLOSED_OTHER = 13 };

void web_socket_register(void)
{
    metric_register(&connections);
    metric_register(&closed_peer);
    for (size_t i = 0; i < sizeof(closed_server) / sizeof(closed_server[0]); ++i)
        metric_register(&closed_server[i]);
}

static void count_closed(uint16_t code)
{
    unsigned index = CLOSED_OTHER;

    for (size_t i = 0; i < sizeof(closed_codes) / sizeof(closed_codes[0]); ++i)
        if (closed_codes[i].code == code)
            index = closed_codes[i].index;
    metric_add(&closed_server[index], 1);
}

static struct web_server *server_of(const struct web_peer *peer)
{
    return peer->listen->server;
}

static void tell_closed(struct web_peer *peer)
{
    struct web_event *event;

    if (peer->ws.told || peer->id == 0)
        return;
    peer->ws.told = true;
    event = web_event_new(WEB_EVENT_CLOSED, peer->id, 0);
    if (event)
        event->code = peer->ws.peer_code;
    if (event)
        (void)web_event_post(server_of(peer)->inbox, event);
}

/** Decide to close: told now, done when the queue is sent or the peer's time is up. */
static void begin_close(struct web_peer *peer, uint16_t code, const char *reason)
{
    if (peer->ws.closing || peer->state != WEB_STATE_SOCKET)
        return;
    peer->ws.closing = true;
    peer->ws.code = code;
    snprintf(peer->ws.reason, sizeof(peer->ws.reason), "%s", reason);
    peer->deadline_us = clock_now_us() + WEB_LINGER_US;
    count_closed(code);
    tell_closed(peer);
    lws_callback_on_writable(peer->wsi);
}

static void drop_queue(struct web_peer *peer)
{
    while (peer->ws.first) {
        struct web_queued *q = peer->ws.first;

        peer->ws.first = q->next;
        web_server_text_unref(q->text);
        free(q);
    }
    peer->ws.last = &peer->ws.first;
    peer->ws.queued = 0;
}

/* Upgrade */

/** Host and port of an origin, or NULL if it is not http(s). */
static const char *origin_authority(const char *origin)
{
    if (strncasecmp(origin, "https://", 8) == 0)
        return origin + 8;
    if (strncasecmp(origin, "http://", 7) == 0)
        return origin + 7;
    return NULL;
}

static bool origin_is_allowed(struct web_peer *peer)
{
    char origin[256] = "", host[256] = "";
    const char *authority;

    if (!lws_hdr_total_length(peer->wsi, WSI_TOKEN_ORIGIN))
        return true; /* not a browser */
    if (lws_hdr_copy(peer->wsi, origin, sizeof(origin), WSI_TOKEN_ORIGIN) <= 0)
        return false;
    for (char **p = server_of(peer)->allow_origin; p && *p; ++p)
        if (strcasecmp(*p, origin) == 0)
            return true;
    authority = origin_authority(origin);
    return authority && *authority &&
           lws_hdr_copy(peer->wsi, host, sizeof(host), WSI_TOKEN_HOST) > 0 &&
           strcasecmp(authority, host) == 0;
}

unsigned web_socket_vet(struct web_peer *peer, const char **ret_code)
{
    struct web_server *server = server_of(peer);
    char text[128] = "";

    *ret_code = "not_found";
    if (peer->listen->admin || peer->state != WEB_STATE_HEAD ||
        lws_hdr_copy(peer->wsi, text, sizeof(text), WSI_TOKEN_GET_URI) <= 0 ||
        strcmp(text, "/ws") != 0)
        return 404;
    *ret_code = "origin";
    if (!origin_is_allowed(peer))
        return 403;
    *ret_code = "subprotocol";
    if (lws_hdr_copy(peer->wsi, text, sizeof(text), WSI_TOKEN_PROTOCOL) <= 0 ||
        strcmp(text, "medley.v1") != 0)
        return 426;
    *ret_code = "busy";
    if (server->stopping || server->nunauthenticated >= server->cfg.max_unauthenticated)
        return 503;
    return 0;
}

static int on_open(struct web_peer *peer)
{
    struct web_server *server = server_of(peer);
    uint64_t now_us = clock_now_us();
    const int buffer =
        SOCKET_BUFFER; /* so that a slow reader is seen in our queue, not hidden here */
    struct web_event *event;

    (void)setsockopt(lws_get_socket_fd(peer->wsi), SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer));
    peer->state = WEB_STATE_SOCKET;
    memset(&peer->ws, 0, sizeof(peer->ws));
    peer->ws.last = &peer->ws.first;
    peer->ws.credit_us = (uint64_t)BURST * SECOND_US;
    peer->ws.credit_at_us = now_us;
    peer->ws.ping_at_us = now_us + (uint64_t)server->cfg.ping_ms * 1000;
    peer->deadline_us = now_us + (uint64_t)server->cfg.auth_timeout_ms * 1000;
    ++server->nsockets;
    ++server->nunauthenticated;
    metric_add(&connections, 1);

    event = web_event_new(WEB_EVENT_OPEN, web_peer_renew(peer), strlen(peer->name) + 1);
    if (event)
        memcpy(event->data, peer->name, strlen(peer->name) + 1);
    if (!event || web_event_post(server->inbox, event) != 0) {
        peer->ws.told = true; /* control never heard of it */
        begin_close(peer, 1013, "busy");
    }
    return 0;
}

/* Receive */

/** One message more: a bucket that fills with max_messages_per_s and holds three seconds. */
static bool take_credit(struct web_peer *peer)
{
    uint64_t now_us = clock_now_us();
    uint64_t cost_us = SECOND_US / server_of(peer)->cfg.max_messages_per_s;

    peer->ws.credit_us += now_us - peer->ws.credit_at_us;
    if (peer->ws.credit_us > (uint64_t)BURST * SECOND_US)
        peer->ws.credit_us = (uint64_t)BURST * SECOND_US;
    peer->ws.credit_at_us = now_us;
    if (peer->ws.credit_us < cost_us)
        return false;
    peer->ws.credit_us -= cost_us;
    return true;
}

/** @return false without memory */
static bool append(struct web_peer *peer, const void *data, size_t len, size_t max)
{
    size_t need = peer->ws.message_len + len;

    if (need > peer->ws.message_size) {
        size_t size = peer->ws.message_size ? peer->ws.message_size * 2 : BUFFER_MIN;
        char *bigger;

        while (size < need)
            size *= 2;
        if (size > max)
            size = max;
        bigger = realloc(peer->ws.message, size);
        if (!bigger)
            return false;
        peer->ws.message = bigger;
        peer->ws.message_size = size;
    }
    if (len)
        memcpy(peer->ws.message + peer->ws.message_len, data, len);
    peer->ws.message_len = need;
    return true;
}

static void forget_message(struct web_peer *peer)
{
    free(peer->ws.message);
    peer->ws.message = NULL;
    peer->ws.message_len = peer->ws.message_size = 0;
    peer->ws.fragments = 0;
}

static void deliver(struct web_peer *peer)
{
    size_t len = peer->ws.message_len;
    struct web_event *event = web_event_new(WEB_EVENT_MESSAGE, peer->id, len + 1);

    if (event) {
        if (len)
            memcpy(event->data, peer->ws.message, len);
        event->len = len;
    }
    if (!event || web_event_post(server_of(peer)->inbox, event) != 0)
        begin_close(peer, 1013, "busy");
    forget_message(peer);
}

static int on_receive(struct web_peer *peer, const void *data, size_t len)
{
    const struct web_server_cfg *cfg = &server_of(peer)->cfg;
    size_t max = peer->ws.authenticated ? cfg->max_message : cfg->max_message_unauth;
    bool frame_ends = lws_remaining_packet_payload(peer->wsi) == 0;

    if (peer->ws.closing)
        return 0;
    if (lws_frame_is_binary(peer->wsi)) {
        begin_close(peer, 1003, "text only");
    } else if (peer->ws.message_len + len > max) {
        begin_close(peer, 1009, "message too long");
    } else if (frame_ends && ++peer->ws.fragments > FRAGMENTS_MAX) {
        begin_close(peer, 1009, "too many fragments");
    } else if (!append(peer, data, len, max)) {
        begin_close(peer, 1011, "no memory");
    } else if (frame_ends && lws_is_final_fragment(peer->wsi)) {
        if (take_credit(peer))
            deliver(peer);
        else
            begin_close(peer, 4029, "too many messages");
    }
    if (peer->ws.closing)
        forget_message(peer);
    return 0;
}

/* Send */

void web_socket_send(struct web_peer *peer, struct web_text *text)
{
    struct web_queued *q;

    if (peer->state != WEB_STATE_SOCKET || peer->ws.closing)
        return;
    q = malloc(sizeof(*q));
    if (!q || peer->ws.queued + text->len + QUEUED_COST > server_of(peer)->cfg.send_queue_bytes) {
        free(q);
        drop_queue(peer);
        begin_close(peer, 4008, "reads too slowly");
        return;
    }
    ref_get(&text->ref);
    *q = (struct web_queued){.text = text};
    *peer->ws.last = q;
    peer->ws.last = &q->next;
    peer->ws.queued += text->len + QUEUED_COST;
    lws_callback_on_writable(peer->wsi);
}

static int send_ping(struct web_peer *peer)
{
    unsigned char buf[LWS_PRE + 1];

    peer->ws.ping = false;
    return lws_write(peer->wsi, buf + LWS_PRE, 0, LWS_WRITE_PING) < 0 ? -1 : 0;
}

static int on_writable(struct web_peer *peer)
{
    struct web_queued *q = peer->ws.first;
    int n;

    if (peer->ws.ping && !peer->ws.closing) {
        if (send_ping(peer) != 0)
            return -1;
        lws_callback_on_writable(peer->wsi);
        return 0;
    }
    if (q) {
        /* The header goes into the headroom of a text that others send too: same thread,
         * and what could not be sent has been copied when lws_write() returns. */
        n = lws_write(peer->wsi, q->text->data, q->text->len, LWS_WRITE_TEXT);
        peer->ws.first = q->next;
        if (!peer->ws.first)
            peer->ws.last = &peer->ws.first;
        peer->ws.queued -= q->text->len + QUEUED_COST;
        web_server_text_unref(q->text);
        free(q);
        if (n < 0)
            return -1;
        lws_callback_on_writable(peer->wsi);
        return 0;
    }
    if (!peer->ws.closing)
        return 0;
    lws_close_reason(peer->wsi, (enum lws_close_status)peer->ws.code,
                     (unsigned char *)peer->ws.reason, strlen(peer->ws.reason));
    return -1;
}

void web_socket_close(struct web_peer *peer, uint16_t code, const char *reason)
{
    begin_close(peer, code, reason);
}

void web_socket_authenticated(struct web_peer *peer)
{
    if (peer->state != WEB_STATE_SOCKET || peer->ws.authenticated)
        return;
    peer->ws.authenticated = true;
    --server_of(peer)->nunauthenticated;
    if (!peer->ws.closing)
        peer->deadline_us = 0;
}

void web_socket_tick(struct web_peer *peer, uint64_t now_us)
{
    uint64_t ping_us = (uint64_t)server_of(peer)->cfg.ping_ms * 1000;

    if (peer->deadline_us && now_us >= peer->deadline_us) {
        if (peer->ws.closing)
            web_peer_kill(peer);
        else
            begin_close(peer, 4001, "not authenticated in time");
        return;
    }
    if (peer->ws.closing || now_us < peer->ws.ping_at_us)
        return;
    peer->ws.ping_at_us = now_us + ping_us;
    if (peer->ws.missed >= PINGS_MISSED_MAX) {
        peer->ws.closing = true;
        drop_queue(peer);
        metric_add(&closed_server[CLOSED_TIMEOUT], 1);
        tell_closed(peer);
        web_peer_kill(peer);
        return;
    }
    ++peer->ws.missed;
    peer->ws.ping = true;
    lws_callback_on_writable(peer->wsi);
}

void web_socket_release(struct web_peer *peer)
{
    if (peer->state != WEB_STATE_SOCKET)
        return;
    if (!peer->ws.closing)
        metric_add(&closed_peer, 1);
    tell_closed(peer);
    drop_queue(peer);
    forget_message(peer);
    if (!peer->ws.authenticated)
        --server_of(peer)->nunauthenticated;
    --server_of(peer)->nsockets;
    metric_add(&connections, -1);
    peer->state = WEB_STATE_HEAD;
}

int web_socket_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                        size_t len)
{
    struct web_peer *peer = web_peer_of(wsi);

    (void)user;
    if (!peer)
        return 0;
    peer->wsi = wsi;
    switch (reason) {
    case LWS_CALLBACK_ESTABLISHED:
        return on_open(peer);
    case LWS_CALLBACK_RECEIVE:
        return on_receive(peer, in, len);
    case LWS_CALLBACK_RECEIVE_PONG:
        peer->ws.missed = 0;
        return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return peer->state == WEB_STATE_SOCKET ? on_writable(peer) : 0;
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE: /* RFC 6455, 5.5.1: the code is in network order */
        if (len >= 2)
            peer->ws.peer_code = (uint16_t)(((uint8_t *)in)[0] << 8 | ((uint8_t *)in)[1]);
        else
            peer->ws.peer_code = 1005; /* a close frame without one */
        return 0;
    case LWS_CALLBACK_CLOSED:
        web_socket_release(peer);
        return 0;
    case LWS_CALLBACK_WSI_DESTROY:
        if (peer->state != WEB_STATE_FREE)
            web_peer_release(peer);
        return 0;
    default:
        return 0;
    }
}
