/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/task_heap.h  Binary min-heap of tasks by time; part of task.c
 *
 * A node knows its place, so that it can be removed from the middle.  Room is
 * reserved beforehand: putting never fails.
 *
 * Threads: one at a time; task.c holds a lock.
 */
#ifndef MIXER_TASK_HEAP_H
#define MIXER_TASK_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** To embed in what the heap holds. */
struct task_heap_node {
    uint64_t time_us;
    uint32_t place; /**< Index in the heap + 1, 0 = not in it */
};

/** Starts zeroed. */
struct task_heap {
    struct task_heap_node **node;
    uint32_t count, room;
};

/** Make room for @p room nodes in all.  @return 0 or -ENOMEM */
int task_heap_reserve(struct task_heap *heap, uint32_t room);

/** Free the memory. */
void task_heap_finish(struct task_heap *heap);

/** Insert a node that is not in the heap; there must be room. */
void task_heap_put(struct task_heap *heap, struct task_heap_node *node, uint64_t time_us);

/** Remove a node if it is in the heap. */
void task_heap_remove(struct task_heap *heap, struct task_heap_node *node);

/** The node with the least time, still in the heap, or NULL. */
struct task_heap_node *task_heap_first(const struct task_heap *heap);

#endif
