/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_sqlite_schema.c  Tables of the database, and how an older one becomes this
 * one
 */
#include "mcu/store/store_sqlite_schema.h"

#include <errno.h>
#include <stdio.h>

#include <sqlite3.h>

#include "mcu/store/store_sqlite_stmt.h"

const char *const store_sqlite_schema_migrations[] = {
    /* 1: people and meetings */
    "CREATE TABLE users (id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
    " display TEXT NOT NULL, password_hash TEXT NOT NULL, sip_ha1_md5 TEXT NOT NULL,"
    " sip_ha1_sha256 TEXT NOT NULL, role TEXT NOT NULL CHECK (role IN ('user', 'operator')),"
    " prefs TEXT NOT NULL, created_us INTEGER NOT NULL, changed_us INTEGER NOT NULL,"
    " version INTEGER NOT NULL) STRICT;"
    "CREATE TABLE meetings (id TEXT NOT NULL PRIMARY KEY, room TEXT NOT NULL UNIQUE,"
    " title TEXT NOT NULL, owner TEXT NOT NULL, starts_us INTEGER NOT NULL,"
    " ends_us INTEGER NOT NULL, time_zone TEXT NOT NULL, recurrence TEXT NOT NULL,"
    " pin TEXT NOT NULL, host_pin TEXT NOT NULL, policy TEXT NOT NULL,"
    " created_us INTEGER NOT NULL, changed_us INTEGER NOT NULL,"
    " version INTEGER NOT NULL) STRICT;"
    "CREATE INDEX meetings_start ON meetings (starts_us, id);"
    "CREATE INDEX meetings_owner ON meetings (owner, starts_us, id);"
    "CREATE TABLE meeting_people ("
    " meeting TEXT NOT NULL REFERENCES meetings (id) ON DELETE CASCADE, who TEXT NOT NULL,"
    " role TEXT NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (meeting, who)) STRICT,"
    " WITHOUT ROWID;"
    "CREATE INDEX meeting_people_who ON meeting_people (who);",

    /* 2: what took place */
    "CREATE TABLE server (one INTEGER PRIMARY KEY CHECK (one = 1),"
    " alive_us INTEGER NOT NULL) STRICT;"
    "INSERT INTO server VALUES (1, 0);"
    "CREATE TABLE sessions (id TEXT NOT NULL PRIMARY KEY, room TEXT NOT NULL,"
    " started_us INTEGER NOT NULL, ended_us INTEGER NOT NULL, peak INTEGER NOT NULL,"
    " reason TEXT NOT NULL) STRICT;"
    "CREATE INDEX sessions_start ON sessions (started_us, id);"
    "CREATE INDEX sessions_room ON sessions (room, started_us, id);"
    "CREATE INDEX sessions_end ON sessions (ended_us);"
    "CREATE TABLE members (id TEXT NOT NULL PRIMARY KEY,"
    " session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,"
    " participant TEXT NOT NULL, identity TEXT NOT NULL, display TEXT NOT NULL,"
    " kind TEXT NOT NULL, role TEXT NOT NULL, joined_us INTEGER NOT NULL,"
    " left_us INTEGER NOT NULL, reason TEXT NOT NULL, loss_in_ppm INTEGER NOT NULL,"
    " loss_out_ppm INTEGER NOT NULL, jitter_us INTEGER NOT NULL,"
    " rtt_us INTEGER NOT NULL) STRICT;"
    "CREATE INDEX members_session ON members (session, id);"
    "CREATE INDEX members_identity ON members (identity, session);"
    "CREATE INDEX members_open ON members (session) WHERE left_us = 0;"
    "CREATE TABLE calls (id TEXT NOT NULL PRIMARY KEY, from_id TEXT NOT NULL,"
    " from_name TEXT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, room TEXT NOT NULL,"
    " started_us INTEGER NOT NULL, answered_us INTEGER NOT NULL, ended_us INTEGER NOT NULL,"
    " cause TEXT NOT NULL) STRICT;"
    "CREATE INDEX calls_from ON calls (from_id, started_us, id);"
    "CREATE INDEX calls_end ON calls (ended_us);"
    "CREATE TABLE call_legs (call TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,"
    " to_id TEXT NOT NULL, kind TEXT NOT NULL, to_name TEXT NOT NULL, result TEXT NOT NULL,"
    " rang_us INTEGER NOT NULL, answered_us INTEGER NOT NULL, ended_us INTEGER NOT NULL,"
    " cause TEXT NOT NULL, seen INTEGER NOT NULL,"
    " started_us INTEGER NOT NULL," /* of the call, so that an index has it */
    " PRIMARY KEY (call, to_id, kind)) STRICT;"
    "CREATE INDEX call_legs_to ON call_legs (to_id, started_us, call);"
    "CREATE INDEX call_legs_open ON call_legs (call) WHERE ended_us = 0;",

    /* 3: chat and recordings */
    "CREATE TABLE chat (id TEXT NOT NULL PRIMARY KEY, room TEXT NOT NULL,"
    " session TEXT NOT NULL, from_id TEXT NOT NULL, from_participant TEXT NOT NULL,"
    " from_name TEXT NOT NULL, to_participant TEXT NOT NULL, text TEXT NOT NULL,"
    " sent_us INTEGER NOT NULL) STRICT;"
    "CREATE INDEX chat_room ON chat (room, sent_us, id);"
    "CREATE INDEX chat_sent ON chat (sent_us);"
    "CREATE TABLE recordings (id TEXT NOT NULL PRIMARY KEY, room TEXT NOT NULL,"
    " session TEXT NOT NULL, state TEXT NOT NULL, path TEXT NOT NULL,"
    " started_us INTEGER NOT NULL, ended_us INTEGER NOT NULL, bytes INTEGER NOT NULL,"
    " sha256 TEXT NOT NULL, meta TEXT NOT NULL) STRICT;"
    "CREATE INDEX recordings_start ON recordings (started_us, id);"
    "CREATE INDEX recordings_room ON recordings (room, started_us, id);",

    /* 4: webhooks, idempotency keys, revoked tokens */
    "CREATE TABLE hooks (id TEXT NOT NULL PRIMARY KEY, url TEXT NOT NULL, secret TEXT NOT NULL,"
    " events TEXT NOT NULL, enabled INTEGER NOT NULL, created_us INTEGER NOT NULL,"
    " failures INTEGER NOT NULL, last_status INTEGER NOT NULL, last_error TEXT NOT NULL,"
    " pending INTEGER NOT NULL, dropped INTEGER NOT NULL, next_seq INTEGER NOT NULL) STRICT;"
    "CREATE TABLE deliveries ("
    " hook TEXT NOT NULL REFERENCES hooks (id) ON DELETE CASCADE, seq INTEGER NOT NULL,"
    " id TEXT NOT NULL, type TEXT NOT NULL, body TEXT NOT NULL, created_us INTEGER NOT NULL,"
    " next_us INTEGER NOT NULL, attempts INTEGER NOT NULL,"
    " state TEXT NOT NULL CHECK (state IN ('pending', 'done', 'dead')),"
    " last_status INTEGER NOT NULL, last_error TEXT NOT NULL,"
    " PRIMARY KEY (hook, seq), UNIQUE (hook, id)) STRICT;"
    "CREATE INDEX deliveries_pending ON deliveries (hook, seq) WHERE state = 'pending';"
    "CREATE INDEX deliveries_created ON deliveries (created_us) WHERE state <> 'pending';"
    "CREATE TABLE idem (scope TEXT NOT NULL, key TEXT NOT NULL, request_hash TEXT NOT NULL,"
    " status INTEGER NOT NULL, body TEXT NOT NULL, created_us INTEGER NOT NULL,"
    " PRIMARY KEY (scope, key)) STRICT;"
    "CREATE INDEX idem_created ON idem (created_us);"
    "CREATE INDEX idem_open ON idem (status) WHERE status = 0;"
    "CREATE TABLE tokens (jti TEXT NOT NULL PRIMARY KEY, expires_us INTEGER NOT NULL) STRICT;"
    "CREATE INDEX tokens_end ON tokens (expires_us);",

    /* 5: accounts whose tokens made until a moment are refused.  Triggers, so that no change of an
       account is stored without. */
    "CREATE TABLE token_users ("
    " user TEXT NOT NULL PRIMARY KEY, not_before_us INTEGER NOT NULL) STRICT;"
    "CREATE INDEX token_users_age ON token_users (not_before_us);"
    "CREATE TRIGGER users_changed AFTER UPDATE ON users"
    " WHEN old.password_hash <> new.password_hash OR old.role <> new.role BEGIN"
    "  INSERT OR REPLACE INTO token_users VALUES (new.id, new.changed_us); END;"
    "CREATE TRIGGER users_removed AFTER DELETE ON users BEGIN"
    "  INSERT OR REPLACE INTO token_users"
    "  VALUES (old.id, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000); END;",

    NULL,
};

