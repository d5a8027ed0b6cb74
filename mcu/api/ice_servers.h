/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/ice_servers.h  TURN servers for clients, with credentials that expire
 *
 * As RTCIceServer of the browsers: [{"urls":["turn:..."],"username":"...","credential":"..."}];
 * empty if none is configured (turn.uris).
 *
 * Threads: control only.
 */
#ifndef MCU_API_ICE_SERVERS_H
#define MCU_API_ICE_SERVERS_H

struct rest_json;

/** Write the list.  @param identity  who asks; "" = a guest */
void ice_servers_write(struct rest_json *j, const char *key, const char *identity);

#endif
