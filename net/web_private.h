/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/web_private.h  What the files of the web server share; for net/web_*.c only
 *
 *     web_server.c  interface, thread, commands from control
 *     web_listen.c  listening sockets, TCP and Unix
 *     web_event.c   what goes to control
 *     web_peer.c    connections: accept, limits per address, deadlines
 *     web_problem.c errors of the three above and below
 *     web_request.c the head of a request, to an event
 *     web_http.c    fixed files, requests and their answers
 *     web_socket.c  WebSockets
 *
 * Everything here belongs to the web thread, except where a comment says otherwise.
 */
#ifndef NET_WEB_PRIVATE_H
#define NET_WEB_PRIVATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcu/base/id.h"
#include "mcu/base/ref.h"
#include "net/web_server.h"

struct lws;
struct lws_context;
struct lws_vhost;
struct sockaddr_storage;

enum {
    WEB_ADMIN_SLOTS = 16,     /* connections kept free for admin listeners */
    WEB_SLOT_BITS = 20,       /* an id is a serial number and, in these bits, a slot */
    WEB_BUCKETS = 1024,       /* of source addresses */
    WEB_TYPE_SIZE = 64,       /* Content-Type of a reply */
    WEB_REASON_MAX = 120,     /* of a close frame */
    WEB_HEAD_US = 10000000,   /* for the TLS handshake and the head of a request */
    WEB_BODY_US = 15000000,   /* for the body */
    WEB_WAIT_US = 30000000,   /* for control's answer */
    WEB_SEND_US = 60000000,   /* for the peer to read it */
    WEB_DISCARD_US = 1000000, /* for a body that nobody wants */
    WEB_LINGER_US = 5000000   /* for the peer to read the close frame */
};

/** Bytes that several connections may send; room for a frame's header goes before them. */
struct web_text {
    struct ref ref;
    size_t len;
    unsigned char *data; /* after the headroom, inside this allocation */
};

struct web_text *web_server_text(const void *data, size_t len);
void web_server_text_unref(struct web_text *text);

struct web_addr {
    unsigned char bytes[16]; /* IPv4 mapped; IPv6 cut to its /64 */
};

struct web_listen {
    struct web_server *server;
    struct lws_vhost *vhost;
    char name[ID_SIZE]; /* of the vhost; libwebsockets keeps the pointer */
    int fd;
    uint64_t inode; /* of a Unix socket's file: it may be another one's when we stop; 0 = none */
    bool admin;
};

enum web_state {
    WEB_STATE_FREE,   /* slot is not in use */
    WEB_STATE_HEAD,   /* handshake, head of a request, or idle between two */
    WEB_STATE_BODY,   /* reading a body */
    WEB_STATE_WAIT,   /* control has the request */
    WEB_STATE_REPLY,  /* sending the answer */
    WEB_STATE_LINGER, /* answered before the body, which is thrown away */
    WEB_STATE_SOCKET, /* WebSocket */
};

struct web_queued {
    struct web_queued *next;
    struct web_text *text;
};

struct web_peer {
    enum web_state state;
    uint32_t slot;
    uint64_t id; /* of the request or WebSocket, 0 = none */
    struct lws *wsi;
    const struct web_listen *listen;
    struct web_addr addr;
    struct web_peer *next; /* in the bucket of the address, or of the free list */
    char name[64];         /* address and port in words */
    uint64_t deadline_us;  /* 0 = none */

    struct {
        struct web_event *event;  /* request while its body comes in */
        size_t body_size;         /* announced */
        struct web_text *text;    /* answer, NULL for a fixed file */
        struct web_text *headers; /* of the answer, NULL for ours alone */
        const unsigned char *data;
        size_t left;
        unsigned status;
        bool head; /* HEAD: no body in the answer */
        bool headers_sent;
        char type[WEB_TYPE_SIZE];
        const char *etag;
    } http;

    struct {
        bool authenticated;
        bool told; /* control knows that it is closed */
        bool closing;
        bool ping;
        unsigned missed; /* pings */
        uint64_t ping_at_us;
        uint16_t peer_code; /* that the peer closed with; 0: it did not */
        uint16_t code;
        char reason[WEB_REASON_MAX + 1];
        char *message;
        size_t message_len, message_size;
        unsigned fragments;
        uint64_t credit_us; /* token bucket of messages, in time */
        uint64_t credit_at_us;
        struct web_queued *first, **last;
        size_t queued; /* [bytes] */
    } ws;
};

struct web_static {
    const struct web_server_file *file;
    char etag[24];
};

struct web_inbox;

struct web_server {
    struct web_server_cfg cfg; /* constant while the thread runs; allow_origin is our copy */
    char **allow_origin;
    struct web_static *statics;
    size_t nstatics;
    const struct web_static *index;

    struct lws_context *context;
    struct web_listen listen[4];
    struct web_inbox *inbox;

