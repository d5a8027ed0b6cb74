/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/base/mpsc.c  Bounded lock-free queue of small structs, many producers, one consumer
 */
#include "mcu/base/mpsc.h"

#include <assert.h>
#include <errno.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { CAPACITY_MAX = 65536, SIZE_LIMIT = 1024, CACHE_LINE = 64 };

/*
 * A slot is free for position p when its turn is p, and full when it is p + 1.
 * Popping hands it to the next lap: turn = p + capacity.
 */
struct slot_head {
    _Atomic uint32_t turn;
    uint32_t pad;
};

struct mpsc {
    alignas(CACHE_LINE) _Atomic uint32_t head; /* next position to push, shared by the producers */
    alignas(CACHE_LINE) uint32_t tail;         /* next position to pop, consumer only */
    alignas(CACHE_LINE) uint32_t mask;
    size_t size;   /* message */
    size_t stride; /* slot head and message */
    char *slots;
};

static struct slot_head *slot_at(struct mpsc *mpsc, uint32_t pos)
{
    return (struct slot_head *)(void *)(mpsc->slots + (pos & mpsc->mask) * mpsc->stride);
}

int mpsc_new(struct mpsc **ret_mpsc, uint32_t capacity, size_t size)
{
    struct mpsc *mpsc;
    uint32_t n = 2;

    assert(ret_mpsc);
    if (capacity < 1 || capacity > CAPACITY_MAX || size < 1 || size > SIZE_LIMIT)
        return -EINVAL;

    while (n < capacity)
        n <<= 1;
    mpsc = aligned_alloc(CACHE_LINE, sizeof(*mpsc));
    if (!mpsc)
        return -ENOMEM;

    mpsc->mask = n - 1;
    mpsc->size = size;
    mpsc->stride = sizeof(struct slot_head) + ((size + 7) & ~(size_t)7);
    mpsc->tail = 0;
    atomic_init(&mpsc->head, 0);
    mpsc->slots = malloc(n * mpsc->stride);
    if (!mpsc->slots) {
        free(mpsc);
        return -ENOMEM;
    }
    for (uint32_t i = 0; i < n; ++i)
        atomic_init(&slot_at(mpsc, i)->turn, i);

    *ret_mpsc = mpsc;
    return 0;
}

struct mpsc *mpsc_free(struct mpsc *mpsc)
{
    if (mpsc) {
        free(mpsc->slots);
        free(mpsc);
    }
    return NULL;
}

int mpsc_push(struct mpsc *mpsc, const void *msg)
{
    uint32_t pos = atomic_load_explicit(&mpsc->head, memory_order_relaxed);
    struct slot_head *slot;

    for (;;) {
        uint32_t turn;

        slot = slot_at(mpsc, pos);
        /* Acquire: the consumer's copy out of this slot happened before we overwrite it. */
        turn = atomic_load_explicit(&slot->turn, memory_order_acquire);
        if (turn == pos) {
            if (atomic_compare_exchange_weak_explicit(&mpsc->head, &pos, pos + 1,
                                                      memory_order_relaxed, memory_order_relaxed))
                break;
        } else if ((int32_t)(turn - pos) < 0) {
            return -ENOSPC;
        } else {
            pos = atomic_load_explicit(&mpsc->head, memory_order_relaxed);
        }
    }

    memcpy(slot + 1, msg, mpsc->size);
    /* Release: the message before its turn. */
    atomic_store_explicit(&slot->turn, pos + 1, memory_order_release);
    return 0;
}

bool mpsc_pop(struct mpsc *mpsc, void *msg)
{
    struct slot_head *slot = slot_at(mpsc, mpsc->tail);

    /* Acquire pairs with the producer's release of the message. */
    if (atomic_load_explicit(&slot->turn, memory_order_acquire) != mpsc->tail + 1)
        return false;

    memcpy(msg, slot + 1, mpsc->size);
    /* Release: our copy is done before a producer may reuse the slot. */
    atomic_store_explicit(&slot->turn, mpsc->tail + mpsc->mask + 1, memory_order_release);
    ++mpsc->tail;
    return true;
}
