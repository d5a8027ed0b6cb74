/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_node.h  /api/v1/node: this server as a whole
 *
 * Threads: control only.
 */
#ifndef MCU_API_REST_NODE_H
#define MCU_API_REST_NODE_H

struct rest_call;

/** The server starts now. */
void rest_node_init(void);

void rest_node_get(const struct rest_call *call);
/** Let nobody in any more, or do so again. */
void rest_node_drain(const struct rest_call *call);
/** Log level, until log.level changes in a reload or the server restarts. */
void rest_node_log(const struct rest_call *call);

#endif
