/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/hook/hook_retry.c  When a delivery that failed is tried again
 */
#include "mcu/hook/hook_retry.h"

static const uint64_t second_us = 1000000;
const uint64_t hook_retry_delays_us[] = {
    5ull * 1000000,
    30ull * 1000000,
    5ull * 60 * 1000000,
    30ull * 60 * 1000000,
    2ull * 3600 * 1000000,
    6ull * 3600 * 1000000,
    0,
};

uint64_t hook_retry_next_us(const struct hook_retry *retry, uint64_t now_us)
{
    const uint64_t after_us = retry->retry_after_s * second_us;
    uint64_t delay_us;

    for (uint32_t i = 0; i + 1 < retry->attempts; ++i)
        if (!retry->delays_us[i])
            return 0;
    delay_us = retry->delays_us[retry->attempts ? retry->attempts - 1 : 0];
    if (!delay_us)
        return 0;
    delay_us = delay_us - delay_us / 10 + delay_us / 5 * (retry->random % 1001) / 1000;
    return now_us + (delay_us > after_us ? delay_us : after_us);
}
