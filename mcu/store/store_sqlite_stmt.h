/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_sqlite_stmt.h  Statements: prepared once, bound by shapes, rows into
 * structs
 *
 * A statement's text is a constant that lives as long as the program: its address is the key of
 * the cache.  A parameter ":name" is the field of that name; columns that are no field are left
 * out.
 *
 * Threads: one at a time.
 */
#ifndef MCU_STORE_STORE_SQLITE_STMT_H
#define MCU_STORE_STORE_SQLITE_STMT_H

#include <stdint.h>

#include "mcu/store/store.h"
#include "mcu/store/store_shape.h"

struct sqlite3;
struct sqlite3_stmt;
struct store_arena;

enum { STORE_SQLITE_STMT_MAX = 160 /**< Statements of the program, at most */ };

struct store_sqlite_stmt_cache {
    struct sqlite3 *db;
    struct {
        const char *sql;
        struct sqlite3_stmt *stmt;
    } stmt[STORE_SQLITE_STMT_MAX];
    unsigned n;
};

/** A statement with what goes in and what comes out. */
struct store_sqlite_query {
    const char *sql;
    const struct store_shape *in; /**< NULL: no parameters */
    const void *args;
    const struct store_shape *out; /**< Of a row; NULL: rows are not looked at */
    struct store_arena *arena;     /**< For rows */
};

/** -errno of SQLite's code, see store_open() and store_reply. */
int store_sqlite_stmt_error(int code);

/** Forget all statements. */
void store_sqlite_stmt_finish(struct store_sqlite_stmt_cache *cache);

/** Run a statement.  @param changes gets the number of rows changed, may be NULL */
int store_sqlite_stmt_exec(struct store_sqlite_stmt_cache *cache,
                           const struct store_sqlite_query *query, uint64_t *changes);

/** Run a statement and read its first row.  @return 0, -ENOENT (none) or -errno */
int store_sqlite_stmt_row(struct store_sqlite_stmt_cache *cache,
                          const struct store_sqlite_query *query, void **ret_row);

/** Run a statement and read at most @p max rows; it gives one more if there are more. */
int store_sqlite_stmt_list(struct store_sqlite_stmt_cache *cache,
                           const struct store_sqlite_query *query, uint32_t max,
                           struct store_list **ret_list);

#endif
