/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/slot.h  Holds the latest item: latest frame wins
 *
 *     video_in  --- slot_put() --->  [ one item ]  --- slot_take() --->  video_room
 *               <-- what it displaced
 *
 * A put never waits and never fails; an item that nobody took comes back to
 * the producer, who releases it.
 *
 * Threads:   slot_put() one producer, slot_take() one consumer; more do no harm.
 * Ownership: an item belongs to the slot while it is inside.
 */
#ifndef MIXER_SLOT_H
#define MIXER_SLOT_H

#include <stdatomic.h>
#include <stddef.h>

/** To embed; fields are for this header only. */
struct slot {
    _Atomic(void *) item;
};

/** Start empty. */
static inline void slot_init(struct slot *slot)
{
    atomic_init(&slot->item, NULL);
}

/** Put an item.  Takes it.  @return the item that it displaced, now the caller's, or NULL */
static inline void *slot_put(struct slot *slot, void *item)
{
    /* Release what we wrote to the item; acquire what was written to the one that comes back. */
    return atomic_exchange_explicit(&slot->item, item, memory_order_acq_rel);
}

/** Take the latest item, now the caller's, or NULL if there is none since the last call. */
static inline void *slot_take(struct slot *slot)
{
    /* Relaxed look first: an empty slot costs no bus lock. */
    if (!atomic_load_explicit(&slot->item, memory_order_relaxed))
        return NULL;
    return atomic_exchange_explicit(&slot->item, NULL, memory_order_acq_rel);
}

/** End of use, both sides stopped.  @return the item left inside, now the caller's, or NULL */
static inline void *slot_finish(struct slot *slot)
{
    return slot_take(slot);
}

#endif
