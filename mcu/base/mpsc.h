/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/base/mpsc.h  Bounded lock-free queue of small structs, many producers, one consumer
 *
 * Carries messages to a thread or task: the struct is copied in and out, so
 * what it points to must be owned by, or referenced from, the message.
 * After D. Vyukov, "Bounded MPMC queue" (1024cores.net): each slot has a
 * sequence number that says whose turn it is.
 *
 * Threads:   mpsc_push() from any thread, mpsc_pop() from one.
 * Ownership: a message belongs to the queue until it is popped.  Whoever
 *            frees the queue drains it first.
 */
#ifndef MCU_BASE_MPSC_H
#define MCU_BASE_MPSC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mpsc;

/**
 * Create a queue.
 *
 * @param ret_mpsc  New queue, set on success only
 * @param capacity  Largest number of messages, 1 to 65536, rounded up to a power of two of at least
 * 2
 * @param size      Size of a message, 1 to 1024 [bytes]
 *
 * @return 0, -EINVAL, -ENOMEM
 */
int mpsc_new(struct mpsc **ret_mpsc, uint32_t capacity, size_t size);

/** Free a queue.  NULL is allowed.  Returns NULL. */
struct mpsc *mpsc_free(struct mpsc *mpsc);

/** Queue a copy of @p msg; any thread, never blocks.  @return 0, or -ENOSPC if full */
int mpsc_push(struct mpsc *mpsc, const void *msg);

/** Copy the oldest message to @p msg; consumer only.  @return false if there is none */
bool mpsc_pop(struct mpsc *mpsc, void *msg);

#endif
