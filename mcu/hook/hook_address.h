/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/hook/hook_address.h  Which addresses are no place for a webhook
 *
 * Whoever may enter the URL of a webhook must not reach by it what only this machine can reach: its
 * own services, its network, the metadata of its cloud.  So an address must be one of the public
 * internet (the special registries of RFC 6890 and IANA).  IPv4 inside IPv6 counts as the IPv4
 * address: mapped (RFC 4291), of 6to4 (RFC 3056), translated by the well-known prefix of NAT64
 * (RFC 6052).  A NAT64 prefix that a network chose itself cannot be told from other addresses.
 *
 * Threads: any; no state.
 */
#ifndef MCU_HOOK_HOOK_ADDRESS_H
#define MCU_HOOK_HOOK_ADDRESS_H

#include <sys/socket.h>

/**
 * Why an address is not public.
 *
 * @param addr  With at least @p len bytes
 *
 * @return a static string, as "loopback"; NULL if it is public
 */
const char *hook_address_why_not(const struct sockaddr *addr, socklen_t len);

/** The same of an address as text, as "192.0.2.1" or "2001:db8::1"; what is none is not public. */
const char *hook_address_why_not_text(const char *text);

#endif
