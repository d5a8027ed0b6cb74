/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/web_http.c  Fixed files, requests for control and their answers
 *
 *     HEAD --> fixed file ---------------------------> REPLY --> HEAD
 *      '-----> [BODY] --> WAIT --- web_http_reply() ---^
 */
#include "net/web_private.h"

#include <ctype.h>
#include <errno.h>
#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/base/clock.h"
#include "mcu/base/metric.h"
#include "net/web_callback.h"

enum {
    CHUNK = 16384,
    HEADERS_MAX = 3072,
    OWN_HEADERS_MAX = 1024,
    PROBLEM_MAX = 512,
    LINGER_MAX = 4 << 20, /* of a body that nobody wants */
};

#define COUNTER(code_)                                                                             \
    METRIC_COUNTER("medley_http_responses_total", "code=\"" code_ "\"", "HTTP answers by status")

/* The last one counts all that are not named. */
static const unsigned codes[] = {101, 200, 201, 202, 204, 304, 400, 401, 403, 404, 405,
                                 409, 411, 412, 413, 422, 426, 429, 500, 501, 503, 504};
static struct metric counters[] = {
    COUNTER("101"), COUNTER("200"), COUNTER("201"),   COUNTER("202"), COUNTER("204"),
    COUNTER("304"), COUNTER("400"), COUNTER("401"),   COUNTER("403"), COUNTER("404"),
    COUNTER("405"), COUNTER("409"), COUNTER("411"),   COUNTER("412"), COUNTER("413"),
    COUNTER("422"), COUNTER("426"), COUNTER("429"),   COUNTER("500"), COUNTER("501"),
    COUNTER("503"), COUNTER("504"), COUNTER("other"),
};

struct header {
    const char *name, *value;
};

static const struct header headers_always[] = {
    {"cache-control:", "no-cache"},
    {"x-content-type-options:", "nosniff"},
    {"referrer-policy:", "no-referrer"},
    {NULL, NULL},
};

static const struct header headers_page[] = {
    {"content-security-policy:",
     "default-src 'self'; connect-src 'self'; media-src 'self' blob: mediastream:; "
     "img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
     "frame-ancestors 'self'"},
    {"permissions-policy:",
     "camera=(self), microphone=(self), display-capture=(self), autoplay=(self), "
     "fullscreen=(self), geolocation=()"},
    {NULL, NULL},
};

static void count(unsigned status)
{
    size_t i = 0;

    while (i < sizeof(codes) / sizeof(codes[0]) && codes[i] != status)
        ++i;
    metric_add(&counters[i], 1);
}

int web_http_setup(struct web_server *server)
{
    const struct web_server_file *file = server->cfg.files;

    for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); ++i)
        metric_register(&counters[i]);
    while (file && file[server->nstatics].path)
        ++server->nstatics;
    server->statics = calloc(server->nstatics + 1, sizeof(*server->statics));
    if (!server->statics)
        return -ENOMEM;

    for (size_t i = 0; i < server->nstatics; ++i) {
        const unsigned char *data = file[i].data;
        uint64_t hash = 14695981039346656037u; /* FNV-1a */

        for (size_t k = 0; k < file[i].size; ++k)
            hash = (hash ^ data[k]) * 1099511628211u;
        server->statics[i].file = &file[i];
        snprintf(server->statics[i].etag, sizeof(server->statics[i].etag), "\"%016llx\"",
                 (unsigned long long)hash);
        if (strcmp(file[i].path, "/index.html") == 0)
            server->index = &server->statics[i];
    }
    return 0;
}

void web_http_teardown(struct web_server *server)
{
    free(server->statics);
    server->statics = NULL;
}

static const struct web_static *find_file(const struct web_server *server, const char *path,
                                          size_t len, const char *suffix)
{
    for (size_t i = 0; i < server->nstatics; ++i) {
        const char *name = server->statics[i].file->path;

        if (strncmp(name, path, len) == 0 && strcmp(name + len, suffix) == 0)
            return &server->statics[i];
    }
    return NULL;
}

/** The fixed file of a path; rooms are the page itself, and pages need no suffix. */
static const struct web_static *find_static(const struct web_server *server, const char *path)
{
    size_t len = strlen(path), segment = path[0] == '/' ? strcspn(path + 1, "/") + 1 : len;
    const struct web_static *st = find_file(server, path, len, "");

    if (strcmp(path, "/") == 0)
        return server->index;
    if (strncmp(path, "/r/", 3) == 0 && path[3] && !strchr(path + 3, '/'))
        return server->index;
    if (!st && (segment == len || (segment + 1 == len && path[segment] == '/')))
        st = find_file(server, path, segment, ".html");
    return st;
}

