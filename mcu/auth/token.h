/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/auth/token.h  Signed tokens (JWT, RFC 7519): read and made
 *
 *     text --> three parts, base64url --> header: our alg? --> signature? --> claims --> grants
 *
 * The algorithm is the one of the configuration; what the header says must be the same and
 * chooses nothing.  No claim is looked at before the signature was found right.  Keys that a
 * header brings or points to (jwk, jku, x5u, kid) are ignored; one with "crit" is refused, because
 * we know no extension (RFC 7515, section 4.1.11).
 *
 * Threads:   token_keys_new() reads files, so not while calls run.  The rest: any, as the keys
 *            never change; making one takes up to 1 ms (RS256), checking one 0.4 ms (ES256).
 * Ownership: one owner of the keys; grants are values.
 */
#ifndef MCU_AUTH_TOKEN_H
#define MCU_AUTH_TOKEN_H

#include <stddef.h>
#include <stdint.h>

#include "mcu/auth/grants.h"
#include "mcu/auth/secret_file.h"
#include "mcu/auth/token_error.h"
#include "mcu/auth/token_key.h"

enum {
    TOKEN_MAX = 8192, /**< Longest token [characters] */
    TOKEN_SIZE = TOKEN_MAX + 1,
    TOKEN_WHY_SIZE = 128,              /**< Enough for why a token is refused */
    TOKEN_ISSUER_SIZE = 129,           /**< Issuer and audience, with NUL [bytes] */
    TOKEN_LEEWAY_MAX_S = 300,          /**< Most that clocks may differ */
    TOKEN_LIFE_MAX_S = 31 * 24 * 3600, /**< Most that max_life_s may be */
};

struct token_keys;

/** Texts may be NULL, which is as "". */
struct token_cfg {
    enum token_algorithm algorithm;
    const char *secret;           /**< HS256: the text, or else */
    const char *secret_file;      /**< HS256: a file with it */
    const char *public_key_file;  /**< ES256, RS256: PEM */
    const char *private_key_file; /**< ES256, RS256: PEM; "" = tokens are not made here */
    const char *issuer;           /**< Must be iss; "" = any */
    const char *audience;         /**< Must be in aud; "" = any */
    unsigned leeway_s;            /**< For clocks that differ, to TOKEN_LEEWAY_MAX_S */
    unsigned max_life_s;          /**< Longest life of a token, 1 to TOKEN_LIFE_MAX_S; 0 = a day */
};

/**
 * Read the keys, and check that they are of the right kind and belong together.
 *
 * @param ret_keys  New keys, set on success only
 * @param cfg       Copied
 * @param why       Gets what is wrong, with the name of the file, never a secret; "" on success
 *
 * @return 0, -EINVAL (cfg out of range, or no key), -EMSGSIZE (secret too short or too long),
 *         -EBADMSG (no such key in the file), -EKEYREJECTED (wrong kind, passphrase, not a pair),
 *         -EFBIG, -ENOMEM, -EIO, -errno of the file
 */
int token_keys_new(struct token_keys **ret_keys, const struct token_cfg *cfg, char *why,
                   size_t why_size);

/** Wipe and free keys.  NULL is allowed.  Returns NULL. */
struct token_keys *token_keys_free(struct token_keys *keys);

/**
 * Check a token.
 *
 * @param text        Need not end with a NUL
 * @param now_us      Wall clock [us since 1970]
 * @param ret_grants  Zero after an error
 * @param why         Gets a reason for people, without anything of the token; "" on success
 *
 * @return TOKEN_ERROR_NONE, or why it is refused
 */
enum token_error token_verify(const struct token_keys *keys, const char *text, size_t len,
                              uint64_t now_us, struct grants *ret_grants, char *why,
                              size_t why_size);

/**
 * Make a token of grants, valid from now until grants->expires_us.
 *
 * @param now_us    Wall clock [us since 1970]
 * @param ret_text  Gets the token; "" after an error
 * @param size      TOKEN_SIZE is enough for all that token_verify() takes
 *
 * @return 0, -EPERM (no private key), -EINVAL (expired already, lives too long, or what
 *         token_verify() would refuse), -EMSGSIZE (does not fit), -ENOMEM, -EIO
 */
int token_mint(const struct token_keys *keys, const struct grants *grants, uint64_t now_us,
               char *ret_text, size_t size);

/**
 * The secret that tokens are signed with if none is configured: 256 random bits in token.key of
 * the data folder, made at the first start.  As secret_file_get().
 */
int token_secret_file(char *ret_secret, const char *data_dir, char *why, size_t why_size);

#endif
