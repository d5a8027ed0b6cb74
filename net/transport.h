/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/transport.h  A participant's media path: one socket address pair, many streams
 *
 * Two kinds.  WebRTC: ICE-lite, DTLS and SRTP on the media thread's shared UDP
 * port.  Plain RTP: a port pair per m-line with a guarded symmetric RTP (SIP legs).
 *
 * This header is the control thread's side.  The object that it hands out is
 * a handle; the state behind it lives on the media thread and is reached by
 * messages, so every call returns at once and takes effect in order.
 *
 *     transport_new --> transport_update (each offer/answer) --> transport_close
 *           events:  CONNECTED, LOST, DTMF, CLOSED (the last one, always comes)
 *
 * Threads:   control only, unless said otherwise.
 * Ownership: the creator owns the handle until transport_close().
 */
#ifndef NET_TRANSPORT_H
#define NET_TRANSPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "net/media_desc.h"

struct fanout;
struct media_loop;
struct sink;
struct transport;

enum transport_event {
    TRANSPORT_EVENT_CONNECTED, /**< Media can flow: DTLS done and fingerprint right; plain RTP: at
                                  once */
    TRANSPORT_EVENT_LOST,      /**< No consent for 30 s, DTLS failed, or no RTP for the time-out */
    TRANSPORT_EVENT_DTMF,      /**< value: character '0'-'9' '*' '#' 'A'-'D' */
    TRANSPORT_EVENT_FAST_UPDATE, /**< value: line that needs a key frame and has no PLI or FIR: ask
                                    by signalling.  At most one a second for each line */
    TRANSPORT_EVENT_CLOSED,      /**< Answer to transport_close(): nothing refers to arg any more */
};

/** Called on the control thread. @param value see the event; for LOST a static reason is in @p why
 */
typedef void(transport_event_h)(enum transport_event event, int value, const char *why, void *arg);

struct transport_cfg {
    bool webrtc;
    transport_event_h *eventh;
    void *arg;
    uint32_t key; /**< Who this is, for packet.exclude; unique in the process, not 0 */
    uint32_t
        rtp_timeout_ms; /**< Plain RTP: LOST after so long without a packet while recv; 0 = never */
};

/** Where the streams of an m-line go to and come from; references are taken by the transport. */
struct transport_route {
    struct sink *sink;        /**< Received packets, NULL = dropped */
    struct fanout *fanout[2]; /**< What is sent; a second one for audio (shared mix and own mix) */
};

/** Figures of a whole transport since its start. */
struct transport_stats {
    uint64_t rx_packets, rx_bytes, rx_lost; /**< rx_lost: after retransmission */
    uint64_t tx_packets, tx_bytes;
    uint64_t rx_bps, tx_bps;    /**< RTP payload of the last second [bit/s] */
    uint32_t rtt_us, jitter_us; /**< Last known; audio's jitter */
    uint8_t remote_loss;        /**< Worst fraction lost in the remote's last reports [1/256] */
};

/**
 * Create a transport on a media loop.  WebRTC: draws ufrag and password.  Plain
 * RTP: opens port pairs as needed at transport_prepare().
 *
 * @return 0, -ENOMEM, -EMFILE
 */
int transport_new(struct transport **ret_transport, struct media_loop *loop,
                  const struct transport_cfg *cfg);

/**
 * Fill in our side for the answerer: ICE credentials, fingerprint and candidates, or for plain RTP
 * an open port (pair) for each of @p nlines lines, towards a peer at @p peer (may be NULL).
 * @param restart  WebRTC: the offer has new remote credentials: draw new ones of ours
 * @return 0, -EADDRINUSE (port range used up), -errno
 */
int transport_prepare(struct transport *transport, struct media_policy *policy, unsigned nlines,
                      const struct sockaddr_storage *peer, bool restart);

/** Put an agreed description into force.  Copies it. @return 0 or -ENOMEM */
int transport_update(struct transport *transport, const struct media_desc *desc);

/**
 * Connect line @p index.  Replaces the former route.  The description must be in force.  Video from
 * another fanout than before starts with its next key frame, which is asked for.
 * @return 0 or -ENOMEM
 */
int transport_route(struct transport *transport, unsigned index,
                    const struct transport_route *route);

/** Latest figures; a copy that the media thread renews each second. */
void transport_stats(const struct transport *transport, struct transport_stats *ret_stats);

/**
 * Say BYE, stop, and send CLOSED; the handle is gone at once.  No other event is delivered from
 * now on.  NULL is allowed.  Returns NULL.
 */
struct transport *transport_close(struct transport *transport);

#endif
