/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/base/clock.h  The monotonic clock, and the wall clock that goes with it
 *
 * All deadlines and RTP timestamps come from one monotonic clock.  Modules
 * that can be simulated take now_us as an argument instead of calling this.
 *
 * Threads: any.
 */
#ifndef MCU_BASE_CLOCK_H
#define MCU_BASE_CLOCK_H

#include <stdint.h>

/** Monotonic time [us]; never 0. */
uint64_t clock_now_us(void);

/** Wall clock since 1970 [us]; may step. */
uint64_t clock_wall_us(void);

/**
 * NTP timestamp of a monotonic time: seconds since 1900 in the upper 32 bits,
 * fraction in the lower (RFC 3550, section 4).
 *
 * The offset between the two clocks is sampled once at the first call, so
 * that a step of the wall clock never breaks the line between RTP and NTP.
 */
uint64_t clock_ntp(uint64_t mono_us);

#endif
