/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/demux.h  Tells STUN, DTLS, RTP and RTCP on one port apart
 *
 * By the first byte (RFC 7983), and RTCP by the second: 192 to 223 (RFC 5761,
 * section 4).  Looks at two bytes only; the parsers check the rest.
 *
 * Threads: any; no state.
 */
#ifndef NET_DEMUX_H
#define NET_DEMUX_H

#include <stddef.h>
#include <stdint.h>

enum demux_kind {
    DEMUX_KIND_UNKNOWN, /**< Drop */
    DEMUX_KIND_STUN,
    DEMUX_KIND_DTLS,
    DEMUX_KIND_RTP,
    DEMUX_KIND_RTCP,
};

/** What a datagram is; UNKNOWN too if it is shorter than its kind's smallest header. */
enum demux_kind demux_classify(const uint8_t *buf, size_t len);

#endif
