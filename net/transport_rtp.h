/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/transport_rtp.h  Port pairs of plain RTP legs, with a guarded symmetric RTP
 *
 * We send to the address of the SDP.  A phone behind a router sends from
 * another one: it is latched once, if nothing was heard from the address of the SDP or, within
 * the first 3 s, if it carries the SSRC that was heard.  From then on only
 * that address counts, until a description names another one.
 *
 * Threads: the media thread of its loop.
 */
#ifndef NET_TRANSPORT_RTP_H
#define NET_TRANSPORT_RTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct media_desc;
struct packet;
struct transport_command;
struct transport_media;
struct transport_port;
union media_addr;

enum { TRANSPORT_RTP_LATCH_US = 3 * 1000 * 1000 /**< [us] */ };

/** A datagram on a port of a leg.  Takes the packet. */
void transport_rtp_input(const struct transport_port *port, struct packet *packet,
                         const union media_addr *from, uint64_t now_us);

/** Take the port pair of the command into epoll. */
void transport_rtp_open(struct transport_media *media, struct transport_command *command);

/** Follow a description: new addresses, ports that are not used any more. */
void transport_rtp_update(struct transport_media *media, const struct media_desc *desc,
                          uint64_t now_us);

/** Can this line be sent to? */
bool transport_rtp_ready(const struct transport_media *media, unsigned line);

/** Commit what was written to the reserved room of the send batch. */
void transport_rtp_send(struct transport_media *media, unsigned line, size_t len, bool rtcp);

/** Close all ports. */
void transport_rtp_close(struct transport_media *media);

#endif
