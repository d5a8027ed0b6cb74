/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/dtmf.c  Digits from telephone-event packets (RFC 4733)
 */
#include "net/dtmf.h"

enum { PAYLOAD_SIZE = 4, END_BIT = 0x80 };

static const char digits[] = "0123456789*#ABCD";

char dtmf_put(struct dtmf *dtmf, uint32_t ts, const uint8_t *payload, size_t len)
{
    char told = 0;

    if (len < PAYLOAD_SIZE || payload[0] >= sizeof(digits) - 1)
        return 0;

    if (!dtmf->any || (int32_t)(ts - dtmf->ts) > 0) {
        if (dtmf->any && dtmf->open)
            told = digits[dtmf->event];
        dtmf->any = dtmf->open = true;
        dtmf->ts = ts;
        dtmf->event = payload[0];
    }
    if (told || ts != dtmf->ts || !dtmf->open || !(payload[1] & END_BIT))
        return told;
    dtmf->open = false;
    return digits[dtmf->event];
}
