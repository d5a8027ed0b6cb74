/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/sip_call.h  Calls to phones and from phones: call_gateway's hands on SIP
 *
 *     dial --> an INVITE for each contact of the user, or to the address --> the first that answers
 *     a phone calls a user --> call set --> 180 ... 200 | 486 603 480
 *
 * Threads: control only.
 */
#ifndef MCU_API_SIP_CALL_H
#define MCU_API_SIP_CALL_H

#include <stdbool.h>
#include <stddef.h>

struct sip_phone;
struct sip_server;

/** Take part in calls.  @param server lives until sip_call_finish()  @param domain of our users
 *  @return 0, -ENOMEM */
int sip_call_init(struct sip_server *server, const char *domain);
void sip_call_finish(void);

/** A phone calls its callee. */
void sip_call_start(struct sip_phone *phone);

/** For sip_server_handlers: what happens to our own INVITEs; arg is the phone. */
void sip_call_on_ringing(unsigned code, bool has_sdp, void *arg);
int sip_call_on_answered(const char *sdp, size_t len, void *arg);
void sip_call_on_failed(unsigned code, const char *reason, void *arg);

#endif
