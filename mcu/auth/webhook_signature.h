/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/auth/webhook_signature.h  Signatures of webhooks (Standard Webhooks 1.0)
 *
 *     webhook-id:        msg_...
 *     webhook-timestamp: 1614265330
 *     webhook-signature: v1,BASE64(HMAC-SHA256(key, "id.timestamp.body"))
 *
 * The key is the base64 behind "whsec_" of the secret.
 *
 * Threads: any; no state.
 */
#ifndef MCU_AUTH_WEBHOOK_SIGNATURE_H
#define MCU_AUTH_WEBHOOK_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    WEBHOOK_SIGNATURE_KEY_MIN = 24,             /**< Shortest key [bytes] */
    WEBHOOK_SIGNATURE_KEY_MAX = 64,             /**< Longest key [bytes] */
    WEBHOOK_SIGNATURE_SECRET_SIZE = 6 + 88 + 1, /**< Longest secret with NUL [bytes] */
    WEBHOOK_SIGNATURE_SIZE = 3 + 44 + 1,        /**< A header's value with NUL [bytes] */
    WEBHOOK_SIGNATURE_ID_MAX = 128,             /**< Longest id [bytes] */
    WEBHOOK_SIGNATURE_TOLERANCE_S = 300         /**< How old or new a timestamp may be */
};

/** Make a secret of 32 random bytes.  @param ret_secret WEBHOOK_SIGNATURE_SECRET_SIZE bytes */
void webhook_signature_make_secret(char *ret_secret);

/** Is it "whsec_" and the base64 of a key of the right length? */
bool webhook_signature_is_secret(const char *secret);

/**
 * Sign a message.
 *
 * @param ret_value    WEBHOOK_SIGNATURE_SIZE bytes for the value of the header; "" after an error
 * @param id           1 to WEBHOOK_SIGNATURE_ID_MAX bytes without a dot; the same in each retry
 * @param timestamp_s  Of this attempt, since 1970 [s]
 * @param body         Exactly as it is sent
 *
 * @return 0, -EINVAL (secret or id)
 */
int webhook_signature_sign(char *ret_value, const char *secret, const char *id,
                           uint64_t timestamp_s, const void *body, size_t len);

/**
 * Is a message signed with the secret, and recent?  What a receiver does.
 * @param value  Of the header: signatures with spaces between them, one of which must be right
 */
bool webhook_signature_is_right(const char *value, const char *secret, const char *id,
                                uint64_t timestamp_s, const void *body, size_t len, uint64_t now_s);

#endif
