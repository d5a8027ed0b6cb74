/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/hook/hook_sender.h  Delivers webhooks from the durable queue
 *
 *     store_hook_take() --> transfers --> hook_courier --> outcomes --> store_hook_mark() --.
 *            ^ control                  thread "webhooks"            control                |
 *            '------------ woken, something came back, or it is time -----------------------'
 *
 * A hook has one delivery on its way at a time, so its events come in their order; a slow receiver
 * delays only itself, unless HOOK_COURIER_MAX of them have all transfers that there are: then the
 * others wait until one of these ends.  A 2xx ends a delivery, a 410 also turns its
 * hook off; anything else is tried again as hook_retry.h says, not before Retry-After of a 429 or
 * 503 (up to an hour), and after the last try it is dead.  Deliveries come at least once: what was
 * on its way when the program ended is sent again when its lease is over.
 *
 * Threads:   hook_sender_wake() and hook_sender_send() any, while it lives; the rest control.
 * Ownership: the store must outlive the sender.
 */
#ifndef MCU_HOOK_HOOK_SENDER_H
#define MCU_HOOK_HOOK_SENDER_H

#include <stdbool.h>
#include <stdint.h>

#include "mcu/store/store.h"

struct hook_sender;

struct hook_sender_cfg {
    struct store *store;
    bool allow_private;        /**< Also to addresses that are not public, see hook_address.h */
    uint32_t timeout_ms;       /**< Of one try, 100 to 600000 */
    store_post_h *post;        /**< NULL: control_loop_post() */
    uint64_t (*now)(void);     /**< Wall clock [us], on any thread; NULL: clock_wall_us() */
    const uint64_t *delays_us; /**< Ended by 0, lives on; NULL: hook_retry_delays_us */
};

/**
 * Start.  What waits from before is sent.
 *
 * @param ret  New sender, set on success only
 *
 * @return 0, -EINVAL (cfg), -ENOMEM, -EIO (libcurl) or another -errno
 */
int hook_sender_new(struct hook_sender **ret, const struct hook_sender_cfg *cfg);

/**
 * Stop at once.  What is on its way stays pending in the store.  Answers of the store and messages
 * that come later do nothing.  NULL is allowed.  Returns NULL.
 */
struct hook_sender *hook_sender_free(struct hook_sender *sender);

/** Settings for all tries that begin from now on.  @return 0, -EINVAL (timeout_ms) */
int hook_sender_set(struct hook_sender *sender, bool allow_private, uint32_t timeout_ms);

/** Something was queued: look now. */
void hook_sender_wake(struct hook_sender *sender);

/** hook_event_send(), and look now.  @return as hook_event_send() */
int hook_sender_send(struct hook_sender *sender, const char *type, const char *data);

#endif
