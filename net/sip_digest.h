/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/sip_digest.h  Digest authentication of SIP (RFC 8760): header values and hashes
 *
 * Both sides: what a phone answers to us, and what we answer to a trunk.  MD5 and SHA-256, qop
 * "auth".  Text only; nonces are the business of sip_nonce.h.
 *
 * Threads: any.
 */
#ifndef NET_SIP_DIGEST_H
#define NET_SIP_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

enum {
    SIP_DIGEST_TEXT_SIZE = 256, /**< Largest value with its NUL; longer ones are refused [bytes] */
    SIP_DIGEST_HEX_SIZE = 65,   /**< A SHA-256 in hex with its NUL [bytes] */
    SIP_DIGEST_HEADER_SIZE = 8 * SIP_DIGEST_TEXT_SIZE, /**< Room for any answer [bytes] */
};

enum sip_digest_algorithm { SIP_DIGEST_MD5, SIP_DIGEST_SHA256, SIP_DIGEST_UNKNOWN };

/** The parameters of a challenge or of an answer; those that were not there are "". */
struct sip_digest {
    enum sip_digest_algorithm algorithm; /**< MD5 if not said */
    bool stale;
    char username[SIP_DIGEST_TEXT_SIZE];
    char realm[SIP_DIGEST_TEXT_SIZE];
    char nonce[SIP_DIGEST_TEXT_SIZE];
    char uri[SIP_DIGEST_TEXT_SIZE];
    char response[SIP_DIGEST_TEXT_SIZE];
    char cnonce[SIP_DIGEST_TEXT_SIZE];
    char nc[SIP_DIGEST_TEXT_SIZE];
    char qop[SIP_DIGEST_TEXT_SIZE];
    char opaque[SIP_DIGEST_TEXT_SIZE];
};

/**
 * Read the value of an Authorization, Proxy-Authorization, WWW-Authenticate or
 * Proxy-Authenticate header.  Escapes in quoted strings are refused: the two sides do not agree
 * on what is hashed then.
 * @return 0, -ENOENT (another scheme), -EBADMSG (syntax, a value too long, a text given twice)
 */
int sip_digest_parse(struct sip_digest *ret_digest, const char *text, size_t len);

/** H(user:realm:password) in hex.  @return 0, -EINVAL (unknown algorithm), -EIO (OpenSSL) */
int sip_digest_ha1(char ret_ha1[SIP_DIGEST_HEX_SIZE], enum sip_digest_algorithm algorithm,
                   const char *user, const char *realm, const char *password);

/**
 * True if an answer was made with the secret behind @p ha1 (lower case hex of the answer's
 * algorithm).  An answer without qop "auth", nc or cnonce is not accepted.  Takes as long for
 * a wrong response as for the right one.
 */
bool sip_digest_is_right(const struct sip_digest *answer, const char *ha1, const char *method);

/** The nonce count of an answer, 0 if it has none. */
unsigned sip_digest_nonce_count(const struct sip_digest *answer);

struct sip_digest_client {
    const char *user, *password;
    const char *method, *uri;
    const char *cnonce;
};

/**
 * Answer a challenge: the value of an Authorization header, for its first request.
 * @return 0, -ENOTSUP (algorithm, no nonce, or qop without "auth"), -EINVAL (characters that cannot
 *         be quoted), -EMSGSIZE (a text is too long, or the answer for @p size), -EIO (OpenSSL)
 */
int sip_digest_answer(char *ret_text, size_t size, const struct sip_digest *challenge,
                      const struct sip_digest_client *client);

#endif
