/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/fuzz/net/fuzz_rtp_rx.c  A whole receiving side, fed with datagrams of a hostile peer
 *
 * Input: records of [time step in 4 ms][kind][length: 2 bytes][datagram].
 */
#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "net/media_desc.h"
#include "net/packet.h"
#include "net/rtcp_packet.h"
#include "net/rtp_rx.h"
#include "net/sink.h"
#include "net/twcc.h"

enum { RECORD = 4, POOL = 512, OUT = 1200, OWN = 1 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void describe(struct media_desc *desc)
{
    struct media_exts ext = {.mid = 4, .transport_cc = 3, .audio_level = 1, .abs_send_time = 2};

    memset(desc, 0, sizeof(*desc));
    desc->nlines = 2;
    desc->line[0] = (struct media_line){.kind = MEDIA_KIND_AUDIO,
                                        .recv = true,
                                        .pt = 0,
                                        .dtmf_pt = 1,
                                        .clock = 8000,
                                        .ext = ext,
                                        .mid = "0"};
    desc->line[1] = (struct media_line){.kind = MEDIA_KIND_VIDEO,
                                        .recv = true,
                                        .pt = 2,
                                        .rtx_pt = 3,
                                        .clock = 90000,
                                        .nack = true,
                                        .pli = true,
                                        .remb = true,
                                        .ext = ext,
                                        .mid = "1"};
}

static void take_rtp(struct rtp_rx *rx, const uint8_t *data, size_t len, int line, uint64_t now_us)
{
    struct packet *packet = packet_new();

    if (!packet)
        return;
    len = len < PACKET_BUF_SIZE ? len : PACKET_BUF_SIZE;
    packet->start = (uint16_t)(PACKET_BUF_SIZE - len);
    packet->len = (uint16_t)len;
    memcpy(packet->buf + packet->start, data, len);
    rtp_rx_put(rx, packet, line, now_us);
}

static void take_rtcp(struct rtp_rx *rx, struct twcc *twcc, const uint8_t *data, size_t len,
                      uint64_t now_us)
{
    uint8_t *copy = malloc(len ? len : 1);
    struct rtcp_packet_iter iter;
    struct rtcp_packet packet;

    assert(copy);
    memcpy(copy, data, len);
    if (!rtcp_packet_begin(&iter, copy, len)) {
        while (rtcp_packet_next(&iter, &packet)) {
            if (packet.type == RTCP_PACKET_TYPE_SR)
                rtp_rx_sr(rx, &packet, now_us);
            else if (packet.type == RTCP_PACKET_TYPE_TRANSPORT_CC)
                (void)twcc_feedback(twcc, &packet);
        }
    }
    free(copy);
}

static void give_feedback(struct rtp_rx *rx, struct twcc *twcc, struct sink *sink, uint64_t now_us)
{
    uint8_t out[OUT];
    struct rtcp_packet_buf buf = {.buf = out, .size = sizeof(out)};
    struct packet *packet;

    while ((packet = sink_get(sink)) != NULL) {
        assert(packet->payload + packet->payload_len <= PACKET_BUF_SIZE);
        packet_unref(packet);
    }
    sink_request_key(sink);
    (void)twcc_sent(twcc, 100, now_us);
    rtp_rx_poll(rx);
    rtp_rx_write_feedback(rx, -1, OWN, 0, now_us, &buf);
    (void)rtp_rx_write_rr(rx, -1, OWN, now_us, &buf);
    (void)rtp_rx_write_remb(rx, -1, OWN, 1000000, &buf);
    for (unsigned i = 0; twcc_waiting(twcc) && i < 64; ++i) {
        buf.len = 0;
        assert(twcc_write(twcc, OWN, rtp_rx_any_ssrc(rx), &buf) == 0);
    }
}

static void play(struct rtp_rx *rx, struct twcc *twcc, struct sink *sink, const uint8_t *data,
                 size_t size)
{
    uint64_t now_us = 1000000000;

    while (size >= RECORD) {
        size_t len = (size_t)data[2] << 8 | data[3];

        now_us += data[0] * 4000u;
        len = len < size - RECORD ? len : size - RECORD;
        if (data[1] & 1)
            take_rtcp(rx, twcc, data + RECORD, len, now_us);
        else
            take_rtp(rx, data + RECORD, len, (data[1] >> 1) % 3 - 1, now_us);
        if (data[1] & 0x80)
            give_feedback(rx, twcc, sink, now_us);
        data += RECORD + len;
        size -= RECORD + len;
    }
    give_feedback(rx, twcc, sink, now_us);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool ready;
    static struct media_desc desc;
    struct sink_cfg cfg = {.capacity = 64};
    struct rtp_rx *rx;
    struct twcc *twcc;
    struct sink *sink;

    if (!ready && packet_pool_init(POOL))
        abort();
    ready = true;
    if (twcc_new(&twcc) || rtp_rx_new(&rx, twcc) || sink_new(&sink, &cfg))
        abort();
    describe(&desc);
    rtp_rx_update(rx, &desc);
    rtp_rx_route(rx, 0, sink);
    rtp_rx_route(rx, 1, sink);
    play(rx, twcc, sink, data, size);
    rtp_rx_free(rx);
    twcc_free(twcc);
    sink_unref(sink);
    assert(packet_pool_used() == 0);
    return 0;
}
