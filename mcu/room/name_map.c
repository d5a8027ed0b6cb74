/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/name_map.c  A hash table of things that have a name
 */
#include "mcu/room/name_map.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/base/id.h"

enum { CHAINS_MIN = 16, CHAINS_MAX = 1 << 20 };

struct sip_state {
    uint64_t v0, v1, v2, v3;
};

static uint64_t turn(uint64_t x, unsigned bits)
{
    return x << bits | x >> (64 - bits);
}

static void sip_round(struct sip_state *s)
{
    s->v0 += s->v1;
    s->v1 = turn(s->v1, 13) ^ s->v0;
    s->v0 = turn(s->v0, 32);
    s->v2 += s->v3;
    s->v3 = turn(s->v3, 16) ^ s->v2;
    s->v0 += s->v3;
    s->v3 = turn(s->v3, 21) ^ s->v0;
    s->v2 += s->v1;
    s->v1 = turn(s->v1, 17) ^ s->v2;
    s->v2 = turn(s->v2, 32);
}

static void sip_word(struct sip_state *s, uint64_t word)
{
    s->v3 ^= word;
    sip_round(s);
    sip_round(s);
    s->v0 ^= word;
}

static uint64_t hash_of(const struct name_map *map, const char *name)
{
    struct sip_state s = {.v0 = map->key[0] ^ 0x736f6d6570736575,
                          .v1 = map->key[1] ^ 0x646f72616e646f6d,
                          .v2 = map->key[0] ^ 0x6c7967656e657261,
                          .v3 = map->key[1] ^ 0x7465646279746573};
    size_t len = strlen(name), left = len;
    uint64_t word;

    for (; left >= sizeof(word); left -= sizeof(word), name += sizeof(word)) {
        memcpy(&word, name, sizeof(word));
        sip_word(&s, word);
    }
    word = 0;
    memcpy(&word, name, left);
    sip_word(&s, word | (uint64_t)len << 56);
    s.v2 ^= 0xff;
    for (unsigned i = 0; i < 4; ++i)
        sip_round(&s);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

int name_map_init(struct name_map *map, uint32_t expected)
{
    uint32_t n = CHAINS_MIN;

    while (n < expected && n < CHAINS_MAX)
        n *= 2;
    map->chain = calloc(n, sizeof(struct name_map_node *));
    if (!map->chain)
        return -ENOMEM;
    map->mask = n - 1;
    map->popped = 0;
    id_bytes(map->key, sizeof(map->key));
    return 0;
}

void name_map_finish(struct name_map *map)
{
    free(map->chain);
    map->chain = NULL;
}

static struct name_map_node *find_from(struct name_map_node *node, uint64_t hash, const char *name)
{
    while (node && (node->hash != hash || strcmp(node->name, name) != 0))
        node = node->next;
    return node;
}

struct name_map_node *name_map_find(const struct name_map *map, const char *name)
{
    uint64_t hash = hash_of(map, name);

    return find_from(map->chain[hash & map->mask], hash, name);
}

struct name_map_node *name_map_again(const struct name_map_node *node)
{
    return find_from(node->next, node->hash, node->name);
}

void name_map_add(struct name_map *map, struct name_map_node *node, const char *name)
{
    struct name_map_node **chain;

    node->name = name;
    node->hash = hash_of(map, name);
    chain = &map->chain[node->hash & map->mask];
    map->popped = 0;
    node->next = *chain;
    *chain = node;
}

void name_map_remove(struct name_map *map, struct name_map_node *node)
{
    struct name_map_node **link = &map->chain[node->hash & map->mask];

    while (*link != node)
        link = &(*link)->next;
    *link = node->next;
}

struct name_map_node *name_map_pop(struct name_map *map)
{
    struct name_map_node *node;

    if (!map->chain)
        return NULL;
    while (map->popped < map->mask && !map->chain[map->popped])
        ++map->popped;
    node = map->chain[map->popped];
    if (node)
        map->chain[map->popped] = node->next;
    return node;
}
