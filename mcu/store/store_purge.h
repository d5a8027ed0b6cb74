/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_purge.h  Removes what is older than it must be kept
 *
 * A purge runs in chunks, each a request of its own, so that nothing waits long behind it.
 *
 * Each function submits a request, see store.h: 0 is answered by the handler, -EINVAL, -ENOSPC and
 * -ENOMEM are told at once.  What a function says after "answer" is what the handler gets.
 *
 * Threads: any.
 */
#ifndef MCU_STORE_STORE_PURGE_H
#define MCU_STORE_STORE_PURGE_H

#include <stdbool.h>
#include <stdint.h>

#include "mcu/store/store.h"

enum { STORE_PURGE_CHUNK = 500 /**< Rows of a request */ };

enum store_purge_what {
    STORE_PURGE_CHAT,        /**< Messages sent before           */
    STORE_PURGE_SESSIONS,    /**< Sessions that ended before, with their members */
    STORE_PURGE_CALLS,       /**< Calls that ended before, with their legs */
    STORE_PURGE_DELIVERIES,  /**< Deliveries created before that are not pending */
    STORE_PURGE_IDEM,        /**< Idempotency keys claimed before */
    STORE_PURGE_TOKENS,      /**< Revoked tokens that expired before */
    STORE_PURGE_TOKEN_USERS, /**< Moments of accounts before */
    STORE_PURGE_N
};

/** A chunk, for back ends. */
struct store_purge_chunk {
    uint32_t what; /**< enum store_purge_what */
    uint64_t older_us;
    uint32_t limit;
};

/**
 * Remove rows.  Control thread.  Answer: struct store_count; an error if it stopped half-way, as
 * -ENOSPC when the queue is full: call it again later.
 */
int store_purge_run(struct store *store, enum store_purge_what what, uint64_t older_us,
                    struct store_reply reply);

#endif
