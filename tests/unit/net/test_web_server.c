/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_web_server.c  Web server: files, requests, WebSockets, limits
 *
 * The test is the control thread: it runs what the server posts, and talks to the server
 * over loopback with plain sockets.  Every wait is for an event, with a limit that only a
 * broken server reaches.
 */
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

static void refuse(bool on)
{
    pthread_mutex_lock(&lock);
    refuse_posts = on;
    pthread_mutex_unlock(&lock);
}

/** Run one posted message; waits for it.  @return false if none came */
static bool pump(void)
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
    uint64_t request_id, conn, closed;
    char method[16], path[256], query[1024], authorization[256], peer[64];
    char *body; /* of the request or the message */
    size_t body_len;
    bool admin;
    bool hold; /* do not answer requests */
};

static struct web_server *server;
static struct seen seen;
static uint16_t ports[4];

static void keep_body(const char *data, size_t len)
{
    free(seen.body);
    seen.body = malloc(len + 1);
    assert_non_null(seen.body);
    memcpy(seen.body, data, len + 1); /* with its NUL */
    assert_int_equal(seen.body[len], 0);
    seen.body_len = len;
}

static void on_request(const struct web_server_request *request, void *arg)
{
    assert_ptr_equal(arg, &seen);
    ++seen.requests;
    seen.request_id = request->id;
    seen.admin = request->admin;
    snprintf(seen.method, sizeof(seen.method), "%s", request->method);
    snprintf(seen.path, sizeof(seen.path), "%s", request->path);
    snprintf(seen.query, sizeof(seen.query), "%s", request->query);
    snprintf(seen.authorization, sizeof(seen.authorization), "%s", request->authorization);
    keep_body(request->body, request->body_len);
    if (!seen.hold)
        web_server_reply(server, request->id, request->admin ? 200 : 404, "application/json",
                         "{\"a\":1}", 7);
}

static void on_open(uint64_t conn, const char *peer, void *arg)
{
    assert_ptr_equal(arg, &seen);
    ++seen.opens;
    seen.conn = conn;
    snprintf(seen.peer, sizeof(seen.peer), "%s", peer);
}

static void on_message(uint64_t conn, const char *text, size_t len, void *arg)
{
    assert_ptr_equal(arg, &seen);
    seen.conn = conn;
    ++seen.messages;
    keep_body(text, len);
}

static void on_close(uint64_t conn, void *arg)
{
    assert_ptr_equal(arg, &seen);
    ++seen.closes;
    seen.closed = conn;
}

static const struct web_server_file files[] = {
    {"/index.html", "text/html; charset=utf-8", "<!doctype html><p>hi", 20},
    {"/app.js", "text/javascript", "let a;", 6},
    {NULL, NULL, NULL, 0},
};

static const char *const origins[] = {"https://friend.example", NULL};

static struct web_server_cfg default_cfg(void)
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

static void start(const struct web_server_cfg *cfg)
{
    memset(&seen, 0, sizeof(seen));
    assert_int_equal(web_server_new(&server, cfg, ports, NULL, 0), 0);
}

static int stop(void **state)
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

static int dial(uint16_t port, const char *from)
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

static void put(int fd, const void *data, size_t len)
{
    assert_int_equal(send(fd, data, len, MSG_NOSIGNAL), len);
}

static void puts_to(int fd, const char *text)
{
    put(fd, text, strlen(text));
}

/** Read exactly @p len bytes.  @return false at the end of the stream */
static bool take(int fd, void *buf, size_t len)
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
static bool is_closed(int fd)
{
    char c;

    while (take(fd, &c, 1))
        ;
    return true;
}

/** Read a head.  @return status, 0 if the server closed first */
static int read_head(int fd, char *head, size_t size)
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
static int fetch_on(int fd, const char *request, char *head, size_t size, char *body)
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

