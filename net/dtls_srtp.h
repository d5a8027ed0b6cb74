/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/dtls_srtp.h  DTLS 1.2 handshakes that make SRTP keys (RFC 5763, 5764), without sockets
 *
 *     datagram --> dtls_srtp_put()  --.
 *     timer    --> dtls_srtp_tick() --+--> sendh(datagram)  and  dtls_srtp_state()
 *
 *     HANDSHAKE --> ESTABLISHED --> CLOSED        HANDSHAKE --> FAILED
 *
 * ESTABLISHED means: use_srtp was agreed and the peer's certificate has the
 * fingerprint of its SDP; only then keys are exported.  A handshake is given
 * up after 15 s, 64 KiB or 256 datagrams.  A broken or forged datagram is
 * dropped; a server that gets a hello it cannot use starts over in silence (8 times).
 * No renegotiation, no tickets, no resumption.
 *
 * Who may send to it is the caller's business: only addresses that passed a
 * STUN check (see icelite.h), or a flood of hellos becomes a flood of handshakes.
 *
 * Timers of retransmissions (from 100 ms, doubling up to 2 s) run on OpenSSL's own clock,
 * gettimeofday(2); the limit of 15 s runs on now_us.
 *
 * Threads: a context any thread; a dtls_srtp one at a time (the media thread).
 */
#ifndef NET_DTLS_SRTP_H
#define NET_DTLS_SRTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/rtp_crypt.h"

struct dtls_srtp;
struct dtls_srtp_ctx;

enum {
    DTLS_SRTP_MTU = 1200,                /**< Largest datagram that is sent [bytes] */
    DTLS_SRTP_HANDSHAKE_MS = 15000,      /**< Limit */
    DTLS_SRTP_HANDSHAKE_BYTES = 65536,   /**< Limit of what is received until ESTABLISHED */
    DTLS_SRTP_HANDSHAKE_DATAGRAMS = 256, /**< The same */
    DTLS_SRTP_FINGERPRINT_MAX = 128,     /**< Text of a fingerprint with its NUL */
};

enum dtls_srtp_role { DTLS_SRTP_ROLE_SERVER, DTLS_SRTP_ROLE_CLIENT };

enum dtls_srtp_state {
    DTLS_SRTP_STATE_HANDSHAKE,
    DTLS_SRTP_STATE_ESTABLISHED,
    DTLS_SRTP_STATE_CLOSED, /**< The peer said close_notify, or dtls_srtp_close() was called */
    DTLS_SRTP_STATE_FAILED, /**< See dtls_srtp_why() */
};

/** Sends a datagram of up to DTLS_SRTP_MTU bytes; called from within put, tick, start and close. */
typedef void(dtls_srtp_send_h)(const uint8_t *data, size_t len, void *arg);

struct dtls_srtp_cfg {
    enum dtls_srtp_role role;
    dtls_srtp_send_h *sendh;
    void *arg;
};

/**
 * Make the process's context: a new ECDSA P-256 key and a certificate for it.
 * @return 0, -ENOMEM, -EIO (OpenSSL)
 */
int dtls_srtp_ctx_new(struct dtls_srtp_ctx **ret_ctx);

/** Free; those made from it may still live.  NULL is allowed.  Returns NULL. */
struct dtls_srtp_ctx *dtls_srtp_ctx_free(struct dtls_srtp_ctx *ctx);

/** Our certificate's fingerprint as in SDP: "sha-256 AA:BB:..". */
const char *dtls_srtp_ctx_fingerprint(const struct dtls_srtp_ctx *ctx);

/** Create one side of an association.  @return 0 or -ENOMEM */
int dtls_srtp_new(struct dtls_srtp **ret_dtls, struct dtls_srtp_ctx *ctx,
                  const struct dtls_srtp_cfg *cfg);

/** Free without a word to the peer.  NULL is allowed.  Returns NULL. */
struct dtls_srtp *dtls_srtp_free(struct dtls_srtp *dtls);

/**
 * Set the fingerprint that the peer's certificate must have.  May come after the handshake, which
 * then stays in HANDSHAKE until this call.  A different one after ESTABLISHED is refused.
 *
 * @param hash  "sha-256", "sha-384" or "sha-512", any case
 *
 * @return 0, -ENOTSUP (hash), -EINVAL (length), -EISCONN (established with another one)
 */
int dtls_srtp_set_fingerprint(struct dtls_srtp *dtls, const char *hash, const uint8_t *fingerprint,
                              size_t len);

/** Client: send the first flight.  Server: does nothing. */
void dtls_srtp_start(struct dtls_srtp *dtls, uint64_t now_us);

/**
 * Take in a datagram; look at dtls_srtp_state() afterwards.  Application data is thrown away.
 * @return 0, or -EBADMSG: dropped (broken, over a limit, or the association has ended)
 */
int dtls_srtp_put(struct dtls_srtp *dtls, const uint8_t *data, size_t len, uint64_t now_us);

/** When dtls_srtp_tick() is to be called at the latest, on the clock of now_us; 0 = never. */
uint64_t dtls_srtp_timeout_us(struct dtls_srtp *dtls, uint64_t now_us);

/** Retransmit what is due, and end a handshake that takes too long. */
void dtls_srtp_tick(struct dtls_srtp *dtls, uint64_t now_us);

enum dtls_srtp_state dtls_srtp_state(const struct dtls_srtp *dtls);

/** Why it failed: a static text; "" otherwise. */
const char *dtls_srtp_why(const struct dtls_srtp *dtls);

/** Copy the key material.  @return 0, or -ENOTCONN before ESTABLISHED */
int dtls_srtp_keys(const struct dtls_srtp *dtls, struct rtp_crypt_keys *ret_keys);

/** Send close_notify. */
void dtls_srtp_close(struct dtls_srtp *dtls);

#endif
