/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/sip_nonce.h  Nonces that carry their own proof, and what was seen of them
 *
 * A nonce is the time, a random number and an HMAC over both and the realm, so nothing is
 * stored for a challenge.  Only a nonce that was answered with a right password takes an entry
 * of a table of fixed size; if one is pushed out, all that are as old as it are stale in
 * its row: no nonce count is ever accepted twice.
 *
 * Threads: one.
 */
#ifndef NET_SIP_NONCE_H
#define NET_SIP_NONCE_H

#include <stdbool.h>
#include <stdint.h>

struct sip_nonce;

enum {
    SIP_NONCE_SIZE = 57,      /**< With its NUL [bytes] */
    SIP_NONCE_AGE_MAX = 300,  /**< Older ones are stale [s] */
    SIP_NONCE_SEEN_MAX = 4096 /**< Used nonces whose count is remembered */
};

enum sip_nonce_verdict {
    SIP_NONCE_FOREIGN, /**< Not made here, or for another realm */
    SIP_NONCE_STALE,
    SIP_NONCE_FRESH
};

/** Create a source of nonces with a secret of its own.  @return 0 or -ENOMEM */
int sip_nonce_new(struct sip_nonce **ret_nonce);
/** Free.  NULL is allowed.  Returns NULL. */
struct sip_nonce *sip_nonce_free(struct sip_nonce *nonce);

/** Make a nonce for a challenge. */
void sip_nonce_make(const struct sip_nonce *nonce, char ret_text[SIP_NONCE_SIZE], const char *realm,
                    uint64_t now_us);

/** Look at the nonce of an answer. */
enum sip_nonce_verdict sip_nonce_check(const struct sip_nonce *nonce, const char *text,
                                       const char *realm, uint64_t now_us);

/**
 * Note that a fresh nonce was answered rightly with this nonce count.
 * @return false if it was used with this count or a higher one before: it is stale
 */
bool sip_nonce_use(struct sip_nonce *nonce, const char *text, uint32_t count);

#endif
