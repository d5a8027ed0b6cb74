/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/readiness.c  Does the machine keep up? for /readyz
 */
#include "mcu/api/readiness.h"

void readiness_update(struct readiness *readiness, int64_t composed, int64_t late)
{
    int64_t nlate = late - readiness->late;
    int64_t all = composed - readiness->composed + nlate;

    readiness->overloaded = nlate >= READINESS_LATE_MIN && nlate * READINESS_LATE_SHARE > all;
    readiness->composed = composed;
    readiness->late = late;
}