static int fetch(uint16_t port, const char *request, char *head, size_t size, char *body)
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
static int upgrade(int fd, const char *path, const char *more)
{
    char request[1024];

    snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\n" HOST UPGRADE "%s\r\n", path, more);
    puts_to(fd, request);
    return read_head(fd, head, sizeof(head));
}

static int ws_dial(void)
{
    unsigned opens = seen.opens;
    int fd = dial(ports[0], NULL);

    assert_int_equal(upgrade(fd, "/ws", MEDLEY), 101);
    while (seen.opens == opens)
        assert_true(pump());
    return fd;
}

static void ws_frame(int fd, unsigned first, const void *data, size_t len)
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
static int ws_read(int fd, char *data, size_t size, size_t *ret_len)
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
static unsigned ws_close_code(int fd)
{
    static char data[TEXT_MAX];
    size_t len = 0;
    int first;

    while ((first = ws_read(fd, data, sizeof(data), &len)) >= 0)
        if (first == 0x88)
            return len >= 2 ? (unsigned)(unsigned char)data[0] << 8 | (unsigned char)data[1] : 1005;
    return 0;
}

static void wait_closed(void)
{
    while (seen.closes == 0)
        assert_true(pump());
}

/* Tests: HTTP */

static void serves_fixed_files_with_safe_headers(void **state)
{
    static const struct {
        const char *path, *type, *text;
    } cases[] = {
        {"/", "text/html; charset=utf-8", "<!doctype html><p>hi"},
        {"/index.html", "text/html; charset=utf-8", "<!doctype html><p>hi"},
        {"/r/demo", "text/html; charset=utf-8", "<!doctype html><p>hi"},
        {"/r/demo?name=Ada", "text/html; charset=utf-8", "<!doctype html><p>hi"},
        {"/app.js", "text/javascript", "let a;"},
    };
    struct web_server_cfg cfg = default_cfg();
    (void)state;

    start(&cfg);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        char request[256], type[128];

        snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\n" HOST "\r\n", cases[i].path);
        snprintf(type, sizeof(type), "content-type: %s\r\n", cases[i].type);
        assert_int_equal(fetch(ports[0], request, head, sizeof(head), body), 200);
        assert_string_equal(body, cases[i].text);
        assert_non_null(strstr(head, type));
        assert_non_null(strstr(head, "cache-control: no-cache\r\n"));
        assert_non_null(strstr(head, "x-content-type-options: nosniff\r\n"));
        assert_non_null(strstr(head, "content-security-policy: default-src 'self'"));
        assert_non_null(strstr(head, "permissions-policy: camera=(self), microphone=(self)"));
    }
    assert_int_equal(seen.requests, 0);
}

static void answers_head_and_conditional_requests_without_a_body(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    char etag[64], request[256];
    const char *p;
    int fd;
    (void)state;

    start(&cfg);
    fd = dial(ports[0], NULL);
    assert_int_equal(
        fetch_on(fd, "HEAD /app.js HTTP/1.1\r\n" HOST "\r\n", head, sizeof(head), body), 200);
    assert_non_null(strstr(head, "content-length: 6\r\n"));
    p = strstr(head, "etag: ");
    assert_non_null(p);
    snprintf(etag, sizeof(etag), "%.*s", (int)strcspn(p + 6, "\r"), p + 6);
    snprintf(request, sizeof(request), "GET /app.js HTTP/1.1\r\n" HOST "If-None-Match: %s\r\n\r\n",
             etag);
    assert_int_equal(fetch_on(fd, request, head, sizeof(head), body), 304);
    assert_int_equal(fetch_on(fd, "GET /app.js HTTP/1.1\r\n" HOST "If-None-Match: \"x\"\r\n\r\n",
                              head, sizeof(head), body),
                     200);
    assert_string_equal(body, "let a;");
    close(fd);
}

