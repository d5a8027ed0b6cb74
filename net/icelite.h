/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/icelite.h  The answering half of ICE for one peer (RFC 8445 lite, RFC 7675 consent)
 *
 * We have a public address and never check; the peer does.  Each valid check
 * proves that its source address is the peer's; USE-CANDIDATE says where to send.
 *
 *     datagram --> icelite_peek_ufrag() --> find the peer --> icelite_handle() --> reply
 *
 * Nothing is answered before MESSAGE-INTEGRITY was right, and a reply has at
 * most ICELITE_REPLY_MAX bytes.  Each source address may make
 * ICELITE_CHECKS_PER_S checks a second; sources that never passed one share
 * a budget for each peer, so that a flood of forged ones costs little and does not disturb one that
 * passed.
 *
 * Threads:   one at a time for each peer (the media thread); no locks, no globals.
 * Ownership: replies go to the caller's buffer.
 */
#ifndef NET_ICELITE_H
#define NET_ICELITE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct icelite;

enum {
    ICELITE_UFRAG_LEN = 12, /**< Characters of ours, 60 random bits */
    ICELITE_PWD_LEN = 32,   /**< 160 random bits */
    ICELITE_VALIDATED_MAX = 8,
    ICELITE_REPLY_MAX = 128,     /**< Largest reply [bytes] */
    ICELITE_CHECKS_PER_S = 50,   /**< From one source address */
    ICELITE_UNKNOWN_PER_S = 100, /**< From all sources together that never passed a check */
    ICELITE_CONSENT_MS = 30000,  /**< Without a valid check for so long the peer is gone */
};

/** What a check did. */
struct icelite_result {
    bool valid;       /**< It was answered with success: the source is validated */
    bool new_address; /**< ... and was not before */
    bool nominated; /**< ... and carried USE-CANDIDATE: send to it, by the socket it came through */
    bool selected;  /**< The selected address is new or another one */
    bool restarted; /**< First valid check with the credentials of icelite_restart() */
};

/** Counters since the start. */
struct icelite_stats {
    uint64_t valid;
    uint64_t
        bad_integrity; /**< Dropped without an answer: wrong password, fingerprint or user name */
    uint64_t malformed;
    uint64_t limited; /**< Dropped over the rate limit */
};

/**
 * Create the state of a peer and draw ufrag and password.
 * @param now_us  Consent counts from here
 * @return 0 or -ENOMEM
 */
int icelite_new(struct icelite **ret_ice, uint64_t now_us);

/** Free.  NULL is allowed.  Returns NULL. */
struct icelite *icelite_free(struct icelite *ice);

/** Our credentials, the new ones after icelite_restart(). */
const char *icelite_ufrag(const struct icelite *ice);
const char *icelite_pwd(const struct icelite *ice);

/**
 * The user name that was ours before icelite_restart(), "" if there is none or it is no longer
 * valid. A table of peers by ufrag needs both.
 */
const char *icelite_old_ufrag(const struct icelite *ice);

/**
 * Use these credentials instead of drawn ones (they were put into the SDP on another thread).  Like
 * icelite_restart() if ours were used already.
 * @return 0, or -EINVAL (ufrag not of 4 to ICELITE_UFRAG_LEN, password not of 22 to 63 characters)
 */
int icelite_set_local(struct icelite *ice, const char *ufrag, const char *pwd);

/**
 * Set the peer's ufrag.  Until then, checks are taken with any.  (Its password is never needed: a
 * lite agent sends no checks.)
 * @return 0, or -EINVAL (not 4 to 256 characters)
 */
int icelite_set_remote(struct icelite *ice, const char *ufrag);

/**
 * ICE restart: draw new credentials.  The old ones, with the old remote ufrag, stay valid until the
 * first valid check with the new ones; validated and selected addresses stay until then, too.
 */
void icelite_restart(struct icelite *ice);

/**
 * Find out whom a STUN datagram is for, without any cryptography or allocation.
 *
 * @param ret_ufrag  Gets our part of USERNAME, at most ICELITE_UFRAG_LEN characters, and a NUL
 *
 * @return 0, -EBADMSG (not a well-formed binding request), -ENOENT (no USERNAME that could be for
 * us)
 */
int icelite_peek_ufrag(const uint8_t *buf, size_t len, char ret_ufrag[ICELITE_UFRAG_LEN + 1]);

/**
 * Handle a STUN datagram of this peer.
 *
 * @param src         Where it came from, IPv4 or IPv6
 * @param reply       Gets the answer, ICELITE_REPLY_MAX bytes, to be sent to @p src
 * @param reply_len   Length of the answer; 0 = send nothing
 * @param ret_result  What changed; always set
 *
 * @return 0 if it was authentic (the reply may be an error: 487 for a peer that is not controlling,
 *         420 for an unknown attribute), -EBADMSG (broken or not a request), -EACCES (not
 * authentic), -EBUSY (over the rate limit), -ENOMEM
 */
int icelite_handle(struct icelite *ice, const uint8_t *buf, size_t len,
                   const struct sockaddr_storage *src, uint64_t now_us,
                   uint8_t reply[ICELITE_REPLY_MAX], size_t *reply_len,
                   struct icelite_result *ret_result);

/** Did a check from this address succeed?  Only such a one may send DTLS and media. */
bool icelite_is_validated(const struct icelite *ice, const struct sockaddr_storage *addr);

/** Where to send: the address that was nominated last, or NULL before that. */
const struct sockaddr_storage *icelite_selected(const struct icelite *ice);

/** No valid check for ICELITE_CONSENT_MS: stop sending, the peer is gone. */
bool icelite_expired(const struct icelite *ice, uint64_t now_us);

/** Time of the last valid check, or of the start [us]. */
uint64_t icelite_last_us(const struct icelite *ice);

void icelite_stats(const struct icelite *ice, struct icelite_stats *ret_stats);

#endif
