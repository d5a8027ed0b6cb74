/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/base/ring.h  Bounded lock-free queue, one producer, one consumer
 *
 * Every hop between two threads in this server is a ring: the network loop
 * hands packets to a room, a room hands packets back to the network loop.
 *
 * Threads:   ring_push() from one thread, ring_pop() from one other thread.
 * Ownership: a pushed pointer belongs to the ring until it is popped.
 */
#ifndef MCU_BASE_RING_H
#define MCU_BASE_RING_H

#include <stdint.h>

struct ring;

/** Releases an item that is still queued when the ring is freed. */
typedef void(ring_free_h)(void *item);

/**
 * Create a ring.
 *
 * @param ret_ring  New ring, set on success only
 * @param capacity  Largest number of queued items, 1 to 65536 [items]
 * @param freeh     Called for each item left at ring_free(), may be NULL
 *
 * @return 0, -EINVAL on a bad capacity, -ENOMEM
 */
int ring_new(struct ring **ret_ring, uint32_t capacity, ring_free_h *freeh);

/** Free a ring and what it still holds.  NULL is allowed.  Returns NULL. */
struct ring *ring_free(struct ring *ring);

/**
 * Queue an item.  Producer thread only; never blocks.
 *
 * @return 0, or -ENOSPC if full; the caller then still owns @p item
 */
int ring_push(struct ring *ring, void *item);

/** Take the oldest item, or NULL if empty.  Consumer thread only. */
void *ring_pop(struct ring *ring);

#endif
