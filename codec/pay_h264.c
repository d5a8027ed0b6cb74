/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/pay_h264.c  NAL units to RTP payloads (RFC 6184)
 */
#include "codec/pay_h264.h"

#include <string.h>

enum { FU_A = 28, FU_START = 0x80, FU_END = 0x40, FU_HEADER = 2, TYPE_MASK = 0x1f };

void pay_h264_start(struct pay_h264 *pay, const uint8_t *nal, size_t size)
{
    *pay = (struct pay_h264){.nal = nal, .size = size};
}

/* 5.8; the NAL unit's own header byte is not repeated. */
static size_t next_fragment(struct pay_h264 *pay, uint8_t *buf, size_t max)
{
    size_t from = pay->done ? pay->done : 1;
    size_t n = pay->size - from;

    buf[0] = (uint8_t)((pay->nal[0] & ~TYPE_MASK) | FU_A);
    buf[1] = pay->nal[0] & TYPE_MASK;
    if (!pay->done)
        buf[1] |= FU_START;
    if (n <= max - FU_HEADER)
        buf[1] |= FU_END;
    else
        n = max - FU_HEADER;
    memcpy(buf + FU_HEADER, pay->nal + from, n);
    pay->done = from + n;
    return FU_HEADER + n;
}

size_t pay_h264_next(struct pay_h264 *pay, uint8_t *buf, size_t max)
{
    if (pay->done == pay->size)
        return 0;
    if (pay->done || pay->size > max)
        return next_fragment(pay, buf, max);

    memcpy(buf, pay->nal, pay->size);
    pay->done = pay->size;
    return pay->size;
}
