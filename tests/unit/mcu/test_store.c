/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_store.c  The queue to the writer thread, its transactions and its
 * answers
 */
#include "mcu/store/store.h"

#include <pthread.h>

#include "mcu/base/metric.h"
#include "mcu/store/store_arena.h"
#include "mcu/store/store_backend.h"
#include "mcu/store/store_request.h"
#include "mcu/store/store_user.h"
#include "tests/unit/mcu/store_fixture.h"

/* A database that only remembers what it was asked, and waits where a test wants. */
static struct {
    sem_t gate;    /* each begin() needs one */
    sem_t waiting; /* begin() has come */
    unsigned begins, commits, rollbacks;
    _Atomic unsigned runs;
    bool write;                           /* of the last begin */
    int begin_err, commit_err, write_err; /* the last one: of a transaction that writes */
    char order[1024];
    size_t result_size; /* of each request */
} fake;

static int fake_open(void **ret_db, const char *name, char *text, size_t size)
{
    (void)text;
    (void)size;
    *ret_db = &fake;
    return strcmp(name, "bad") ? 0 : -EUCLEAN;
}

static int fake_begin(void *db, bool write)
{
    (void)db;
    sem_post(&fake.waiting);
    while (sem_wait(&fake.gate) != 0) {
    }
    ++fake.begins;
    fake.write = write;
    return fake.begin_err;
}

static int fake_run(void *db, struct store_request *request, bool *lost)
{
    const struct store_key *key = request->args;
    (void)db;

    ++fake.runs;
    if (fake.result_size)
        request->result = store_arena_alloc(request->arena, fake.result_size);
    strncat(fake.order, key->key, sizeof(fake.order) - strlen(fake.order) - 1);
    *lost = !strcmp(key->key, "lost");
    if (fake.write_err && fake.write && !strcmp(key->key, "full")) {
        *lost = true;
        return fake.write_err;
    }
    return *lost ? -EIO : !strcmp(key->key, "bad") ? -EEXIST : 0;
}

static int fake_commit(void *db)
{
    (void)db;
    ++fake.commits;
    return fake.write && fake.write_err ? fake.write_err : fake.commit_err;
}

static void fake_rollback(void *db)
{
    (void)db;
    ++fake.rollbacks;
}

static void fake_close(void *db)
{
    (void)db;
}

static const struct store_backend backend = {
    fake_open, fake_begin, fake_run, fake_commit, fake_rollback, fake_close,
};

/* Answers in the order in which they came. */
static struct {
    unsigned n;
    int err[1024];
    size_t which[1024];
} answers;

static void on_answer(int err, const void *result, void *arg)
{
    (void)result;
    answers.err[answers.n] = err;
    answers.which[answers.n++] = (size_t)arg;
    note(err);
}

static int ask(const char *key, size_t which)
{
    return store_user_get(store, key, (struct store_reply){on_answer, (void *)which});
}

static void open_fake(uint32_t queue_max, size_t bytes_max)
{
    const struct store_cfg cfg = {
        .path = "x",
        .queue_max = queue_max,
        .queue_bytes_max = bytes_max,
        .post = post,
        .backend = &backend,
    };

    memset(&answers, 0, sizeof(answers));
    memset(&fake, 0, sizeof(fake));
    sem_init(&fake.gate, 0, 0);
    sem_init(&fake.waiting, 0, 0);
    assert_int_equal(store_open(&store, &cfg, why, sizeof(why)), 0);
}

/* The writer has taken a first request and waits, so that what follows is a group. */
static void hold(void)
{
    assert_int_equal(ask("0", 0), 0);
    while (sem_wait(&fake.waiting) != 0) {
    }
}

static void let_go(unsigned transactions)
{
    while (transactions--)
        sem_post(&fake.gate);
}

static void what_waits_becomes_one_transaction(void **state)
{
    (void)state;
    open_fake(0, 0);
    hold();
    for (size_t i = 1; i <= 100; ++i)
        assert_int_equal(ask("1", i), 0);
    let_go(2);
    pump_until(101);
    assert_int_equal(fake.begins, 2);
    assert_int_equal(fake.commits, 2);
    assert_int_equal(fake.runs, 101);
}

