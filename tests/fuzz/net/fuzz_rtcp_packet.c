/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/fuzz/net/fuzz_rtcp_packet.c  Compound RTCP packets with all that can be decoded from
 * them
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net/rtcp_packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_all(const uint8_t *data, size_t size)
{
    static struct rtcp_packet_arrival arrivals[RTCP_PACKET_FEEDBACK_MAX];
    struct rtcp_packet_iter iter;
    struct rtcp_packet item;
    uint16_t seqs[100];

    if (rtcp_packet_begin(&iter, data, size))
        return;
    while (rtcp_packet_next(&iter, &item)) {
        if (item.type == RTCP_PACKET_TYPE_NACK)
            assert(rtcp_packet_nack_seqs(&item, seqs, 100) <= 100);
        else if (item.type == RTCP_PACKET_TYPE_TRANSPORT_CC)
            assert(rtcp_packet_arrivals(&item, arrivals, RTCP_PACKET_FEEDBACK_MAX) <=
                   RTCP_PACKET_FEEDBACK_MAX);
        else if (item.type == RTCP_PACKET_TYPE_SDES)
            assert(item.u.sdes.cname[item.u.sdes.len] == 0);
        else if (item.type == RTCP_PACKET_TYPE_BYE)
            assert(item.u.bye.nssrcs <= RTCP_PACKET_SSRCS_MAX);
        else if (item.type == RTCP_PACKET_TYPE_REMB)
            assert(item.u.remb.nssrcs <= RTCP_PACKET_SSRCS_MAX);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);

    if (!copy)
        return 0;
    if (size)
        memcpy(copy, data, size);
    read_all(copy, size);
    free(copy);
    return 0;
}