static void passes_other_requests_whole_to_control(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    (void)state;

    start(&cfg);
    assert_int_equal(fetch(ports[0],
                           "POST /api/v1/a%20b?x=1%262&y=%C3%A4 HTTP/1.1\r\n" HOST
                           "Authorization: Bearer abc\r\nContent-Length: 5\r\n\r\nhello",
                           head, sizeof(head), body),
                     404);
    assert_string_equal(body, "{\"a\":1}");
    assert_string_equal(seen.method, "POST");
    assert_string_equal(seen.path, "/api/v1/a b");
    assert_string_equal(seen.query, "x=1%262&y=%C3%A4");
    assert_string_equal(seen.authorization, "Bearer abc");
    assert_string_equal(seen.body, "hello");
    assert_false(seen.admin);
}

static void keeps_the_admin_listener_apart(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    int fd;
    (void)state;

    start(&cfg);
    assert_int_equal(fetch(ports[1], "GET /api HTTP/1.1\r\n" HOST "\r\n", head, sizeof(head), body),
                     200);
    assert_true(seen.admin);

    /* Neither files nor WebSockets on the admin listener. */
    seen.requests = 0;
    fd = dial(ports[1], NULL);
    puts_to(fd, "GET /app.js HTTP/1.1\r\n" HOST "\r\n");
    while (seen.requests == 0)
        assert_true(pump());
    assert_string_equal(seen.path, "/app.js");
    close(fd);
    fd = dial(ports[1], NULL);
    assert_int_equal(upgrade(fd, "/ws", MEDLEY), 404);
    close(fd);
    assert_int_equal(seen.opens, 0);

    /* Nothing in a request makes a public connection an admin one. */
    seen.requests = 0;
    assert_int_equal(
        fetch(ports[0], "GET /api HTTP/1.1\r\nHost: 127.0.0.1:9090\r\nX-Forwarded-For: ::1\r\n\r\n",
              head, sizeof(head), body),
        404);
    assert_false(seen.admin);
}

static void refuses_bodies_that_it_cannot_bound(void **state)
{
    static const struct {
        const char *request;
        int status;
    } cases[] = {
        {"POST /api HTTP/1.1\r\n" HOST "Content-Length: 20001\r\n\r\n", 413},
        {"POST /api HTTP/1.1\r\n" HOST "Content-Length: 99999999999999999999999\r\n\r\n", 413},
        {"POST /api HTTP/1.1\r\n" HOST "Content-Length: 18446744073709551617\r\n\r\n", 413},
        {"POST /api HTTP/1.1\r\n" HOST "Content-Length: -5\r\n\r\n", 400},
        {"POST /api HTTP/1.1\r\n" HOST "Content-Length: 5x\r\n\r\nhello", 400},
        {"POST /api HTTP/1.1\r\n" HOST "\r\n", 411},
        {"POST /api HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501},
        {"POST /app.js HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", 405},
        {"GET /ws HTTP/1.1\r\n" HOST "\r\n", 426},
    };
    struct web_server_cfg cfg = default_cfg();
    (void)state;

    start(&cfg);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        int fd = dial(ports[0], NULL);

        puts_to(fd, cases[i].request);
        assert_int_equal(read_head(fd, head, sizeof(head)), cases[i].status);
        assert_true(is_closed(fd));
        close(fd);
    }
    assert_int_equal(seen.requests, 0);
}

static void closes_on_rubbish(void **state)
{
    static const char *const cases[] = {
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 this is no TLS here\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET nowhere HTTP/1.1\r\n\r\n",
        "BREW /coffee HTTP/1.1\r\n\r\n",
    };
    struct web_server_cfg cfg = default_cfg();
    static char big[20000];
    int fd;
    (void)state;

    start(&cfg);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        fd = dial(ports[0], NULL);
        puts_to(fd, cases[i]);
        assert_true(is_closed(fd));
        close(fd);
    }
    memset(big, 'a', sizeof(big));
    memcpy(big, "GET / HTTP/1.1\r\nX: ", 19);
    memcpy(big + sizeof(big) - 4, "\r\n\r\n", 4);
    fd = dial(ports[0], NULL);
    memcpy(big, "GET / HTTP/1.1\r\nCookie: ", 24);
    (void)!send(fd, big, sizeof(big), MSG_NOSIGNAL);
    assert_true(is_closed(fd));
    close(fd);
    assert_int_equal(seen.requests, 0);
    assert_int_equal(
        fetch(ports[0], "GET /app.js HTTP/1.1\r\n" HOST "\r\n", head, sizeof(head), body), 200);
}

