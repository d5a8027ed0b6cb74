/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/auth/token_write.h  The claims of a token: grants to JSON
 *
 * The other way round from token_claims.h, always in our shape and with every grant spelled out.
 *
 * Threads: any; no state.
 */
#ifndef MCU_AUTH_TOKEN_WRITE_H
#define MCU_AUTH_TOKEN_WRITE_H

#include <stdint.h>

#include "mcu/auth/grants.h"
#include "mcu/auth/token_claims.h"

/**
 * Write grants so that token_claims_read() gives the same.
 *
 * @param grants  expires_us is rounded down to seconds; an empty jti becomes a random one
 * @param rules   Issuer and audience, "" = none
 * @param now_us  nbf and iat
 *
 * @return JSON, to be freed by free(); NULL without memory or if attr is not a JSON object
 */
char *token_write_claims(const struct grants *grants, const struct token_claims_rules *rules,
                         uint64_t now_us);

#endif
