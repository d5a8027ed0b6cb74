/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/local_addrs.h  Addresses of this machine that peers may reach
 *
 * Threads: any.
 */
#ifndef NET_LOCAL_ADDRS_H
#define NET_LOCAL_ADDRS_H

#include <netinet/in.h>

/**
 * Addresses of interfaces that are up, without link-local ones: first those
 * that others can reach (IPv4, then IPv6), then loopback.
 *
 * @param ret_addr  Room for @p max addresses; port 0
 * @return their number, or -errno
 */
int local_addrs_list(struct sockaddr_storage *ret_addr, unsigned max);

#endif