static const char recovery[] =
    "BEGIN IMMEDIATE;"
    /* What still has its members' times first: they say how long the session lived. */
    "UPDATE sessions SET reason = 'server_lost', ended_us = max(started_us, 1,"
    "  (SELECT alive_us FROM server),"
    "  coalesce((SELECT max(max(joined_us, left_us)) FROM members WHERE session = sessions.id), 0))"
    " WHERE ended_us = 0;"
    "UPDATE members SET reason = 'server_lost',"
    " left_us = max(joined_us, 1, (SELECT alive_us FROM server)) WHERE left_us = 0;"
    "UPDATE call_legs SET cause = 'server_lost',"
    " result = CASE WHEN result <> '' THEN result WHEN answered_us THEN 'accepted'"
    "  ELSE 'failed' END,"
    " ended_us = max(started_us, rang_us, answered_us, 1, (SELECT alive_us FROM server))"
    " WHERE ended_us = 0;"
    "UPDATE calls SET cause = 'server_lost',"
    " state = CASE WHEN state <> '' THEN state WHEN answered_us THEN 'accepted' ELSE 'failed' END,"
    " ended_us = max(started_us, answered_us, 1, (SELECT alive_us FROM server))"
    " WHERE ended_us = 0;"
    "DELETE FROM idem WHERE status = 0;"
    "COMMIT;";