static void ignores_an_answer_that_comes_too_late(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    uint64_t old;
    int fd;
    (void)state;

    start(&cfg);
    seen.hold = true;
    fd = dial(ports[0], NULL);
    puts_to(fd, "GET /api HTTP/1.1\r\n" HOST "\r\n");
    while (seen.requests == 0)
        assert_true(pump());
    old = seen.request_id;
    close(fd);
    seen.hold = false;
    seen.requests = 0;
    web_server_reply(server, old, 200, "text/plain", "late", 4);
    web_server_reply(server, 12345, 200, "text/plain", "never", 5);
    assert_int_equal(fetch(ports[0], "GET /api HTTP/1.1\r\n" HOST "\r\n", head, sizeof(head), body),
                     404);
    assert_true(seen.request_id != old);
    web_server_reply(server, old, 200, "text/plain", "late", 4);
}

static void limits_connections_from_one_address(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    int fd[3], other;
    (void)state;

    cfg.max_per_address = 2;
    start(&cfg);
    for (int i = 0; i < 2; ++i) {
        fd[i] = dial(ports[0], NULL);
        assert_int_equal(
            fetch_on(fd[i], "GET /app.js HTTP/1.1\r\n" HOST "\r\n", head, sizeof(head), body), 200);
    }
    fd[2] = dial(ports[0], NULL);
    assert_true(is_closed(fd[2]));
    other = dial(ports[0], "127.0.0.77");
    assert_int_equal(
        fetch_on(other, "GET /app.js HTTP/1.1\r\n" HOST "\r\n", head, sizeof(head), body), 200);
    for (int i = 0; i < 3; ++i)
        close(fd[i]);
    close(other);
}

static void keeps_room_for_admin_when_it_is_full(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    int a, b;
    (void)state;

    cfg.max_connections = 1;
    start(&cfg);
    a = dial(ports[0], NULL);
    assert_int_equal(fetch_on(a, "GET /app.js HTTP/1.1\r\n" HOST "\r\n", head, sizeof(head), body),
                     200);
    b = dial(ports[0], "127.0.0.2");
    assert_true(is_closed(b));
    assert_int_equal(fetch(ports[1], "GET /api HTTP/1.1\r\n" HOST "\r\n", head, sizeof(head), body),
                     200);
    close(a);
    close(b);
}

/* Tests: WebSocket */

static void opens_only_for_our_subprotocol_path_and_origin(void **state)
{
    static const struct {
        const char *path, *more;
        int status;
    } cases[] = {
        {"/ws", MEDLEY, 101},
        {"/ws", MEDLEY "Origin: http://conf.example:8080\r\n", 101},
        {"/ws", MEDLEY "Origin: https://CONF.example:8080\r\n", 101},
        {"/ws", MEDLEY "Origin: https://friend.example\r\n", 101},
        {"/ws", MEDLEY "Origin: https://friend.example.evil.example\r\n", 403},
        {"/ws", MEDLEY "Origin: http://conf.example\r\n", 403},
        {"/ws", MEDLEY "Origin: http://conf.example:8080.evil.example\r\n", 403},
        {"/ws", MEDLEY "Origin: http://evil.example\r\n", 403},
        {"/ws", MEDLEY "Origin: null\r\n", 403},
        {"/ws", MEDLEY "Origin: conf.example:8080\r\n", 403},
        {"/ws", "", 426},
        {"/ws", "Sec-WebSocket-Protocol: http\r\n", 426},
        {"/ws", "Sec-WebSocket-Protocol: medley-listen, medley.v1\r\n", 426},
        {"/other", MEDLEY, 404},
    };
    struct web_server_cfg cfg = default_cfg();
    (void)state;

    start(&cfg);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        int fd = dial(ports[0], NULL);

        assert_int_equal(upgrade(fd, cases[i].path, cases[i].more), cases[i].status);
        if (cases[i].status == 101)
            assert_non_null(strcasestr(head, "sec-websocket-protocol: medley.v1\r\n"));
        close(fd);
    }
}

