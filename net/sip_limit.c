/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/sip_limit.c  How many requests one source address may send
 */
#include "net/sip_limit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/base/id.h"

enum { WAYS = 8, SETS = SIP_LIMIT_SOURCES_MAX / WAYS, SECOND_US = 1000000 };

struct source {
    uint64_t key;     /* address; 0 = free */
    uint64_t last_us; /* of the last request */
    uint64_t credit_us[SIP_LIMIT_COUNT];
};

struct sip_limit {
    uint32_t per_s[SIP_LIMIT_COUNT];
    uint64_t secret; /* so that nobody can aim at one set */
    struct source source[SETS][WAYS];
};

static uint64_t address_key(const struct sockaddr_storage *addr)
{
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    uint64_t key;

    if (addr->ss_family == AF_INET) {
        memcpy(&in, addr, sizeof(in));
        return 1ULL << 32 | in.sin_addr.s_addr;
    }
    memcpy(&in6, addr, sizeof(in6));
    memcpy(&key, &in6.sin6_addr, sizeof(key));
    return key | 1ULL << 63;
}

/* The finaliser of splitmix64 (Steele, Lea, Flood 2014) */
static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
    return x ^ x >> 31;
}

int sip_limit_new(struct sip_limit **ret_limit, const uint32_t per_s[SIP_LIMIT_COUNT])
{
    struct sip_limit *limit = calloc(1, sizeof(*limit));

    if (!limit)
        return -ENOMEM;
    memcpy(limit->per_s, per_s, sizeof(limit->per_s));
    id_bytes(&limit->secret, sizeof(limit->secret));
    *ret_limit = limit;
    return 0;
}

struct sip_limit *sip_limit_free(struct sip_limit *limit)
{
    free(limit);
    return NULL;
}

static struct source *find_source(struct sip_limit *limit, uint64_t key, uint64_t now_us)
{
    struct source *set = limit->source[mix(key ^ limit->secret) % SETS], *oldest = set;

    for (unsigned i = 0; i < WAYS; ++i) {
        if (set[i].key == key)
            return &set[i];
        if (set[i].last_us < oldest->last_us)
            oldest = &set[i];
    }
    memset(oldest, 0, sizeof(*oldest));
    oldest->key = key;
    oldest->last_us = now_us;
    for (unsigned k = 0; k < SIP_LIMIT_COUNT; ++k)
        oldest->credit_us[k] = 2 * SECOND_US;
    return oldest;
}

bool sip_limit_take(struct sip_limit *limit, enum sip_limit_kind kind,
                    const struct sockaddr_storage *addr, uint64_t now_us)
{
    struct source *source = find_source(limit, address_key(addr), now_us);
    uint64_t passed_us = now_us > source->last_us ? now_us - source->last_us : 0;
    uint64_t cost_us;

    source->last_us = now_us;
    for (unsigned k = 0; k < SIP_LIMIT_COUNT; ++k) {
        source->credit_us[k] += passed_us;
        if (source->credit_us[k] > 2 * SECOND_US)
            source->credit_us[k] = 2 * SECOND_US;
    }
    if (limit->per_s[kind] == 0)
        return true;
    cost_us = SECOND_US / limit->per_s[kind];
    if (source->credit_us[kind] < cost_us)
        return false;
    source->credit_us[kind] -= cost_us;
    return true;
}

bool sip_limit_is_same(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
    return a->ss_family == b->ss_family && address_key(a) == address_key(b);
}
