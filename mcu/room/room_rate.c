/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/room_rate.c  So many per period, all at once if need be
 */
#include "mcu/room/room_rate.h"

uint64_t room_rate_take(struct room_rate *rate, uint32_t n, uint64_t period_us, uint64_t now_us)
{
    uint64_t step_us = period_us / n;
    uint64_t full_us = (rate->full_us > now_us ? rate->full_us : now_us) + step_us;

    if (full_us > now_us + step_us * n)
        return full_us - (now_us + step_us * n);
    rate->full_us = full_us;
    return 0;
}
