/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/media/media_clock.h  RTP timestamps of the one media clock
 *
 * Everything that leaves is stamped from the monotonic clock, so that audio
 * and video, and streams that follow one another on the same SSRC, need no
 * translation: timestamp = time * rate, modulo 2^32.
 *
 * Threads: any.
 */
#ifndef MCU_MEDIA_MEDIA_CLOCK_H
#define MCU_MEDIA_MEDIA_CLOCK_H

#include <stdint.h>

enum {
    MEDIA_CLOCK_VIDEO_HZ = 90000,
    MEDIA_CLOCK_AUDIO_TICK_US = 20000,
};

/** RTP timestamp of a time; exact for whole milliseconds and the rates of RFC 3551 [clock_hz]. */
static inline uint32_t media_clock_ts(uint64_t when_us, uint32_t clock_hz)
{
    return (uint32_t)(when_us / 1000 * (clock_hz / 1000) + when_us % 1000 * clock_hz / 1000000);
}

#endif
