/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/task_heap.c  Binary min-heap of tasks by time; part of task.c
 */
#include "mixer/task_heap.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

static void set(struct task_heap *heap, uint32_t i, struct task_heap_node *node)
{
    heap->node[i] = node;
    node->place = i + 1;
}

static void sift_up(struct task_heap *heap, uint32_t i)
{
    struct task_heap_node *node = heap->node[i];

    while (i > 0) {
        uint32_t parent = (i - 1) / 2;

        if (heap->node[parent]->time_us <= node->time_us)
            break;
        set(heap, i, heap->node[parent]);
        i = parent;
    }
    set(heap, i, node);
}

static void sift_down(struct task_heap *heap, uint32_t i)
{
    struct task_heap_node *node = heap->node[i];

    for (;;) {
        uint32_t child = 2 * i + 1;

        if (child >= heap->count)
            break;
        if (child + 1 < heap->count && heap->node[child + 1]->time_us < heap->node[child]->time_us)
            ++child;
        if (node->time_us <= heap->node[child]->time_us)
            break;
        set(heap, i, heap->node[child]);
        i = child;
    }
    set(heap, i, node);
}

int task_heap_reserve(struct task_heap *heap, uint32_t room)
{
    struct task_heap_node **node;
    uint32_t twice = heap->room ? 2 * heap->room : 64;

    if (room <= heap->room)
        return 0;
    if (room < twice)
        room = twice;
    node = realloc(heap->node, room * sizeof(*node));
    if (!node)
        return -ENOMEM;
    heap->node = node;
    heap->room = room;
    return 0;
}

void task_heap_finish(struct task_heap *heap)
{
    free(heap->node);
    *heap = (struct task_heap){0};
}

void task_heap_put(struct task_heap *heap, struct task_heap_node *node, uint64_t time_us)
{
    assert(!node->place && heap->count < heap->room);
    node->time_us = time_us;
    heap->node[heap->count] = node;
    sift_up(heap, heap->count++);
}

void task_heap_remove(struct task_heap *heap, struct task_heap_node *node)
{
    struct task_heap_node *last;
    uint32_t i;

    if (!node->place)
        return;
    i = node->place - 1;
    node->place = 0;
    last = heap->node[--heap->count];
    if (last == node)
        return;
    set(heap, i, last);
    sift_up(heap, i);
    sift_down(heap, last->place - 1);
}

struct task_heap_node *task_heap_first(const struct task_heap *heap)
{
    return heap->count ? heap->node[0] : NULL;
}
