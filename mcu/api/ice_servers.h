/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/ice_servers.h  STUN and TURN servers for a client (turn.uris), with his credentials
 *
 *     "ice_servers":[{"urls":["stun:..."]},
 *                    {"urls":["turn:..."],"username":"1800000000:us_x","credential":"..."}]
 *
 * Threads: control only.
 */
#ifndef MCU_API_ICE_SERVERS_H
#define MCU_API_ICE_SERVERS_H

struct rest_json;

/**
 * Write the list; it is empty if there are none.
 * @param identity  For the TURN server's log; what it cannot carry is left out
 */
void ice_servers_write(struct rest_json *j, const char *key, const char *identity);

#endif
