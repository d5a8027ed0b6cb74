/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/sip_limit.h  How many requests one source address may send
 *
 * A token bucket of each kind for each source, in a table of fixed size: a flood
 * from many addresses pushes out old entries, it never costs memory.  An
 * IPv6 source is its /64.
 *
 * Threads: one.
 */
#ifndef NET_SIP_LIMIT_H
#define NET_SIP_LIMIT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

struct sip_limit;

enum sip_limit_kind { SIP_LIMIT_INVITE, SIP_LIMIT_ANY, SIP_LIMIT_REGISTER, SIP_LIMIT_COUNT };

enum { SIP_LIMIT_SOURCES_MAX = 4096 /**< Sources that are remembered */ };

/**
 * Create a table.
 * @param per_s  Sustained rate of each kind, a burst of twice as many is allowed; 0 = no limit
 * @return 0 or -ENOMEM
 */
int sip_limit_new(struct sip_limit **ret_limit, const uint32_t per_s[SIP_LIMIT_COUNT]);
/** Free a table.  NULL is allowed.  Returns NULL. */
struct sip_limit *sip_limit_free(struct sip_limit *limit);

/** Count a request.  @return false if the source is over its limit */
bool sip_limit_take(struct sip_limit *limit, enum sip_limit_kind kind,
                    const struct sockaddr_storage *source, uint64_t now_us);

/** True if two addresses are one source: the same IPv4 address or IPv6 /64; ports do not matter. */
bool sip_limit_is_same(const struct sockaddr_storage *a, const struct sockaddr_storage *b);

#endif
