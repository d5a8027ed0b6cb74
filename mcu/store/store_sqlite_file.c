/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_sqlite_file.c  The database file: locked, private, ours, undamaged
 */
#include "mcu/store/store_sqlite_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "mcu/base/err.h"
#include "mcu/store/store_sqlite_schema.h"
#include "mcu/store/store_sqlite_stmt.h"

enum {
    BUSY_MS = 5000,       /* for a backup or a tool */
    CHECK_MAX = 64 << 20, /* larger files are not read through at start [bytes] */
    STATEMENT_MAX = 256,
};

static const char *const settings[] = {
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA journal_size_limit = 67108864",
};

/* By flock(2), whose locks do not mix with those of SQLite, on a file that SQLite does not open. */
static int lock(int *ret_fd, const char *path, char *why, size_t why_size)
{
    char name[PATH_MAX];
    int fd, err;

    if (snprintf(name, sizeof(name), "%s.lock", path) >= (int)sizeof(name)) {
        (void)snprintf(why, why_size, "path is too long");
        return -ENAMETOOLONG;
    }
    fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (fd < 0) {
        err = -errno;
        (void)snprintf(why, why_size, "%s: %s", name, err_str(err));
        return err;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        err = errno == EWOULDBLOCK ? -EBUSY : -errno;
        (void)snprintf(why, why_size, "%s: %s", path,
                       err == -EBUSY ? "in use by another server" : err_str(err));
        (void)close(fd);
        return err;
    }
    *ret_fd = fd;
    return 0;
}

/* Made here so that it is never readable for others; its log gets the same mode from SQLite. */
static int make_private(const char *path, char *why, size_t why_size)
{
    struct stat st;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600);
    int err = 0;

    if (fd < 0 || fstat(fd, &st) != 0 ||
        (S_ISREG(st.st_mode) && (st.st_mode & 0077) && fchmod(fd, st.st_mode & 0700) != 0))
        err = -errno;
    else if (!S_ISREG(st.st_mode))
        err = -EINVAL;
    if (fd >= 0)
        (void)close(fd);
    if (err)
        (void)snprintf(why, why_size, "%s: %s", path,
                       err == -EINVAL ? "not a regular file" : err_str(err));
    return err;
}

static int fail(sqlite3 *db, const char *path, int code, char *why, size_t why_size)
{
    const int err = store_sqlite_stmt_error(code);

    (void)snprintf(why, why_size, "%s: %s", path,
                   err == -EUCLEAN ? "damaged, or not a database" : sqlite3_errmsg(db));
    return err;
}

/* First column of the first row of a statement. */
static int read_value(sqlite3 *db, const char *sql, int64_t *number, char *text, size_t text_size)
{
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_step(stmt);
    if (code == SQLITE_ROW && number)
        *number = sqlite3_column_int64(stmt, 0);
    if (code == SQLITE_ROW && text)
        (void)snprintf(text, text_size, "%s", (const char *)sqlite3_column_text(stmt, 0));
    (void)sqlite3_finalize(stmt);
    return code == SQLITE_ROW ? SQLITE_OK : code;
}

/* A new database becomes ours; an old one must be. */
static int claim(sqlite3 *db, const char *path, char *why, size_t why_size)
{
    char sql[STATEMENT_MAX];
    int64_t id = 0, objects = 0;
    int code = read_value(db, "PRAGMA application_id", &id, NULL, 0);

    if (code == SQLITE_OK)
        code = read_value(db, "SELECT count(*) FROM sqlite_schema", &objects, NULL, 0);
    if (code == SQLITE_OK && !id && !objects) {
        (void)snprintf(sql, sizeof(sql), "PRAGMA application_id = %d",
                       STORE_SQLITE_FILE_APPLICATION);
        code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    } else if (code == SQLITE_OK && id != STORE_SQLITE_FILE_APPLICATION) {
        (void)snprintf(why, why_size, "%s: a database of another application", path);
        return -EMEDIUMTYPE;
    }
    return code == SQLITE_OK ? 0 : fail(db, path, code, why, why_size);
}

static int check(sqlite3 *db, const char *path, char *why, size_t why_size)
{
    char text[STATEMENT_MAX] = "";
    struct stat st;
    int code;

    if (stat(path, &st) != 0 || st.st_size > CHECK_MAX)
        return 0;
    code = read_value(db, "PRAGMA quick_check(1)", NULL, text, sizeof(text));
    if (code != SQLITE_OK)
        return fail(db, path, code, why, why_size);
    if (!strcmp(text, "ok"))
        return 0;
    (void)snprintf(why, why_size, "%s: damaged: %s", path, text);
    return -EUCLEAN;
}

static int set_up(sqlite3 *db, const char *path, char *why, size_t why_size)
{
    char mode[16] = "";
    int err, code;

    (void)sqlite3_extended_result_codes(db, 1);
    (void)sqlite3_busy_timeout(db, BUSY_MS);
    (void)sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    err = claim(db, path, why, why_size);
    if (!err)
        err = check(db, path, why, why_size);
    for (size_t i = 0; !err && i < sizeof(settings) / sizeof(settings[0]); ++i) {
        code = sqlite3_exec(db, settings[i], NULL, NULL, NULL);
        if (code != SQLITE_OK)
            err = fail(db, path, code, why, why_size);
    }
    if (err)
        return err;
    code = read_value(db, "PRAGMA journal_mode", NULL, mode, sizeof(mode));
    if (code != SQLITE_OK || strcmp(mode, "wal") != 0) {
        (void)snprintf(why, why_size, "%s: no write-ahead log on this file system", path);
        return -EOPNOTSUPP;
    }
    return 0;
}

int store_sqlite_file_open(struct sqlite3 **ret_db, int *ret_lock_fd, const char *path, char *why,
                           size_t why_size)
{
    sqlite3 *db = NULL;
    int lock_fd = -1, code;
    int err = lock(&lock_fd, path, why, why_size);

    if (err)
        return err;
    err = make_private(path, why, why_size);
    if (err)
        goto out;
    /* Passed from the thread that opens it to the writer, never used by two at once. */
    code = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    err = code == SQLITE_OK ? set_up(db, path, why, why_size) : fail(db, path, code, why, why_size);
    if (!err)
        err = store_sqlite_schema_migrate(db, store_sqlite_schema_migrations, why, why_size);
    if (!err)
        err = store_sqlite_schema_recover(db, why, why_size);

out:
    if (err) {
        store_sqlite_file_close(db, lock_fd);
        return err;
    }
    *ret_db = db;
    *ret_lock_fd = lock_fd;
    return 0;
}

void store_sqlite_file_close(struct sqlite3 *db, int lock_fd)
{
    (void)sqlite3_close(db);
    if (lock_fd >= 0)
        (void)close(lock_fd);
}
