/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/base/clock.c  The monotonic clock, and the wall clock that goes with it
 */
#include "mcu/base/clock.h"

#include <pthread.h>
#include <time.h>

static const uint64_t ntp_unix_offset_us = 2208988800ull * 1000000;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static uint64_t wall_minus_mono_us;

static uint64_t read_us(clockid_t id)
{
    struct timespec ts;

    clock_gettime(id, &ts);
    return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static void sample_offset(void)
{
    wall_minus_mono_us = read_us(CLOCK_REALTIME) - read_us(CLOCK_MONOTONIC);
}

uint64_t clock_now_us(void)
{
    return read_us(CLOCK_MONOTONIC);
}

uint64_t clock_wall_us(void)
{
    return read_us(CLOCK_REALTIME);
}

uint64_t clock_ntp(uint64_t mono_us)
{
    uint64_t us;

    pthread_once(&once, sample_offset);
    us = mono_us + wall_minus_mono_us + ntp_unix_offset_us;
    return (us / 1000000 << 32) | ((us % 1000000) << 32) / 1000000;
}
