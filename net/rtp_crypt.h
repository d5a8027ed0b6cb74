/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/rtp_crypt.h  SRTP and SRTCP of one peer, both directions (RFC 3711, RFC 7714; libsrtp2)
 *
 * Works in place on a datagram.  A peer may open RTP_CRYPT_SSRCS_MAX incoming
 * sources; a source exists only once one of its packets was authentic.
 * The replay window has 1024 packets, so that retransmissions and reordering pass.
 *
 * Threads: one at a time for each object (the media thread).
 */
#ifndef NET_RTP_CRYPT_H
#define NET_RTP_CRYPT_H

#include <stddef.h>
#include <stdint.h>

struct rtp_crypt;

enum {
    RTP_CRYPT_SSRCS_MAX = 20,
    RTP_CRYPT_KEY_MAX = 30, /**< Master key and salt, longest profile [bytes] */
    RTP_CRYPT_OVERHEAD =
        20, /**< A protected packet is at most so much longer (RTCP; RTP: 16) [bytes] */
};

enum rtp_crypt_profile {
    RTP_CRYPT_PROFILE_NONE,
    RTP_CRYPT_PROFILE_AEAD_AES_128_GCM,  /**< 16 bytes key, 12 salt */
    RTP_CRYPT_PROFILE_AES128_CM_SHA1_80, /**< 16 bytes key, 14 salt */
};

/** Key material: master key, then master salt, for each direction.  Secret: clear after use. */
struct rtp_crypt_keys {
    enum rtp_crypt_profile profile;
    uint8_t tx[RTP_CRYPT_KEY_MAX]; /**< For what we send */
    uint8_t rx[RTP_CRYPT_KEY_MAX];
};

struct rtp_crypt_stats {
    uint64_t auth_failed;
    uint64_t replayed;     /**< Seen before or too old */
    uint64_t ssrc_refused; /**< Over RTP_CRYPT_SSRCS_MAX */
};

/** Length of key and salt of a profile [bytes]; 0 = unknown. */
size_t rtp_crypt_key_len(enum rtp_crypt_profile profile);

/** Create from keys; they are copied.  @return 0, -EINVAL (profile), -ENOMEM, -EIO (library) */
int rtp_crypt_new(struct rtp_crypt **ret_crypt, const struct rtp_crypt_keys *keys);

/** Free and clear the keys.  NULL is allowed.  Returns NULL. */
struct rtp_crypt *rtp_crypt_free(struct rtp_crypt *crypt);

/**
 * Encrypt an RTP packet in place.  The same packet may be sent again (retransmission without RTX).
 *
 * @param buf   Whole packet; 4-byte aligned is fastest
 * @param len   In: plain length, out: protected length [bytes]
 * @param size  Room in @p buf: length + RTP_CRYPT_OVERHEAD
 *
 * @return 0, -ENOSPC, -EBADMSG (not RTP), -EALREADY (more than the window of 1024 behind: too old
 * to be sent again), -EKEYEXPIRED (too many packets with one key), -EIO
 */
int rtp_crypt_protect(struct rtp_crypt *crypt, uint8_t *buf, size_t *len, size_t size);

/**
 * Check and decrypt an RTP packet in place.
 *
 * @return 0, -EBADMSG (broken or not authentic), -EALREADY (replayed or too old), -E2BIG (one
 * source too many), -EIO; on error the content of @p buf is undefined and @p len unchanged
 */
int rtp_crypt_unprotect(struct rtp_crypt *crypt, uint8_t *buf, size_t *len);

/** As rtp_crypt_protect() for a compound RTCP packet. */
int rtp_crypt_protect_rtcp(struct rtp_crypt *crypt, uint8_t *buf, size_t *len, size_t size);

/** As rtp_crypt_unprotect() for a compound RTCP packet. */
int rtp_crypt_unprotect_rtcp(struct rtp_crypt *crypt, uint8_t *buf, size_t *len);

/**
 * Forget an incoming source that ended by agreement (its m-line was removed), to make room for
 * others. An unknown one is ignored.  Old packets of it would be taken again, so do not route it
 * any more.
 */
void rtp_crypt_forget(struct rtp_crypt *crypt, uint32_t ssrc);

/** Incoming sources that exist. */
unsigned rtp_crypt_ssrcs(const struct rtp_crypt *crypt);

void rtp_crypt_stats(const struct rtp_crypt *crypt, struct rtp_crypt_stats *ret_stats);

#endif