static int add_header(struct lws *wsi, const char *name, const char *value, unsigned char **p,
                      unsigned char *end)
{
    return lws_add_http_header_by_name(wsi, (const unsigned char *)name,
                                       (const unsigned char *)value, (int)strlen(value), p, end);
}

/** Value of a header that control gave, or NULL. */
static const char *own_header(const struct web_peer *peer, const char *name)
{
    const struct web_text *text = peer->http.headers;
    const char *p = text ? (const char *)text->data : NULL, *end = text ? p + text->len : NULL;

    while (p < end) {
        const char *value = p + strlen(p) + 1;

        if (strcasecmp(p, name) == 0)
            return value;
        p = value + strlen(value) + 1;
    }
    return NULL;
}

static int add_own_headers(const struct web_peer *peer, unsigned char **p, unsigned char *end)
{
    const struct web_text *text = peer->http.headers;
    const char *name = text ? (const char *)text->data : NULL;

    while (text && name < (const char *)text->data + text->len) {
        const char *value = name + strlen(name) + 1;

        if (add_header(peer->wsi, name, value, p, end))
            return -1;
        name = value + strlen(value) + 1;
    }
    return 0;
}

/** One of ours, unless control gave another one. */
static int add_default(const struct web_peer *peer, const char *name, const char *value,
                       unsigned char **p, unsigned char *end)
{
    return own_header(peer, name) ? 0 : add_header(peer->wsi, name, value, p, end);
}

static int add_headers(const struct web_peer *peer, const struct header *h, unsigned char **p,
                       unsigned char *end)
{
    for (; h->name; ++h)
        if (add_default(peer, h->name, h->value, p, end))
            return -1;
    return 0;
}

static bool is_header(const struct web_server_header *h)
{
    if (!h->name || !h->value || !h->name[0])
        return false;
    for (const char *p = h->name; *p; ++p)
        if (!isalnum((unsigned char)*p) && !strchr("-_", *p))
            return false;
    for (const char *p = h->value; *p; ++p)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            return false; /* a line break would start a header of its own */
    return true;
}

struct web_text *web_http_headers(const struct web_server_header *header, unsigned n)
{
    char buf[OWN_HEADERS_MAX];
    size_t used = 0;

    for (unsigned i = 0; i < n; ++i) {
        size_t name, value;

        if (!is_header(&header[i]))
            continue;
        name = strlen(header[i].name);
        value = strlen(header[i].value) + 1;
        if (name + 2 + value > sizeof(buf) - used)
            continue;
        for (size_t k = 0; k < name; ++k)
            buf[used++] = (char)tolower((unsigned char)header[i].name[k]);
        buf[used++] = ':';
        buf[used++] = '\0';
        memcpy(buf + used, header[i].value, value);
        used += value;
    }
    return web_server_text(buf, used);
}

static int send_headers(struct web_peer *peer, const char *connection)
{
    unsigned char buf[LWS_PRE + HEADERS_MAX], *start = buf + LWS_PRE, *p = start,
                                              *end = buf + sizeof(buf) - 1;
    struct lws *wsi = peer->wsi;
    unsigned status = peer->http.status;

    if (lws_add_http_common_headers(wsi, status, peer->http.type[0] ? peer->http.type : NULL,
                                    peer->http.left, &p, end) ||
        add_own_headers(peer, &p, end) || add_headers(peer, headers_always, &p, end))
        return -1;
    if (peer->http.etag && (add_header(wsi, "etag:", peer->http.etag, &p, end) ||
                            add_headers(peer, headers_page, &p, end)))
        return -1;
    if (connection && add_header(wsi, "connection:", connection, &p, end))
        return -1;
    if (status == 405 && add_default(peer, "allow:", "GET, HEAD", &p, end))
        return -1;
    if ((status == 503 || status == 429) && add_default(peer, "retry-after:", "2", &p, end))
        return -1;
    if (status == 401 && add_default(peer, "www-authenticate:", "Bearer", &p, end))
        return -1;
    if (lws_finalize_write_http_header(wsi, start, &p, end))
        return -1;
    peer->http.headers_sent = true;
    count(status);
    return 0;
}

static void reply_start(struct web_peer *peer, unsigned status, const char *type)
{
    peer->state = WEB_STATE_REPLY;
    peer->deadline_us = clock_now_us() + WEB_SEND_US;
    peer->http.status = status;
    peer->http.headers_sent = false;
    snprintf(peer->http.type, sizeof(peer->http.type), "%s", type ? type : "");
    lws_callback_on_writable(peer->wsi);
}

