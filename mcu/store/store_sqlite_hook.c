/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_sqlite_hook.c  Webhooks and their durable queue, in SQL
 */
#include <assert.h>
#include <errno.h>

#include "mcu/store/store_arena.h"
#include "mcu/store/store_hook.h"
#include "mcu/store/store_sqlite_ops.h"

static const char full_sql[] = "SELECT * FROM hooks WHERE (SELECT count(*) FROM hooks) >= 100"
                               " AND NOT EXISTS (SELECT 1 FROM hooks WHERE id = :id) LIMIT 1";
static_assert(STORE_HOOK_MAX == 100, "as above");
static const char put_sql[] =
    "INSERT INTO hooks VALUES (:id, :url, :secret, :events, :enabled, :created_us, 0, 0, '', 0, 0, "
    "1)"
    " ON CONFLICT (id) DO UPDATE SET url = excluded.url, secret = excluded.secret,"
    " events = excluded.events, enabled = excluded.enabled";
static const char list_sql[] = "SELECT * FROM hooks ORDER BY id";
static const char enabled_sql[] =
    "SELECT id AS hook, events, next_seq AS seq, pending FROM hooks WHERE enabled";
static const char add_sql[] =
    "INSERT INTO deliveries VALUES (:hook, :seq, :id, :type, :body, :created_us, :created_us, 0,"
    " 'pending', 0, '') ON CONFLICT (hook, id) DO NOTHING";
static const char added_sql[] =
    "UPDATE hooks SET next_seq = next_seq + 1, pending = pending + 1 WHERE id = :hook";
static const char kill_oldest_sql[] =
    "UPDATE deliveries SET state = 'dead', last_error = 'too many waited'"
    " WHERE hook = :hook AND seq = (SELECT min(seq) FROM deliveries"
    "  WHERE hook = :hook AND state = 'pending')";
static const char killed_sql[] =
    "UPDATE hooks SET pending = pending - 1, dropped = dropped + 1 WHERE id = :hook";
/* Cross: hooks first, of which there are few. */
static const char due_sql[] =
    "SELECT d.*, h.url, h.secret FROM hooks h CROSS JOIN deliveries d ON d.hook = h.id"
    " AND d.seq = (SELECT min(seq) FROM deliveries WHERE hook = h.id AND state = 'pending')"
    " WHERE h.enabled AND d.next_us <= :now_us ORDER BY d.next_us, d.hook LIMIT :limit";
static const char lease_sql[] = "UPDATE deliveries SET next_us = :next_us, attempts = :attempts"
                                " WHERE hook = :hook AND seq = :seq";
static const char mark_sql[] =
    "UPDATE deliveries SET state = :state, next_us = :next_us, last_status = :last_status,"
    " last_error = :last_error WHERE hook = :hook AND seq = :seq AND state = 'pending'";
static const char find_sql[] = "SELECT * FROM deliveries WHERE hook = :hook AND seq = :seq";
static const char marked_sql[] =
    "UPDATE hooks SET last_status = :last_status, last_error = :last_error,"
    " failures = CASE :state WHEN 'done' THEN 0 ELSE failures + 1 END,"
    " pending = pending - (:state <> 'pending') WHERE id = :hook";
static const char deliveries_sql[] =
    "SELECT hook, seq, id, type, created_us, next_us, attempts, state, last_status, last_error"
    " FROM deliveries WHERE hook = :hook AND seq < :before_seq"
    " AND (:state = '' OR state = :state) ORDER BY seq DESC LIMIT :limit + 1";

/* A hook that may want an event, and the delivery that it gets. */
struct target {
    const char *hook, *events, *id, *type, *body;
    uint64_t seq, created_us;
    uint32_t pending;
};
static const struct store_field target_fields[] = {
    STORE_TEXT(struct target, hook, 1, STORE_ID_MAX),
    STORE_TEXT(struct target, events, 0, STORE_HOOK_EVENTS_MAX),
    STORE_TEXT(struct target, id, 1, STORE_ID_MAX),
    STORE_TEXT(struct target, type, 1, STORE_WORD_MAX),
    STORE_TEXT(struct target, body, 0, STORE_HOOK_BODY_MAX),
    STORE_U64(struct target, seq),
    STORE_U64(struct target, created_us),
    STORE_U32(struct target, pending, 0, UINT32_MAX),
    STORE_FIELDS_END,
};
static const struct store_shape target_shape = {sizeof(struct target), target_fields};

static int put(struct store_sqlite_stmt_cache *db, struct store_request *request, const char *sql,
               const struct store_shape *row)
{
    int err = store_sqlite_ops_why_not(db, request, full_sql, -EDQUOT);
    (void)sql;

    return err == -ENOENT ? store_sqlite_ops_exec(db, request, put_sql, row) : err;
}

