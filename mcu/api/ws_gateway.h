/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/ws_gateway.h  WebSocket clients in rooms: the medley.v1 protocol
 *
 *     web_server --- message ---> ws_message --> participant
 *                <--- event ----- ws_event   <-- room
 *
 * Threads: control only.
 */
#ifndef MCU_API_WS_GATEWAY_H
#define MCU_API_WS_GATEWAY_H

#include <stddef.h>
#include <stdint.h>

struct web_server;

/** Start taking connections, after the rooms and call_gateway_init().  @return 0 */
int ws_gateway_init(struct web_server *server);

/** Everybody leaves: each gets bye and close code 1001. */
void ws_gateway_finish(void);

/** For web_server_handlers. */
void ws_gateway_on_open(uint64_t conn, const char *peer, void *arg);
void ws_gateway_on_message(uint64_t conn, const char *text, size_t len, void *arg);
void ws_gateway_on_close(uint64_t conn, uint16_t code, void *arg);

#endif