/** Longest body of a request. */
static size_t body_max(const struct web_peer *peer)
{
    const struct web_server_cfg *cfg = &peer->listen->server->cfg;

    return peer->listen->admin && cfg->max_admin_body > cfg->max_message ? cfg->max_admin_body
                                                                         : cfg->max_message;
}

/** What helps whoever sent too much. */
static void write_detail(char *buf, size_t size, const struct web_peer *peer, unsigned status)
{
    const struct web_server_cfg *cfg = &peer->listen->server->cfg;
    int n;

    buf[0] = '\0';
    if (status != 413)
        return;
    n = snprintf(buf, size, "more than %zu bytes", body_max(peer));
    if (body_max(peer) < cfg->max_admin_body)
        (void)snprintf(buf + n, size - (size_t)n, "; the admin listener takes %u",
                       (unsigned)cfg->max_admin_body);
}

int web_http_refuse(struct web_peer *peer, unsigned status, const char *code)
{
    unsigned char buf[LWS_PRE + PROBLEM_MAX];
    char detail[128];
    size_t len;

    write_detail(detail, sizeof(detail), peer, status);
    len = web_problem_write((char *)buf + LWS_PRE, PROBLEM_MAX, status, code, detail);
    web_http_release(peer);
    reply_start(peer, status, "application/problem+json");
    peer->http.left = len;
    if (send_headers(peer, "close") == 0 && !peer->http.head)
        (void)lws_write(peer->wsi, buf + LWS_PRE, len, LWS_WRITE_HTTP_FINAL);
    return -1;
}

void web_http_reply(struct web_peer *peer, unsigned status, const char *type, struct web_text *text,
                    struct web_text *headers)
{
    if (peer->state != WEB_STATE_WAIT)
        return;
    if (text)
        ref_get(&text->ref);
    if (headers)
        ref_get(&headers->ref);
    peer->http.headers = headers;
    peer->http.text = text;
    peer->http.data = text ? text->data : NULL;
    peer->http.left = text ? text->len : 0;
    peer->http.etag = NULL;
    peer->id = 0; /* a second answer finds nobody */
    reply_start(peer, status, type);
}

void web_http_release(struct web_peer *peer)
{
    free(peer->http.event);
    peer->http.event = NULL;
    web_server_text_unref(peer->http.text);
    peer->http.text = NULL;
    web_server_text_unref(peer->http.headers);
    peer->http.headers = NULL;
    peer->http.data = NULL;
    peer->http.left = 0;
    peer->http.etag = NULL;
}

static int reply_done(struct web_peer *peer)
{
    web_http_release(peer);
    peer->state = WEB_STATE_HEAD;
    peer->deadline_us = clock_now_us() + WEB_HEAD_US;
    return lws_http_transaction_completed(peer->wsi) ? -1 : 0;
}

static int on_writable(struct web_peer *peer)
{
    unsigned char buf[LWS_PRE + CHUNK];
    size_t n;

    if (peer->state != WEB_STATE_REPLY)
        return 0;
    if (!peer->http.headers_sent) {
        if (send_headers(peer, NULL) != 0)
            return -1;
        if (peer->http.head || peer->http.left == 0)
            return reply_done(peer);
        lws_callback_on_writable(peer->wsi);
        return 0;
    }

    n = peer->http.left < CHUNK ? peer->http.left : CHUNK;
    memcpy(buf + LWS_PRE, peer->http.data, n);
    peer->http.data += n;
    peer->http.left -= n;
    if (lws_write(peer->wsi, buf + LWS_PRE, n,
                  peer->http.left ? LWS_WRITE_HTTP : LWS_WRITE_HTTP_FINAL) < 0)
        return -1;
    if (peer->http.left == 0)
        return reply_done(peer);
    lws_callback_on_writable(peer->wsi);
    return 0;
}

static int serve_static(struct web_peer *peer, const struct web_static *st, const char *method)
{
    char match[128] = "";

    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
        return web_http_refuse(peer, 405, "method_not_allowed");
    (void)lws_hdr_copy(peer->wsi, match, sizeof(match), WSI_TOKEN_HTTP_IF_NONE_MATCH);
    peer->http.etag = st->etag;
    if (strstr(match, st->etag)) {
        peer->http.left = 0;
        reply_start(peer, 304, NULL);
        return 0;
    }
    peer->http.data = st->file->data;
    peer->http.left = st->file->size;
    reply_start(peer, 200, st->file->type);
    return 0;
}

static int hand_over(struct web_peer *peer)
{
    struct web_event *event = peer->http.event;

    peer->http.event = NULL;
    peer->state = WEB_STATE_WAIT;
    peer->deadline_us =
        clock_now_us() + WEB_WAIT_US; /* instead of the shorter one of the library */
    lws_set_timeout(peer->wsi, NO_PENDING_TIMEOUT, 0);
    if (web_event_post(peer->listen->server->inbox, event) != 0)
        return web_http_refuse(peer, 503, "busy");
    return 0;
}

