/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_token.c  Tokens that were revoked before their time
 */
#include "mcu/store/store_token.h"

#include "mcu/store/store_request.h"

static const struct store_field fields[] = {
    STORE_TEXT(struct store_token, jti, 1, STORE_TOKEN_JTI_MAX),
    STORE_U64(struct store_token, expires_us),
    STORE_FIELDS_END,
};
const struct store_shape store_token_shape = {sizeof(struct store_token), fields};

static const struct store_field user_fields[] = {
    STORE_TEXT(struct store_token_user, user, 1, STORE_ID_MAX),
    STORE_U64(struct store_token_user, not_before_us),
    STORE_FIELDS_END,
};
const struct store_shape store_token_user_shape = {sizeof(struct store_token_user), user_fields};

int store_token_revoke(struct store *store, const struct store_token *token,
                       struct store_reply reply)
{
    return store_submit(store, STORE_OP_TOKEN_REVOKE, token, reply);
}

int store_token_is_revoked(struct store *store, const char *jti, struct store_reply reply)
{
    return store_submit(store, STORE_OP_TOKEN_IS_REVOKED, &(struct store_key){jti}, reply);
}

int store_token_list(struct store *store, const char *after, uint32_t limit,
                     struct store_reply reply)
{
    const struct store_page page = {.after = after, .limit = limit};

    return store_submit(store, STORE_OP_TOKEN_LIST, &page, reply);
}

int store_token_list_users(struct store *store, const char *after, uint32_t limit,
                           struct store_reply reply)
{
    const struct store_page page = {.after = after, .limit = limit};

    return store_submit(store, STORE_OP_TOKEN_LIST_USERS, &page, reply);
}
