/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/fuzz/codec/packets.h  Fuzz input as RTP packets
 *
 * Each packet is: 1 byte of flags (bit 7 marker, bit 6 new timestamp, bits 0 to 3 how many packets
 * are lost before it), 2 bytes of size, and the payload, which may be shorter at the end.
 */
#ifndef TESTS_FUZZ_CODEC_PACKETS_H
#define TESTS_FUZZ_CODEC_PACKETS_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "codec/video_depay.h"

enum { PACKETS_MARKER = 0x80, PACKETS_NEW_TS = 0x40, PACKETS_LOST = 0x0f };

/** Called with every unit that comes out. */
typedef void(packets_unit_h)(const struct video_unit *unit, void *arg);

/** Put all packets of an input through a depacketizer; payloads are in buffers of their exact size.
 */
static inline void packets_run(enum video_codec codec, const uint8_t *data, size_t size,
                               packets_unit_h *unith, void *arg)
{
    struct video_depay_packet packet = {.ext_seq = 1};
    struct video_depay *depay = NULL;
    struct video_unit unit;

    if (video_depay_new(&depay, codec) < 0)
        return;
    while (size >= 3) {
        uint8_t flags = data[0], *payload;
        size_t n = (size_t)data[1] << 8 | data[2];

        data += 3;
        size -= 3;
        if (n > size)
            n = size;
        payload = (uint8_t *)malloc(n ? n : 1);
        if (!payload)
            break;
        memcpy(payload, data, n);
        data += n;
        size -= n;
        packet.payload = payload;
        packet.size = n;
        packet.ext_seq += 1u + (flags & PACKETS_LOST);
        packet.ts += flags & PACKETS_NEW_TS ? 3000 : 0;
        packet.marker = flags & PACKETS_MARKER;
        if (video_depay_put(depay, &packet, &unit) == 0)
            unith(&unit, arg);
        free(payload);
    }
    if (video_depay_put(depay, NULL, &unit) == 0)
        unith(&unit, arg);
    video_depay_free(depay);
}

#endif
