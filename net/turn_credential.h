/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/turn_credential.h  Time-limited credentials for a TURN server
 *
 * A server such as coturn that shares a secret with us takes them without knowing our users
 * (draft-uberti-behave-turn-rest-00):
 *
 *     username   "<expiry, seconds since 1970>:<identity>"
 *     credential BASE64(HMAC-SHA1(secret, username))
 *
 * Threads: any; no state.
 */
#ifndef NET_TURN_CREDENTIAL_H
#define NET_TURN_CREDENTIAL_H

#include <stddef.h>
#include <stdint.h>

enum {
    TURN_CREDENTIAL_IDENTITY_MAX = 64,     /**< Longest identity [bytes] */
    TURN_CREDENTIAL_USERNAME_SIZE = 96,    /**< With NUL [bytes] */
    TURN_CREDENTIAL_PASSWORD_SIZE = 28 + 1 /**< With NUL [bytes] */
};

struct turn_credential {
    char username[TURN_CREDENTIAL_USERNAME_SIZE];
    char password[TURN_CREDENTIAL_PASSWORD_SIZE];
};

/**
 * The password that goes with a user name, whoever made that.
 *
 * @param ret_password  TURN_CREDENTIAL_PASSWORD_SIZE bytes; "" after an error
 *
 * @return 0, -EINVAL (no secret), -EIO (OpenSSL)
 */
int turn_credential_sign(char *ret_password, const char *secret, const char *username);

/**
 * Make a credential.
 *
 * @param secret    static-auth-secret of the TURN server, not empty
 * @param identity  For its log: printable ASCII without space and colon, "" = none; the id of a
 *                  participant rather than a name
 * @param expiry_s  When it ends, since 1970 [s]
 *
 * @return 0, -EINVAL (secret or identity), -EIO (OpenSSL)
 */
int turn_credential_make(struct turn_credential *ret_credential, const char *secret,
                         const char *identity, uint64_t expiry_s);

#endif
