/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/sip_gateway.h  SIP legs in rooms
 *
 *     INVITE sip:ROOM@host --> participant; re-INVITE, hold, INFO, BYE likewise
 *
 * Threads: control only.
 */
#ifndef MCU_API_SIP_GATEWAY_H
#define MCU_API_SIP_GATEWAY_H

#include <stddef.h>
#include <stdint.h>

struct config;

/**
 * Start the SIP server.
 *
 * @param ret_port  Port that was bound; may be NULL
 * @param why       Gets what failed in words
 * @return 0 or as sip_server_new()
 */
int sip_gateway_init(const struct config *config, uint16_t *ret_port, char *why, size_t why_size);

/** Hang up and stop. */
void sip_gateway_finish(void);

#endif
