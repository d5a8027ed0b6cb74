/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/test_task.c  Task: one test for each promise in task.h
 */
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "mixer/task.h"

enum { N_WAKERS = 4, N_WAKES = 20000, DELAY_US = 20000 };

struct probe {
    struct task *task;
    sem_t entered, leave, left;
    unsigned nruns; /* plain on purpose: TSan proves that runs never overlap */
    uint64_t due_us;
    uint64_t ran_us;
    bool finished;
};

static uint64_t now_us(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static int setup(void **state)
{
    struct task_pool *pool = NULL;

    if (task_pool_new(&pool, 4))
        return -1;
    *state = pool;
    return 0;
}

static int teardown(void **state)
{
    task_pool_free(*state);
    return 0;
}

static void count(uint64_t now, void *arg)
{
    struct probe *p = arg;
    (void)now;

    ++p->nruns;
}

static void *wake_many(void *arg)
{
    struct probe *p = arg;

    for (int i = 0; i < N_WAKES; ++i)
        task_wake(p->task);
    return NULL;
}

static void never_runs_twice_at_once(void **state)
{
    struct probe p = {0};
    pthread_t waker[N_WAKERS];

    assert_int_equal(task_new(&p.task, *state, count, &p), 0);
    for (int i = 0; i < N_WAKERS; ++i)
        assert_int_equal(pthread_create(&waker[i], NULL, wake_many, &p), 0);
    for (int i = 0; i < N_WAKERS; ++i)
        pthread_join(waker[i], NULL);

    task_free(p.task);
    assert_in_range(p.nruns, 1, N_WAKERS * N_WAKES);
}

static void block(uint64_t now, void *arg)
{
    struct probe *p = arg;
    (void)now;

    ++p->nruns;
    sem_post(&p->entered);
    sem_wait(&p->leave);
    sem_post(&p->left);
}

static void runs_again_if_woken_while_running(void **state)
{
    struct probe p = {0};

    sem_init(&p.entered, 0, 0);
    sem_init(&p.leave, 0, 0);
    sem_init(&p.left, 0, 0);
    assert_int_equal(task_new(&p.task, *state, block, &p), 0);

    task_wake(p.task);
    sem_wait(&p.entered);
    task_wake(p.task); /* both during the first run, so one more run */
    task_wake(p.task);
    sem_post(&p.leave);
    sem_post(&p.leave);

    task_free(p.task);
    assert_int_equal(p.nruns, 2);
}

static void finish_late(uint64_t now, void *arg)
{
    struct probe *p = arg;
    struct timespec pause = {.tv_nsec = DELAY_US * 1000};
    (void)now;

    sem_post(&p->entered);
    nanosleep(&pause, NULL);
    p->finished = true;
}

static void free_waits_for_the_run_handler(void **state)
{
    struct probe p = {0};

    sem_init(&p.entered, 0, 0);
    assert_int_equal(task_new(&p.task, *state, finish_late, &p), 0);
    task_wake(p.task);
    sem_wait(&p.entered);
    assert_null(task_free(p.task));
    assert_true(p.finished);
}

static void note_time(uint64_t now, void *arg)
{
    struct probe *p = arg;

    p->ran_us = now;
    sem_post(&p->left);
}

static void timed_run_is_not_early(void **state)
{
    struct probe p = {0};

    sem_init(&p.left, 0, 0);
    assert_int_equal(task_new(&p.task, *state, note_time, &p), 0);
    p.due_us = now_us() + DELAY_US;
    task_wake_at(p.task, p.due_us + 3600u * 1000000u);
    task_wake_at(p.task, p.due_us); /* replaces the first due time */
    sem_wait(&p.left);
    task_free(p.task);
    assert_true(p.ran_us >= p.due_us);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(never_runs_twice_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(runs_again_if_woken_while_running, setup, teardown),
        cmocka_unit_test_setup_teardown(free_waits_for_the_run_handler, setup, teardown),
        cmocka_unit_test_setup_teardown(timed_run_is_not_early, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
