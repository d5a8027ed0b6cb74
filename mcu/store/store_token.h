/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_token.h  Tokens that were revoked before their time
 *
 * Who checks tokens where nothing may wait reads the list at the start and keeps it.
 *
 * Each function submits a request, see store.h: 0 is answered by the handler, -EINVAL, -ENOSPC and
 * -ENOMEM are told at once.  What a function says after "answer" is what the handler gets.
 *
 * Threads: any.
 */
#ifndef MCU_STORE_STORE_TOKEN_H
#define MCU_STORE_STORE_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "mcu/store/store.h"

enum { STORE_TOKEN_JTI_MAX = 128 /**< Longest id of a token [bytes] */ };

struct store_token {
    const char *jti;
    uint64_t expires_us; /**< The row is needed until then */
};

/** Revoke a token; again is no error, the later end counts.  Answer: 0. */
int store_token_revoke(struct store *store, const struct store_token *token,
                       struct store_reply reply);

/** Answer: struct store_count, 1 if it is revoked, else 0. */
int store_token_is_revoked(struct store *store, const char *jti, struct store_reply reply);

/**
 * Revoked tokens by id.
 * @param after  Id of the last one that is known; "" or NULL from the start
 * Answer: struct store_list of struct store_token.
 */
int store_token_list(struct store *store, const char *after, uint32_t limit,
                     struct store_reply reply);

#endif
