/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_sqlite_meeting.c  Meetings, in SQL
 */
#include <errno.h>

#include "mcu/store/store_meeting.h"
#include "mcu/store/store_sqlite_ops.h"

static const char insert_sql[] =
    "INSERT INTO meetings (id, room, title, owner, starts_us, ends_us, time_zone, recurrence, pin,"
    " host_pin, policy, created_us, changed_us, version)"
    " VALUES (:id, :room, :title, :owner, :starts_us, :ends_us, :time_zone, :recurrence, :pin,"
    " :host_pin, :policy, :created_us, :changed_us, 1) RETURNING *";
static const char update_sql[] =
    "UPDATE meetings SET room = :room, title = :title, owner = :owner, starts_us = :starts_us,"
    " ends_us = :ends_us, time_zone = :time_zone, recurrence = :recurrence, pin = :pin,"
    " host_pin = :host_pin, policy = :policy,"
    " created_us = CASE WHEN room = :room THEN created_us ELSE :changed_us END,"
    " changed_us = :changed_us, version = version + 1"
    " WHERE id = :id AND version = :version RETURNING *";
static const char find_sql[] = "SELECT * FROM meetings WHERE id = :id";
static const char clear_people_sql[] = "DELETE FROM meeting_people WHERE meeting = :id";
static const char add_person_sql[] = "INSERT INTO meeting_people (meeting, who, role, position)"
                                     " VALUES (:meeting, :who, :role, :position)";
static const char people_sql[] =
    "SELECT who, role FROM meeting_people WHERE meeting = :id ORDER BY position";

/* What the lists have in common. */
#define WINDOW                                                                                     \
    " (m.starts_us, m.id) > (:after_us, :after_id) AND m.starts_us < :to_us"                       \
    " AND (m.ends_us = 0 OR m.ends_us > :from_us OR m.recurrence <> '')"                           \
    " ORDER BY m.starts_us, m.id LIMIT :limit + 1"

static const char all_sql[] = "SELECT m.* FROM meetings m WHERE" WINDOW;
static const char owner_sql[] = "SELECT m.* FROM meetings m WHERE m.owner = :owner AND" WINDOW;
static const char person_sql[] = "SELECT m.* FROM meeting_people p JOIN meetings m ON m.id = "
                                 "p.meeting WHERE p.who = :person AND" WINDOW;

/* A row of the table of people. */
struct person {
    const char *meeting, *who, *role;
    uint32_t position;
};
static const struct store_field person_fields[] = {
    STORE_TEXT(struct person, meeting, 1, STORE_ID_MAX),
    STORE_TEXT(struct person, who, 1, STORE_IDENTITY_MAX),
    STORE_TEXT(struct person, role, 0, STORE_WORD_MAX),
    STORE_U32(struct person, position, 0, STORE_MEETING_PEOPLE_MAX),
    STORE_FIELDS_END,
};
static const struct store_shape person_shape = {sizeof(struct person), person_fields};

static int put_people(struct store_sqlite_stmt_cache *db, const struct store_meeting *meeting)
{
    int err = store_sqlite_stmt_exec(
        db,
        &(struct store_sqlite_query){clear_people_sql, &store_meeting_shape, meeting, NULL, NULL},
        NULL);

    for (uint32_t i = 0; !err && i < meeting->people_n; ++i) {
        const struct person person = {meeting->id, meeting->people[i].who, meeting->people[i].role,
                                      i};

        err = store_sqlite_stmt_exec(
            db, &(struct store_sqlite_query){add_person_sql, &person_shape, &person, NULL, NULL},
            NULL);
    }
    return err == -EEXIST ? -EINVAL : err;
}

static int put(struct store_sqlite_stmt_cache *db, struct store_request *request, const char *sql,
               const struct store_shape *row)
{
    const struct store_meeting *meeting = request->args;
    struct store_meeting *stored;
    int err = store_sqlite_ops_row(db, request, meeting->version ? update_sql : insert_sql, row);
    (void)sql;

    if (err == -ENOENT)
        return store_sqlite_ops_why_not(db, request, find_sql, -EAGAIN);
    if (!err)
        err = put_people(db, meeting);
    if (err)
        return err;
    stored = request->result;
    stored->people = meeting->people;
    stored->people_n = meeting->people_n;
    return 0;
}

static int get(struct store_sqlite_stmt_cache *db, struct store_request *request, const char *sql,
               const struct store_shape *row)
{
    struct store_sqlite_query query = {people_sql, &store_meeting_shape, NULL,
                                       &store_meeting_person_shape, request->arena};
    struct store_meeting *meeting;
    struct store_list *people;
    int err = store_sqlite_ops_row(db, request, sql, row);

    if (err)
        return err;
    meeting = request->result;
    query.args = meeting;
    err = store_sqlite_stmt_list(db, &query, STORE_MEETING_PEOPLE_MAX, &people);
    if (err)
        return err;
    meeting->people = people->rows;
    meeting->people_n = people->n;
    return 0;
}

static int list(struct store_sqlite_stmt_cache *db, struct store_request *request, const char *sql,
                const struct store_shape *row)
{
    const struct store_meeting_query *query = request->args;

    sql = *query->owner ? owner_sql : *query->person ? person_sql : all_sql;
    return store_sqlite_ops_list(db, request, sql, row, query->limit);
}

const struct store_sqlite_op store_sqlite_meeting_ops[] = {
    {STORE_OP_MEETING_PUT, put, NULL, &store_meeting_shape},
    {STORE_OP_MEETING_GET, get, "SELECT * FROM meetings WHERE id = :key", &store_meeting_shape},
    {STORE_OP_MEETING_GET_BY_ROOM, get, "SELECT * FROM meetings WHERE room = :key",
     &store_meeting_shape},
    {STORE_OP_MEETING_LIST, list, NULL, &store_meeting_shape},
    {STORE_OP_MEETING_REMOVE, store_sqlite_ops_remove, "DELETE FROM meetings WHERE id = :key",
     NULL},
    {.op = STORE_OP_N},
};
