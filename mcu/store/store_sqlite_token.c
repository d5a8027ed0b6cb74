/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_sqlite_token.c  Revoked tokens, in SQL
 */
#include <errno.h>

#include "mcu/store/store_sqlite_ops.h"
#include "mcu/store/store_token.h"

static int is_revoked(struct store_sqlite_stmt_cache *db, struct store_request *request,
                      const char *sql, const struct store_shape *row)
{
    const struct store_sqlite_query query = store_sqlite_ops_query(request, sql, row);
    void *found;
    int err = store_sqlite_stmt_row(db, &query, &found);

    if (err && err != -ENOENT)
        return err;
    return store_sqlite_ops_set_count(request, err ? 0 : 1);
}

static int list(struct store_sqlite_stmt_cache *db, struct store_request *request, const char *sql,
                const struct store_shape *row)
{
    const struct store_page *page = request->args;

    return store_sqlite_ops_list(db, request, sql, row, page->limit);
}

const struct store_sqlite_op store_sqlite_token_ops[] = {
    {STORE_OP_TOKEN_REVOKE, store_sqlite_ops_exec,
     "INSERT INTO tokens VALUES (:jti, :expires_us) ON CONFLICT (jti)"
     " DO UPDATE SET expires_us = max(expires_us, excluded.expires_us)",
     NULL},
    {STORE_OP_TOKEN_IS_REVOKED, is_revoked, "SELECT * FROM tokens WHERE jti = :key",
     &store_token_shape},
    {STORE_OP_TOKEN_LIST, list,
     "SELECT * FROM tokens WHERE jti > :after ORDER BY jti LIMIT :limit + 1", &store_token_shape},
    {STORE_OP_TOKEN_LIST_USERS, list,
     "SELECT * FROM token_users WHERE user > :after ORDER BY user LIMIT :limit + 1",
     &store_token_user_shape},
    {.op = STORE_OP_N},
};
