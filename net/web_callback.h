/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/web_callback.h  Callbacks of the web server's files for libwebsockets; for net/web_*.c
 * only
 *
 * Threads: web.
 */
#ifndef NET_WEB_CALLBACK_H
#define NET_WEB_CALLBACK_H

#include <libwebsockets.h>

/** Listening sockets: accepts. */
int web_peer_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                      size_t len);
/** Connections that speak HTTP. */
int web_http_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                      size_t len);
/** Connections that are WebSockets. */
int web_socket_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                        size_t len);

#endif
