/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/auth/token_error.h  Why a token is refused
 *
 * Threads: any; no state.
 */
#ifndef MCU_AUTH_TOKEN_ERROR_H
#define MCU_AUTH_TOKEN_ERROR_H

enum token_error {
    TOKEN_ERROR_NONE,
    TOKEN_ERROR_MALFORMED,      /**< Not a signed JWT, or too long or too deep */
    TOKEN_ERROR_EXPIRED,        /**< exp has passed */
    TOKEN_ERROR_NOT_YET,        /**< nbf or iat is to come */
    TOKEN_ERROR_ALGORITHM,      /**< alg is not the configured one */
    TOKEN_ERROR_SIGNATURE,      /**< Not by our key, or changed since */
    TOKEN_ERROR_ISSUER,         /**< iss is not the configured one */
    TOKEN_ERROR_AUDIENCE,       /**< aud does not name us */
    TOKEN_ERROR_TOO_LONG_LIVED, /**< exp is too far away */
    TOKEN_ERROR_GRANTS,         /**< A claim is missing, of the wrong type or out of range */
    TOKEN_ERROR_COUNT,
};

/** Stable code for clients, as "token_expired"; "" for none.  Static string. */
const char *token_error_code(enum token_error error);

#endif