static void a_transaction_has_at_most_so_many(void **state)
{
    (void)state;
    open_fake(0, 0);
    hold();
    for (size_t i = 1; i <= STORE_GROUP_MAX + 1; ++i)
        assert_int_equal(ask("1", i), 0);
    let_go(3);
    pump_until(STORE_GROUP_MAX + 2);
    assert_int_equal(fake.begins, 3);
}

static void answers_come_in_the_order_of_requests(void **state)
{
    (void)state;
    open_fake(0, 0);
    hold();
    for (size_t i = 1; i <= 600; ++i)
        assert_int_equal(ask(i % 7 ? "1" : "bad", i), 0);
    let_go(4);
    pump_until(601);
    for (size_t i = 1; i <= 600; ++i) {
        assert_int_equal(answers.which[i], i);
        assert_int_equal(answers.err[i], i % 7 ? 0 : -EEXIST);
    }
}

static void requests_run_in_their_order(void **state)
{
    (void)state;
    open_fake(0, 0);
    hold();
    assert_int_equal(ask("a", 1), 0);
    assert_int_equal(ask("b", 2), 0);
    assert_int_equal(ask("c", 3), 0);
    let_go(2);
    pump_until(4);
    assert_string_equal(fake.order, "0abc");
}

static void reading_asks_for_no_transaction_that_writes(void **state)
{
    (void)state;
    open_fake(0, 0);
    hold();
    let_go(1);
    pump_until(1);
    assert_false(fake.write);
    assert_int_equal(store_user_remove(store, "x", none()), 0);
    let_go(1);
    pump_until(2);
    assert_true(fake.write);
}

static void a_commit_that_fails_is_the_answer_of_all(void **state)
{
    (void)state;
    open_fake(0, 0);
    hold();
    assert_int_equal(ask("1", 1), 0);
    assert_int_equal(ask("bad", 2), 0);
    fake.commit_err = -ENOSPC;
    let_go(2);
    pump_until(3);
    for (int i = 0; i < 3; ++i)
        assert_int_equal(answers.err[i], -ENOSPC);
    assert_int_equal(fake.rollbacks, 2);
    fake.commit_err = 0;
    assert_int_equal(ask("1", 3), 0);
    let_go(1);
    pump_until(4);
    assert_int_equal(answers.err[3], 0);
}

static int drop(const char *key, size_t which)
{
    return store_user_remove(store, key, (struct store_reply){on_answer, (void *)which});
}

/* @param full  A write fails at once, else the commit does */
static void check_readers(const char *full)
{
    fake.write_err = -ENOSPC;
    hold();
    assert_int_equal(ask("a", 1), 0);
    assert_int_equal(drop(full, 2), 0);
    assert_int_equal(ask("bad", 3), 0);
    assert_int_equal(drop("w", 4), 0);
    assert_int_equal(ask("b", 5), 0);
    let_go(3);
    pump_until(6);
    for (size_t i = 1; i < 6; ++i)
        assert_int_equal(answers.which[i], i);
    assert_int_equal(answers.err[1], 0);
    assert_int_equal(answers.err[2], -ENOSPC);
    assert_int_equal(answers.err[3], -EEXIST);
    assert_int_equal(answers.err[4], -ENOSPC);
    assert_int_equal(answers.err[5], 0);
    assert_int_equal(fake.rollbacks, 1);
    assert_false(fake.write);
}

static void who_only_reads_is_answered_when_nothing_can_be_written(void **state)
{
    (void)state;
    open_fake(0, 0);
    check_readers("v");
}

static void who_only_reads_is_answered_when_a_write_loses_the_transaction(void **state)
{
    (void)state;
    open_fake(0, 0);
    check_readers("full");
}

/* As many results as a transaction may have; then there is another one, which tries to write. */
static void many_who_only_read_are_answered_in_their_order(void **state)
{
    (void)state;
    open_fake(0, 0);
    fake.result_size = 1 << 20;
    fake.write_err = -ENOSPC;
    hold();
    for (size_t i = 1; i <= 100; ++i)
        assert_int_equal(i % 3 ? ask("1", i) : drop("full", i), 0);
    let_go(1000);
    pump_until(101);
    for (size_t i = 1; i <= 100; ++i) {
        assert_int_equal(answers.which[i], i);
        assert_int_equal(answers.err[i], i % 3 ? 0 : -ENOSPC);
    }
}

