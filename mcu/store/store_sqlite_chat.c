/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_sqlite_chat.c  Chat of rooms, in SQL
 */
#include <errno.h>

#include "mcu/store/store_chat.h"
#include "mcu/store/store_sqlite_ops.h"

static const char add_sql[] =
    "INSERT INTO chat VALUES (:id, :room, :session, :from_id, :from_participant, :from_name,"
    " :to_participant, :text, :sent_us) ON CONFLICT (id) DO NOTHING";
static const char same_sql[] =
    "SELECT * FROM chat WHERE id = :id AND room = :room AND from_participant = :from_participant"
    " AND to_participant = :to_participant AND text = :text";

#define VISIBLE                                                                                    \
    " AND (:session = '' OR session = :session) AND (:reader = '' OR to_participant = ''"          \
    " OR to_participant = :reader OR from_participant = :reader OR from_id = :reader)"             \
    " AND sent_us >= :since_us"

static const char forward_sql[] =
    "SELECT * FROM chat WHERE room = :room AND (sent_us, id) > (:cursor_us, :cursor_id)" VISIBLE
    " ORDER BY sent_us, id LIMIT :limit + 1";
static const char backward_sql[] =
    "SELECT * FROM chat WHERE room = :room AND (sent_us, id) < (:cursor_us, :cursor_id)" VISIBLE
    " ORDER BY sent_us DESC, id DESC LIMIT :limit + 1";

static int add(struct store_sqlite_stmt_cache *db, struct store_request *request, const char *sql,
               const struct store_shape *row)
{
    const struct store_sqlite_query query = store_sqlite_ops_query(request, add_sql, NULL);
    uint64_t n = 0;
    int err = store_sqlite_stmt_exec(db, &query, &n);
    (void)sql;
    (void)row;

    /* There is one of that id: it may be this one, sent again. */
    if (!err && !n)
        err = store_sqlite_ops_why_not(db, request, same_sql, 0);
    if (err == -ENOENT)
        err = -EEXIST;
    return err ? err : store_sqlite_ops_set_count(request, n);
}

static int list(struct store_sqlite_stmt_cache *db, struct store_request *request, const char *sql,
                const struct store_shape *row)
{
    const struct store_chat_query *query = request->args;

    sql = query->forward ? forward_sql : backward_sql;
    return store_sqlite_ops_list(db, request, sql, row, query->limit);
}

const struct store_sqlite_op store_sqlite_chat_ops[] = {
    {STORE_OP_CHAT_ADD, add, NULL, NULL},
    {STORE_OP_CHAT_LIST, list, NULL, &store_chat_shape},
    {.op = STORE_OP_N},
};
