/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_sqlite_user.c  Accounts of people, in SQL
 */
#include <errno.h>

#include "mcu/store/store_sqlite_ops.h"
#include "mcu/store/store_user.h"

static const char insert_sql[] =
    "INSERT INTO users (id, name, display, password_hash, sip_ha1_md5, sip_ha1_sha256, role, prefs,"
    " created_us, changed_us, version)"
    " VALUES (:id, :name, :display, :password_hash, :sip_ha1_md5, :sip_ha1_sha256, :role, :prefs,"
    " :created_us, :changed_us, 1) RETURNING *";
static const char update_sql[] =
    "UPDATE users SET name = :name, display = :display, password_hash = :password_hash,"
    " sip_ha1_md5 = :sip_ha1_md5, sip_ha1_sha256 = :sip_ha1_sha256, role = :role, prefs = :prefs,"
    " changed_us = :changed_us, version = version + 1"
    " WHERE id = :id AND version = :version RETURNING *";
static const char find_sql[] = "SELECT * FROM users WHERE id = :id";

static int put(struct store_sqlite_stmt_cache *db, struct store_request *request, const char *sql,
               const struct store_shape *row)
{
    const struct store_user *user = request->args;
    int err;
    (void)sql;

    if (!user->version)
        return store_sqlite_ops_row(db, request, insert_sql, row);
    err = store_sqlite_ops_row(db, request, update_sql, row);
    return err == -ENOENT ? store_sqlite_ops_why_not(db, request, find_sql, -EAGAIN) : err;
}

static int list(struct store_sqlite_stmt_cache *db, struct store_request *request, const char *sql,
                const struct store_shape *row)
{
    const struct store_page *page = request->args;

    return store_sqlite_ops_list(db, request, sql, row, page->limit);
}

const struct store_sqlite_op store_sqlite_user_ops[] = {
    {STORE_OP_USER_PUT, put, NULL, &store_user_shape},
    {STORE_OP_USER_GET, store_sqlite_ops_row, "SELECT * FROM users WHERE id = :key",
     &store_user_shape},
    {STORE_OP_USER_GET_BY_NAME, store_sqlite_ops_row, "SELECT * FROM users WHERE name = :key",
     &store_user_shape},
    {STORE_OP_USER_LIST, list,
     "SELECT * FROM users WHERE name > :after ORDER BY name LIMIT :limit + 1", &store_user_shape},
    {STORE_OP_USER_REMOVE, store_sqlite_ops_remove, "DELETE FROM users WHERE id = :key", NULL},
    {.op = STORE_OP_N},
};