static void a_transaction_that_cannot_begin_is_the_answer_of_all(void **state)
{
    (void)state;
    open_fake(0, 0);
    fake.begin_err = -EBUSY;
    hold();
    let_go(1);
    pump_until(1);
    assert_int_equal(answers.err[0], -EBUSY);
    assert_int_equal(fake.runs, 0);
    assert_int_equal(fake.rollbacks, 1);
}

static void a_transaction_that_is_lost_is_rolled_back(void **state)
{
    (void)state;
    open_fake(0, 0);
    hold();
    assert_int_equal(ask("1", 1), 0);
    assert_int_equal(ask("lost", 2), 0);
    assert_int_equal(ask("3", 3), 0);
    let_go(2);
    pump_until(4);
    assert_int_equal(answers.err[0], 0);
    for (int i = 1; i < 4; ++i)
        assert_int_equal(answers.err[i], -EIO);
    assert_int_equal(fake.rollbacks, 1);
    assert_string_equal(fake.order, "01lost");
}

static void a_full_queue_refuses_at_once(void **state)
{
    (void)state;
    open_fake(10, 0);
    hold();
    for (size_t i = 1; i < 10; ++i)
        assert_int_equal(ask("1", i), 0);
    assert_int_equal(ask("1", 10), -ENOSPC);
    let_go(2);
    pump_until(10);
    assert_int_equal(ask("1", 10), 0);
    let_go(1);
    pump_until(11);
}

static void requests_have_a_limit_in_bytes(void **state)
{
    (void)state;
    open_fake(0, 4096);
    hold();
    for (size_t i = 1; i < 10; ++i) {
        int err = ask("1", i);

        assert_true(err == 0 || (i > 1 && err == -ENOSPC));
    }
    assert_int_equal(ask("1", 10), -ENOSPC);
    let_go(2);
    while (answers.n < 2)
        pump();
    assert_int_equal(ask("1", 10), 0);
    let_go(1);
}

/* A control thread whose queue is full for the first tries. */
static _Atomic unsigned refusals;

static int full_post(control_msg_h *h, void *arg, const void *msg, size_t size)
{
    unsigned n = refusals;

    if (n) {
        refusals = n - 1;
        return -ENOSPC;
    }
    return post(h, arg, msg, size);
}

static void no_answer_is_lost_when_the_control_thread_is_full(void **state)
{
    const struct store_cfg cfg = {.path = "x", .post = full_post, .backend = &backend};
    (void)state;

    open_fake(0, 0);
    let_go(1000);
    store = store_close(store);
    assert_int_equal(store_open(&store, &cfg, why, sizeof(why)), 0);
    refusals = 3;
    for (size_t i = 0; i < 50; ++i)
        assert_int_equal(ask("1", i), 0);
    pump_until(50);
    assert_int_equal(refusals, 0);
    for (size_t i = 0; i < 50; ++i)
        assert_int_equal(answers.which[i], i);
}

static int dead_post(control_msg_h *h, void *arg, const void *msg, size_t size)
{
    (void)h;
    (void)arg;
    (void)msg;
    (void)size;
    return -ENOSPC;
}

static void closing_answers_what_could_not_be_told(void **state)
{
    const struct store_cfg cfg = {.path = "x", .post = dead_post, .backend = &backend};
    (void)state;

    open_fake(0, 0);
    let_go(1000);
    store = store_close(store);
    assert_int_equal(store_open(&store, &cfg, why, sizeof(why)), 0);
    for (size_t i = 0; i < 500; ++i)
        assert_int_equal(ask("1", i), 0);
    store = store_close(store);
    assert_int_equal(answers.n, 500);
    for (size_t i = 0; i < 500; ++i)
        assert_int_equal(answers.which[i], i);
}

static unsigned runs_at_first;

static void on_large(int err, const void *result, void *arg)
{
    (void)result;
    (void)arg;
    if (!runs_at_first)
        runs_at_first = fake.runs;
    note(err);
}

/* A writer that waits for the control thread has run what 32 MiB hold, and one transaction. */
static void results_have_a_limit_in_bytes(void **state)
{
    (void)state;
    open_fake(0, 0);
    fake.result_size = 1 << 20;
    hold();
    for (size_t i = 1; i < 200; ++i)
        assert_int_equal(store_user_get(store, "1", (struct store_reply){on_large, NULL}), 0);
    runs_at_first = 0;
    let_go(1000);
    pump_until(200);
    assert_int_equal(last.err, 0);
    assert_true(fake.begins >= 200 / 9);
    assert_true(runs_at_first <= 1 + 33 + 9 + 9);
}

