/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_token.h  /api/v1/tokens: tokens to join rooms with
 *
 * Operators make any.  Whoever may moderate a room, or owns its meeting, makes tokens for that
 * room, with no right that he has not himself and, unless he is signed in to an account, not for
 * longer than his own. An identity that he gives gets a mark of its own (REST_TOKEN_MARK), so that
 * it is never that of somebody else's token: who has an identity sees its private messages. Nobody
 * gives one as participants have ("pt_"), and only operators one as accounts have ("us_").
 *
 * Threads: control only.
 */
#ifndef MCU_API_REST_TOKEN_H
#define MCU_API_REST_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

/** How identities begin that hosts give. */
#define REST_TOKEN_MARK "by_"

struct rest_call;

void rest_token_create(const struct rest_call *call);
void rest_token_revoke(const struct rest_call *call);

/**
 * Revoke a token and answer when that is stored.
 * @param own  As signin_revoke()
 */
void rest_token_end(const struct rest_call *call, const char *jti, uint64_t expires_us, bool own);

#endif