static void carries_messages_both_ways(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    size_t len;
    int fd;
    (void)state;

    start(&cfg);
    fd = ws_dial();
    assert_int_equal(strncmp(seen.peer, "127.0.0.1:", 10), 0);
    ws_frame(fd, 0x81, "h\xc3\xa4llo", 6);
    while (seen.messages == 0)
        assert_true(pump());
    assert_string_equal(seen.body, "h\xc3\xa4llo");
    web_server_send(server, seen.conn, "one", 3);
    web_server_send_many(server, &seen.conn, 1, "two", 3);
    assert_int_equal(ws_read(fd, body, sizeof(body), &len), 0x81);
    assert_string_equal(body, "one");
    assert_int_equal(ws_read(fd, body, sizeof(body), &len), 0x81);
    assert_string_equal(body, "two");
    close(fd);
    wait_closed();
    assert_int_equal(seen.closed, seen.conn);
    assert_int_equal(seen.closes, 1);
}

static void joins_fragments_and_answers_pings_between(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    size_t len;
    int fd;
    (void)state;

    start(&cfg);
    fd = ws_dial();
    ws_frame(fd, 0x01, "ab", 2);
    ws_frame(fd, 0x89, "ping", 4);
    ws_frame(fd, 0x00, "", 0);
    ws_frame(fd, 0x00, "cd", 2);
    ws_frame(fd, 0x80, "ef", 2);
    while (seen.messages == 0)
        assert_true(pump());
    assert_string_equal(seen.body, "abcdef");
    assert_int_equal(ws_read(fd, body, sizeof(body), &len), 0x8a);
    assert_string_equal(body, "ping");
    close(fd);
}

static void holds_its_limits_on_messages(void **state)
{
    static const struct {
        const char *what;
        size_t len;
        bool authenticated, fragmented;
        unsigned code; /* 0 = fits */
    } cases[] = {
        {"before login", 1000, false, false, 0},    {"too long", 1001, false, false, 1009},
        {"in pieces", 1001, false, true, 1009},     {"after login", 20000, true, false, 0},
        {"too long then", 20001, true, true, 1009},
    };
    struct web_server_cfg cfg = default_cfg();
    static char data[30000];
    (void)state;

    start(&cfg);
    memset(data, 'x', sizeof(data));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        size_t half = cases[i].len / 2;
        int fd = ws_dial();

        seen.messages = 0;
        if (cases[i].authenticated) { /* a message back tells that the server knows */
            size_t len;

            web_server_authenticated(server, seen.conn);
            web_server_send(server, seen.conn, "", 0);
            assert_int_equal(ws_read(fd, body, sizeof(body), &len), 0x81);
        }
        if (cases[i].fragmented) {
            ws_frame(fd, 0x01, data, half);
            ws_frame(fd, 0x80, data + half, cases[i].len - half);
        } else {
            ws_frame(fd, 0x81, data, cases[i].len);
        }
        while (!cases[i].code && seen.messages == 0)
            assert_true(pump());
        if (cases[i].code)
            assert_int_equal(ws_close_code(fd), cases[i].code);
        else
            assert_int_equal(seen.body_len, cases[i].len);
        close(fd);
    }
}

