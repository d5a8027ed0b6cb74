/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_idem.h  Idempotency keys: a request that is sent again gets the first
 * answer
 *
 *     claim: new --> do it --> finish (or drop, if it may be tried anew)
 *            done --> the stored answer;  in flight, mismatch --> an error for the client
 *
 * Keys live for STORE_IDEM_KEEP_US.  Claims that a crash left in flight are dropped by
 * store_open().
 *
 * Each function submits a request, see store.h: 0 is answered by the handler, -EINVAL, -ENOSPC and
 * -ENOMEM are told at once.  What a function says after "answer" is what the handler gets.
 *
 * Threads: any.
 */
#ifndef MCU_STORE_STORE_IDEM_H
#define MCU_STORE_STORE_IDEM_H

#include <stdbool.h>
#include <stdint.h>

#include "mcu/store/store.h"

enum {
    STORE_IDEM_KEY_MAX = 256,     /**< Longest key, scope or hash [bytes]  */
    STORE_IDEM_BODY_MAX = 262144, /**< Longest stored answer [bytes]       */
};
#define STORE_IDEM_KEEP_US (24ull * 3600 * 1000000)

enum store_idem_state {
    STORE_IDEM_NEW,       /**< Yours: do it, then finish or drop */
    STORE_IDEM_IN_FLIGHT, /**< Somebody is at it */
    STORE_IDEM_DONE,      /**< The answer is in the result */
    STORE_IDEM_MISMATCH,  /**< The key was used for another request */
};

struct store_idem {
    const char *scope; /**< Whose key: route and caller */
    const char *key;
    const char *request_hash;
    uint32_t status; /**< Of the answer; not 0 in finish */
    const char *body;
    uint64_t created_us;
};

/** Result of store_idem_claim(). */
struct store_idem_claimed {
    enum store_idem_state state;
    uint32_t status;  /**< If done */
    const char *body; /**< If done */
};

/** Claim a key: scope, key, request_hash and created_us (now) are used.  Answer: struct
 * store_idem_claimed. */
int store_idem_claim(struct store *store, const struct store_idem *idem, struct store_reply reply);

/** Store the answer: scope, key, status and body are used.  Answer: 0, -ENOENT, -EALREADY. */
int store_idem_finish(struct store *store, const struct store_idem *idem, struct store_reply reply);

/** Give back a key that is in flight: scope and key are used.  Answer: 0 or -ENOENT. */
int store_idem_drop(struct store *store, const struct store_idem *idem, struct store_reply reply);

#endif
