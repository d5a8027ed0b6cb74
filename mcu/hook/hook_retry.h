/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/hook/hook_retry.h  When a delivery that failed is tried again
 *
 * Threads: any; no state.
 */
#ifndef MCU_HOOK_HOOK_RETRY_H
#define MCU_HOOK_HOOK_RETRY_H

#include <stdint.h>

/** Delays after the first, second ... failed try, ended by 0 [us]: 5 s, 30 s, 5 min, 30 min, 2 h,
 * 6 h. */
extern const uint64_t hook_retry_delays_us[];

struct hook_retry {
    const uint64_t *delays_us; /**< Ended by 0 */
    uint32_t attempts;         /**< Tries so far, at least 1 */
    uint32_t retry_after_s;    /**< What the receiver asked for; makes it later, never sooner */
    uint32_t random;           /**< Moves the delay by up to 10 %, so that retries do not meet */
};

/** When the next try is, at @p now_us; 0 if that was the last. */
uint64_t hook_retry_next_us(const struct hook_retry *retry, uint64_t now_us);

#endif
