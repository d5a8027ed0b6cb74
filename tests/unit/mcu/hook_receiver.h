/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/hook_receiver.h  A receiver of webhooks on the loopback that behaves as told
 *
 * A thread with plain sockets.  Each request is kept and answered by the next entry of a script,
 * whose last one repeats.  One connection at a time.
 */
#ifndef TESTS_UNIT_MCU_HOOK_RECEIVER_H
#define TESTS_UNIT_MCU_HOOK_RECEIVER_H

#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum answer {
    ANSWER_OK,        /* 200, and the connection stays */
    ANSWER_CREATED,   /* 201, and it does not */
    ANSWER_ERROR,     /* 500 */
    ANSWER_GONE,      /* 410 */
    ANSWER_LATER,     /* 429, in half an hour */
    ANSWER_NEVERMORE, /* 503, in a year */
    ANSWER_REDIRECT,  /* 307 to where it came from */
    ANSWER_HELD,      /* 200, once receiver_release() was called */
    ANSWER_SILENCE,   /* none, until the other side hangs up */
    ANSWER_HANG_UP,   /* none */
    ANSWER_HUGE,      /* 200 and a body without end */
    ANSWER_HALF,      /* 200 and a body that does not come */
    ANSWER_CONTINUES, /* many 100, then nothing */
    ANSWER_HEADERS,   /* 200 and headers without end */
    ANSWER_NOISE,     /* not HTTP */
};

enum { RECEIVER_MAX = 64, RECEIVER_REQUEST_SIZE = 8192, RECEIVER_SCRIPT_MAX = 16 };

struct receiver {
    int listen_fd, port;
    int stop_fd, release_fd; /* eventfds, readable for ever once written */
    pthread_t thread;
    enum answer script[RECEIVER_SCRIPT_MAX];
    unsigned n_script;
    pthread_mutex_t lock; /* of what follows */
    unsigned n_connections, n_requests;
    char requests[RECEIVER_MAX][RECEIVER_REQUEST_SIZE];
};

static inline bool receiver_wait(const struct receiver *receiver, int fd)
{
    struct pollfd fds[2] = {{.fd = fd, .events = POLLIN},
                            {.fd = receiver->stop_fd, .events = POLLIN}};

    return poll(fds, 2, -1) > 0 && !fds[1].revents;
}

/* Reads a request with its body.  @return false if the other side hung up */
static inline bool receiver_read(const struct receiver *receiver, int fd, char *text)
{
    size_t len = 0, want = 0;

    for (;;) {
        const char *end = strstr(text, "\r\n\r\n"), *length = strcasestr(text, "content-length:");
        ssize_t n;

        if (end && !want)
            want = (size_t)(end + 4 - text) + (length ? strtoul(length + 15, NULL, 10) : 0);
        if (end && len >= want)
            return true;
        if (len == RECEIVER_REQUEST_SIZE - 1 || !receiver_wait(receiver, fd))
            return false;
        n = recv(fd, text + len, RECEIVER_REQUEST_SIZE - 1 - len, 0);
        if (n <= 0)
            return false;
        len += (size_t)n;
        text[len] = '\0';
    }
}

static inline bool receiver_say(int fd, const char *text)
{
    return send(fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text);
}

