/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/room_rate.h  So many per period, all at once if need be
 *
 * The generic cell rate algorithm (ITU-T I.371): after a pause the whole number may come at once,
 * then one per period / number.  One number is its whole state.
 *
 * Threads: one; a plain value.
 */
#ifndef MCU_ROOM_ROOM_RATE_H
#define MCU_ROOM_ROOM_RATE_H

#include <stdint.h>

/** To embed; zero it before use. */
struct room_rate {
    uint64_t full_us; /**< When everything that was used up has come back */
};

/**
 * One more.
 * @param n          So many per period, at least 1
 * @param period_us  At least @p n [us]
 * @return 0, or how long until there may be one [us]; then nothing was taken
 */
uint64_t room_rate_take(struct room_rate *rate, uint32_t n, uint64_t period_us, uint64_t now_us);

#endif
