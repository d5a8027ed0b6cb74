/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/demux.c  Tells STUN, DTLS, RTP and RTCP on one port apart
 */
#include "net/demux.h"

enum { STUN_HEADER = 20, DTLS_HEADER = 13, RTP_HEADER = 12, RTCP_HEADER = 8 };

enum demux_kind demux_classify(const uint8_t *buf, size_t len)
{
    if (len < RTCP_HEADER)
        return DEMUX_KIND_UNKNOWN;

    if (buf[0] <= 3)
        return len >= STUN_HEADER ? DEMUX_KIND_STUN : DEMUX_KIND_UNKNOWN;
    if (buf[0] >= 20 && buf[0] <= 63)
        return len >= DTLS_HEADER ? DEMUX_KIND_DTLS : DEMUX_KIND_UNKNOWN;
    if (buf[0] >= 128 && buf[0] <= 191) {
        if (buf[1] >= 192 && buf[1] <= 223)
            return DEMUX_KIND_RTCP;
        return len >= RTP_HEADER ? DEMUX_KIND_RTP : DEMUX_KIND_UNKNOWN;
    }
    return DEMUX_KIND_UNKNOWN;
}