static void closes_what_is_not_text(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    unsigned code;
    int fd;
    (void)state;

    start(&cfg);
    fd = ws_dial();
    ws_frame(fd, 0x82, "\0\1", 2);
    assert_int_equal(ws_close_code(fd), 1003);
    close(fd);
    fd = ws_dial();
    ws_frame(fd, 0x81, "\xc3\x28", 2);
    code = ws_close_code(fd);
    assert_true(code == 1007 || code == 0);
    close(fd);
    assert_int_equal(seen.messages, 0);
}

static void closes_whoever_sends_too_many(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    int fd;
    (void)state;

    cfg.max_messages_per_s = 1;
    start(&cfg);
    fd = ws_dial();
    for (int i = 0; i < 20; ++i)
        ws_frame(fd, 0x81, "x", 1);
    assert_int_equal(ws_close_code(fd), 4029);
    wait_closed();
    assert_true(seen.messages >= 3 && seen.messages < 20);
    close(fd);

    fd = ws_dial();
    seen.messages = 0;
    ws_frame(fd, 0x01, "x", 1);
    for (int i = 0; i < 100; ++i)
        ws_frame(fd, 0x00, "", 0);
    assert_int_equal(ws_close_code(fd), 1009);
    close(fd);
    assert_int_equal(seen.messages, 0);
}

static void closes_whoever_does_not_authenticate(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    int fd;
    (void)state;

    cfg.auth_timeout_ms = 1;
    start(&cfg);
    fd = ws_dial();
    assert_int_equal(ws_close_code(fd), 4001);
    wait_closed();
    close(fd);
}

static void limits_sockets_before_login(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    int a, b, c;
    (void)state;

    cfg.max_unauthenticated = 1;
    start(&cfg);
    a = ws_dial();
    b = dial(ports[0], NULL);
    assert_int_equal(upgrade(b, "/ws", MEDLEY), 503);
    close(b);
    web_server_authenticated(server, seen.conn);
    web_server_send(server, seen.conn, "ok", 2);
    assert_true(take(a, body, 4));
    c = ws_dial();
    close(a);
    close(c);
}

static void closes_a_slow_reader_and_nobody_else(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    static char text[30000];
    uint64_t slow, good;
    size_t len;
    int a, b;
    (void)state;

    start(&cfg);
    a = ws_dial();
    slow = seen.conn;
    b = ws_dial();
    good = seen.conn;
    memset(text, 'y', sizeof(text));
    for (int i = 0; i < 2000 && seen.closes == 0; ++i) {
        uint64_t both[2] = {slow, good};
        static char got[40000];

        web_server_send_many(server, both, 2, text, sizeof(text));
        assert_int_equal(ws_read(b, got, sizeof(got), &len), 0x81);
        assert_int_equal(len, sizeof(text));
        pthread_mutex_lock(&lock);
        len = nposts;
        pthread_mutex_unlock(&lock);
        if (len)
            assert_true(pump());
    }
    assert_int_equal(seen.closes, 1);
    assert_int_equal(seen.closed, slow);
    assert_int_equal(ws_close_code(a), 4008);
    close(a);
    close(b);
}

static void sends_what_is_queued_before_a_close(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    size_t len;
    int fd;
    (void)state;

    start(&cfg);
    fd = ws_dial();
    web_server_send(server, seen.conn, "bye", 3);
    web_server_close(server, seen.conn, 4003, "removed");
    web_server_send(server, seen.conn, "after", 5);
    assert_int_equal(ws_read(fd, body, sizeof(body), &len), 0x81);
    assert_string_equal(body, "bye");
    assert_int_equal(ws_read(fd, body, sizeof(body), &len), 0x88);
    assert_memory_equal(body, "\x0f\xa3removed", 9);
    wait_closed();
    close(fd);
}

