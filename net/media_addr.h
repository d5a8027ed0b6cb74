/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/media_addr.h  A UDP address, small enough to keep many
 *
 * Threads: any; no state.
 */
#ifndef NET_MEDIA_ADDR_H
#define NET_MEDIA_ADDR_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

/** IPv4 or IPv6; sa.sa_family 0 = none. */
union media_addr {
    struct sockaddr sa;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
};

/** From a general address; other families give none. */
union media_addr media_addr_from(const struct sockaddr_storage *ss);

/** To a general address. */
void media_addr_to(const union media_addr *addr, struct sockaddr_storage *ret_ss);

/** Length for the socket calls [bytes]. */
socklen_t media_addr_len(const union media_addr *addr);

/** Same family, address, port and scope? */
bool media_addr_equal(const union media_addr *a, const union media_addr *b);

/** Same address, whatever the port? */
bool media_addr_same_host(const union media_addr *a, const union media_addr *b);

/** Port in host order, 0 if none. */
uint16_t media_addr_port(const union media_addr *addr);

void media_addr_set_port(union media_addr *addr, uint16_t port);

/** The wildcard address? */
bool media_addr_any(const union media_addr *addr);

/** Hash of address and port; @p seed makes it unpredictable to peers. */
uint32_t media_addr_hash(const union media_addr *addr, uint64_t seed);

#endif
