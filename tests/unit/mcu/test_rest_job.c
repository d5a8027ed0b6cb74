/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_rest_job.c  Work of requests on a worker, one piece at a time
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mcu/api/rest_job.h"
#include "mixer/task.h"
#include "net/control_loop.h"

enum { WORKERS = 3 };

struct piece {
    unsigned number;
    atomic_uint worked, freed;
    unsigned done;
};

static struct task_pool *pool;
static struct piece pieces[REST_JOB_WAITING_MAX + 2];
static atomic_int working, most_at_once;
static atomic_bool hold; /* workers wait, so that a test knows what runs */
static unsigned ndone, last_number;
static bool in_order, stopped;

static void on_work(void *arg)
{
    struct piece *p = arg;
    int n = atomic_fetch_add(&working, 1) + 1;

    if (n > atomic_load(&most_at_once))
        atomic_store(&most_at_once, n);
    while (atomic_load(&hold))
        ;
    atomic_fetch_add(&p->worked, 1);
    atomic_fetch_sub(&working, 1);
}

static void on_done(void *arg)
{
    struct piece *p = arg;

    ++p->done;
    in_order = in_order && p->number == last_number + 1;
    last_number = p->number;
    if (--ndone == 0)
        control_loop_stop();
}

static void on_free(void *arg)
{
    atomic_fetch_add(&((struct piece *)arg)->freed, 1);
}

static const struct rest_job_handlers handlers = {on_work, on_done, on_free};

static void on_signal(int sig)
{
    (void)sig;
    control_loop_stop();
}

static int set_up(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof(pieces) / sizeof(pieces[0]); ++i)
        pieces[i] = (struct piece){.number = i + 1};
    atomic_store(&most_at_once, 0);
    atomic_store(&hold, false);
    last_number = 0;
    in_order = true;
    stopped = false;
    if (control_loop_init(1024) || task_pool_new(&pool, WORKERS))
        return -1;
    rest_job_init(pool);
    return 0;
}

static void stop(void)
{
    rest_job_finish();
    pool = task_pool_free(pool);
    control_loop_flush();
    stopped = true;
}

static int tear_down(void **state)
{
    (void)state;
    atomic_store(&hold, false);
    if (!stopped)
        stop();
    control_loop_finish();
    return 0;
}

static void works_one_by_one_in_order(void **state)
{
    (void)state;
    ndone = 20;
    for (unsigned i = 0; i < 20; ++i)
        assert_int_equal(rest_job_start(&handlers, &pieces[i]), 0);
    assert_int_equal(control_loop_run(on_signal), 0);
    stop();
    assert_int_equal(atomic_load(&most_at_once), 1);
    assert_true(in_order);
    for (unsigned i = 0; i < 20; ++i) {
        assert_int_equal(atomic_load(&pieces[i].worked), 1);
        assert_int_equal(pieces[i].done, 1);
        assert_int_equal(atomic_load(&pieces[i].freed), 1);
    }
}

static void refuses_more_than_it_lets_wait(void **state)
{
    (void)state;
    atomic_store(&hold, true);
    ndone = REST_JOB_WAITING_MAX + 1;
    for (unsigned i = 0; i <= REST_JOB_WAITING_MAX; ++i)
        assert_int_equal(rest_job_start(&handlers, &pieces[i]), 0);
    assert_int_equal(rest_job_start(&handlers, &pieces[REST_JOB_WAITING_MAX + 1]), -EBUSY);
    atomic_store(&hold, false);
    assert_int_equal(control_loop_run(on_signal), 0);

    /* There is place again. */
    ndone = 1;
    assert_int_equal(rest_job_start(&handlers, &pieces[REST_JOB_WAITING_MAX + 1]), 0);
    assert_int_equal(control_loop_run(on_signal), 0);
    assert_int_equal(pieces[REST_JOB_WAITING_MAX + 1].done, 1);
}

static void frees_what_is_dropped_and_says_nothing(void **state)
{
    (void)state;
    atomic_store(&hold, true);
    for (unsigned i = 0; i < 5; ++i)
        assert_int_equal(rest_job_start(&handlers, &pieces[i]), 0);
    while (atomic_load(&working) == 0)
        ;
    rest_job_finish();
    assert_int_equal(rest_job_start(&handlers, &pieces[5]), -EBUSY);
    atomic_store(&hold, false);
    stop();
    assert_int_equal(atomic_load(&pieces[0].worked), 1);
    for (unsigned i = 0; i < 5; ++i) {
        assert_int_equal(pieces[i].done, 0);
        assert_int_equal(atomic_load(&pieces[i].freed), 1);
        if (i > 0)
            assert_int_equal(atomic_load(&pieces[i].worked), 0);
    }
}

int main(void)
{
#define TEST(name_) cmocka_unit_test_setup_teardown(name_, set_up, tear_down)
    static const struct CMUnitTest tests[] = {
        TEST(works_one_by_one_in_order),
        TEST(refuses_more_than_it_lets_wait),
        TEST(frees_what_is_dropped_and_says_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
