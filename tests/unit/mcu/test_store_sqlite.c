/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_store_sqlite.c  The database file: made, opened, migrated, refused, out
 * of order
 */
#include "mcu/store/store_sqlite.h"

#include <signal.h>
#include <sys/resource.h>

#include <sqlite3.h>

#include "mcu/store/store_chat.h"
#include "mcu/store/store_meeting.h"
#include "mcu/store/store_sqlite_file.h"
#include "mcu/store/store_sqlite_schema.h"
#include "tests/unit/mcu/store_fixture.h"

static struct store_chat message(const char *id)
{
    return (struct store_chat){
        .id = id, .room = "r", .from_participant = "pt_1", .text = "hello", .sent_us = 5};
}

static int try_open(void)
{
    const struct store_cfg cfg = {.path = path, .post = post};
    struct store *other = NULL;
    int err = store_open(&other, &cfg, why, sizeof(why));

    store_close(other);
    return err;
}

static void sql(const char *text)
{
    sqlite3 *db;
    char *error = NULL;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, text, NULL, NULL, &error) != SQLITE_OK)
        fail_msg("%s", error);
    sqlite3_close(db);
}

static int number(const char *text)
{
    sqlite3 *db;
    sqlite3_stmt *stmt;
    int value = -1;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, text, -1, &stmt, NULL), SQLITE_OK);
    if (sqlite3_step(stmt) == SQLITE_ROW)
        value = sqlite3_column_int(stmt, 0);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return value;
}

static void write_file(const char *name, long offset, const void *data, size_t size)
{
    FILE *f = fopen(name, offset ? "r+b" : "wb");

    assert_non_null(f);
    fseek(f, offset, SEEK_SET);
    assert_int_equal(fwrite(data, 1, size, f), size);
    fclose(f);
}

static int mode_of(const char *suffix)
{
    char name[128];
    struct stat st;

    snprintf(name, sizeof(name), "%s%s", path, suffix);
    assert_int_equal(stat(name, &st), 0);
    return st.st_mode & 0777;
}

static void the_files_are_for_the_server_only(void **state)
{
    struct store_chat m = message("m1");
    (void)state;

    open_store();
    assert_int_equal(did(store_chat_add(store, &m, count())), 0);
    assert_int_equal(mode_of(""), 0600);
    assert_int_equal(mode_of("-wal"), 0600);
    assert_int_equal(mode_of(".lock"), 0600);
    store = store_close(store);
    assert_int_equal(chmod(path, 0666), 0);
    open_store();
    assert_int_equal(mode_of(""), 0600);
}

static void a_second_store_on_the_file_is_refused(void **state)
{
    (void)state;
    open_store();
    assert_int_equal(try_open(), -EBUSY);
    assert_non_null(strstr(why, "in use"));
    store = store_close(store);
    assert_int_equal(try_open(), 0);
}

static void a_database_of_another_application_is_refused(void **state)
{
    (void)state;
    sql("CREATE TABLE x (y)");
    assert_int_equal(try_open(), -EMEDIUMTYPE);
    assert_non_null(strstr(why, "another application"));
    sql("PRAGMA application_id = 1234");
    assert_int_equal(try_open(), -EMEDIUMTYPE);
    assert_int_equal(number("SELECT count(*) FROM sqlite_schema"), 1);
}

static void a_newer_database_is_refused(void **state)
{
    (void)state;
    assert_int_equal(try_open(), 0);
    sql("PRAGMA user_version = 1000");
    assert_int_equal(try_open(), -EPROTONOSUPPORT);
    assert_non_null(strstr(why, "newer"));
    assert_int_equal(number("PRAGMA user_version"), 1000);
}

static void every_older_version_becomes_this_one(void **state)
{
    int newest = 0;
    (void)state;

    while (store_sqlite_schema_migrations[newest])
        ++newest;
    for (int version = 0; version <= newest; ++version) {
        const char *some[16] = {NULL};
        struct store_chat m = message("m1");
        char text[64];
        sqlite3 *db;

        for (int i = 0; i < version; ++i)
            some[i] = store_sqlite_schema_migrations[i];
        unlink(path);
        snprintf(text, sizeof(text), "PRAGMA application_id = %d", STORE_SQLITE_FILE_APPLICATION);
        sql(text);
        assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
        assert_int_equal(store_sqlite_schema_migrate(db, some, why, sizeof(why)), 0);
        sqlite3_close(db);
        assert_int_equal(number("PRAGMA user_version"), version);
        open_store();
        assert_int_equal(did(store_chat_add(store, &m, count())), 0);
        store = store_close(store);
        assert_int_equal(number("PRAGMA user_version"), newest);
    }
}

static void a_migration_that_fails_changes_nothing(void **state)
{
    const char *const broken[] = {"CREATE TABLE a (x)", "CREATE TABLE b (x); CREATE TABLE a (x)",
                                  "CREATE TABLE c (x)", NULL};
    sqlite3 *db;
    (void)state;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_not_equal(store_sqlite_schema_migrate(db, broken, why, sizeof(why)), 0);
    assert_non_null(strstr(why, "migration 2"));
    sqlite3_close(db);
    assert_int_equal(number("PRAGMA user_version"), 1);
    assert_int_equal(number("SELECT count(*) FROM sqlite_schema"), 1);
}

