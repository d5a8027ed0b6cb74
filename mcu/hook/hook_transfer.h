/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/hook/hook_transfer.h  One try to deliver: a signed POST by libcurl, and what came of it
 *
 * The URL is foreign, so it is treated with care: http and https only, no redirects, no proxies,
 * addresses checked as hook_address.h says where the connection is made (whatever a name resolved
 * to by then) and again before a request goes over a connection that was kept, the answer read up
 * to a limit and dropped.
 *
 * Threads:   one at a time: control makes and frees, the courier does the rest.
 * Ownership: the delivery is copied.
 */
#ifndef MCU_HOOK_HOOK_TRANSFER_H
#define MCU_HOOK_HOOK_TRANSFER_H

#include <stdbool.h>
#include <stdint.h>

#include "mcu/store/store_hook.h"

enum {
    HOOK_TRANSFER_BODY_MAX = 4096,     /**< Most that is read of an answer's body [bytes]    */
    HOOK_TRANSFER_HEADERS_MAX = 16384, /**< Longest headers of an answer [bytes]             */
    HOOK_TRANSFER_RETRY_MAX_S = 3600,  /**< Longest Retry-After that is honoured [s]         */
    HOOK_TRANSFER_WHY_SIZE = 256,      /**< Longest reason with NUL [bytes]                  */
};

struct hook_transfer_cfg {
    bool allow_private;  /**< Any address will do */
    uint32_t timeout_ms; /**< From the name's look-up to the answer's end, at least 1 */
};

/** What is delivered. */
struct hook_transfer_delivery {
    char hook[STORE_ID_MAX + 1], id[STORE_ID_MAX + 1]; /**< Of the hook, of the event */
    uint64_t seq;
    uint32_t attempts; /**< This one included */
    const char *url;
};

struct hook_transfer_outcome {
    uint32_t status;                  /**< HTTP status of a complete header, 0 for none */
    uint32_t retry_after_s;           /**< 0 for none; of 429 and 503 only */
    bool refused;                     /**< All that there was to connect to was not public */
    char why[HOOK_TRANSFER_WHY_SIZE]; /**< What went wrong, in ASCII; "" for a 2xx */
};

struct hook_transfer;

/** Copy a delivery as store_hook_take() gives it.  @return 0, -ENOMEM */
int hook_transfer_new(struct hook_transfer **ret, const struct store_hook_delivery *delivery,
                      const struct hook_transfer_cfg *cfg);

/** Free it; it is in no multi handle any more.  NULL is allowed.  Returns NULL. */
struct hook_transfer *hook_transfer_free(struct hook_transfer *transfer);

/** What is delivered: any thread, as long as the transfer lives. */
const struct hook_transfer_delivery *hook_transfer_delivery(const struct hook_transfer *transfer);

/** What came of it, after hook_transfer_end(). */
const struct hook_transfer_outcome *hook_transfer_outcome(const struct hook_transfer *transfer);

/**
 * Sign and prepare.
 *
 * @param now_us  Of this try, since 1970
 *
 * @return the easy handle (CURL *), which stays the transfer's; NULL if it cannot be done, which is
 *         the outcome then
 */
void *hook_transfer_begin(struct hook_transfer *transfer, uint64_t now_us);

/** The transfer of an easy handle (CURL *) of hook_transfer_begin(). */
struct hook_transfer *hook_transfer_of(void *easy);

/**
 * It came to its end: sets the outcome, gives the easy handle back.
 * @param code  Of libcurl (CURLcode)
 */
void hook_transfer_end(struct hook_transfer *transfer, int code);

#endif