static const char *status_code(unsigned status)
{
    switch (status) {
    case 411:
        return "length_required";
    case 413:
        return "too_large";
    case 501:
        return "not_implemented";
    default:
        return "bad_request";
    }
}

/*
 * The answer comes before the body.  Closing with something unread would be a reset, which can
 * overtake the answer (RFC 9112 9.6), so that much of the body is read and thrown away.
 */
static int refuse_body(struct web_peer *peer)
{
    (void)web_http_refuse(peer, 413, status_code(413));
    peer->state = WEB_STATE_LINGER;
    peer->deadline_us = clock_now_us() + WEB_DISCARD_US;
    peer->http.left = LINGER_MAX;
    return 0;
}

static int on_request(struct web_peer *peer, const char *path, size_t len)
{
    struct web_server *server = peer->listen->server;
    const char *method = web_request_method(peer->wsi);
    const struct web_static *st;
    unsigned status;
    size_t body = 0;

    if (!method || peer->state != WEB_STATE_HEAD)
        return -1;
    peer->http.head = strcmp(method, "HEAD") == 0;
    if (strlen(path) != len || !web_request_fits(peer->wsi)) /* a NUL in the path */
        return web_http_refuse(peer, 400, "bad_request");
    status = web_request_body_size(peer->wsi, method, body_max(peer), &body);
    if (status == 413)
        return refuse_body(peer);
    if (status)
        return web_http_refuse(peer, status, status_code(status));

    st = find_static(server, path);
    if (st == server->index && peer->listen->admin)
        st = NULL; /* the client has no WebSocket here */
    if (st)
        return body ? web_http_refuse(peer, 400, "bad_request") : serve_static(peer, st, method);
    if (strcmp(path, "/ws") == 0 && !peer->listen->admin)
        return web_http_refuse(peer, 426, "upgrade_required");

    peer->http.event = web_request_event(peer, method, path, body);
    if (!peer->http.event)
        return web_http_refuse(peer, 503, "busy");
    peer->http.body_size = body;
    peer->state = WEB_STATE_BODY;
    peer->deadline_us = clock_now_us() + WEB_BODY_US;
    return body ? 0 : hand_over(peer);
}

static int on_body(struct web_peer *peer, const void *data, size_t len)
{
    struct web_event *event = peer->http.event;
    size_t start;

    if (peer->state == WEB_STATE_LINGER) {
        bool enough = len >= peer->http.left;

        peer->http.left -= enough ? 0 : len;
        return enough ? -1 : 0;
    }
    if (peer->state != WEB_STATE_BODY || !event)
        return 0;
    if (len > peer->http.body_size - event->request.body_len)
        return web_http_refuse(peer, 400, "bad_request");
    start = (size_t)(event->request.body - event->data) + event->request.body_len;
    memcpy(event->data + start, data, len);
    event->request.body_len += len;
    return 0;
}

static int on_body_complete(struct web_peer *peer)
{
    if (peer->state == WEB_STATE_LINGER)
        return -1;
    if (peer->state != WEB_STATE_BODY || !peer->http.event)
        return 0;
    if (peer->http.event->request.body_len != peer->http.body_size)
        return web_http_refuse(peer, 400, "bad_request");
    return hand_over(peer);
}

/** @return 0 to go on with the upgrade, 1 if answered, -1 to hang up */
static int on_upgrade(struct web_peer *peer, const char *to)
{
    const char *code = "bad_request";
    unsigned status = 400;

    if (strcmp(to, "websocket") == 0)
        status = web_socket_vet(peer, &code);
    if (status == 0) {
        count(101);
        return 0;
    }
    (void)web_http_refuse(peer, status, code);
    return -1;
}

int web_http_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                      size_t len)
{
    struct web_peer *peer = web_peer_of(wsi);

    (void)user;
    if (!peer)
        return 0;
    peer->wsi = wsi;
    switch (reason) {
    case LWS_CALLBACK_HTTP:
        return on_request(peer, in, len);
    case LWS_CALLBACK_HTTP_BODY:
        return on_body(peer, in, len);
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        return on_body_complete(peer);
    case LWS_CALLBACK_HTTP_WRITEABLE:
        return on_writable(peer);
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
        return on_upgrade(peer, in);
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
        return -1; /* a WebSocket of a subprotocol that is not ours */
    case LWS_CALLBACK_WSI_DESTROY:
        if (peer->state != WEB_STATE_FREE)
            web_peer_release(peer);
        return 0;
    default:
        return 0;
    }
}
