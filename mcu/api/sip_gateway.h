/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/sip_gateway.h  Phones that call: into rooms, and to users
 *
 *     INVITE sip:USER@host --> a user of that login? --> who calls proves himself --> sip_call
 *            sip:ROOM@host --> looked up (entry.h) --> participant
 *            sip:ROOM*PIN@host
 *
 * Who waits outside a room hears ringing.
 *
 * Threads: control only.
 */
#ifndef MCU_API_SIP_GATEWAY_H
#define MCU_API_SIP_GATEWAY_H

#include <stddef.h>
#include <stdint.h>

struct config;
struct store;

/**
 * Start the SIP server; after call_gateway_init().
 *
 * @param store     For users and meetings; NULL: there are none
 * @param ret_port  Port that was bound; may be NULL
 * @param why       Gets what failed in words
 * @return 0 or as sip_server_new()
 */
int sip_gateway_init(const struct config *config, struct store *store, uint16_t *ret_port,
                     char *why, size_t why_size);

/** Hang up and stop. */
void sip_gateway_finish(void);

#endif
