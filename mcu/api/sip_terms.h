/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/sip_terms.h  Calls in terms of SIP, and SIP in terms of calls
 *
 * Threads: any; plain values.
 */
#ifndef MCU_API_SIP_TERMS_H
#define MCU_API_SIP_TERMS_H

#include <netinet/in.h>
#include <stddef.h>

#include "mcu/room/call.h"

enum { SIP_TERMS_USER_SIZE = 64 };

/** What goes into From: those characters of an identity or address that any parser takes, "medley"
 *  without any. */
void sip_terms_user(char ret_user[SIP_TERMS_USER_SIZE], const char *text);

/** The numeric IPv4 host of an address, for the way to it; somewhere outside for all others. */
void sip_terms_peer(struct sockaddr_storage *ret_peer, const char *address);

/** Of what two contacts of a user answered, the one that says more: busy before all others, else
 *  @p last.  0 = nothing yet */
unsigned sip_terms_worse(unsigned last, unsigned before);

/** A no of one contact that is meant for all (RFC 3261, 21.6). */
bool sip_terms_is_final(unsigned code);

/** What a caller hears when his call has ended without an answer. */
unsigned sip_terms_status(enum call_state state);

/** What an offer asks for; a late offer (NULL) may have pictures. */
enum call_kind sip_terms_kind(const char *sdp, size_t len);

#endif
