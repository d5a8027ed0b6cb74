/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_sqlite_idem.c  Idempotency keys, in SQL
 */
#include <errno.h>
#include <string.h>

#include "mcu/store/store_arena.h"
#include "mcu/store/store_idem.h"
#include "mcu/store/store_sqlite_ops.h"

static const char find_sql[] = "SELECT * FROM idem WHERE scope = :scope AND key = :key";
static const char claim_sql[] =
    "INSERT OR REPLACE INTO idem VALUES (:scope, :key, :request_hash, 0, '', :created_us)";
static const char finish_sql[] = "UPDATE idem SET status = :status, body = :body"
                                 " WHERE scope = :scope AND key = :key AND status = 0";

static void judge(struct store_idem_claimed *claimed, const struct store_idem *wanted,
                  const struct store_idem *found)
{
    claimed->body = "";
    if (!found || found->created_us + STORE_IDEM_KEEP_US <= wanted->created_us) {
        claimed->state = STORE_IDEM_NEW;
    } else if (strcmp(found->request_hash, wanted->request_hash) != 0) {
        claimed->state = STORE_IDEM_MISMATCH;
    } else if (!found->status) {
        claimed->state = STORE_IDEM_IN_FLIGHT;
    } else {
        claimed->state = STORE_IDEM_DONE;
        claimed->status = found->status;
        claimed->body = found->body;
    }
}

static int claim(struct store_sqlite_stmt_cache *db, struct store_request *request, const char *sql,
                 const struct store_shape *row)
{
    const struct store_sqlite_query query = store_sqlite_ops_query(request, find_sql, row);
    struct store_idem_claimed *claimed = store_arena_alloc(request->arena, sizeof(*claimed));
    void *found = NULL;
    int err = claimed ? store_sqlite_stmt_row(db, &query, &found) : -ENOMEM;
    (void)sql;

    if (err && err != -ENOENT)
        return err;
    judge(claimed, request->args, found);
    request->result = claimed;
    return claimed->state == STORE_IDEM_NEW ? store_sqlite_ops_exec(db, request, claim_sql, NULL)
                                            : 0;
}

static int finish(struct store_sqlite_stmt_cache *db, struct store_request *request,
                  const char *sql, const struct store_shape *row)
{
    int err = store_sqlite_ops_remove(db, request, finish_sql, row);
    (void)sql;

    return err == -ENOENT ? store_sqlite_ops_why_not(db, request, find_sql, -EALREADY) : err;
}

const struct store_sqlite_op store_sqlite_idem_ops[] = {
    {STORE_OP_IDEM_CLAIM, claim, NULL, &store_idem_shape},
    {STORE_OP_IDEM_FINISH, finish, NULL, NULL},
    {STORE_OP_IDEM_DROP, store_sqlite_ops_remove,
     "DELETE FROM idem WHERE scope = :scope AND key = :key AND status = 0", NULL},
    {.op = STORE_OP_N},
};