static void closing_finishes_what_was_submitted(void **state)
{
    (void)state;
    open_fake(0, 0);
    hold();
    for (size_t i = 1; i < 300; ++i)
        assert_int_equal(ask("1", i), 0);
    let_go(1000);
    store = store_close(store);
    assert_int_equal(fake.runs, 300);
    assert_int_equal(answers.n, 300);
    assert_int_equal(answers.err[299], 0);
}

static int late_err;

static void on_late(int err, const void *result, void *arg)
{
    (void)arg;
    (void)result;
    assert_int_equal(err, 0);
    late_err = store_user_get(store, "1", none());
}

static void a_handler_may_not_submit_while_the_store_closes(void **state)
{
    const struct store_cfg cfg = {.path = "x", .post = dead_post, .backend = &backend};
    (void)state;

    open_fake(0, 0);
    let_go(1000);
    store = store_close(store);
    assert_int_equal(store_open(&store, &cfg, why, sizeof(why)), 0);
    assert_int_equal(store_user_get(store, "1", (struct store_reply){on_late, NULL}), 0);
    store = store_close(store);
    assert_int_equal(late_err, -ESHUTDOWN);
}

static void a_request_needs_no_handler(void **state)
{
    (void)state;
    open_fake(0, 0);
    let_go(1000);
    assert_int_equal(store_user_get(store, "1", (struct store_reply){NULL, NULL}), 0);
    store = store_close(store);
    assert_int_equal(fake.runs, 1);
}

static void *submit_many(void *arg)
{
    for (size_t i = 0; i < 100; ++i)
        assert_int_equal(ask("1", (size_t)arg * 100 + i), 0);
    return NULL;
}

static void any_thread_may_submit(void **state)
{
    pthread_t threads[4];
    size_t next[4] = {0, 100, 200, 300};
    (void)state;

    open_fake(0, 0);
    let_go(1000);
    for (size_t i = 0; i < 4; ++i)
        assert_int_equal(pthread_create(&threads[i], NULL, submit_many, (void *)i), 0);
    pump_until(400);
    for (size_t i = 0; i < 4; ++i)
        pthread_join(threads[i], NULL);
    /* Each thread's own are in order. */
    for (size_t i = 0; i < 400; ++i)
        assert_int_equal(answers.which[i], next[answers.which[i] / 100]++);
}

static void on_loop(int err, const void *result, void *arg)
{
    (void)result;
    (void)arg;
    note(err);
    control_loop_stop();
}

static void answers_come_on_the_control_loop(void **state)
{
    const struct store_cfg cfg = {.path = "x", .backend = &backend};
    (void)state;

    open_fake(0, 0);
    let_go(1000);
    store = store_close(store);
    assert_int_equal(control_loop_init(1024), 0);
    assert_int_equal(store_open(&store, &cfg, why, sizeof(why)), 0);
    assert_int_equal(store_user_get(store, "1", (struct store_reply){on_loop, NULL}), 0);
    assert_int_equal(control_loop_run(NULL), 0);
    assert_int_equal(last.n, 1);
    assert_int_equal(last.err, 0);
    /* This one may be told, but is answered by the end of the store. */
    assert_int_equal(store_user_get(store, "1", none()), 0);
    store = store_close(store);
    assert_int_equal(last.n, 2);
    control_loop_flush();
    assert_int_equal(last.n, 2);
    control_loop_finish();
}

static int64_t printed(const char *name)
{
    static char text[65536];
    const char *line = text;

    metric_print(text, sizeof(text));
    while ((line = strstr(line, name)) && line != text && line[-1] != '\n')
        ++line;
    assert_non_null(line);
    return atoll(line + strlen(name));
}

