/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_sqlite_ops.h  Operations in SQL: what the tables of the entities are made
 * of
 */
#ifndef MCU_STORE_STORE_SQLITE_OPS_H
#define MCU_STORE_STORE_SQLITE_OPS_H

#include "mcu/store/store_request.h"
#include "mcu/store/store_sqlite_stmt.h"

/**
 * Runs a request inside a savepoint; sets its result.
 * @param sql  Of the operation's row
 * @param row  Shape of the result's rows, of the operation's row
 */
typedef int(store_sqlite_run_h)(struct store_sqlite_stmt_cache *db, struct store_request *request,
                                const char *sql, const struct store_shape *row);

struct store_sqlite_op {
    enum store_op op; /**< STORE_OP_N ends a table */
    store_sqlite_run_h *run;
    const char *sql; /**< NULL: run() has its own */
    const struct store_shape *row;
};

/* Ways to run a single statement with the arguments of the request. */
store_sqlite_run_h store_sqlite_ops_exec;   /**< No result                             */
store_sqlite_run_h store_sqlite_ops_remove; /**< No result; no row changed is -ENOENT  */
store_sqlite_run_h store_sqlite_ops_count;  /**< struct store_count: rows changed      */
store_sqlite_run_h store_sqlite_ops_row;    /**< One row, or -ENOENT                   */

/** struct store_list of at most @p max rows; the statement gives one more if there are more. */
int store_sqlite_ops_list(struct store_sqlite_stmt_cache *db, struct store_request *request,
                          const char *sql, const struct store_shape *row, uint32_t max);

/** The statement with the arguments of the request. */
struct store_sqlite_query store_sqlite_ops_query(struct store_request *request, const char *sql,
                                                 const struct store_shape *row);

/**
 * Why a statement has changed nothing.
 * @param sql       Gives a row if what it was to change is there
 * @param if_there  As -EAGAIN
 * @return @p if_there, -ENOENT (is not there) or another -errno
 */
int store_sqlite_ops_why_not(struct store_sqlite_stmt_cache *db, struct store_request *request,
                             const char *sql, int if_there);

/** Rows of a list that is still ours, to complete them. */
void *store_sqlite_ops_rows(const struct store_list *list);

/** A struct store_count as result.  @return 0 or -ENOMEM */
int store_sqlite_ops_set_count(struct store_request *request, uint64_t n);

extern const struct store_sqlite_op store_sqlite_user_ops[];
extern const struct store_sqlite_op store_sqlite_meeting_ops[];
extern const struct store_sqlite_op store_sqlite_history_ops[];
extern const struct store_sqlite_op store_sqlite_call_ops[];
extern const struct store_sqlite_op store_sqlite_chat_ops[];
extern const struct store_sqlite_op store_sqlite_recording_ops[];
extern const struct store_sqlite_op store_sqlite_hook_ops[];
extern const struct store_sqlite_op store_sqlite_idem_ops[];
extern const struct store_sqlite_op store_sqlite_token_ops[];
extern const struct store_sqlite_op store_sqlite_purge_ops[];

#endif
