/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/call_heap.c  Calls by when they are due: a binary heap
 */
#include "mcu/room/call_heap.h"

#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#include "mcu/room/call.h"

static void put(struct call_heap *heap, uint32_t pos, struct call *call)
{
    heap->call[pos] = call;
    call->set.heap_pos = pos;
}

static void rise(struct call_heap *heap, uint32_t pos)
{
    struct call *call = heap->call[pos];

    for (; pos; pos = (pos - 1) / 2) {
        struct call *parent = heap->call[(pos - 1) / 2];

        if (parent->set.due_us <= call->set.due_us)
            break;
        put(heap, pos, parent);
    }
    put(heap, pos, call);
}

static void sink(struct call_heap *heap, uint32_t pos)
{
    struct call *call = heap->call[pos];

    for (uint32_t child; (child = 2 * pos + 1) < heap->n; pos = child) {
        if (child + 1 < heap->n &&
            heap->call[child + 1]->set.due_us < heap->call[child]->set.due_us)
            ++child;
        if (heap->call[child]->set.due_us >= call->set.due_us)
            break;
        put(heap, pos, heap->call[child]);
    }
    put(heap, pos, call);
}

int call_heap_init(struct call_heap *heap, uint32_t capacity)
{
    *heap = (struct call_heap){.capacity = capacity};
    heap->call = calloc(capacity, sizeof(struct call *));
    return heap->call ? 0 : -ENOMEM;
}

void call_heap_finish(struct call_heap *heap)
{
    free(heap->call);
    heap->call = NULL;
}

void call_heap_add(struct call_heap *heap, struct call *call, uint64_t due_us)
{
    assert(heap->n < heap->capacity);
    call->set.due_us = due_us;
    put(heap, heap->n, call);
    rise(heap, heap->n++);
}

void call_heap_remove(struct call_heap *heap, struct call *call)
{
    uint32_t pos = call->set.heap_pos;
    struct call *last = heap->call[--heap->n];

    if (last == call)
        return;
    put(heap, pos, last);
    rise(heap, pos);
    sink(heap, last->set.heap_pos);
}

void call_heap_move(struct call_heap *heap, struct call *call, uint64_t due_us)
{
    call->set.due_us = due_us;
    rise(heap, call->set.heap_pos);
    sink(heap, call->set.heap_pos);
}

struct call *call_heap_first(const struct call_heap *heap)
{
    return heap->n ? heap->call[0] : NULL;
}
