/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_sqlite_stmt.c  Statements: prepared once, bound by shapes, rows into
 * structs
 */
#include "mcu/store/store_sqlite_stmt.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include <sqlite3.h>

#include "mcu/base/log.h"
#include "mcu/store/store_arena.h"

LOG_DOMAIN("store");

static int constraint_error(int code)
{
    switch (code) {
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_UNIQUE:
        return -EEXIST;
    case SQLITE_CONSTRAINT_FOREIGNKEY:
        return -ENOENT;
    default:
        return -EINVAL;
    }
}

int store_sqlite_stmt_error(int code)
{
    switch (code & 0xff) { /* without the extension */
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return 0;
    case SQLITE_CONSTRAINT:
        return constraint_error(code);
    case SQLITE_FULL:
        return -ENOSPC;
    case SQLITE_NOMEM:
        return -ENOMEM;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return -EBUSY;
    case SQLITE_READONLY:
        return -EROFS;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return -EUCLEAN;
    default:
        return -EIO;
    }
}

void store_sqlite_stmt_finish(struct store_sqlite_stmt_cache *cache)
{
    for (unsigned i = 0; i < cache->n; ++i)
        (void)sqlite3_finalize(cache->stmt[i].stmt);
    cache->n = 0;
}

/* What nobody expects is told here, where its text is known; it has no values in it. */
static int fail(struct store_sqlite_stmt_cache *cache, int code)
{
    const int err = store_sqlite_stmt_error(code);

    if (err && (code & 0xff) != SQLITE_CONSTRAINT)
        log_error(NULL, "database: %s (SQLite error %d)", sqlite3_errmsg(cache->db), code);
    return err;
}

static int prepare(struct store_sqlite_stmt_cache *cache, const char *sql, sqlite3_stmt **ret)
{
    int code;

    for (unsigned i = 0; i < cache->n; ++i) {
        if (cache->stmt[i].sql == sql) {
            *ret = cache->stmt[i].stmt;
            return 0;
        }
    }
    assert(cache->n < STORE_SQLITE_STMT_MAX);
    code = sqlite3_prepare_v3(cache->db, sql, -1, SQLITE_PREPARE_PERSISTENT, ret, NULL);
    if (code != SQLITE_OK)
        return fail(cache, code);
    cache->stmt[cache->n].sql = sql;
    cache->stmt[cache->n++].stmt = *ret;
    return 0;
}

static int bind_field(sqlite3_stmt *stmt, int i, const struct store_field *field, const void *args)
{
    const void *at = (const char *)args + field->offset;

    switch (field->type) {
    case STORE_FIELD_TEXT:
        return sqlite3_bind_text(stmt, i, *(const char *const *)at, -1, SQLITE_STATIC);
    case STORE_FIELD_U64:
        return sqlite3_bind_int64(stmt, i, (int64_t) * (const uint64_t *)at);
    case STORE_FIELD_U32:
        return sqlite3_bind_int64(stmt, i, *(const uint32_t *)at);
    case STORE_FIELD_BOOL:
        return sqlite3_bind_int(stmt, i, *(const bool *)at);
    case STORE_FIELD_ROWS:
        break;
    }
    return SQLITE_MISUSE;
}

static int bind(sqlite3_stmt *stmt, const struct store_sqlite_query *query)
{
    const int n = sqlite3_bind_parameter_count(stmt);

    for (int i = 1; i <= n; ++i) {
        const char *name = sqlite3_bind_parameter_name(stmt, i);
        const struct store_field *field;
        int code;

        assert(name && query->in);
        field = store_shape_field(query->in, name + 1);
        assert(field);
        code = bind_field(stmt, i, field, query->args);
        if (code != SQLITE_OK)
            return code;
    }
    return SQLITE_OK;
}

static int start(struct store_sqlite_stmt_cache *cache, const struct store_sqlite_query *query,
                 sqlite3_stmt **ret)
{
    int err = prepare(cache, query->sql, ret);
    int code;

    if (err)
        return err;
    code = bind(*ret, query);
    return code == SQLITE_OK ? 0 : fail(cache, code);
}

/* What is bound points into a request. */
static void end(sqlite3_stmt *stmt)
{
    (void)sqlite3_reset(stmt);
    (void)sqlite3_clear_bindings(stmt);
}

static int read_text(sqlite3_stmt *stmt, int i, const char **text, struct store_arena *arena)
{
    const char *src = (const char *)sqlite3_column_text(stmt, i);

    *text = store_arena_text(arena, src ? src : "", (size_t)sqlite3_column_bytes(stmt, i));
    return *text ? 0 : -ENOMEM;
}

