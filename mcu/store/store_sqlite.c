/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_sqlite.c  SQLite as back end: one file, write-ahead log, synced at each
 * commit
 */
#include "mcu/store/store_sqlite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <sqlite3.h>

#include "mcu/base/err.h"
#include "mcu/store/store_sqlite_file.h"
#include "mcu/store/store_sqlite_ops.h"

struct sqlite {
    struct store_sqlite_stmt_cache cache;
    int lock_fd;
    const struct store_sqlite_op *ops[STORE_OP_N];
};

static const struct store_sqlite_op *const tables[] = {
    store_sqlite_user_ops,  store_sqlite_meeting_ops, store_sqlite_history_ops,
    store_sqlite_call_ops,  store_sqlite_chat_ops,    store_sqlite_recording_ops,
    store_sqlite_hook_ops,  store_sqlite_idem_ops,    store_sqlite_token_ops,
    store_sqlite_purge_ops,
};

static int db_open(void **ret_db, const char *path, char *why, size_t why_size)
{
    struct sqlite *db = calloc(1, sizeof(*db));
    int err;

    if (!db) {
        (void)snprintf(why, why_size, "%s", err_str(-ENOMEM));
        return -ENOMEM;
    }
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); ++i) {
        for (const struct store_sqlite_op *op = tables[i]; op->op != STORE_OP_N; ++op)
            db->ops[op->op] = op;
    }
    err = store_sqlite_file_open(&db->cache.db, &db->lock_fd, path, why, why_size);
    if (err)
        free(db);
    else
        *ret_db = db;
    return err;
}

static int exec(struct sqlite *db, const char *sql)
{
    return store_sqlite_stmt_exec(&db->cache, &(struct store_sqlite_query){.sql = sql}, NULL);
}

static int db_begin(void *arg, bool write)
{
    static const char reading[] = "BEGIN", writing[] = "BEGIN IMMEDIATE";

    return exec(arg, write ? writing : reading);
}

/* After these SQLite may have ended the transaction by itself, or nothing else will work either. */
static bool is_lost(const struct sqlite *db, int err)
{
    return sqlite3_get_autocommit(db->cache.db) || err == -EIO || err == -ENOSPC ||
           err == -ENOMEM || err == -EROFS || err == -EUCLEAN || err == -EBUSY;
}

static int db_run(void *arg, struct store_request *request, bool *lost)
{
    static const char save[] = "SAVEPOINT request", back[] = "ROLLBACK TO request",
                      release[] = "RELEASE request";
    struct sqlite *db = arg;
    const struct store_sqlite_op *op = db->ops[request->op];
    const bool write = store_op_info(request->op)->write;
    int err = write ? exec(db, save) : 0;
    int run_err;

    if (err) {
        *lost = true;
        return err;
    }
    run_err = op->run(&db->cache, request, op->sql, op->row);
    *lost = is_lost(db, run_err);
    if (*lost)
        return run_err ? run_err : -EIO;
    if (write && run_err)
        err = exec(db, back);
    if (write && !err)
        err = exec(db, release);
    *lost = err != 0;
    return err ? err : run_err;
}

static int db_commit(void *arg)
{
    static const char commit[] = "COMMIT";

    return exec(arg, commit);
}

static void db_rollback(void *arg)
{
    static const char rollback[] = "ROLLBACK";
    struct sqlite *db = arg;

    if (!sqlite3_get_autocommit(db->cache.db))
        (void)exec(db, rollback);
}

static void db_close(void *arg)
{
    struct sqlite *db = arg;

    store_sqlite_stmt_finish(&db->cache);
    store_sqlite_file_close(db->cache.db, db->lock_fd);
    free(db);
}

const struct store_backend store_sqlite_backend = {
    .open = db_open,
    .begin = db_begin,
    .run = db_run,
    .commit = db_commit,
    .rollback = db_rollback,
    .close = db_close,
};
