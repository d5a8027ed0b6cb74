/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/web_server_fixture.h  What the tests of the web server share
 *
 * The test is the control thread: it runs what the server posts, and talks to the server
 * over loopback with plain sockets.  Every wait is for an event, with a limit that only a
 * broken server reaches.  One file of a program includes it.
 */
#ifndef TESTS_UNIT_NET_WEB_SERVER_FIXTURE_H
#define TESTS_UNIT_NET_WEB_SERVER_FIXTURE_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "mcu/base/metric.h"
#include "net/control_loop.h"
#include "net/web_server.h"

enum { WAIT_S = 20, POSTS_MAX = 4096, TEXT_MAX = 1 << 20 };

/* Control loop of the test */

struct post {
    control_msg_h *h;
    void *arg;
    _Alignas(16) char msg[CONTROL_LOOP_MSG_MAX];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static struct post posts[POSTS_MAX];
static unsigned nposts;
static bool refuse_posts;

int control_loop_post(control_msg_h *h, void *arg, const void *msg, size_t size)
{
    int err = -ENOSPC;

    pthread_mutex_lock(&lock);
    if (nposts < POSTS_MAX && !refuse_posts) {
        posts[nposts].h = h;
        posts[nposts].arg = arg;
        memcpy(posts[nposts].msg, msg, size);
        ++nposts;
        err = 0;
        pthread_cond_signal(&cond);
    }
    pthread_mutex_unlock(&lock);
    return err;
}

static inline void refuse(bool on)
{
    pthread_mutex_lock(&lock);
    refuse_posts = on;
    pthread_mutex_unlock(&lock);
}

/** Run one posted message; waits for it.  @return false if none came */
static inline bool pump(void)
{
    struct timespec until;
    struct post post;
    int err = 0;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += WAIT_S;
    pthread_mutex_lock(&lock);
    while (nposts == 0 && err == 0)
        err = pthread_cond_timedwait(&cond, &lock, &until);
    if (nposts == 0) {
        pthread_mutex_unlock(&lock);
        return false;
    }
    post = posts[0];
    memmove(posts, posts + 1, --nposts * sizeof(posts[0]));
    pthread_mutex_unlock(&lock);
    post.h(post.msg, post.arg);
    return true;
}

/* What the handlers saw */

struct seen {
    unsigned requests, opens, messages, closes;
    uint16_t close_code;
    uint64_t request_id, conn, closed;
    char method[16], path[256], query[1024], authorization[256], peer[64];
    char host[256], origin[256], if_match[256], if_none_match[256], key[256];
    char *body; /* of the request or the message */
    size_t body_len;
    bool admin;
    bool hold;                              /* do not answer requests */
    const struct web_server_answer *answer; /* to requests; NULL = the usual one */
};

static struct web_server *server;
static struct seen seen;
static uint16_t ports[4];

static inline void keep_body(const char *data, size_t len)
{
    free(seen.body);
    seen.body = malloc(len + 1);
    assert_non_null(seen.body);
    memcpy(seen.body, data, len + 1); /* with its NUL */
    assert_int_equal(seen.body[len], 0);
    seen.body_len = len;
}

static inline void on_request(const struct web_server_request *request, void *arg)
{
    assert_ptr_equal(arg, &seen);
    ++seen.requests;
    seen.request_id = request->id;
    seen.admin = request->admin;
    snprintf(seen.method, sizeof(seen.method), "%s", request->method);
    snprintf(seen.path, sizeof(seen.path), "%s", request->path);
    snprintf(seen.query, sizeof(seen.query), "%s", request->query);
    snprintf(seen.authorization, sizeof(seen.authorization), "%s", request->authorization);
    snprintf(seen.host, sizeof(seen.host), "%s", request->host);
    snprintf(seen.origin, sizeof(seen.origin), "%s", request->origin);
    snprintf(seen.peer, sizeof(seen.peer), "%s", request->peer);
    snprintf(seen.if_match, sizeof(seen.if_match), "%s", request->if_match);
    snprintf(seen.if_none_match, sizeof(seen.if_none_match), "%s", request->if_none_match);
    snprintf(seen.key, sizeof(seen.key), "%s", request->idempotency_key);
    keep_body(request->body, request->body_len);
    if (seen.answer)
        web_server_reply_full(server, request->id, seen.answer);
    else if (!seen.hold)
        web_server_reply(server, request->id, request->admin ? 200 : 404, "application/json",
                         "{\"a\":1}", 7);
}

static inline void on_open(uint64_t conn, const char *peer, void *arg)
{
    assert_ptr_equal(arg, &seen);
    ++seen.opens;
    seen.conn = conn;
    snprintf(seen.peer, sizeof(seen.peer), "%s", peer);
}

static inline void on_message(uint64_t conn, const char *text, size_t len, void *arg)
{
    assert_ptr_equal(arg, &seen);
    seen.conn = conn;
    ++seen.messages;
    keep_body(text, len);
}

static inline void on_close(uint64_t conn, uint16_t code, void *arg)
{
    assert_ptr_equal(arg, &seen);
    ++seen.closes;
    seen.close_code = code;
    seen.closed = conn;
}

static const struct web_server_file files[] = {
    {"/index.html", "text/html; charset=utf-8", "<!doctype html><p>hi", 20},
    {"/app.js", "text/javascript", "let a;", 6},
    {"/admin.html", "text/html; charset=utf-8", "<!doctype html><p>ops", 21},
    {NULL, NULL, NULL, 0},
};

static const char *const origins[] = {"https://friend.example", NULL};

static inline struct web_server_cfg default_cfg(void)
{
    return (struct web_server_cfg){
        .listen = {{.addr = "127.0.0.1"}, {.addr = "127.0.0.1", .admin = true}},
        .nlistens = 2,
        .files = files,
        .handlers = {on_request, on_open, on_message, on_close, &seen},
        .allow_origin = origins,
        .max_connections = 100,
        .max_unauthenticated = 50,
        .max_per_address = 100,
        .auth_timeout_ms = 60000,
        .max_message = 20000,
        .max_message_unauth = 1000,
        .max_messages_per_s = 1000,
        .send_queue_bytes = 100000,
    };
}

static inline void start(const struct web_server_cfg *cfg)
{
    memset(&seen, 0, sizeof(seen));
    assert_int_equal(web_server_new(&server, cfg, ports, NULL, 0), 0);
}

static inline int stop(void **state)
{
    (void)state;
    server = web_server_free(server);
    nposts = 0;
    refuse_posts = false;
    free(seen.body);
    seen.body = NULL;
    return 0;
}

/* Client */

static inline int dial(uint16_t port, const char *from)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in me = {.sin_family = AF_INET};
    struct timeval limit = {.tv_sec = WAIT_S};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    assert_true(fd >= 0);
    if (from) {
        inet_pton(AF_INET, from, &me.sin_addr);
        assert_int_equal(bind(fd, (struct sockaddr *)&me, sizeof(me)), 0);
    }
    inet_pton(AF_INET, "127.0.0.1", &in.sin_addr);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    assert_int_equal(connect(fd, (struct sockaddr *)&in, sizeof(in)), 0);
    return fd;
}