static int read_field(sqlite3_stmt *stmt, int i, const struct store_field *field, void *row,
                      struct store_arena *arena)
{
    void *at = (char *)row + field->offset;
    const int64_t value = field->type == STORE_FIELD_TEXT ? 0 : sqlite3_column_int64(stmt, i);

    switch (field->type) {
    case STORE_FIELD_TEXT:
        return read_text(stmt, i, at, arena);
    case STORE_FIELD_U64:
        *(uint64_t *)at = (uint64_t)value;
        break;
    case STORE_FIELD_U32:
        *(uint32_t *)at = (uint32_t)value;
        break;
    case STORE_FIELD_BOOL:
        *(bool *)at = value != 0;
        break;
    case STORE_FIELD_ROWS:
        break;
    }
    return 0;
}

/* Texts that the statement has no column for are "" as everywhere. */
static void clear_row(const struct store_shape *shape, void *row)
{
    for (const struct store_field *field = shape->fields; field->name; ++field) {
        if (field->type == STORE_FIELD_TEXT)
            *(const char **)((char *)row + field->offset) = "";
    }
}

static int read_row(sqlite3_stmt *stmt, const struct store_sqlite_query *query, void *row)
{
    const int n = sqlite3_column_count(stmt);

    clear_row(query->out, row);
    for (int i = 0; i < n; ++i) {
        const struct store_field *field =
            store_shape_field(query->out, sqlite3_column_name(stmt, i));
        int err = field ? read_field(stmt, i, field, row, query->arena) : 0;

        if (err)
            return err;
    }
    return 0;
}

int store_sqlite_stmt_exec(struct store_sqlite_stmt_cache *cache,
                           const struct store_sqlite_query *query, uint64_t *changes)
{
    sqlite3_stmt *stmt;
    int err = start(cache, query, &stmt);
    int code;

    if (err)
        return err;
    do {
        code = sqlite3_step(stmt);
    } while (code == SQLITE_ROW);
    if (code == SQLITE_DONE && changes)
        *changes = (uint64_t)sqlite3_changes64(cache->db);
    err = code == SQLITE_DONE ? 0 : fail(cache, code);
    end(stmt);
    return err;
}

int store_sqlite_stmt_row(struct store_sqlite_stmt_cache *cache,
                          const struct store_sqlite_query *query, void **ret_row)
{
    struct store_list *list;
    int err = store_sqlite_stmt_list(cache, query, 1, &list);

    if (err)
        return err;
    if (!list->n)
        return -ENOENT;
    /* The list is ours, and so are its rows. */
    memcpy(ret_row, &list->rows, sizeof(*ret_row));
    return 0;
}

/* Twice the memory, for one more row. */
static char *grow(struct store_arena *arena, char *rows, uint32_t n, uint32_t *room, size_t size)
{
    char *more = store_arena_alloc(arena, 2 * (size_t)*room * size);

    if (more && n)
        memcpy(more, rows, n * size);
    *room *= 2;
    return more;
}

static int read_rows(sqlite3_stmt *stmt, const struct store_sqlite_query *query, uint32_t max,
                     struct store_list *list)
{
    const size_t size = query->out->size;
    uint32_t room = max == 1 ? 1 : 8;
    char *rows = store_arena_alloc(query->arena, room * size);
    int code = SQLITE_NOMEM;

    if (!rows)
        return SQLITE_NOMEM;
    while ((code = sqlite3_step(stmt)) == SQLITE_ROW) {
        if (list->n == max) {
            list->more = true;
            continue; /* to the end: a statement that writes is done only then */
        }
        if (list->n == room)
            rows = grow(query->arena, rows, list->n, &room, size);
        if (!rows || read_row(stmt, query, rows + list->n * size))
            return SQLITE_NOMEM;
        ++list->n;
    }
    list->rows = rows;
    return code;
}

int store_sqlite_stmt_list(struct store_sqlite_stmt_cache *cache,
                           const struct store_sqlite_query *query, uint32_t max,
                           struct store_list **ret_list)
{
    struct store_list *list = store_arena_alloc(query->arena, sizeof(*list));
    sqlite3_stmt *stmt;
    int err, code;

    if (!list)
        return -ENOMEM;
    err = start(cache, query, &stmt);
    if (err)
        return err;
    code = read_rows(stmt, query, max, list);
    err = code == SQLITE_DONE ? 0 : fail(cache, code);
    end(stmt);
    if (!err)
        *ret_list = list;
    return err;
}
