/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/auth/token_error.c  Why a token is refused
 */
#include "mcu/auth/token_error.h"

static const char *const codes[TOKEN_ERROR_COUNT] = {
    [TOKEN_ERROR_NONE] = "",
    [TOKEN_ERROR_MALFORMED] = "token_malformed",
    [TOKEN_ERROR_EXPIRED] = "token_expired",
    [TOKEN_ERROR_NOT_YET] = "token_not_yet",
    [TOKEN_ERROR_ALGORITHM] = "token_algorithm",
    [TOKEN_ERROR_SIGNATURE] = "token_signature",
    [TOKEN_ERROR_ISSUER] = "token_issuer",
    [TOKEN_ERROR_AUDIENCE] = "token_audience",
    [TOKEN_ERROR_TOO_LONG_LIVED] = "token_too_long_lived",
    [TOKEN_ERROR_GRANTS] = "token_grants",
};

const char *token_error_code(enum token_error error)
{
    return (unsigned)error < TOKEN_ERROR_COUNT ? codes[error] : codes[TOKEN_ERROR_MALFORMED];
}
