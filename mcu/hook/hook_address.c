/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/hook/hook_address.c  Which addresses are no place for a webhook
 */
#include "mcu/hook/hook_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { IP6_SIZE = 16, NOT_EMBEDDED = 0 };

struct range {
    uint8_t net[IP6_SIZE]; /* IPv4: the first four */
    uint8_t bits;
    uint8_t ip4_at; /* IPv6: where its IPv4 address is, which decides; or NOT_EMBEDDED */
    const char *why;
};

static const struct range ip4_ranges[] = {
    {{0}, 8, 0, "this network"},
    {{10}, 8, 0, "private"},
    {{100, 64}, 10, 0, "shared by a provider"},
    {{127}, 8, 0, "loopback"},
    {{168, 63, 129, 16}, 32, 0, "of a cloud's metadata"},
    {{169, 254}, 16, 0, "link-local"},
    {{172, 16}, 12, 0, "private"},
    {{192, 0, 0}, 24, 0, "reserved"},
    {{192, 0, 2}, 24, 0, "for documentation"},
    {{192, 88, 99}, 24, 0, "of 6to4 relays"},
    {{192, 168}, 16, 0, "private"},
    {{198, 18}, 15, 0, "for benchmarks"},
    {{198, 51, 100}, 24, 0, "for documentation"},
    {{203, 0, 113}, 24, 0, "for documentation"},
    {{224}, 4, 0, "multicast"},
    {{240}, 4, 0, "reserved"},
};

/* The first that has an address decides; what none has is public only in 2000::/3. */
static const struct range ip6_ranges[] = {
    {{0}, 128, 0, "unspecified"},
    {{[15] = 1}, 128, 0, "loopback"},
    {{[10] = 0xff, 0xff}, 96, 12, NULL},                      /* ::ffff:0:0/96, mapped */
    {{0, 0x64, 0xff, 0x9b}, 96, 12, NULL},                    /* NAT64, well-known prefix */
    {{0, 0x64, 0xff, 0x9b, 0, 1}, 48, 0, "of a local NAT64"}, /* RFC 8215 */
    {{0x20, 0x01}, 23, 0, "reserved"},                        /* Teredo, ORCHID, benchmarks ... */
    {{0x20, 0x01, 0x0d, 0xb8}, 32, 0, "for documentation"},
    {{0x20, 0x02}, 16, 2, NULL},                /* 6to4 */
    {{0x3f, 0xff}, 20, 0, "for documentation"}, /* RFC 9637 */
    {{0xfc}, 7, 0, "private"},                  /* ULA */
    {{0xfe, 0x80}, 10, 0, "link-local"},
    {{0xfe, 0xc0}, 10, 0, "site-local"},
    {{0xff}, 8, 0, "multicast"},
};
static const struct range ip6_public = {{0x20}, 3, 0, NULL};

static bool has(const struct range *range, const uint8_t *ip)
{
    const unsigned bytes = range->bits / 8, rest = range->bits % 8;

    if (memcmp(range->net, ip, bytes) != 0)
        return false;
    return !rest || (range->net[bytes] ^ ip[bytes]) >> (8 - rest) == 0;
}

static const char *ip4_why_not(const uint8_t *ip)
{
    for (size_t i = 0; i < sizeof(ip4_ranges) / sizeof(*ip4_ranges); ++i)
        if (has(&ip4_ranges[i], ip))
            return ip4_ranges[i].why;
    return NULL;
}

static const char *ip6_why_not(const uint8_t *ip)
{
    for (size_t i = 0; i < sizeof(ip6_ranges) / sizeof(*ip6_ranges); ++i) {
        const struct range *range = &ip6_ranges[i];

        if (has(range, ip))
            return range->ip4_at == NOT_EMBEDDED ? range->why : ip4_why_not(ip + range->ip4_at);
    }
    return has(&ip6_public, ip) ? NULL : "reserved";
}

const char *hook_address_why_not(const struct sockaddr *addr, socklen_t len)
{
    struct sockaddr_in in;
    struct sockaddr_in6 in6;

    /* Copied, since what libraries hand over is not always aligned for its family. */
    if (len >= (socklen_t)sizeof(in) && addr->sa_family == AF_INET) {
        memcpy(&in, addr, sizeof(in));
        return ip4_why_not((const uint8_t *)&in.sin_addr);
    }
    if (len >= (socklen_t)sizeof(in6) && addr->sa_family == AF_INET6) {
        memcpy(&in6, addr, sizeof(in6));
        return ip6_why_not(in6.sin6_addr.s6_addr);
    }
    return "not of the internet";
}

const char *hook_address_why_not_text(const char *text)
{
    uint8_t ip[IP6_SIZE];

    if (inet_pton(AF_INET, text, ip) == 1)
        return ip4_why_not(ip);
    if (inet_pton(AF_INET6, text, ip) == 1)
        return ip6_why_not(ip);
    return "not of the internet";
}