static void requests_and_failures_are_counted(void **state)
{
    int64_t requests, full, database, commits;
    (void)state;

    open_fake(2, 0);
    requests = printed("medley_store_requests_total ");
    full = printed("medley_store_errors_total{why=\"queue_full\"} ");
    database = printed("medley_store_errors_total{why=\"database\"} ");
    commits = printed("medley_store_commit_seconds_count ");
    assert_int_equal(printed("medley_store_queue "), 0);
    hold();
    assert_int_equal(store_user_remove(store, "1", none()), 0);
    assert_int_equal(printed("medley_store_queue "), 2);
    assert_int_equal(ask("1", 2), -ENOSPC);
    let_go(2);
    pump_until(2);
    fake.commit_err = -EIO;
    assert_int_equal(ask("1", 3), 0);
    let_go(1);
    pump_until(3);
    assert_int_equal(printed("medley_store_requests_total "), requests + 3);
    assert_int_equal(printed("medley_store_errors_total{why=\"queue_full\"} "), full + 1);
    assert_int_equal(printed("medley_store_errors_total{why=\"database\"} "), database + 1);
    assert_int_equal(printed("medley_store_commit_seconds_count "), commits + 1);
    assert_int_equal(printed("medley_store_queue "), 0);
}

static void a_configuration_out_of_range_is_refused(void **state)
{
    struct store_cfg cfg = {.path = "", .post = post, .backend = &backend};
    (void)state;

    assert_int_equal(store_open(&store, &cfg, why, sizeof(why)), -EINVAL);
    cfg.path = NULL;
    assert_int_equal(store_open(&store, &cfg, why, sizeof(why)), -EINVAL);
    cfg.path = "x";
    cfg.queue_max = 65537;
    assert_int_equal(store_open(&store, &cfg, why, sizeof(why)), -EINVAL);
    assert_int_equal(store_open(&store, NULL, why, sizeof(why)), -EINVAL);
    cfg.queue_max = 0;
    cfg.path = "bad";
    assert_int_equal(store_open(&store, &cfg, why, sizeof(why)), -EUCLEAN);
    assert_null(store);
    assert_null(store_close(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_waits_becomes_one_transaction, set_up_folder,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_transaction_has_at_most_so_many, set_up_folder,
                                        tear_down),
        cmocka_unit_test_setup_teardown(answers_come_in_the_order_of_requests, set_up_folder,
                                        tear_down),
        cmocka_unit_test_setup_teardown(requests_run_in_their_order, set_up_folder, tear_down),
        cmocka_unit_test_setup_teardown(reading_asks_for_no_transaction_that_writes, set_up_folder,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_commit_that_fails_is_the_answer_of_all, set_up_folder,
                                        tear_down),
        cmocka_unit_test_setup_teardown(who_only_reads_is_answered_when_nothing_can_be_written,
                                        set_up_folder, tear_down),
        cmocka_unit_test_setup_teardown(
            who_only_reads_is_answered_when_a_write_loses_the_transaction, set_up_folder,
            tear_down),
        cmocka_unit_test_setup_teardown(many_who_only_read_are_answered_in_their_order,
                                        set_up_folder, tear_down),
        cmocka_unit_test_setup_teardown(a_transaction_that_cannot_begin_is_the_answer_of_all,
                                        set_up_folder, tear_down),
        cmocka_unit_test_setup_teardown(a_transaction_that_is_lost_is_rolled_back, set_up_folder,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_full_queue_refuses_at_once, set_up_folder, tear_down),
        cmocka_unit_test_setup_teardown(requests_have_a_limit_in_bytes, set_up_folder, tear_down),
        cmocka_unit_test_setup_teardown(no_answer_is_lost_when_the_control_thread_is_full,
                                        set_up_folder, tear_down),
        cmocka_unit_test_setup_teardown(closing_answers_what_could_not_be_told, set_up_folder,
                                        tear_down),
        cmocka_unit_test_setup_teardown(results_have_a_limit_in_bytes, set_up_folder, tear_down),
        cmocka_unit_test_setup_teardown(closing_finishes_what_was_submitted, set_up_folder,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_handler_may_not_submit_while_the_store_closes,
                                        set_up_folder, tear_down),
        cmocka_unit_test_setup_teardown(a_request_needs_no_handler, set_up_folder, tear_down),
        cmocka_unit_test_setup_teardown(any_thread_may_submit, set_up_folder, tear_down),
        cmocka_unit_test_setup_teardown(answers_come_on_the_control_loop, set_up_folder, tear_down),
        cmocka_unit_test_setup_teardown(requests_and_failures_are_counted, set_up_folder,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_configuration_out_of_range_is_refused, set_up_folder,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
