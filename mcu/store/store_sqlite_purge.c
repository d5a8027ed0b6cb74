/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_sqlite_purge.c  Removes what is older than it must be kept, in SQL
 */
#include "mcu/store/store_purge.h"
#include "mcu/store/store_sqlite_ops.h"

#define DELETE_FROM(table_, where_)                                                                \
    "DELETE FROM " table_ " WHERE rowid IN (SELECT rowid FROM " table_ " WHERE " where_            \
    " LIMIT :limit)"

static const char *const statements[STORE_PURGE_N] = {
    [STORE_PURGE_CHAT] = DELETE_FROM("chat", "sent_us < :older_us"),
    [STORE_PURGE_SESSIONS] = DELETE_FROM("sessions", "ended_us > 0 AND ended_us < :older_us"),
    [STORE_PURGE_CALLS] = DELETE_FROM("calls", "ended_us > 0 AND ended_us < :older_us"),
    [STORE_PURGE_DELIVERIES] =
        DELETE_FROM("deliveries", "state <> 'pending' AND created_us < :older_us"),
    [STORE_PURGE_IDEM] = DELETE_FROM("idem", "created_us < :older_us"),
    [STORE_PURGE_TOKENS] = DELETE_FROM("tokens", "expires_us < :older_us"),
    [STORE_PURGE_TOKEN_USERS] = DELETE_FROM("token_users", "not_before_us < :older_us"),
};

static int purge(struct store_sqlite_stmt_cache *db, struct store_request *request, const char *sql,
                 const struct store_shape *row)
{
    const struct store_purge_chunk *chunk = request->args;
    (void)sql;

    return store_sqlite_ops_count(db, request, statements[chunk->what], row);
}

const struct store_sqlite_op store_sqlite_purge_ops[] = {
    {STORE_OP_PURGE, purge, NULL, NULL},
    {.op = STORE_OP_N},
};