static void closes_peers_that_do_not_answer_pings(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    size_t len;
    int fd, pings = 0;
    (void)state;

    cfg.ping_ms = 1;
    start(&cfg);
    fd = ws_dial();
    while (ws_read(fd, body, sizeof(body), &len) == 0x89)
        ++pings;
    assert_int_equal(pings, 2);
    wait_closed();
    close(fd);
}

static void says_goodbye_when_it_stops(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    int fd;
    (void)state;

    start(&cfg);
    fd = ws_dial();
    server = web_server_free(server);
    assert_int_equal(ws_close_code(fd), 1001);
    close(fd);
    while (nposts)
        assert_true(pump());
    assert_int_equal(seen.closes, 0); /* no handler after free */
}

static void tells_control_later_when_its_queue_was_full(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    int fd;
    (void)state;

    start(&cfg);
    refuse(true);
    fd = dial(ports[0], NULL);
    assert_int_equal(upgrade(fd, "/ws", MEDLEY), 101);
    refuse(false);
    while (seen.opens == 0)
        assert_true(pump());
    close(fd);
}

/* Tests: start */

static void says_what_is_wrong_with_its_listeners(void **state)
{
    struct web_server_cfg cfg = default_cfg();
    struct web_server *other = NULL;
    char why[256] = "";
    (void)state;

    start(&cfg);
    cfg.listen[0].port = ports[0];
    assert_int_equal(web_server_new(&other, &cfg, NULL, why, sizeof(why)), -EADDRINUSE);
    assert_non_null(strstr(why, "127.0.0.1"));
    cfg.listen[0].port = 0;
    snprintf(cfg.listen[0].addr, sizeof(cfg.listen[0].addr), "not an address");
    assert_int_equal(web_server_new(&other, &cfg, NULL, why, sizeof(why)), -EINVAL);
    snprintf(cfg.listen[0].addr, sizeof(cfg.listen[0].addr), "192.0.2.77");
    assert_int_equal(web_server_new(&other, &cfg, NULL, why, sizeof(why)), -EADDRNOTAVAIL);
    cfg.listen[0].addr[0] = '\0';
    snprintf(cfg.listen[0].cert, sizeof(cfg.listen[0].cert), "/nonexistent/cert.pem");
    assert_int_equal(web_server_new(&other, &cfg, NULL, why, sizeof(why)), -EBADMSG);
    assert_non_null(strstr(why, "/nonexistent/cert.pem"));
    cfg.nlistens = 0;
    assert_int_equal(web_server_new(&other, &cfg, NULL, why, sizeof(why)), -EINVAL);
    assert_null(other);
    assert_null(web_server_free(NULL));
}

#define TEST(name_) cmocka_unit_test_teardown(name_, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(serves_fixed_files_with_safe_headers),
        TEST(answers_head_and_conditional_requests_without_a_body),
        TEST(passes_other_requests_whole_to_control),
        TEST(keeps_the_admin_listener_apart),
        TEST(refuses_bodies_that_it_cannot_bound),
        TEST(closes_on_rubbish),
        TEST(ignores_an_answer_that_comes_too_late),
        TEST(limits_connections_from_one_address),
        TEST(keeps_room_for_admin_when_it_is_full),
        TEST(opens_only_for_our_subprotocol_path_and_origin),
        TEST(carries_messages_both_ways),
        TEST(joins_fragments_and_answers_pings_between),
        TEST(holds_its_limits_on_messages),
        TEST(closes_what_is_not_text),
        TEST(closes_whoever_sends_too_many),
        TEST(closes_whoever_does_not_authenticate),
        TEST(limits_sockets_before_login),
        TEST(closes_a_slow_reader_and_nobody_else),
        TEST(sends_what_is_queued_before_a_close),
        TEST(closes_peers_that_do_not_answer_pings),
        TEST(says_goodbye_when_it_stops),
        TEST(tells_control_later_when_its_queue_was_full),
        TEST(says_what_is_wrong_with_its_listeners),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
