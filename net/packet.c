/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/packet.c  A datagram in a pooled buffer, with what was read from its RTP header
 */
#include "net/packet.h"

#include <assert.h>
#include <string.h>

#include "mcu/base/pool.h"

enum { RESERVE = 4096 /* ready from the start: a few rooms' worth */ };

static struct pool *pool;

int packet_pool_init(uint32_t limit)
{
    int err = pool_new(&pool, sizeof(struct packet), limit);

    if (!err)
        err = pool_reserve(pool, RESERVE);
    if (err)
        pool = pool_free(pool);
    return err;
}

void packet_pool_finish(void)
{
    pool = pool_free(pool);
}

uint32_t packet_pool_used(void)
{
    return pool_used(pool);
}

struct packet *packet_new(void)
{
    struct packet *packet;

    assert(pool);
    packet = pool_get(pool);
    if (!packet)
        return NULL;

    memset(packet, 0, offsetof(struct packet, buf));
    ref_init(&packet->ref);
    packet->payload = PACKET_HEADROOM;
    return packet;
}

struct packet *packet_ref(struct packet *packet)
{
    ref_get(&packet->ref);
    return packet;
}

struct packet *packet_unref(struct packet *packet)
{
    if (packet && ref_put(&packet->ref))
        pool_put(pool, packet);
    return NULL;
}
