/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/http_gateway.h  Plain HTTP requests: health and metrics
 *
 *     GET /healthz   both listeners; 200 while the control loop answers
 *     GET /metrics   admin listener; Prometheus text
 *
 * Threads: control only.
 */
#ifndef MCU_API_HTTP_GATEWAY_H
#define MCU_API_HTTP_GATEWAY_H

struct web_server;
struct web_server_request;

/** The server to answer on; it lives longer. */
void http_gateway_init(struct web_server *server);

/** For web_server_handlers. */
void http_gateway_on_request(const struct web_server_request *request, void *arg);

#endif
