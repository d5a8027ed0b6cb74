/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/media_loop.h  A media thread: its sockets, its timers, its transports
 *
 * Owns one UDP port for all WebRTC peers (an IPv4 and an IPv6 socket per
 * configured address) and the port pairs of its plain RTP legs.  One epoll,
 * recvmmsg and sendmmsg in batches, packets to send come through a bounded queue.
 *
 * Threads: media_loop_new() and media_loop_free() from control; see transport.h for the rest.
 */
#ifndef NET_MEDIA_LOOP_H
#define NET_MEDIA_LOOP_H

#include <netinet/in.h>
#include <stdint.h>

struct media_loop;

enum {
    MEDIA_LOOP_ADDRS_MAX = 4,
    MEDIA_LOOP_INDEX_MAX = 15, /**< Largest index of a loop */
    MEDIA_LOOP_QUEUE = 16384,  /**< Packets that wait to be sent; more are dropped and counted */
    MEDIA_LOOP_REMB_BPS = 2500000, /**< Default of remb_bps */
};

struct media_loop_cfg {
    unsigned index;    /**< 0, 1, ...: the UDP port is udp_port + index */
    uint16_t udp_port; /**< WebRTC; 0 = any free port */
    struct sockaddr_storage addr[MEDIA_LOOP_ADDRS_MAX]; /**< Bind and offer these addresses */
    struct sockaddr_storage
        public_addr[MEDIA_LOOP_ADDRS_MAX]; /**< Offer instead, family 0 = the same */
    unsigned naddrs;
    uint16_t rtp_port_min, rtp_port_max; /**< Plain RTP port range, even to odd */
    uint32_t max_transports;
    uint32_t remb_bps; /**< Told to senders that know REMB but not transport-cc, 0 = default */
};

/**
 * Bind and start the thread.
 *
 * @param ret_port  UDP port that was bound, may be NULL
 * @return 0, -EINVAL (cfg), -EADDRINUSE, -EACCES, -EADDRNOTAVAIL, -ENOMEM
 */
int media_loop_new(struct media_loop **ret_loop, const struct media_loop_cfg *cfg,
                   uint16_t *ret_port);

/**
 * Close what is left, stop the thread.  CLOSED of the transports that are left is delivered
 * before this returns; their handles stay valid for transport_close() only.  NULL is allowed.
 * Returns NULL.
 */
struct media_loop *media_loop_free(struct media_loop *loop);

/** Register the metrics of the media plane; once, at start-up. */
void media_loop_metrics_register(void);

#endif
