/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/api_rrule.h  How a meeting recurs: RFC 5545 recurrence rules, section 3.3.10
 *
 *     FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;UNTIL=20271231T235959Z
 *
 * The part of it that calendars offer to people: FREQ from DAILY to YEARLY, INTERVAL, COUNT or
 * UNTIL, BYDAY.  Names are in upper case, each once.
 *
 * Threads: any; no state.
 */
#ifndef MCU_API_API_RRULE_H
#define MCU_API_API_RRULE_H

#include <stddef.h>
#include <stdint.h>

enum {
    API_RRULE_MAX = 256, /**< Longest rule [bytes] */
    API_RRULE_INTERVAL_MAX = 999,
    API_RRULE_COUNT_MAX = 9999,
    API_RRULE_DAYS_MAX = 20, /**< Days of BYDAY */
};

enum api_rrule_freq { API_RRULE_DAILY, API_RRULE_WEEKLY, API_RRULE_MONTHLY, API_RRULE_YEARLY };

struct api_rrule {
    enum api_rrule_freq freq;
    unsigned interval; /**< At least 1 */
    unsigned count;    /**< 0: not limited by it */
    uint64_t until_us; /**< Since 1970, a date is its last second; 0: not limited by it */
    unsigned ndays;    /**< Of BYDAY */
};

/**
 * Read a rule.
 * @param why  Gets what is wrong, in words that repeat nothing of it
 * @return 0, -EINVAL
 */
int api_rrule_read(struct api_rrule *ret, const char *text, char *why, size_t why_size);

#endif