static int fail(sqlite3 *db, int code, const char *what, char *why, size_t why_size)
{
    (void)snprintf(why, why_size, "%s: %s", what, sqlite3_errmsg(db));
    (void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return store_sqlite_stmt_error(code);
}

static int read_version(sqlite3 *db, int *version)
{
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &stmt, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_step(stmt);
    if (code == SQLITE_ROW)
        *version = sqlite3_column_int(stmt, 0);
    (void)sqlite3_finalize(stmt);
    return code == SQLITE_ROW ? SQLITE_OK : code;
}

static int migrate_one(sqlite3 *db, const char *sql, int version)
{
    char set_version[64];
    int code = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    (void)snprintf(set_version, sizeof(set_version), "PRAGMA user_version = %d", version);
    if (code == SQLITE_OK)
        code = sqlite3_exec(db, set_version, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    return code;
}

int store_sqlite_schema_migrate(struct sqlite3 *db, const char *const *migrations, char *why,
                                size_t why_size)
{
    int version = 0, newest = 0;
    int code = read_version(db, &version);

    if (code != SQLITE_OK)
        return fail(db, code, "version", why, why_size);
    while (migrations[newest])
        ++newest;
    if (version < 0 || version > newest) {
        (void)snprintf(why, why_size,
                       "the database has version %d, made by a newer program; this one knows %d",
                       version, newest);
        return -EPROTONOSUPPORT;
    }
    for (int i = version; i < newest; ++i) {
        char what[64];

        code = migrate_one(db, migrations[i], i + 1);
        if (code == SQLITE_OK)
            continue;
        (void)snprintf(what, sizeof(what), "migration %d", i + 1);
        return fail(db, code, what, why, why_size);
    }
    return 0;
}

int store_sqlite_schema_recover(struct sqlite3 *db, char *why, size_t why_size)
{
    int code = sqlite3_exec(db, recovery, NULL, NULL, NULL);

    return code == SQLITE_OK ? 0 : fail(db, code, "recovery", why, why_size);
}
