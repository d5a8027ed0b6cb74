/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/auth/token_key.h  Key files of tokens, read and checked
 *
 * A key of the wrong kind or size is found when it is configured, not when the first token comes.
 *
 * Threads:   any; it blocks on the disk.
 * Ownership: a key is wiped and freed by token_key_wipe().
 */
#ifndef MCU_AUTH_TOKEN_KEY_H
#define MCU_AUTH_TOKEN_KEY_H

#include <stddef.h>

enum {
    TOKEN_KEY_FILE_MAX = 16384, /**< Largest key file [bytes] */
    TOKEN_KEY_SECRET_MIN = 32, /**< Of HS256: as long as its hash (RFC 7518, section 3.2) [bytes] */
    TOKEN_KEY_SECRET_MAX = 512, /**< Of HS256 [bytes] */
    TOKEN_KEY_RSA_BITS_MIN = 2048,
};

enum token_algorithm { TOKEN_HS256, TOKEN_ES256, TOKEN_RS256 };

/** Bytes of a key, with a NUL behind them; data is NULL if there is none. */
struct token_key {
    char *data;
    size_t len; /**< [bytes] */
};

/**
 * Take the text of a secret for HS256.
 * @return 0, -EMSGSIZE (not TOKEN_KEY_SECRET_MIN to _MAX bytes), -ENOMEM
 */
int token_key_set_secret(struct token_key *ret_key, const char *text);

/**
 * Read a secret for HS256: the first line of a file.
 * @return 0, -EMSGSIZE (not TOKEN_KEY_SECRET_MIN to _MAX bytes), -EBADMSG (more lines, or a NUL),
 *         -EFBIG, -ENOMEM, -errno of the file
 */
int token_key_read_secret(struct token_key *ret_key, const char *path);

/**
 * Read a public key, "-----BEGIN PUBLIC KEY-----", for ES256 (P-256) or RS256.
 * @return 0, -EBADMSG (no such file), -EKEYREJECTED (another kind of key, or RSA of less than 2048
 *         bits), -EFBIG, -ENOMEM, -errno of the file
 */
int token_key_read_public(struct token_key *ret_key, enum token_algorithm algorithm,
                          const char *path);

/**
 * Read a private key.  Whether it fits the public one only signing shows.
 * @return 0, -EBADMSG (no private key), -EKEYREJECTED (needs a passphrase: nobody could enter it),
 *         -EFBIG, -ENOMEM, -errno of the file
 */
int token_key_read_private(struct token_key *ret_key, const char *path);

/** Wipe and free what is in it. */
void token_key_wipe(struct token_key *key);

#endif
