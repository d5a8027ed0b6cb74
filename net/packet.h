/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/packet.h  A datagram in a pooled buffer, with what was read from its RTP header
 *
 * Packets are the only thing that crosses between media threads and workers
 * in both directions.  One is filled by its maker and immutable once handed on.
 *
 *     buf:  [headroom | RTP header | extensions | payload | tailroom for the SRTP tag]
 *
 * Threads:   any.
 * Ownership: counted; packet_unref() by the last holder returns it to the pool.
 */
#ifndef NET_PACKET_H
#define NET_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcu/base/ref.h"

enum {
    PACKET_BUF_SIZE = 1664,    /**< Whole buffer [bytes] */
    PACKET_HEADROOM = 96,      /**< Before the payload of a packet that we make [bytes] */
    PACKET_PAYLOAD_MAX = 1200, /**< Largest payload that we send [bytes] */
    PACKET_EXCLUDE_MAX = 16,   /**< Subscribers that a shared packet may leave out */
};

struct packet {
    struct ref ref;

    uint64_t when_us; /**< Received: arrival.  Sent: time of the medium on the media clock [us] */

    /* RTP header; a packet to send has only marker, ts and payload, the rest is per subscriber */
    uint64_t ext_seq; /**< Sequence number without wrap-around, from rtp_rx */
    uint32_t ts;      /**< RTP timestamp [the format's clock] */
    uint32_t ssrc;
    uint16_t seq;
    uint8_t pt;
    bool marker;
    bool key;         /**< Sent video: part of a key frame */
    bool first;       /**< Sent video: first packet of its picture */
    bool has_level;   /**< RFC 6464 level was present */
    uint8_t level;    /**< RFC 6464: 0 (loudest) to 127 (silence) [-dBov] */
    uint16_t payload; /**< Offset of the payload in buf [bytes] */
    uint16_t payload_len;

    /* To send: subscribers (by their key) who get a mix of their own instead */
    uint8_t nexclude;
    uint32_t exclude[PACKET_EXCLUDE_MAX];

    uint16_t start, len; /**< Whole datagram: offset and length in buf [bytes] */
    uint8_t buf[PACKET_BUF_SIZE];
};

/** Make the process-wide pool; before any other call here. @param limit packets @return 0 or -errno
 */
int packet_pool_init(uint32_t limit);

/** Free the pool; all packets must have come back. */
void packet_pool_finish(void);

/** Packets that are out. */
uint32_t packet_pool_used(void);

/** Take a packet with all fields but buf cleared, payload at PACKET_HEADROOM.  NULL at the limit.
 */
struct packet *packet_new(void);

struct packet *packet_ref(struct packet *packet);

/** Drop a reference.  NULL is allowed.  Returns NULL. */
struct packet *packet_unref(struct packet *packet);

#endif
