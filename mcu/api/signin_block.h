/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/signin_block.h  Which tokens are refused before they expire
 *
 *     revoked:     id of a token          -> refused until it has expired
 *     not before:  account, a moment      -> its tokens made until then are refused
 *
 * Lookups are by hash.  Both lists are bounded.  Of the revoked ones, people who sign out may fill
 * half (SIGNIN_BLOCK_OWN_MAX); the rest is kept for operators.  Accounts are never refused a
 * moment: when their list is full, the oldest moment becomes that of all accounts that are not in
 * it, whose people then sign in anew.
 *
 * Threads:   one; no locks inside.
 * Ownership: copies everything.
 */
#ifndef MCU_API_SIGNIN_BLOCK_H
#define MCU_API_SIGNIN_BLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct grants;
struct signin_block;

enum {
    SIGNIN_BLOCK_REVOKED_MAX = 16384, /**< Tokens that were revoked and have not expired yet */
    SIGNIN_BLOCK_OWN_MAX = SIGNIN_BLOCK_REVOKED_MAX / 2, /**< Nobody may fill more by himself */
    SIGNIN_BLOCK_USERS_MAX = 16384,                      /**< Accounts with a moment */
};

/** @return 0, -ENOMEM */
int signin_block_new(struct signin_block **ret_block);
/** NULL is allowed.  Returns NULL. */
struct signin_block *signin_block_free(struct signin_block *block);

/**
 * Refuse a token.  Again is no error, the later end counts.
 * @param expires_us  When it may be forgotten, wall clock [us since 1970]
 * @param own         By whoever has it, not by an operator
 * @return 0, -ENOSPC (full), -ENOMEM
 */
int signin_block_revoke(struct signin_block *block, const char *jti, uint64_t expires_us, bool own,
                        uint64_t now_us);

/**
 * Refuse the tokens of an account that were made until a moment.
 * @param last_us     That moment, wall clock [us since 1970]; the latest one counts
 * @param expires_us  When that may be forgotten
 * @return 0, -ENOMEM
 */
int signin_block_user(struct signin_block *block, const char *user, uint64_t last_us,
                      uint64_t expires_us, uint64_t now_us);

/** @return NULL: not refused; else "token_revoked" */
const char *signin_block_why(const struct signin_block *block, const struct grants *grants);

/** A number that changes when signin_block_user() is called for that account. */
uint64_t signin_block_serial(const struct signin_block *block, const char *user);

#endif
