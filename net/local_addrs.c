/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/local_addrs.c  Addresses of this machine that peers may reach
 */
#include "net/local_addrs.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdbool.h>
#include <string.h>

enum { CLASSES = 4 };

/* 0 and 1: reachable IPv4 and IPv6; 2 and 3: loopback; -1: not to be used. */
static int classify(const struct ifaddrs *ifa)
{
    bool loopback = (ifa->ifa_flags & IFF_LOOPBACK) != 0;

    if (!ifa->ifa_addr || !(ifa->ifa_flags & IFF_UP))
        return -1;
    if (ifa->ifa_addr->sa_family == AF_INET)
        return loopback ? 2 : 0;
    if (ifa->ifa_addr->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const void *)ifa->ifa_addr;

        if (IN6_IS_ADDR_LINKLOCAL(&in6->sin6_addr))
            return -1;
        return loopback ? 3 : 1;
    }
    return -1;
}

int local_addrs_list(struct sockaddr_storage *ret_addr, unsigned max)
{
    struct ifaddrs *list;
    unsigned n = 0;

    if (getifaddrs(&list))
        return -errno;
    for (int c = 0; c < CLASSES; ++c) {
        for (const struct ifaddrs *ifa = list; ifa && n < max; ifa = ifa->ifa_next) {
            size_t size;

            if (classify(ifa) != c)
                continue;
            size = ifa->ifa_addr->sa_family == AF_INET ? sizeof(struct sockaddr_in)
                                                       : sizeof(struct sockaddr_in6);
            memset(&ret_addr[n], 0, sizeof(ret_addr[n]));
            memcpy(&ret_addr[n], ifa->ifa_addr, size);
            ++n;
        }
    }
    freeifaddrs(list);
    return (int)n;
}
