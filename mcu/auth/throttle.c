/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/auth/throttle.c  Who may try how often: logins, PINs, tokens
 *
 * A bucket is one number, the time when it will be full again: each try moves it by the time of
 * one refill (GCRA, ITU-T I.371).  The table is cut into sets of 8; which set a key belongs to
 * depends on a random number, so nobody can aim at the set of somebody else.
 */
#include "mcu/auth/throttle.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "mcu/base/id.h"

enum { WAYS = 8, MS_US = 1000 };

struct entry {
    uint64_t hash;    /* of the key; 0 = never used */
    uint64_t full_us; /* when the bucket is full again; in the past it is full */
};

struct throttle {
    unsigned char hash_key[crypto_shorthash_KEYBYTES];
    uint64_t refill_us, depth_us; /* a try; tries beyond this wait */
    size_t nentries;              /* a power of two */
    struct entry entries[];
};

int throttle_new(struct throttle **ret_throttle, const struct throttle_cfg *cfg)
{
    struct throttle *throttle;
    size_t n = WAYS;

    if (cfg->burst < 1 || cfg->burst > THROTTLE_BURST_MAX || cfg->refill_ms < 1 ||
        cfg->refill_ms > THROTTLE_REFILL_MAX_MS || cfg->entries < WAYS ||
        cfg->entries > THROTTLE_ENTRIES_MAX)
        return -EINVAL;
    while (n < cfg->entries)
        n *= 2;
    throttle = calloc(1, sizeof(*throttle) + n * sizeof(throttle->entries[0]));
    if (!throttle)
        return -ENOMEM;
    id_bytes(throttle->hash_key, sizeof(throttle->hash_key));
    throttle->refill_us = (uint64_t)cfg->refill_ms * MS_US;
    throttle->depth_us = (cfg->burst - 1) * throttle->refill_us;
    throttle->nentries = n;
    *ret_throttle = throttle;
    return 0;
}

struct throttle *throttle_free(struct throttle *throttle)
{
    free(throttle);
    return NULL;
}

/** The entry of a key; else, if wanted, the one of its set that has used least. */
static struct entry *find(struct throttle *throttle, const char *key, bool or_least,
                          uint64_t *ret_hash)
{
    unsigned char bytes[crypto_shorthash_BYTES];
    struct entry *set, *least;
    uint64_t hash;

    crypto_shorthash(bytes, (const unsigned char *)key, strlen(key), throttle->hash_key);
    memcpy(&hash, bytes, sizeof(hash));
    hash += hash == 0;
    set = &throttle->entries[hash % (throttle->nentries / WAYS) * WAYS];
    least = set;
    for (size_t i = 0; i < WAYS; ++i) {
        if (set[i].hash == hash)
            return &set[i];
        if (set[i].full_us < least->full_us)
            least = &set[i];
    }
    *ret_hash = hash;
    return or_least ? least : NULL;
}

uint32_t throttle_take(struct throttle *throttle, const char *key, uint64_t now_us)
{
    uint64_t hash = 0, used_us;
    struct entry *entry = find(throttle, key, true, &hash);

    used_us = entry->full_us > now_us ? entry->full_us - now_us : 0;
    if (used_us > throttle->depth_us)
        return (uint32_t)((used_us - throttle->depth_us + MS_US - 1) / MS_US);
    if (hash)
        entry->hash = hash; /* and what was used stays */
    entry->full_us = now_us + used_us + throttle->refill_us;
    return 0;
}

void throttle_give_back(struct throttle *throttle, const char *key, uint64_t now_us)
{
    uint64_t hash;
    struct entry *entry = find(throttle, key, false, &hash);

    if (!entry || entry->full_us <= now_us)
        return;
    entry->full_us -= entry->full_us - now_us < throttle->refill_us ? entry->full_us - now_us
                                                                    : throttle->refill_us;
}

/** The numeric address without what may be around it. */
static void strip(char *ret_text, size_t size, const char *address)
{
    size_t n = strcspn(address, "%");
    const char *colon = strchr(address, ':');

    if (address[0] == '[') {
        ++address;
        n = strcspn(address, "%]");
    } else if (colon && !strchr(colon + 1, ':')) {
        n = (size_t)(colon - address); /* one colon: IPv4 with a port */
    }
    (void)snprintf(ret_text, size, "%.*s", (int)(n < size ? n : size - 1), address);
}

void throttle_address(char *ret_key, const char *address)
{
    char text[THROTTLE_ADDRESS_SIZE], net[INET6_ADDRSTRLEN];
    struct in6_addr in6;

    strip(text, sizeof(text), address);
    if (inet_pton(AF_INET6, text, &in6) != 1) {
        (void)snprintf(ret_key, THROTTLE_ADDRESS_SIZE, "%s", text);
    } else if (IN6_IS_ADDR_V4MAPPED(&in6)) {
        (void)inet_ntop(AF_INET, in6.s6_addr + 12, ret_key, THROTTLE_ADDRESS_SIZE);
    } else {
        memset(in6.s6_addr + 8, 0, 8);
        (void)inet_ntop(AF_INET6, &in6, net, sizeof(net));
        (void)snprintf(ret_key, THROTTLE_ADDRESS_SIZE, "%s/64", net);
    }
}
