/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/base/ring.c  Bounded lock-free queue, one producer, one consumer
 */
#include "mcu/base/ring.h"

#include <assert.h>
#include <errno.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

enum { CAPACITY_MAX = 65536, CACHE_LINE = 64 };

/*
 * head and tail count items ever pushed and popped, so the fill level is
 * always head - tail, also after they wrap at 2^32.  Each is written by one
 * thread only and sits on a cache line of its own.
 */
struct ring {
    alignas(CACHE_LINE) _Atomic uint32_t head; /* written by the producer */
    alignas(CACHE_LINE) _Atomic uint32_t tail; /* written by the consumer */
    alignas(CACHE_LINE) uint32_t capacity;
    uint32_t mask;
    ring_free_h *freeh;
    void *slot[];
};

static uint32_t round_up_pow2(uint32_t n)
{
    uint32_t p = 1;

    while (p < n)
        p <<= 1;
    return p;
}

int ring_new(struct ring **ret_ring, uint32_t capacity, ring_free_h *freeh)
{
    struct ring *ring;
    uint32_t nslots;
    size_t size;

    assert(ret_ring);
    if (capacity < 1 || capacity > CAPACITY_MAX)
        return -EINVAL;

    nslots = round_up_pow2(capacity);
    size = sizeof(*ring) + nslots * sizeof(ring->slot[0]);
    size = (size + CACHE_LINE - 1) & ~(size_t)(CACHE_LINE - 1);
    ring = aligned_alloc(CACHE_LINE, size);
    if (!ring)
        return -ENOMEM;

    atomic_init(&ring->head, 0);
    atomic_init(&ring->tail, 0);
    ring->capacity = capacity;
    ring->mask = nslots - 1;
    ring->freeh = freeh;

    *ret_ring = ring;
    return 0;
}

struct ring *ring_free(struct ring *ring)
{
    void *item;

    if (!ring)
        return NULL;

    while ((item = ring_pop(ring)) != NULL) {
        if (ring->freeh)
            ring->freeh(item);
    }
    free(ring);
    return NULL;
}

int ring_push(struct ring *ring, void *item)
{
    uint32_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
    uint32_t tail = atomic_load_explicit(&ring->tail, memory_order_acquire);

    assert(item);
    if (head - tail >= ring->capacity)
        return -ENOSPC;

    ring->slot[head & ring->mask] = item;
    atomic_store_explicit(&ring->head, head + 1, memory_order_release);
    return 0;
}

void *ring_pop(struct ring *ring)
{
    uint32_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
    uint32_t head = atomic_load_explicit(&ring->head, memory_order_acquire);
    void *item;

    if (head == tail)
        return NULL;

    item = ring->slot[tail & ring->mask];
    atomic_store_explicit(&ring->tail, tail + 1, memory_order_release);
    return item;
}
