/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_sqlite_history.c  Sessions of rooms and their members, in SQL
 */
#include <errno.h>

#include "mcu/store/store_history.h"
#include "mcu/store/store_sqlite_ops.h"

static const char end_session_sql[] =
    "UPDATE sessions SET ended_us = :ended_us, peak = :peak, reason = :reason"
    " WHERE id = :id AND ended_us = 0";
static const char end_members_sql[] =
    "UPDATE members SET left_us = :ended_us, reason = :reason WHERE session = :id AND left_us = 0";
static const char find_session_sql[] = "SELECT * FROM sessions WHERE id = :id";
static const char end_member_sql[] =
    "UPDATE members SET left_us = :left_us, role = :role, reason = :reason,"
    " loss_in_ppm = :loss_in_ppm, loss_out_ppm = :loss_out_ppm, jitter_us = :jitter_us,"
    " rtt_us = :rtt_us WHERE id = :id AND left_us = 0";
static const char find_member_sql[] = "SELECT * FROM members WHERE id = :id";

#define BEFORE                                                                                     \
    " (s.started_us, s.id) < (:before_us, :before_id) AND s.started_us >= :since_us"               \
    " ORDER BY s.started_us DESC, s.id DESC LIMIT :limit + 1"

static const char all_sql[] = "SELECT s.* FROM sessions s WHERE" BEFORE;
static const char room_sql[] = "SELECT s.* FROM sessions s WHERE s.room = :room AND" BEFORE;
static const char identity_sql[] =
    "SELECT s.* FROM sessions s"
    " WHERE s.id IN (SELECT session FROM members WHERE identity = :identity) AND" BEFORE;

/* 0 if the statement changed a row, else why it did not. */
static int end_one(struct store_sqlite_stmt_cache *db, struct store_request *request,
                   const char *sql, const char *find_sql)
{
    int err = store_sqlite_ops_remove(db, request, sql, NULL);

    return err == -ENOENT ? store_sqlite_ops_why_not(db, request, find_sql, -EALREADY) : err;
}

static int end_session(struct store_sqlite_stmt_cache *db, struct store_request *request,
                       const char *sql, const struct store_shape *row)
{
    int err = end_one(db, request, end_session_sql, find_session_sql);
    (void)sql;

    return err ? err : store_sqlite_ops_exec(db, request, end_members_sql, row);
}

static int end_member(struct store_sqlite_stmt_cache *db, struct store_request *request,
                      const char *sql, const struct store_shape *row)
{
    (void)sql;
    (void)row;
    return end_one(db, request, end_member_sql, find_member_sql);
}

static int list_sessions(struct store_sqlite_stmt_cache *db, struct store_request *request,
                         const char *sql, const struct store_shape *row)
{
    const struct store_session_query *query = request->args;

    sql = *query->room ? room_sql : *query->identity ? identity_sql : all_sql;
    return store_sqlite_ops_list(db, request, sql, row, query->limit);
}

static int list_members(struct store_sqlite_stmt_cache *db, struct store_request *request,
                        const char *sql, const struct store_shape *row)
{
    const struct store_page *page = request->args;

    return store_sqlite_ops_list(db, request, sql, row, page->limit);
}

const struct store_sqlite_op store_sqlite_history_ops[] = {
    {STORE_OP_SESSION_BEGIN, store_sqlite_ops_exec,
     "INSERT INTO sessions VALUES (:id, :room, :started_us, 0, 0, '')", NULL},
    {STORE_OP_SESSION_END, end_session, NULL, NULL},
    {STORE_OP_SESSION_LIST, list_sessions, NULL, &store_history_session_shape},
    {STORE_OP_MEMBER_BEGIN, store_sqlite_ops_exec,
     "INSERT INTO members VALUES (:id, :session, :participant, :identity, :display, :kind, :role,"
     " :joined_us, 0, '', 0, 0, 0, 0)",
     NULL},
    {STORE_OP_MEMBER_END, end_member, NULL, NULL},
    {STORE_OP_MEMBER_LIST, list_members,
     "SELECT * FROM members WHERE session = :key AND id > :after ORDER BY id LIMIT :limit + 1",
     &store_history_member_shape},
    {STORE_OP_ALIVE, store_sqlite_ops_exec, "UPDATE server SET alive_us = max(alive_us, :at_us)",
     NULL},
    {.op = STORE_OP_N},
};
