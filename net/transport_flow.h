/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/transport_flow.h  RTP and RTCP of a transport, in the clear, in and out
 *
 * Threads: the media thread of its loop.
 */
#ifndef NET_TRANSPORT_FLOW_H
#define NET_TRANSPORT_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct packet;
struct transport_media;
struct transport_sub;

/** A decrypted RTP datagram.  Takes the packet.  @param line of its port, or -1  @return agreed? */
bool transport_flow_rtp(struct transport_media *media, struct packet *packet, int line,
                        uint64_t now_us);

/** A decrypted RTCP datagram.  @param line of its port, or -1 */
void transport_flow_rtcp(struct transport_media *media, const uint8_t *buf, size_t len, int line,
                         uint64_t now_us);

/** A packet of a fanout for one of its subscribers; the caller keeps its reference. */
void transport_flow_send(struct transport_sub *sub, struct packet *packet, uint64_t now_us);

/** Sender and receiver reports and REMB of all lines. */
void transport_flow_report(struct transport_media *media, uint64_t now_us);

/** NACKs and key frame requests that are due. */
void transport_flow_feedback(struct transport_media *media, uint64_t now_us);

/** Transport-cc feedback about all that came. */
void transport_flow_twcc(struct transport_media *media);

/** BYE for all that was sent. */
void transport_flow_bye(struct transport_media *media);

/** Renew the figures in the handle. */
void transport_flow_stats(struct transport_media *media, uint64_t now_us);

#endif