static void a_file_that_is_no_database_is_refused(void **state)
{
    static const char text[] = "This is not a database, but it is longer than its header would be."
                               "This is not a database, but it is longer than its header would be.";
    (void)state;

    write_file(path, 0, text, sizeof(text));
    assert_int_equal(try_open(), -EUCLEAN);
    assert_non_null(strstr(why, "not a database"));
}

static void a_damaged_database_is_refused(void **state)
{
    static char rubbish[3 * 4096];
    (void)state;

    assert_int_equal(try_open(), 0);
    memset(rubbish, 0xa5, sizeof(rubbish));
    write_file(path, 4096, rubbish, sizeof(rubbish));
    assert_int_equal(try_open(), -EUCLEAN);
    assert_non_null(strstr(why, "damaged"));
}

static void what_cannot_be_opened_is_told(void **state)
{
    char folder[64];
    (void)state;

    strcpy(folder, path);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_not_equal(try_open(), 0);
    assert_non_null(strstr(why, folder));
    rmdir(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(try_open(), -EINVAL);
    assert_non_null(strstr(why, "regular file"));
    snprintf(path, sizeof(path), "%s/no/such.db", dir);
    assert_int_equal(try_open(), -ENOENT);
}

/* The first of them holds the writer back while the others come. */
static void a_request_that_fails_does_not_touch_its_neighbours(void **state)
{
    const struct store_meeting_person twice[] = {{"us_1", "host"}, {"us_1", "guest"}};
    const struct store_meeting meeting = {
        .id = "mt_1", .room = "r", .people = twice, .people_n = 2};
    (void)state;

    open_store();
    for (int i = 0; i < 200; ++i) {
        char id[16];
        struct store_chat m = message(id);

        snprintf(id, sizeof(id), "m%d", i);
        assert_int_equal(store_chat_add(store, &m, count()), 0);
        /* Its first statement succeeds and its last one does not. */
        assert_int_equal(store_meeting_put(store, &meeting, row(&store_meeting_shape)), 0);
    }
    while (last.n < 400) {
        pump();
        assert_true(last.err == 0 || last.err == -EINVAL);
    }
    store = store_close(store);
    assert_int_equal(number("SELECT count(*) FROM chat"), 200);
    assert_int_equal(number("SELECT count(*) FROM meetings"), 0);
    assert_int_equal(number("SELECT count(*) FROM meeting_people"), 0);
}

/* Nothing can grow: as on a full disk. */
static void a_disk_that_fails_is_told_and_works_again(void **state)
{
    static char text[STORE_CHAT_TEXT_MAX + 1];
    struct store_chat m = message("m1");
    struct rlimit old, none_left;
    (void)state;

    memset(text, 'x', STORE_CHAT_TEXT_MAX);
    open_store();
    assert_int_equal(did(store_chat_add(store, &m, count())), 0);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    none_left = (struct rlimit){4096, old.rlim_max};
    setrlimit(RLIMIT_FSIZE, &none_left);
    m.id = "m2";
    m.text = text;
    assert_true(did(store_chat_add(store, &m, count())) < 0);
    assert_true(last.err == -EIO || last.err == -ENOSPC);
    setrlimit(RLIMIT_FSIZE, &old);
    m.id = "m3";
    assert_int_equal(did(store_chat_add(store, &m, count())), 0);
    store = store_close(store);
    assert_int_equal(number("SELECT count(*) FROM chat"), 2);
    assert_int_equal(number("SELECT count(*) FROM chat WHERE id = 'm2'"), 0);
}

static void a_tool_that_reads_disturbs_nobody(void **state)
{
    struct store_chat m = message("m1");
    sqlite3 *db;
    (void)state;

    open_store();
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN; SELECT * FROM chat", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(did(store_chat_add(store, &m, count())), 0);
    sqlite3_close(db);
}

static void one_reads_what_one_wrote(void **state)
{
    struct store_chat m = message("m1");
    const struct store_chat_query query = {.room = "r", .limit = 10};
    (void)state;

    open_store();
    assert_int_equal(store_chat_add(store, &m, (struct store_reply){NULL, NULL}), 0);
    assert_int_equal(did(store_chat_list(store, &query, list(&store_chat_shape))), 0);
    assert_int_equal(last.list->n, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_files_are_for_the_server_only, set_up_folder,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_second_store_on_the_file_is_refused, set_up_folder,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_database_of_another_application_is_refused, set_up_folder,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_newer_database_is_refused, set_up_folder, tear_down),
        cmocka_unit_test_setup_teardown(every_older_version_becomes_this_one, set_up_folder,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_migration_that_fails_changes_nothing, set_up_folder,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_is_no_database_is_refused, set_up_folder,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_damaged_database_is_refused, set_up_folder, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_opened_is_told, set_up_folder, tear_down),
        cmocka_unit_test_setup_teardown(a_request_that_fails_does_not_touch_its_neighbours,
                                        set_up_folder, tear_down),
        cmocka_unit_test_setup_teardown(a_disk_that_fails_is_told_and_works_again, set_up_folder,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_tool_that_reads_disturbs_nobody, set_up_folder,
                                        tear_down),
        cmocka_unit_test_setup_teardown(one_reads_what_one_wrote, set_up_folder, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
