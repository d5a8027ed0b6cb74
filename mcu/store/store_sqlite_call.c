/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_sqlite_call.c  Calls and their legs, in SQL
 */
#include <assert.h>
#include <errno.h>

#include "mcu/store/store_call.h"
#include "mcu/store/store_sqlite_ops.h"

static const char count_legs_sql[] =
    "SELECT :call AS call, :to_id AS to_id FROM calls"
    " WHERE id = :call AND (SELECT count(*) FROM call_legs WHERE call = :call) >= 64"
    " AND NOT EXISTS (SELECT 1 FROM call_legs"
    "  WHERE call = :call AND to_id = :to_id AND kind = :kind)";
static_assert(STORE_CALL_LEGS_MAX == 64, "as above");
static const char put_leg_sql[] =
    "INSERT INTO call_legs (call, to_id, kind, to_name, result, rang_us, answered_us, ended_us,"
    " cause, seen, started_us)"
    " VALUES (:call, :to_id, :kind, :to_name, :result, :rang_us, :answered_us, :ended_us, :cause,"
    " :seen, coalesce((SELECT started_us FROM calls WHERE id = :call), 0))"
    " ON CONFLICT (call, to_id, kind) DO UPDATE SET to_name = excluded.to_name,"
    " result = excluded.result, rang_us = excluded.rang_us, answered_us = excluded.answered_us,"
    " ended_us = excluded.ended_us, cause = excluded.cause, seen = max(seen, excluded.seen)";
static const char legs_sql[] = "SELECT * FROM call_legs WHERE call = :id ORDER BY rowid";

/* Calls by him, and calls to him: each by its own index, newest first, then the newest of both. */
static const char list_sql[] =
    "SELECT * FROM calls WHERE id IN ("
    " SELECT id FROM ("
    "  SELECT id, started_us FROM (SELECT id, started_us FROM calls"
    "   WHERE from_id = :identity AND (started_us, id) < (:before_us, :before_id)"
    "   ORDER BY started_us DESC, id DESC LIMIT :limit + 1)"
    "  UNION"
    "  SELECT id, started_us FROM (SELECT DISTINCT call AS id, started_us FROM call_legs"
    "   WHERE to_id = :identity AND (started_us, call) < (:before_us, :before_id)"
    "   ORDER BY started_us DESC, call DESC LIMIT :limit + 1)"
    "  ORDER BY started_us DESC, id DESC LIMIT :limit + 1))"
    " ORDER BY started_us DESC, id DESC";
static const char missed_sql[] =
    "SELECT * FROM calls WHERE id IN (SELECT call FROM (SELECT DISTINCT call, started_us"
    " FROM call_legs WHERE to_id = :identity AND (started_us, call) < (:before_us, :before_id)"
    " AND ended_us > 0 AND answered_us = 0"
    " AND result NOT IN ('accepted', 'declined', 'elsewhere')"
    " ORDER BY started_us DESC, call DESC LIMIT :limit + 1))"
    " ORDER BY started_us DESC, id DESC";

static int put_leg(struct store_sqlite_stmt_cache *db, struct store_request *request,
                   const char *sql, const struct store_shape *row)
{
    const struct store_sqlite_query full = store_sqlite_ops_query(request, count_legs_sql, row);
    void *found;
    int err = store_sqlite_stmt_row(db, &full, &found);
    (void)sql;

    if (!err)
        return -EDQUOT;
    if (err != -ENOENT)
        return err;
    return store_sqlite_ops_exec(db, request, put_leg_sql, row);
}

static int read_legs(struct store_sqlite_stmt_cache *db, struct store_arena *arena,
                     struct store_call *call)
{
    const struct store_sqlite_query query = {legs_sql, &store_call_shape, call,
                                             &store_call_leg_shape, arena};
    struct store_list *legs;
    int err = store_sqlite_stmt_list(db, &query, STORE_CALL_LEGS_MAX, &legs);

    if (err)
        return err;
    call->legs = legs->rows;
    call->legs_n = legs->n;
    return 0;
}

static int get(struct store_sqlite_stmt_cache *db, struct store_request *request, const char *sql,
               const struct store_shape *row)
{
    int err = store_sqlite_ops_row(db, request, sql, row);

    return err ? err : read_legs(db, request->arena, request->result);
}

static int list(struct store_sqlite_stmt_cache *db, struct store_request *request, const char *sql,
                const struct store_shape *row)
{
    const struct store_call_query *query = request->args;
    struct store_list *calls;
    struct store_call *call;
    int err = store_sqlite_ops_list(db, request, query->missed ? missed_sql : list_sql, row,
                                    query->limit);
    (void)sql;

    if (err)
        return err;
    calls = request->result;
    call = store_sqlite_ops_rows(calls);
    for (uint32_t i = 0; !err && i < calls->n; ++i)
        err = read_legs(db, request->arena, &call[i]);
    return err;
}

const struct store_sqlite_op store_sqlite_call_ops[] = {
    {STORE_OP_CALL_PUT, store_sqlite_ops_exec,
     "INSERT INTO calls VALUES (:id, :from_id, :from_name, :kind, :state, :room, :started_us,"
     " :answered_us, :ended_us, :cause)"
     " ON CONFLICT (id) DO UPDATE SET from_id = excluded.from_id, from_name = excluded.from_name,"
     " kind = excluded.kind, state = excluded.state, room = excluded.room,"
     " answered_us = excluded.answered_us, ended_us = excluded.ended_us, cause = excluded.cause",
     NULL},
    {STORE_OP_CALL_PUT_LEG, put_leg, NULL, &store_call_leg_shape},
    {STORE_OP_CALL_GET, get, "SELECT * FROM calls WHERE id = :key", &store_call_shape},
    {STORE_OP_CALL_LIST, list, NULL, &store_call_shape},
    {STORE_OP_CALL_MARK_SEEN, store_sqlite_ops_count,
     "UPDATE call_legs SET seen = 1 WHERE to_id = :key AND started_us <= :at_us AND seen = 0",
     NULL},
    {.op = STORE_OP_N},
};
