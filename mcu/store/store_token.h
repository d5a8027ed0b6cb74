/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_token.h  Tokens that were revoked before their time
 *
 * A change of password or role, and the removal of an account, end the tokens of that account: with
 * the change, in the same transaction, the database keeps the moment.
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

/** Moments of accounts are kept longer than any token lives (TOKEN_LIFE_MAX_S) [us]. */
#define STORE_TOKEN_KEEP_US (32ull * 24 * 3600 * 1000000)

struct store_token {
    const char *jti;
    uint64_t expires_us; /**< The row is needed until then */
};

/** Tokens of an account that were made until a moment are refused. */
struct store_token_user {
    const char *user;       /**< Id, maybe of one that was removed */
    uint64_t not_before_us; /**< The moment */
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

/**
 * Accounts with such a moment, by id.
 * @param after  Id of the last one that is known; "" or NULL from the start
 * Answer: struct store_list of struct store_token_user.
 */
int store_token_list_users(struct store *store, const char *after, uint32_t limit,
                           struct store_reply reply);

#endif
