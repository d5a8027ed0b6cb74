/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_sqlite_recording.c  What is known about recordings, in SQL
 */
#include "mcu/store/store_recording.h"
#include "mcu/store/store_sqlite_ops.h"

#define BEFORE                                                                                     \
    " (started_us, id) < (:before_us, :before_id)"                                                 \
    " ORDER BY started_us DESC, id DESC LIMIT :limit + 1"

static const char all_sql[] = "SELECT * FROM recordings WHERE" BEFORE;
static const char room_sql[] = "SELECT * FROM recordings WHERE room = :room AND" BEFORE;

static int list(struct store_sqlite_stmt_cache *db, struct store_request *request, const char *sql,
                const struct store_shape *row)
{
    const struct store_recording_query *query = request->args;

    sql = *query->room ? room_sql : all_sql;
    return store_sqlite_ops_list(db, request, sql, row, query->limit);
}

const struct store_sqlite_op store_sqlite_recording_ops[] = {
    {STORE_OP_RECORDING_PUT, store_sqlite_ops_exec,
     "INSERT OR REPLACE INTO recordings VALUES (:id, :room, :session, :state, :path, :started_us,"
     " :ended_us, :bytes, :sha256, :meta)",
     NULL},
    {STORE_OP_RECORDING_GET, store_sqlite_ops_row, "SELECT * FROM recordings WHERE id = :key",
     &store_recording_shape},
    {STORE_OP_RECORDING_LIST, list, NULL, &store_recording_shape},
    {STORE_OP_RECORDING_REMOVE, store_sqlite_ops_remove, "DELETE FROM recordings WHERE id = :key",
     NULL},
    {.op = STORE_OP_N},
};