    struct web_peer *peers; /* npeers of them */
    struct web_peer *free_peers;
    struct web_peer *bucket[WEB_BUCKETS];
    uint32_t npeers;
    uint32_t npublic; /* in use on public listeners */
    uint32_t nsockets, nunauthenticated;
    uint64_t serial;
    int spare_fd; /* given up for a moment when there are no more descriptors */
    bool stopping;
};

/* web_listen.c */

/**
 * Bind and listen.
 * @param ret_inode  Of the file of a Unix socket, for web_listen_remove(); else 0
 * @return a descriptor or -errno
 */
int web_listen_open(const struct web_server_listen *listen, uint16_t *ret_port,
                    uint64_t *ret_inode);
/** Remove the file of a Unix socket, if it is still the one of @p inode. */
void web_listen_remove(const struct web_server_listen *listen, uint64_t inode);

/* web_peer.c */

int web_peer_setup(struct web_server *server);
void web_peer_teardown(struct web_server *server);
/** New id for what the peer does next. */
uint64_t web_peer_renew(struct web_peer *peer);
/** Peer of an id, or NULL if it is gone. */
struct web_peer *web_peer_find(struct web_server *server, uint64_t id);
/** Peer of a connection, or NULL. */
struct web_peer *web_peer_of(struct lws *wsi);
/** The connection is gone; frees everything. */
void web_peer_release(struct web_peer *peer);
/** Deadlines and pings; four times a second. */
void web_peer_tick(struct web_server *server, uint64_t now_us);
/** Make lws close it soon without a word. */
void web_peer_kill(struct web_peer *peer);

/* web_http.c */

struct web_cmd;
int web_http_setup(struct web_server *server);
void web_http_teardown(struct web_server *server);
/** @param headers  From web_http_headers(), or NULL */
void web_http_reply(struct web_peer *peer, unsigned status, const char *type, struct web_text *text,
                    struct web_text *headers);
/** "name:", value, "name:", value, ... each with its NUL; any thread.  @return NULL without memory
 */
struct web_text *web_http_headers(const struct web_server_header *header, unsigned n);
/** Answer with an error of our own; nothing was sent yet.  @return what the callback returns */
/** Write an error as JSON.  @param detail  Without quotes; "" = none  @return its length */
size_t web_problem_write(char *buf, size_t size, unsigned status, const char *code,
                         const char *detail);
int web_http_refuse(struct web_peer *peer, unsigned status, const char *code);
void web_http_release(struct web_peer *peer);

/* web_socket.c */

void web_socket_register(void);
/** May the upgrade go on?  @return HTTP status, 0 for yes */
unsigned web_socket_vet(struct web_peer *peer, const char **ret_code);
void web_socket_send(struct web_peer *peer, struct web_text *text);
void web_socket_close(struct web_peer *peer, uint16_t code, const char *reason);
void web_socket_authenticated(struct web_peer *peer);
void web_socket_tick(struct web_peer *peer, uint64_t now_us);
void web_socket_release(struct web_peer *peer);

/* web_event.c */

enum web_event_type { WEB_EVENT_REQUEST, WEB_EVENT_OPEN, WEB_EVENT_MESSAGE, WEB_EVENT_CLOSED };

/** Strings point into data. */
struct web_event {
    enum web_event_type type;
    uint64_t id;
    struct web_server_request request;
    uint16_t code; /* WEB_EVENT_CLOSED: what the peer closed with */
    size_t len;
    size_t size; /* of data */
    char data[];
};

/** @return event with @p size bytes of data, or NULL */
struct web_event *web_event_new(enum web_event_type type, uint64_t id, size_t size);

/* @return inbox to web thread and control, or NULL */
struct web_inbox *web_event_inbox_new(const struct web_server_handlers *handlers);
/** Control thread, after the web thread has stopped. */
struct web_inbox *web_event_inbox_free(struct web_inbox *inbox);
/** Takes @p event, always.  @return 0, or -ENOSPC (freed); WEB_EVENT_CLOSED always fits */
int web_event_post(struct web_inbox *inbox, struct web_event *event);
/** Wake control again if that has failed before. */
void web_event_retry(struct web_inbox *inbox);

/* ---- web_request.c ---- */

/** "GET", ..., or NULL. */
const char *web_request_method(struct lws *wsi);
/** Announced size of the body; one whose end we could not tell is refused.  @return 0 or a status
 */
unsigned web_request_body_size(struct lws *wsi, const char *method, size_t max, size_t *ret_size);
/** Is every part of the query short enough to be handed on? */
bool web_request_fits(struct lws *wsi);
/** Make the event of a request; its strings and then its body are in data.  @return NULL: no
 * memory, or too long */
struct web_event *web_request_event(struct web_peer *peer, const char *method, const char *path,
                                    size_t body);

#endif
