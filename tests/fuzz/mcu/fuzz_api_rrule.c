/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/fuzz/mcu/fuzz_api_rrule.c  Any text as the recurrence of a meeting
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/api/api_rrule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct api_rrule rule;
    char why[128] = "";
    char *text = malloc(size + 1); /* exact */

    if (!text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    if (api_rrule_read(&rule, text, why, sizeof(why))) {
        if (!why[0])
            abort();
    } else if (rule.interval < 1 || rule.interval > API_RRULE_INTERVAL_MAX ||
               rule.count > API_RRULE_COUNT_MAX || rule.ndays > API_RRULE_DAYS_MAX ||
               (rule.count && rule.until_us) || rule.freq > API_RRULE_YEARLY ||
               strpbrk(text, "\r\n")) {
        abort();
    }
    free(text);
    return 0;
}
