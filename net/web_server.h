/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/web_server.h  HTTP, TLS and WebSocket on a thread of their own (libwebsockets)
 *
 *     browser ---- web thread ------------------------ control thread
 *                  static files, limits, framing
 *                  request, message, open, close --->  handlers
 *                  bounded send queues           <---  web_server_reply/send/close()
 *
 * The thread serves fixed files by itself ("/" and "/r/ROOM" are "/index.html", "/admin" and
 * "/admin/" are "/admin.html", and so any other page) and passes
 * everything else to the control thread as messages: requests with their bodies, WebSocket
 * messages whole (fragments joined), opened and closed connections.  Connections are named
 * by a number that is never used twice.  WebSockets are at "/ws" with subprotocol medley.v1.
 * It speaks HTTP/1.1 only: a handful of files and one WebSocket gain nothing from HTTP/2.
 *
 * Limits are in web_server_cfg (a token is not known yet where the size of a body is, so larger
 * ones are for admin listeners); a peer who exceeds one gets an HTTP status or a close code
 * and is counted; errors of HTTP have a body as those of the REST API have:
 *
 *     400 bad request   403 wrong Origin   413 body   426 not medley.v1   503 too many, or busy
 *     1003 not text     1009 message too long   1013 server overloaded
 *     4001 not authenticated in time   4008 reads too slowly   4029 too many messages
 *
 * A listener may be a Unix socket: whoever may open the file is let in, so it has mode 0660.
 *
 * Threads:   control; handlers are called on control.
 * Ownership: strings given to a handler live until it returns.
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
    uint64_t id;        /**< For web_server_reply() */
    const char *method; /**< "GET", ... */
    const char *path;   /**< Decoded, without the query */
    const char *query;  /**< Percent-encoded, "" if none */
    const char *body;   /**< NUL-terminated, "" if none; any method may have one */
    size_t body_len;
    const char *authorization; /**< Header, "" if none */
    const char *host;          /**< Header, "" if none or longer than 255 bytes */
    const char *origin;        /**< Header, "" if none; "null" if longer than 255 bytes */
    const char *peer;          /**< Address and port it came from, in words */
    /* Headers, "" if none or longer than 255 bytes; of If-Match and the key: "?" if longer, so that
     * what was asked for never goes unnoticed. */
    const char *if_match, *if_none_match, *idempotency_key;
    bool admin; /**< Came in on the admin listener */
};

struct web_server_header {
    const char *name, *value;
};

/** Answer to a request. */
struct web_server_answer {
    unsigned status;
    const char *type; /**< Content-Type, NULL for none */
    const void *body;
    size_t len;
    const struct web_server_header *header; /**< Take the place of ours (Cache-Control, Allow,
                                                 Retry-After, ...) of that name; what is no header
                                                 or exceeds 1024 bytes in all is left out */
    unsigned nheaders;
};

struct web_server_handlers {
    /** Answer with web_server_reply(), now or later. */
    void (*requesth)(const struct web_server_request *request, void *arg);
    /** A WebSocket of subprotocol medley.v1 is open. @param peer address in words */
    void (*openh)(uint64_t conn, const char *peer, void *arg);
    void (*messageh)(uint64_t conn, const char *text, size_t len, void *arg);
    /** Once for each openh.  @param code  what the peer closed with; 0: it did not, its connection
     * broke or we closed it */
    void (*closeh)(uint64_t conn, uint16_t code, void *arg);
    void *arg;
};

struct web_server_listen {
    char addr[64];       /**< Numeric address, "" = all */
    uint16_t port;       /**< 0 = any free port */
    char unix_path[108]; /**< A Unix socket instead of addr and port; "" = none.  The file that a
                              dead server left is replaced; removed in the end */
    bool admin;          /**< Neither "/index.html" nor WebSockets; its requests are marked */
    char cert[256], key[256]; /**< PEM files, "" = no TLS */
};

struct web_server_cfg {
    struct web_server_listen listen[4];
    unsigned nlistens;
    const struct web_server_file *files; /**< Ends with a NULL path */
    struct web_server_handlers handlers;
    const char *const *allow_origin; /**< Origins besides our own host, as "https://a.example"; ends
                                          with NULL; NULL for none; copied */
    uint32_t max_connections;     /**< On public listeners, 1 to 50000; admin ones have 16 more */
    uint32_t max_unauthenticated; /**< WebSockets before web_server_authenticated() */
    uint32_t max_per_address;     /**< From one source address (IPv6: /64), loopback too; 0 = any */
    uint32_t auth_timeout_ms;     /**< Close a WebSocket that is not authenticated by then (4001) */
    uint32_t max_message;         /**< WebSocket message or request body [bytes] */
    uint32_t max_message_unauth;  /**< The same before authentication [bytes] */
    uint32_t max_admin_body;      /**< Request body on admin listeners, if more [bytes] */
    uint32_t max_messages_per_s;  /**< Per WebSocket, sustained; burst is three times as many; then
                                     4029 */
    uint32_t send_queue_bytes;    /**< Per WebSocket */
    uint32_t ping_ms;             /**< Between pings, two missed are the end; 0 = 20000 */
};

/**
 * Bind and start.
 *
 * @param ret_ports  Ports that were bound, one for each of cfg->listen; may be NULL
 * @param why        Gets the address that failed; may be NULL
 * @return 0, -EINVAL (cfg), -EADDRINUSE (also: the path of a Unix socket is a file of another
 * kind), -EADDRNOTAVAIL, -EACCES, -ENOENT (folder of a Unix socket), -EBADMSG (certificate),
 * -ENOMEM
 */
int web_server_new(struct web_server **ret_server, const struct web_server_cfg *cfg,
                   uint16_t *ret_ports, char *why, size_t why_size);

/**
 * Send what is queued (for half a second at most), stop the thread and free everything; no
 * handler is called any more, not even closeh.  NULL is allowed.  Returns NULL.
 */
struct web_server *web_server_free(struct web_server *server);

/** Answer a request; copies.  A request that is gone is ignored. */
void web_server_reply(struct web_server *server, uint64_t request, unsigned status,
                      const char *type, const void *body, size_t len);

/** The same with headers; copies. */
void web_server_reply_full(struct web_server *server, uint64_t request,
                           const struct web_server_answer *answer);

/** Queue a text message; copies.  A connection that is gone is ignored. */
void web_server_send(struct web_server *server, uint64_t conn, const char *text, size_t len);

/** Queue one text message to many connections; copies it once. */
void web_server_send_many(struct web_server *server, const uint64_t *conns, size_t nconns,
                          const char *text, size_t len);

/** From now on the limits for authenticated peers apply. */
void web_server_authenticated(struct web_server *server, uint64_t conn);

/** Send what is queued, then close with @p code and @p reason (at most 120 bytes). */
void web_server_close(struct web_server *server, uint64_t conn, uint16_t code, const char *reason);

#endif
