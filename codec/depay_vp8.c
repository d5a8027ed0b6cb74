/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file codec/depay_vp8.c  VP8 RTP payloads to a frame (RFC 7741)
 */
#include "codec/depay_vp8.h"

#include <errno.h>

#include "codec/unit_buf.h"

/* The first byte and the extension byte; M is the first bit of the picture id. */
enum { X = 0x80, N = 0x20, S = 0x10, PID = 0x07, I = 0x80, L = 0x40, T = 0x20, K = 0x10, M = 0x80 };

/* Reads bytes; past the end it gives zeros and remembers that. */
struct bytes {
    const uint8_t *data;
    size_t size, pos;
    bool overrun;
};

static uint8_t take(struct bytes *b)
{
    if (b->pos == b->size) {
        b->overrun = true;
        return 0;
    }
    return b->data[b->pos++];
}

static void read_extension(struct depay_vp8_descriptor *desc, struct bytes *b)
{
    uint8_t flags = take(b);

    if (flags & I) {
        uint8_t id = take(b);

        desc->picture_id = id & M ? (id & 0x7f) << 8 | take(b) : id;
    }
    if (flags & L)
        desc->tl0_index = take(b);
    if (flags & (T | K)) {
        uint8_t layer = take(b);

        if (flags & T)
            desc->temporal = (int8_t)(layer >> 6);
        if (flags & K)
            desc->key_index = (int8_t)(layer & 0x1f);
    }
}

int depay_vp8_parse(struct depay_vp8_descriptor *ret_desc, const uint8_t *payload, size_t size)
{
    struct depay_vp8_descriptor desc = {
        .picture_id = -1, .tl0_index = -1, .temporal = -1, .key_index = -1};
    struct bytes b = {.data = payload, .size = size};
    uint8_t first = take(&b);

    desc.start = first & S;
    desc.reference = !(first & N);
    desc.partition = first & PID;
    if (first & X)
        read_extension(&desc, &b);
    if (b.overrun || b.pos == size)
        return -EBADMSG;

    desc.size = b.pos;
    *ret_desc = desc;
    return 0;
}

void depay_vp8_start(struct depay_vp8 *depay)
{
    *depay = (struct depay_vp8){.begun = false};
}

int depay_vp8_append(struct depay_vp8 *depay, struct unit_buf *buf, const uint8_t *payload,
                     size_t size)
{
    struct depay_vp8_descriptor desc;
    bool head;

    if (depay_vp8_parse(&desc, payload, size) < 0)
        return -EBADMSG;
    head = desc.start && desc.partition == 0;
    if (head == depay->begun || desc.partition < depay->partition)
        return -EBADMSG;

    if (head)
        depay->key = !(payload[desc.size] & 1); /* RFC 6386, 9.1: 0 is a key frame */
    depay->begun = true;
    depay->partition = desc.partition;
    return unit_buf_append(buf, payload + desc.size, size - desc.size);
}

bool depay_vp8_is_head(const uint8_t *payload, size_t size)
{
    struct depay_vp8_descriptor desc;

    return depay_vp8_parse(&desc, payload, size) == 0 && desc.start && desc.partition == 0;
}
