/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/http_gateway.h  HTTP requests: health, metrics and the REST API
 *
 *     GET /healthz    everybody; 200 while the control loop answers
 *     GET /readyz     everybody; 503 while no new rooms should come here, with the reasons on
 *                     the admin listener
 *     GET /metrics    admin listener; Prometheus text
 *     /api/v1/...     by the row of the route: who may (rest_who.h)
 *
 *     request --> CORS --> route --> listener enough? --> token --> meeting's owner? --> key -->
 * handler
 *
 * The table of all addresses is in rest_table.c.
 *
 * Threads: control only.
 */
#ifndef MCU_API_HTTP_GATEWAY_H
#define MCU_API_HTTP_GATEWAY_H

#include <stddef.h>

struct store;
struct task_pool;
struct web_server;
struct web_server_request;

struct http_gateway_cfg {
    struct web_server *server; /**< Lives until after http_gateway_finish() */
    struct task_pool *pool;    /**< For previews and pictures; lives as long */
    const char *data_dir;      /**< For the token; made if it is missing */
    struct store *store;       /**< NULL: there is none; lives until after http_gateway_finish() */
};

/**
 * Start to answer; after the rooms.
 * @param why  Gets what failed: a file of the data folder; "" if it was none
 * @return 0, -ENOMEM, or as rest_auth_init()
 */
int http_gateway_init(const struct http_gateway_cfg *cfg, char *why, size_t why_size);

/** Stop to answer; before the web server and the workers go. */
void http_gateway_finish(void);

/** For web_server_handlers. */
void http_gateway_on_request(const struct web_server_request *request, void *arg);

#endif
