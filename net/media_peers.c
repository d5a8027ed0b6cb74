/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/media_peers.c  Finds the WebRTC peer that a datagram is for
 */
#include "net/media_peers.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/base/id.h"

struct media_peers {
    uint64_t seed; /* so that peers cannot choose their bucket */
    uint32_t mask;
    struct media_peers_addr **addr;
    struct media_peers_ufrag **ufrag;
};

int media_peers_new(struct media_peers **ret_peers, uint32_t peers)
{
    struct media_peers *p;
    uint32_t n = 64;

    assert(ret_peers);
    while (n < peers && n < 65536)
        n *= 2;
    p = calloc(1, sizeof(*p));
    if (!p)
        return -ENOMEM;

    id_bytes(&p->seed, sizeof(p->seed));
    p->mask = n - 1;
    p->addr = calloc(n, sizeof(struct media_peers_addr *));
    p->ufrag = calloc(n, sizeof(struct media_peers_ufrag *));
    if (!p->addr || !p->ufrag) {
        media_peers_free(p);
        return -ENOMEM;
    }
    *ret_peers = p;
    return 0;
}

struct media_peers *media_peers_free(struct media_peers *peers)
{
    if (peers) {
        free(peers->addr);
        free(peers->ufrag);
        free(peers);
    }
    return NULL;
}

static struct media_peers_addr **addr_bucket(const struct media_peers *peers, int fd,
                                             const union media_addr *addr)
{
    return &peers->addr[media_addr_hash(addr, peers->seed + (uint64_t)fd) & peers->mask];
}

void media_peers_add_addr(struct media_peers *peers, struct media_peers_addr *node)
{
    struct media_peers_addr **bucket = addr_bucket(peers, node->fd, &node->addr);

    assert(node->owner);
    node->next = *bucket;
    *bucket = node;
}

void media_peers_remove_addr(struct media_peers *peers, struct media_peers_addr *node)
{
    struct media_peers_addr **p;

    if (!node->owner)
        return;
    for (p = addr_bucket(peers, node->fd, &node->addr); *p && *p != node; p = &(*p)->next)
        ;
    if (*p)
        *p = node->next;
    node->owner = NULL;
}

struct media_peers_addr *media_peers_find_addr(const struct media_peers *peers, int fd,
                                               const union media_addr *addr)
{
    struct media_peers_addr *node = *addr_bucket(peers, fd, addr);

    while (node && (node->fd != fd || !media_addr_equal(&node->addr, addr)))
        node = node->next;
    return node;
}

/* Our ufrags are random, so any hash will do: FNV-1a. */
static struct media_peers_ufrag **ufrag_bucket(const struct media_peers *peers, const char *ufrag)
{
    uint32_t h = 2166136261u;

    for (; *ufrag; ++ufrag)
        h = (h ^ (uint8_t)*ufrag) * 16777619u;
    return &peers->ufrag[h & peers->mask];
}

void media_peers_add_ufrag(struct media_peers *peers, struct media_peers_ufrag *node)
{
    struct media_peers_ufrag **bucket = ufrag_bucket(peers, node->ufrag);

    assert(node->owner);
    node->next = *bucket;
    *bucket = node;
}

void media_peers_remove_ufrag(struct media_peers *peers, struct media_peers_ufrag *node)
{
    struct media_peers_ufrag **p;

    if (!node->owner)
        return;
    for (p = ufrag_bucket(peers, node->ufrag); *p && *p != node; p = &(*p)->next)
        ;
    if (*p)
        *p = node->next;
    node->owner = NULL;
}

struct media_peers_ufrag *media_peers_find_ufrag(const struct media_peers *peers, const char *ufrag)
{
    struct media_peers_ufrag *node = *ufrag_bucket(peers, ufrag);

    while (node && strcmp(node->ufrag, ufrag) != 0)
        node = node->next;
    return node;
}
