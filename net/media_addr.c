/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/media_addr.c  A UDP address, small enough to keep many
 */
#include "net/media_addr.h"

#include <string.h>

union media_addr media_addr_from(const struct sockaddr_storage *ss)
{
    union media_addr addr;

    memset(&addr, 0, sizeof(addr));
    if (ss->ss_family == AF_INET)
        memcpy(&addr.in, ss, sizeof(addr.in));
    else if (ss->ss_family == AF_INET6)
        memcpy(&addr.in6, ss, sizeof(addr.in6));
    return addr;
}

void media_addr_to(const union media_addr *addr, struct sockaddr_storage *ret_ss)
{
    memset(ret_ss, 0, sizeof(*ret_ss));
    memcpy(ret_ss, addr, media_addr_len(addr));
}

socklen_t media_addr_len(const union media_addr *addr)
{
    return addr->sa.sa_family == AF_INET6 ? sizeof(addr->in6) : sizeof(addr->in);
}

bool media_addr_same_host(const union media_addr *a, const union media_addr *b)
{
    if (a->sa.sa_family != b->sa.sa_family)
        return false;
    if (a->sa.sa_family == AF_INET)
        return a->in.sin_addr.s_addr == b->in.sin_addr.s_addr;
    return a->sa.sa_family == AF_INET6 && a->in6.sin6_scope_id == b->in6.sin6_scope_id &&
           memcmp(&a->in6.sin6_addr, &b->in6.sin6_addr, sizeof(a->in6.sin6_addr)) == 0;
}

bool media_addr_equal(const union media_addr *a, const union media_addr *b)
{
    return media_addr_same_host(a, b) && media_addr_port(a) == media_addr_port(b);
}

uint16_t media_addr_port(const union media_addr *addr)
{
    if (addr->sa.sa_family == AF_INET)
        return ntohs(addr->in.sin_port);
    return addr->sa.sa_family == AF_INET6 ? ntohs(addr->in6.sin6_port) : 0;
}

void media_addr_set_port(union media_addr *addr, uint16_t port)
{
    if (addr->sa.sa_family == AF_INET)
        addr->in.sin_port = htons(port);
    else if (addr->sa.sa_family == AF_INET6)
        addr->in6.sin6_port = htons(port);
}

bool media_addr_any(const union media_addr *addr)
{
    if (addr->sa.sa_family == AF_INET)
        return addr->in.sin_addr.s_addr == htonl(INADDR_ANY);
    return IN6_IS_ADDR_UNSPECIFIED(&addr->in6.sin6_addr);
}

/* Finaliser of splitmix64 (S. Vigna). */
static uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

uint32_t media_addr_hash(const union media_addr *addr, uint64_t seed)
{
    uint64_t h = seed + media_addr_port(addr), part[2];

    if (addr->sa.sa_family == AF_INET)
        return (uint32_t)mix(h ^ (uint64_t)addr->in.sin_addr.s_addr << 32);
    memcpy(part, &addr->in6.sin6_addr, sizeof(part));
    return (uint32_t)mix(mix(h ^ part[0]) ^ part[1]);
}
