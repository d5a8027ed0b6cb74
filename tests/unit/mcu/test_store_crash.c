/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_store_crash.c  kill -9 costs nothing that was answered
 *
 * A child writes as fast as it can and tells its parent of every answer.  The parent kills it after
 * a number of answers, opens the store and looks for all rows that were answered.
 */
#include "mcu/store/store.h"

#include <signal.h>
#include <sys/wait.h>

#include <sqlite3.h>

#include "mcu/store/store_call.h"
#include "mcu/store/store_chat.h"
#include "tests/unit/mcu/store_fixture.h"

enum { ROUNDS = 6, IN_FLIGHT = 100, ROWS_MAX = 200000 };

static int out_fd;
static uint32_t in_flight;

static void on_stored(int err, const void *result, void *arg)
{
    const uint32_t number = (uint32_t)(size_t)arg;
    (void)result;

    if (err || write(out_fd, &number, sizeof(number)) != (ssize_t)sizeof(number))
        _exit(1);
    --in_flight;
}

/* Every third is a call. */
static int submit(uint32_t number)
{
    const struct store_reply reply = {on_stored, (void *)(size_t)number};
    struct store_chat message = {.room = "r", .text = "hello", .sent_us = number};
    struct store_call call = {.from_id = "us_a", .started_us = number, .ended_us = number};
    char id[16];

    snprintf(id, sizeof(id), "n%u", number);
    message.id = call.id = id;
    return number % 3 ? store_chat_add(store, &message, reply)
                      : store_call_put(store, &call, reply);
}

static void run_child(uint32_t number)
{
    const struct store_cfg cfg = {.path = path, .post = post};

    if (store_open(&store, &cfg, why, sizeof(why)) != 0)
        _exit(2);
    for (;;) {
        while (in_flight < IN_FLIGHT) {
            if (submit(number++) != 0)
                _exit(3);
            ++in_flight;
        }
        pump();
    }
}

/* Reads what the child tells, kills it after some, and reads the rest.  @return answers so far */
static uint32_t read_and_kill(pid_t pid, int fd, uint32_t *rows, uint32_t n, uint32_t kill_at)
{
    uint32_t number;
    int status;

    while (read(fd, &number, sizeof(number)) == (ssize_t)sizeof(number)) {
        assert_true(n < ROWS_MAX);
        rows[n++] = number;
        if (n == kill_at)
            assert_int_equal(kill(pid, SIGKILL), 0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    return n;
}

static void find_all(const uint32_t *rows, uint32_t n)
{
    sqlite3 *db;
    sqlite3_stmt *stmt;

    open_store();
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT 1 FROM chat WHERE id = ?1 UNION ALL"
                                        " SELECT 1 FROM calls WHERE id = ?1",
                                        -1, &stmt, NULL),
                     SQLITE_OK);
    for (uint32_t i = 0; i < n; ++i) {
        char id[16];

        snprintf(id, sizeof(id), "n%u", rows[i]);
        sqlite3_bind_text(stmt, 1, id, -1, SQLITE_STATIC);
        if (sqlite3_step(stmt) != SQLITE_ROW)
            fail_msg("%s was answered and is gone", id);
        sqlite3_reset(stmt);
    }
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    store = store_close(store);
}

static void what_was_answered_outlives_kill_9(void **state)
{
    static uint32_t rows[ROWS_MAX];
    uint32_t n = 0, seed = 12345;
    (void)state;

    for (uint32_t round = 0; round < ROUNDS; ++round) {
        int fds[2];
        pid_t pid;

        seed = seed * 1664525u + 1013904223u;
        assert_int_equal(pipe(fds), 0);
        pid = fork();
        assert_true(pid >= 0);
        if (!pid) {
            (void)close(fds[0]);
            out_fd = fds[1];
            run_child(round * 1000000);
        }
        (void)close(fds[1]);
        n = read_and_kill(pid, fds[0], rows, n, n + 1 + seed % 2500);
        (void)close(fds[0]);
        find_all(rows, n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_answered_outlives_kill_9, set_up_folder,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
