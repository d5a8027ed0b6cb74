/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/transport_webrtc.h  ICE-lite, DTLS and SRTP of a transport on the shared sockets
 *
 * Order of trust: a valid STUN check makes an address known; DTLS and media are
 * taken from known addresses only; media only once it is authentic.
 *
 * Threads: the media thread of its loop.
 */
#ifndef NET_TRANSPORT_WEBRTC_H
#define NET_TRANSPORT_WEBRTC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct media_desc;
struct media_loop;
struct packet;
struct transport_command;
struct transport_media;
struct transport_port;
union media_addr;

enum { TRANSPORT_WEBRTC_HANDSHAKES = 256 /**< In progress on a loop; more have to wait */ };

/** A datagram on a shared socket.  Takes the packet. */
void transport_webrtc_input(struct media_loop *loop, const struct transport_port *port,
                            struct packet *packet, const union media_addr *from, uint64_t now_us);

/** Begin with the credentials of the command.  @return 0 or -errno */
int transport_webrtc_open(struct transport_media *media, const struct transport_command *command);

/** Change to the credentials of the command. */
void transport_webrtc_restart(struct transport_media *media,
                              const struct transport_command *command);

/** Follow a description. */
void transport_webrtc_update(struct transport_media *media, const struct media_desc *desc);

/** Timers of DTLS and consent.  @return when to come again [us] */
uint64_t transport_webrtc_tick(struct transport_media *media, uint64_t now_us);

/** Can be sent to? */
bool transport_webrtc_ready(const struct transport_media *media);

/** Encrypt and commit what was written to the reserved room of the send batch. */
void transport_webrtc_send(struct transport_media *media, uint8_t *buf, size_t len, bool rtcp);

/** Let go of everything. */
void transport_webrtc_close(struct transport_media *media);

#endif
