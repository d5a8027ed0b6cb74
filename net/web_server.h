/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/web_server.h  HTTP, TLS and WebSocket on a thread of their own (libwebsockets)
 *
 * The thread serves fixed files by itself and passes everything else to
 * the control thread as messages: requests with their bodies, WebSocket messages
 * whole (fragments joined), opened and closed connections.  Connections are named by a
 * number that is never used twice.
 *
 * Limits are in web_server_cfg; a peer who exceeds one gets an HTTP status or a
 * close code and is counted.  A WebSocket that does not read is closed with 4008
 * when its queue is full.
 *
 * Threads: control; handlers are called on control.
 */
#ifndef NET_WEB_SERVER_H
#define NET_WEB_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct web_server;

/** A file to serve as it is; the bytes must live as long as the server. */
struct web_server_file {
    const char *path; /**< URL path, as "/app.js" */
    const char *type; /**< Content-Type */
    const void *data;
    size_t size;
};

struct web_server_request {
    uint64_t id;           /**< For web_server_reply() */
    const char *method;    /**< "GET", ... */
    const char *path;      /**< Decoded, without the query */
    const char *query;     /**< Raw, "" if none */
    const char *body;      /**< NUL-terminated */
    size_t body_len;
    const char *authorization; /**< Header, "" if none */
    bool admin;            /**< Came in on the admin listener */
};

struct web_server_handlers {
    /** Answer with web_server_reply(), now or later. */
    void (*requesth)(const struct web_server_request *request, void *arg);
    /** A WebSocket of subprotocol medley.v1 is open. @param peer address in words */
    void (*openh)(uint64_t conn, const char *peer, void *arg);
    void (*messageh)(uint64_t conn, const char *text, size_t len, void *arg);
    void (*closeh)(uint64_t conn, void *arg); /**< Once for each openh */
    void *arg;
};

struct web_server_listen {
    char addr[64];     /**< Numeric address, "" = all */
    uint16_t port;     /**< 0 = any free port */
    bool admin;
    char cert[256], key[256]; /**< PEM files, "" = no TLS */
};

struct web_server_cfg {
    struct web_server_listen listen[4];
    unsigned nlistens;
    const struct web_server_file *files; /**< Ends with a NULL path */
    struct web_server_handlers handlers;
    uint32_t max_connections;        /**< All of them */
    uint32_t max_unauthenticated;    /**< WebSockets before web_server_authenticated() */
    uint32_t max_per_address;        /**< From one source address, loopback too */
    uint32_t auth_timeout_ms;        /**< Close a WebSocket that is not authenticated by then (4001) */
    uint32_t max_message;            /**< WebSocket message or request body [bytes] */
    uint32_t max_message_unauth;     /**< The same before authentication [bytes] */
    uint32_t max_messages_per_s;     /**< Per WebSocket, sustained; burst is three times as many; then 4029 */
    uint32_t send_queue_bytes;       /**< Per WebSocket */
};

/**
 * Bind and start.
 *
 * @param ret_ports  Ports that were bound, one for each of cfg->listen; may be NULL
 * @param why        Gets the address that failed; may be NULL
 * @return 0, -EADDRINUSE, -EACCES, -EBADMSG (certificate), -ENOMEM
 */
int web_server_new(struct web_server **ret_server, const struct web_server_cfg *cfg,
                   uint16_t *ret_ports, char *why, size_t why_size);

/** Stop the thread; no handler is called afterwards.  NULL is allowed.  Returns NULL. */
struct web_server *web_server_free(struct web_server *server);

/** Answer a request; copies.  A request that is gone is ignored. */
void web_server_reply(struct web_server *server, uint64_t request, unsigned status,
                      const char *type, const void *body, size_t len);

/** Queue a text message; copies.  A connection that is gone is ignored. */
void web_server_send(struct web_server *server, uint64_t conn, const char *text, size_t len);

/** From now on the limits for authenticated peers apply. */
void web_server_authenticated(struct web_server *server, uint64_t conn);

/** Send what is queued, then close with @p code and @p reason (at most 120 bytes). */
void web_server_close(struct web_server *server, uint64_t conn, uint16_t code, const char *reason);

#endif
