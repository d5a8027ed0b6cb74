/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_sqlite_ops.c  Operations in SQL: what the tables of the entities are made
 * of
 */
#include "mcu/store/store_sqlite_ops.h"

#include <errno.h>
#include <string.h>

#include "mcu/store/store_arena.h"

struct store_sqlite_query store_sqlite_ops_query(struct store_request *request, const char *sql,
                                                 const struct store_shape *row)
{
    return (struct store_sqlite_query){
        .sql = sql,
        .in = store_op_info(request->op)->args,
        .args = request->args,
        .out = row,
        .arena = request->arena,
    };
}

int store_sqlite_ops_set_count(struct store_request *request, uint64_t n)
{
    struct store_count *count = store_arena_alloc(request->arena, sizeof(*count));

    if (!count)
        return -ENOMEM;
    count->n = n;
    request->result = count;
    return 0;
}

int store_sqlite_ops_exec(struct store_sqlite_stmt_cache *db, struct store_request *request,
                          const char *sql, const struct store_shape *row)
{
    const struct store_sqlite_query query = store_sqlite_ops_query(request, sql, row);

    return store_sqlite_stmt_exec(db, &query, NULL);
}

int store_sqlite_ops_remove(struct store_sqlite_stmt_cache *db, struct store_request *request,
                            const char *sql, const struct store_shape *row)
{
    const struct store_sqlite_query query = store_sqlite_ops_query(request, sql, row);
    uint64_t n = 0;
    int err = store_sqlite_stmt_exec(db, &query, &n);

    return err ? err : n ? 0 : -ENOENT;
}

int store_sqlite_ops_count(struct store_sqlite_stmt_cache *db, struct store_request *request,
                           const char *sql, const struct store_shape *row)
{
    const struct store_sqlite_query query = store_sqlite_ops_query(request, sql, row);
    uint64_t n = 0;
    int err = store_sqlite_stmt_exec(db, &query, &n);

    return err ? err : store_sqlite_ops_set_count(request, n);
}

int store_sqlite_ops_row(struct store_sqlite_stmt_cache *db, struct store_request *request,
                         const char *sql, const struct store_shape *row)
{
    const struct store_sqlite_query query = store_sqlite_ops_query(request, sql, row);

    return store_sqlite_stmt_row(db, &query, &request->result);
}

int store_sqlite_ops_list(struct store_sqlite_stmt_cache *db, struct store_request *request,
                          const char *sql, const struct store_shape *row, uint32_t max)
{
    const struct store_sqlite_query query = store_sqlite_ops_query(request, sql, row);
    struct store_list *list = NULL;
    int err = store_sqlite_stmt_list(db, &query, max, &list);

    request->result = list;
    return err;
}

void *store_sqlite_ops_rows(const struct store_list *list)
{
    void *rows;

    memcpy(&rows, &list->rows, sizeof(rows)); /* without the const */
    return rows;
}

int store_sqlite_ops_why_not(struct store_sqlite_stmt_cache *db, struct store_request *request,
                             const char *sql, int if_there)
{
    const struct store_sqlite_query query =
        store_sqlite_ops_query(request, sql, store_op_info(request->op)->args);
    void *row;
    int err = store_sqlite_stmt_row(db, &query, &row);

    return err ? err : if_there;
}
