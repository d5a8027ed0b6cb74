/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/readiness.h  Does the machine keep up? for /readyz
 *
 * Composites that were left out because their tick came too late are what people see of
 * an overload.  A window of the counters decides, so that a load balancer sends new
 * rooms elsewhere while it lasts and comes back soon after.
 *
 * Threads: one at a time.
 */
#ifndef MCU_API_READINESS_H
#define MCU_API_READINESS_H

#include <stdbool.h>
#include <stdint.h>

enum {
    READINESS_WINDOW_MS = 5000, /**< Between calls of readiness_update() */
    READINESS_LATE_MIN = 10,    /**< Fewer late composites in a window mean nothing */
    READINESS_LATE_SHARE = 10,  /**< More than one in so many is an overload */
};

/** Zero it before the first update. */
struct readiness {
    int64_t composed, late; /**< At the last update */
    bool overloaded;
};

/** End of a window.  @param composed,late  Counters, since the start of the process */
void readiness_update(struct readiness *readiness, int64_t composed, int64_t late);

#endif
