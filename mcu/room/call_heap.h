/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/call_heap.h  Calls by when they are due: a binary heap
 *
 * Threads:   one; no locks inside.
 * Ownership: calls are the owner's; a call is in one heap at most.
 */
#ifndef MCU_ROOM_CALL_HEAP_H
#define MCU_ROOM_CALL_HEAP_H

#include <stdint.h>

struct call;

/** To embed; fields are for call_heap.c only. */
struct call_heap {
    struct call **call; /* [0] is due first */
    uint32_t n, capacity;
};

/** Set up.  @param capacity most calls, at least 1  @return 0, -ENOMEM */
int call_heap_init(struct call_heap *heap, uint32_t capacity);
/** Free the heap, not the calls.  A zeroed one is allowed. */
void call_heap_finish(struct call_heap *heap);
/** Put a call in, which there must be room for. */
void call_heap_add(struct call_heap *heap, struct call *call, uint64_t due_us);
/** Take a call out that is in. */
void call_heap_remove(struct call_heap *heap, struct call *call);
/** A call that is in is due at another time. */
void call_heap_move(struct call_heap *heap, struct call *call, uint64_t due_us);
/** The one that is due first, or NULL. */
struct call *call_heap_first(const struct call_heap *heap);

#endif