static inline void put(int fd, const void *data, size_t len)
{
    assert_int_equal(send(fd, data, len, MSG_NOSIGNAL), len);
}

static inline void puts_to(int fd, const char *text)
{
    put(fd, text, strlen(text));
}

/** Read exactly @p len bytes.  @return false at the end of the stream */
static inline bool take(int fd, void *buf, size_t len)
{
    size_t n = 0;

    while (n < len) {
        ssize_t k = recv(fd, (char *)buf + n, len - n, 0);

        if (k < 0)
            assert_true(errno == ECONNRESET || errno == EPIPE); /* and not a timeout */
        if (k <= 0)
            return false;
        n += (size_t)k;
    }
    return true;
}

/** True once the server has closed; reads what is left. */
static inline bool is_closed(int fd)
{
    char c;

    while (take(fd, &c, 1))
        ;
    return true;
}

/** Read a head.  @return status, 0 if the server closed first */
static inline int read_head(int fd, char *head, size_t size)
{
    size_t n = 0;

    head[0] = '\0';
    while (n + 1 < size && !strstr(head, "\r\n\r\n")) {
        if (!take(fd, head + n, 1))
            return 0;
        head[++n] = '\0';
    }
    return (int)strtol(head + strlen("HTTP/1.1 "), NULL, 10);
}

