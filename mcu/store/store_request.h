/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_request.h  A request on its way: for this folder only
 */
#ifndef MCU_STORE_STORE_REQUEST_H
#define MCU_STORE_STORE_REQUEST_H

#include "mcu/store/store.h"
#include "mcu/store/store_op.h"

struct store_arena;

/** Owned by the caller, the queue, the writer, the answers' queue, the control thread, in this
 * order. */
struct store_request {
    enum store_op op;
    const void *args; /**< Struct of the operation's shape, in the arena */
    int err;          /**< The answer ...                                */
    void *result;     /**< ... and its result, in the arena              */
    struct store_arena *arena;
    struct store_reply reply;
    size_t size; /**< When it was submitted [bytes] */
};

/**
 * Submit a request.  Any thread, never blocks.
 *
 * @param args  Copied, with what it points to, as the operation's shape says
 *
 * @return 0: the handler will be called, once; otherwise it will not: -EINVAL (args out of range),
 *         -ENOSPC (too many requests or bytes wait), -ESHUTDOWN (the store closes), -ENOMEM
 */
int store_submit(struct store *store, enum store_op op, const void *args, struct store_reply reply);

#endif
