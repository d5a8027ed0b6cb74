/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/hook/hook_courier.h  The thread "webhooks": carries transfers, and wakes its owner
 *
 *     control: hook_courier_push() --> ring --> libcurl's multi --> ring --> hook_courier_pop()
 *                                                        '--> tell()
 *
 * Up to HOOK_COURIER_MAX transfers run at the same time, and none of them waits for another; one
 * more is the owner's to keep until there is room.  The thread knows nothing of hooks and queues;
 * it is also the owner's alarm clock.
 *
 * Threads:   hook_courier_wake() any, while it lives; the rest control.  tell() is called on the
 *            courier's thread.
 * Ownership: the courier has a transfer from push to pop.
 */
#ifndef MCU_HOOK_HOOK_COURIER_H
#define MCU_HOOK_HOOK_COURIER_H

#include <stdint.h>

#include "mcu/hook/hook_transfer.h"

enum { HOOK_COURIER_MAX = 16 /**< Most transfers between push and pop */ };

struct hook_courier;

struct hook_courier_cfg {
    uint64_t (*now)(void); /**< Wall clock [us], on any thread */
    /**
     * A transfer came back, it is time, or somebody called hook_courier_wake().
     * @return 0; anything else has it called again soon
     */
    int (*tell)(void *arg);
    void *arg;
};

/** Start the thread.  @return 0, -ENOMEM, -EIO (libcurl) or another -errno */
int hook_courier_new(struct hook_courier **ret, const struct hook_courier_cfg *cfg);

/**
 * Stop the thread at once and drop all transfers, wherever they are.  After that nobody calls
 * tell().  NULL is allowed.  Returns NULL.
 */
struct hook_courier *hook_courier_free(struct hook_courier *courier);

/** Begin a transfer; takes it.  @return 0, -ENOSPC (HOOK_COURIER_MAX are out) */
int hook_courier_push(struct hook_courier *courier, struct hook_transfer *transfer);

/** A transfer that came to its end, or NULL; the caller's from now on. */
struct hook_transfer *hook_courier_pop(struct hook_courier *courier);

/** Call tell() at @p due_us, once; replaces what was said before. */
void hook_courier_set_due(struct hook_courier *courier, uint64_t due_us);

/** Call tell() now. */
void hook_courier_wake(struct hook_courier *courier);

#endif