/* @return whether the connection stays */
static inline bool receiver_answer(const struct receiver *receiver, int fd, enum answer answer)
{
    static const char bye[] = "connection: close\r\ncontent-length: 2\r\n\r\nno";
    char text[512], gone;

    switch (answer) {
    case ANSWER_HELD:
        if (!receiver_wait(receiver, receiver->release_fd))
            return false;
        return receiver_say(fd, "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    case ANSWER_OK:
        return receiver_say(fd, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
    case ANSWER_REDIRECT:
        (void)snprintf(text, sizeof(text),
                       "HTTP/1.1 307 There\r\nlocation: http://127.0.0.1:%d/other\r\n%s",
                       receiver->port, bye);
        (void)receiver_say(fd, text);
        return false;
    case ANSWER_CREATED:
    case ANSWER_ERROR:
    case ANSWER_GONE:
    case ANSWER_LATER:
    case ANSWER_NEVERMORE:
        (void)snprintf(text, sizeof(text), "HTTP/1.1 %s\r\n%s",
                       answer == ANSWER_CREATED ? "201 Created"
                       : answer == ANSWER_ERROR ? "500 Oh\xff"
                       : answer == ANSWER_GONE  ? "410 Gone"
                       : answer == ANSWER_LATER ? "429 Slow\r\nretry-after: 1800"
                                                : "503 No\r\nretry-after: 31536000",
                       bye);
        (void)receiver_say(fd, text);
        return false;
    case ANSWER_HUGE:
        (void)receiver_say(fd, "HTTP/1.1 200 OK\r\n\r\n");
        while (receiver_say(fd, "0123456789abcdef0123456789abcdef0123456789abcdef"))
            ;
        return false;
    case ANSWER_HEADERS:
        (void)receiver_say(fd, "HTTP/1.1 200 OK\r\n");
        while (receiver_say(fd, "x-more: 0123456789abcdef0123456789abcdef\r\n"))
            ;
        return false;
    case ANSWER_CONTINUES:
        while (receiver_say(fd, "HTTP/1.1 100 Continue\r\n\r\n"))
            ;
        return false;
    case ANSWER_NOISE:
        (void)receiver_say(fd, "\x16\x03\x01 \xff\xfe nothing that you know\r\n\r\n");
        return false;
    case ANSWER_HALF:
        (void)receiver_say(fd, "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf");
        break;
    case ANSWER_HANG_UP:
        return false;
    case ANSWER_SILENCE:
        break;
    }
    while (receiver_wait(receiver, fd) && recv(fd, &gone, 1, 0) > 0)
        ;
    return false;
}

static inline void *receiver_run(void *arg)
{
    struct receiver *receiver = arg;
    static _Thread_local char text[RECEIVER_REQUEST_SIZE];

    while (receiver_wait(receiver, receiver->listen_fd)) {
        const int fd = accept4(receiver->listen_fd, NULL, NULL, SOCK_CLOEXEC);
        bool stays = fd >= 0;

        (void)pthread_mutex_lock(&receiver->lock);
        ++receiver->n_connections;
        (void)pthread_mutex_unlock(&receiver->lock);
        while (stays && (text[0] = '\0', receiver_read(receiver, fd, text))) {
            unsigned i;

            (void)pthread_mutex_lock(&receiver->lock);
            i = receiver->n_requests++;
            if (i < RECEIVER_MAX)
                strcpy(receiver->requests[i], text);
            (void)pthread_mutex_unlock(&receiver->lock);
            if (i >= receiver->n_script)
                i = receiver->n_script - 1;
            stays = receiver_answer(receiver, fd, receiver->script[i]);
        }
        if (fd >= 0)
            (void)close(fd);
    }
    return NULL;
}

/* @param n  Entries of the script, at least 1 */
static inline struct receiver *receiver_new(const enum answer *script, unsigned n)
{
    struct sockaddr_in addr = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct receiver *receiver = calloc(1, sizeof(*receiver));
    socklen_t len = sizeof(addr);

    assert_non_null(receiver);
    assert_in_range(n, 1, RECEIVER_SCRIPT_MAX);
    memcpy(receiver->script, script, n * sizeof(*script));
    receiver->n_script = n;
    receiver->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(receiver->listen_fd, (const struct sockaddr *)&addr, len), 0);
    assert_int_equal(listen(receiver->listen_fd, 32), 0);
    assert_int_equal(getsockname(receiver->listen_fd, (struct sockaddr *)&addr, &len), 0);
    receiver->port = ntohs(addr.sin_port);
    receiver->stop_fd = eventfd(0, EFD_CLOEXEC);
    receiver->release_fd = eventfd(0, EFD_CLOEXEC);
    assert_int_equal(pthread_mutex_init(&receiver->lock, NULL), 0);
    assert_int_equal(pthread_create(&receiver->thread, NULL, receiver_run, receiver), 0);
    return receiver;
}

static inline struct receiver *receiver_one(enum answer answer)
{
    return receiver_new(&answer, 1);
}

static inline void receiver_release(struct receiver *receiver)
{
    assert_int_equal(eventfd_write(receiver->release_fd, 1), 0);
}

static inline void receiver_free(struct receiver *receiver)
{
    assert_int_equal(eventfd_write(receiver->stop_fd, 1), 0);
    assert_int_equal(pthread_join(receiver->thread, NULL), 0);
    (void)close(receiver->listen_fd);
    (void)close(receiver->stop_fd);
    (void)close(receiver->release_fd);
    (void)pthread_mutex_destroy(&receiver->lock);
    free(receiver);
}

static inline unsigned receiver_connections(struct receiver *receiver)
{
    unsigned n;

    (void)pthread_mutex_lock(&receiver->lock);
    n = receiver->n_connections;
    (void)pthread_mutex_unlock(&receiver->lock);
    return n;
}

static inline unsigned receiver_requests(struct receiver *receiver)
{
    unsigned n;

    (void)pthread_mutex_lock(&receiver->lock);
    n = receiver->n_requests;
    (void)pthread_mutex_unlock(&receiver->lock);
    return n;
}

/* A request that came in; it does not change any more. */
static inline const char *receiver_request(struct receiver *receiver, unsigned i)
{
    assert_in_range(i, 0, RECEIVER_MAX - 1);
    assert_in_range(i + 1, 1, receiver_requests(receiver));
    return receiver->requests[i];
}

/* Value of a header of a request.  @return @p ret */
static inline const char *receiver_header(struct receiver *receiver, unsigned i, const char *name,
                                          char ret[512])
{
    char line[64];
    const char *at;

    (void)snprintf(line, sizeof(line), "\r\n%s: ", name);
    at = strcasestr(receiver_request(receiver, i), line);
    if (!at)
        fail_msg("no header %s", name);
    else
        (void)snprintf(ret, 512, "%.*s", (int)strcspn(at + strlen(line), "\r"), at + strlen(line));
    return ret;
}

static inline const char *receiver_body(struct receiver *receiver, unsigned i)
{
    return strstr(receiver_request(receiver, i), "\r\n\r\n") + 4;
}

#endif
