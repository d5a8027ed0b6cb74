/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/fuzz/net/fuzz_rtp_packet.c  RTP headers, and what the parser says about where the
 * payload is
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net/demux.h"
#include "net/media_desc.h"
#include "net/packet.h"
#include "net/rtp_packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The datagram is put at the very end of a packet's buffer, so that reading beyond it is seen. */
static void parse_at_the_end(const uint8_t *data, size_t size)
{
    static const struct media_exts ids = {1, 2, 3, 4};
    struct packet *packet = calloc(1, sizeof(*packet));
    struct rtp_packet_exts exts;
    const char *start;

    if (!packet)
        return;
    packet->start = (uint16_t)(PACKET_BUF_SIZE - size);
    packet->len = (uint16_t)size;
    start = (const char *)packet->buf + packet->start;
    memcpy(packet->buf + packet->start, data, size);
    if (rtp_packet_parse(packet, &ids, &exts) == 0) {
        assert(packet->payload >= packet->start + RTP_PACKET_HEADER);
        assert(packet->payload + packet->payload_len <= PACKET_BUF_SIZE);
        assert(!exts.mid || (exts.mid >= start && exts.mid + exts.mid_len <= start + size));
        (void)rtp_packet_rtx_restore(packet, 96, 1);
        assert(packet->payload + packet->payload_len <= PACKET_BUF_SIZE);
    }
    free(packet);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rtp_packet_header header;
    uint8_t *copy;

    if (size > PACKET_BUF_SIZE)
        return 0;
    copy = malloc(size ? size : 1);
    if (!copy)
        return 0;
    if (size)
        memcpy(copy, data, size);
    (void)demux_classify(copy, size);
    (void)rtp_packet_peek(copy, size, &header);
    parse_at_the_end(copy, size);
    free(copy);
    return 0;
}
