/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/auth/password.h  Passwords: argon2id hashes (RFC 9106) by libsodium
 *
 * A hash costs PASSWORD_OPS passes over PASSWORD_MEMORY, libsodium's "interactive" limits: tens of
 * milliseconds.  So password_hash() and password_verify() are for password_pool.h, not for
 * threads that must not block.
 *
 * Threads: any; no state.
 */
#ifndef MCU_AUTH_PASSWORD_H
#define MCU_AUTH_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>

enum {
    PASSWORD_MIN = 8,               /**< Shortest password [bytes] */
    PASSWORD_MAX = 128,             /**< Longest password [bytes] */
    PASSWORD_HASH_SIZE = 128,       /**< "$argon2id$v=19$m=65536,t=2,p=1$...", with NUL [bytes] */
    PASSWORD_OPS = 2,               /**< Passes */
    PASSWORD_MEMORY = 64 * 1048576, /**< [bytes] */
};

/**
 * May this become a password?
 * @return 0, -EINVAL (shorter than PASSWORD_MIN), -E2BIG (longer than PASSWORD_MAX), -EILSEQ (not
 *         UTF-8, or has a NUL)
 */
int password_check(const char *text, size_t len);

/**
 * Hash a password with a new salt.  Slow.
 * @param ret_hash  PASSWORD_HASH_SIZE bytes; "" after an error
 * @return 0, as password_check(), -ENOMEM, -EIO
 */
int password_hash(char *ret_hash, const char *text, size_t len);

/**
 * Is it the password of this hash?  Slow, equally so for a user that there is not.
 *
 * @param hash              Of password_hash(); NULL or "" for no such user, which is never right
 * @param ret_needs_rehash  It is right, but the hash was made with other limits than today's
 *
 * @return 1 (right), 0 (wrong), -EINVAL (hash is too long for one), -ENOMEM, -EIO
 */
int password_verify(const char *hash, const char *text, size_t len, bool *ret_needs_rehash);

/** Wipe memory that held a password, so that the compiler does not leave it out. */
void password_wipe(void *data, size_t size);

#endif