static int list(struct store_sqlite_stmt_cache *db, struct store_request *request, const char *sql,
                const struct store_shape *row)
{
    return store_sqlite_ops_list(db, request, sql, row, STORE_HOOK_MAX);
}

static int exec_for(struct store_sqlite_stmt_cache *db, const char *sql,
                    const struct target *target, uint64_t *changes)
{
    const struct store_sqlite_query query = {.sql = sql, .in = &target_shape, .args = target};

    return store_sqlite_stmt_exec(db, &query, changes);
}

static int enqueue_for(struct store_sqlite_stmt_cache *db, const struct target *target,
                       struct store_hook_enqueued *enqueued)
{
    uint64_t added = 0;
    int err = exec_for(db, add_sql, target, &added);

    if (!err && !added)
        return 0; /* has it already */
    if (!err)
        err = exec_for(db, added_sql, target, NULL);
    if (err)
        return err;
    ++enqueued->n;
    if (target->pending < STORE_HOOK_PENDING_MAX)
        return 0;
    err = exec_for(db, kill_oldest_sql, target, NULL);
    if (!err)
        err = exec_for(db, killed_sql, target, NULL);
    ++enqueued->dropped;
    return err;
}

static int enqueue(struct store_sqlite_stmt_cache *db, struct store_request *request,
                   const char *sql, const struct store_shape *row)
{
    const struct store_hook_event *event = request->args;
    const struct store_sqlite_query query = {
        .sql = enabled_sql, .out = &target_shape, .arena = request->arena};
    struct store_hook_enqueued *enqueued = store_arena_alloc(request->arena, sizeof(*enqueued));
    struct store_list *hooks;
    int err = enqueued ? store_sqlite_stmt_list(db, &query, STORE_HOOK_MAX, &hooks) : -ENOMEM;
    (void)sql;
    (void)row;

    if (err)
        return err;
    for (uint32_t i = 0; !err && i < hooks->n; ++i) {
        struct target target = ((const struct target *)hooks->rows)[i];

        target.id = event->id;
        target.type = event->type;
        target.body = event->body;
        target.created_us = event->created_us;
        if (store_hook_matches(target.events, event->type))
            err = enqueue_for(db, &target, enqueued);
    }
    request->result = enqueued;
    return err;
}

static int take(struct store_sqlite_stmt_cache *db, struct store_request *request, const char *sql,
                const struct store_shape *row)
{
    const struct store_hook_lease *lease = request->args;
    struct store_sqlite_query query = {.sql = lease_sql, .in = &store_hook_delivery_shape};
    struct store_hook_delivery *delivery;
    struct store_list *due;
    int err = store_sqlite_ops_list(db, request, sql, row, lease->limit);

    if (err)
        return err;
    due = request->result;
    delivery = store_sqlite_ops_rows(due);
    for (uint32_t i = 0; !err && i < due->n; ++i) {
        delivery[i].next_us = lease->now_us + lease->lease_us;
        ++delivery[i].attempts;
        query.args = &delivery[i];
        err = store_sqlite_stmt_exec(db, &query, NULL);
    }
    return err;
}

static int mark(struct store_sqlite_stmt_cache *db, struct store_request *request, const char *sql,
                const struct store_shape *row)
{
    int err = store_sqlite_ops_remove(db, request, mark_sql, NULL);
    (void)sql;

    if (err == -ENOENT)
        return store_sqlite_ops_why_not(db, request, find_sql, -EALREADY);
    return err ? err : store_sqlite_ops_exec(db, request, marked_sql, row);
}

static int list_deliveries(struct store_sqlite_stmt_cache *db, struct store_request *request,
                           const char *sql, const struct store_shape *row)
{
    const struct store_hook_query *query = request->args;

    return store_sqlite_ops_list(db, request, sql, row, query->limit);
}

const struct store_sqlite_op store_sqlite_hook_ops[] = {
    {STORE_OP_HOOK_PUT, put, NULL, NULL},
    {STORE_OP_HOOK_GET, store_sqlite_ops_row, "SELECT * FROM hooks WHERE id = :key",
     &store_hook_shape},
    {STORE_OP_HOOK_LIST, list, list_sql, &store_hook_shape},
    {STORE_OP_HOOK_REMOVE, store_sqlite_ops_remove, "DELETE FROM hooks WHERE id = :key", NULL},
    {STORE_OP_HOOK_ENQUEUE, enqueue, NULL, NULL},
    {STORE_OP_HOOK_TAKE, take, due_sql, &store_hook_delivery_shape},
    {STORE_OP_HOOK_MARK, mark, NULL, NULL},
    {STORE_OP_HOOK_LIST_DELIVERIES, list_deliveries, deliveries_sql, &store_hook_delivery_shape},
    {.op = STORE_OP_N},
};