/** A request with its answer on a connection. */
static inline int fetch_on(int fd, const char *request, char *head, size_t size, char *body)
{
    const char *len;
    int status;
    size_t n = 0;

    puts_to(fd, request);
    while (strstr(request, "/api") && !strstr(request, " /static") && seen.requests == 0 && pump())
        ;
    status = read_head(fd, head, size);
    len = strstr(head, "content-length: ");
    if (len)
        n = strtoul(len + strlen("content-length: "), NULL, 10);
    if (strncmp(request, "HEAD", 4) == 0 || status == 304)
        n = 0;
    assert_true(n < 4096);
    assert_true(take(fd, body, n));
    body[n] = '\0';
    return status;
}

static inline int fetch(uint16_t port, const char *request, char *head, size_t size, char *body)
{
    int fd = dial(port, NULL);
    int status = fetch_on(fd, request, head, size, body);

    close(fd);
    return status;
}

static char head[4096], body[8192];

#define HOST "Host: conf.example:8080\r\n"
#define UPGRADE                                                                                    \
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"                   \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define MEDLEY "Sec-WebSocket-Protocol: medley.v1\r\n"

/** @return status of the upgrade */
static inline int upgrade(int fd, const char *path, const char *more)
{
    char request[1024];

    snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\n" HOST UPGRADE "%s\r\n", path, more);
    puts_to(fd, request);
    return read_head(fd, head, sizeof(head));
}

static inline int ws_dial(void)
{
    unsigned opens = seen.opens;
    int fd = dial(ports[0], NULL);

    assert_int_equal(upgrade(fd, "/ws", MEDLEY), 101);
    while (seen.opens == opens)
        assert_true(pump());
    return fd;
}

static inline void ws_frame(int fd, unsigned first, const void *data, size_t len)
{
    unsigned char *frame = malloc(len + 16);
    size_t n = 0;

    assert_non_null(frame);
    frame[n++] = (unsigned char)first;
    if (len < 126) {
        frame[n++] = (unsigned char)(0x80 | len);
    } else {
        assert_true(len < 65536);
        frame[n++] = 0x80 | 126;
        frame[n++] = (unsigned char)(len >> 8);
        frame[n++] = (unsigned char)len;
    }
    memcpy(frame + n, "\x01\x02\x03\x04", 4);
    n += 4;
    for (size_t i = 0; i < len; ++i)
        frame[n++] = (unsigned char)(((const unsigned char *)data)[i] ^ (i % 4 + 1));
    (void)!send(fd, frame, n, MSG_NOSIGNAL); /* the server may have closed */
    free(frame);
}

/** Next frame.  @return its first byte, -1 at the end of the stream */
static inline int ws_read(int fd, char *data, size_t size, size_t *ret_len)
{
    unsigned char h[10];
    size_t len;

    if (!take(fd, h, 2))
        return -1;
    assert_false(h[1] & 0x80);
    len = h[1];
    if (len == 126) {
        assert_true(take(fd, h + 2, 2));
        len = (size_t)h[2] << 8 | h[3];
    } else if (len == 127) {
        assert_true(take(fd, h + 2, 8));
        len = (size_t)h[7] << 16 | (size_t)h[8] << 8 | h[9];
    }
    assert_true(len < size);
    if (!take(fd, data, len))
        return -1;
    data[len] = '\0';
    *ret_len = len;
    return h[0];
}

/** Read until the close frame.  @return its code, 0 if there was none */
static inline unsigned ws_close_code(int fd)
{
    static char data[TEXT_MAX];
    size_t len = 0;
    int first;

    while ((first = ws_read(fd, data, sizeof(data), &len)) >= 0)
        if (first == 0x88)
            return len >= 2 ? (unsigned)(unsigned char)data[0] << 8 | (unsigned char)data[1] : 1005;
    return 0;
}

static inline void wait_closed(void)
{
    while (seen.closes == 0)
        assert_true(pump());
}

#define TEST(name_) cmocka_unit_test_teardown(name_, stop)

#endif
