/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/pay_vp8.c  VP8 frames to RTP payloads (RFC 7741)
 */
#include "codec/pay_vp8.h"

#include <string.h>

enum { X = 0x80, S = 0x10, I = 0x80, M = 0x80, ID_MASK = 0x7fff };

void pay_vp8_start(struct pay_vp8 *pay, const uint8_t *frame, size_t size, size_t max)
{
    size_t room = max - PAY_VP8_HEADER;
    size_t pieces = (size + room - 1) / room;

    pay->frame = frame;
    pay->size = size;
    pay->done = 0;
    pay->piece = pieces ? (size + pieces - 1) / pieces : 0;
    pay->picture_id = (pay->picture_id + 1) & ID_MASK;
}

size_t pay_vp8_next(struct pay_vp8 *pay, uint8_t *buf)
{
    size_t n = pay->size - pay->done;

    if (!n)
        return 0;
    if (n > pay->piece)
        n = pay->piece;

    buf[0] = (uint8_t)(X | (pay->done ? 0 : S));
    buf[1] = I;
    buf[2] = (uint8_t)(M | pay->picture_id >> 8);
    buf[3] = (uint8_t)pay->picture_id;
    memcpy(buf + PAY_VP8_HEADER, pay->frame + pay->done, n);
    pay->done += n;
    return PAY_VP8_HEADER + n;
}
