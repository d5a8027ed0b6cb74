/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mixer/test_task.c  Task: one test for each promise in task.h
 */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/base/clock.h"
#include "mcu/base/metric.h"
#include "mixer/task.h"
#include "mixer/task_heap.h"

enum { N_WAKERS = 4, N_WAKES = 10000, N_TASKS = 1000, DELAY_US = 5000, N_ORDERED = 20 };

/* Plain fields on purpose: the thread sanitizer proves that runs never overlap. */
struct probe {
    struct task *task;
    sem_t entered, leave, closed;
    unsigned nruns, ncloses, runs_after_close, ntoo_soon;
    uint64_t due_us, ran_us;
};

struct order {
    struct probe *gate;
    struct task *task[N_ORDERED];
    struct step {
        struct order *order;
        int number;
    } step[N_ORDERED];
    int done[N_ORDERED];
    int ndone;
    sem_t all;
};

static void probe_init(struct probe *p)
{
    memset(p, 0, sizeof(*p));
    sem_init(&p->entered, 0, 0);
    sem_init(&p->leave, 0, 0);
    sem_init(&p->closed, 0, 0);
}

static int setup(void **state)
{
    struct task_pool *pool = NULL;

    if (task_pool_new(&pool, 3))
        return -1;
    *state = pool;
    return 0;
}

static int teardown(void **state)
{
    task_pool_free(*state);
    return 0;
}

static void count(uint64_t now_us, void *arg)
{
    struct probe *p = arg;

    p->ran_us = now_us;
    p->runs_after_close += p->ncloses;
    ++p->nruns;
    sem_post(&p->entered);
}

static void block(uint64_t now_us, void *arg)
{
    struct probe *p = arg;

    count(now_us, arg);
    sem_wait(&p->leave);
}

static void on_close(void *arg)
{
    struct probe *p = arg;

    ++p->ncloses;
    sem_post(&p->closed);
}

static void close_and_wait(struct probe *p)
{
    p->task = task_close(p->task, on_close);
    assert_null(p->task);
    sem_wait(&p->closed);
    assert_int_equal(p->ncloses, 1);
    assert_int_equal(p->runs_after_close, 0);
}

static void rejects_a_bad_number_of_workers_and_a_bad_priority(void **state)
{
    struct task_pool *pool = NULL;
    struct task *task = NULL;

    assert_int_equal(task_pool_new(&pool, 0), -EINVAL);
    assert_int_equal(task_pool_new(&pool, TASK_WORKERS_MAX + 1), -EINVAL);
    assert_null(pool);
    assert_int_equal(task_new(&task, *state, TASK_PRIO_COUNT, count, NULL), -EINVAL);
    assert_null(task);
    assert_null(task_pool_free(NULL));
    assert_null(task_close(NULL, NULL));
    assert_null(task_unref(NULL));
}

static void *wake_many(void *arg)
{
    struct task *task = arg;

    for (int i = 0; i < N_WAKES; ++i)
        task_wake(task);
    task_unref(task);
    return NULL;
}

static void never_runs_twice_at_once(void **state)
{
    for (unsigned prio = 0; prio < TASK_PRIO_COUNT; ++prio) {
        pthread_t waker[N_WAKERS];
        struct probe p;

        probe_init(&p);
        assert_int_equal(task_new(&p.task, *state, (enum task_prio)prio, count, &p), 0);
        for (int i = 0; i < N_WAKERS; ++i)
            assert_int_equal(pthread_create(&waker[i], NULL, wake_many, task_ref(p.task)), 0);
        for (int i = 0; i < N_WAKERS; ++i)
            pthread_join(waker[i], NULL);
        sem_wait(&p.entered);
        close_and_wait(&p);
        assert_in_range(p.nruns, 1, N_WAKERS * N_WAKES);
    }
}

static void runs_once_more_if_woken_while_running(void **state)
{
    struct probe p;

    probe_init(&p);
    assert_int_equal(task_new(&p.task, *state, TASK_PRIO_VIDEO, block, &p), 0);
    task_wake(p.task);
    sem_wait(&p.entered);
    task_wake(p.task);
    task_wake(p.task);
    sem_post(&p.leave);
    sem_wait(&p.entered);
    sem_post(&p.leave);
    close_and_wait(&p);
    assert_int_equal(p.nruns, 2);
}

static void close_lets_a_running_handler_finish_and_starts_no_other(void **state)
{
    struct probe p;

    probe_init(&p);
    assert_int_equal(task_new(&p.task, *state, TASK_PRIO_AUDIO, block, &p), 0);
    task_wake(p.task);
    sem_wait(&p.entered);
    task_wake(p.task);
    task_ref(p.task);
    assert_null(task_close(p.task, on_close));
    assert_int_equal(sem_trywait(&p.closed), -1); /* still inside of the handler */
    sem_post(&p.leave);
    sem_wait(&p.closed);
    assert_int_equal(p.nruns, 1);
    task_unref(p.task);
}

static void close_from_another_thread_frees_an_idle_and_a_timed_task(void **state)
{
    struct probe p;

    probe_init(&p);
    assert_int_equal(task_new(&p.task, *state, TASK_PRIO_VIDEO, count, &p), 0);
    task_wake_at(p.task, clock_now_us() + UINT64_C(3600000000));
    close_and_wait(&p);
    assert_int_equal(p.nruns, 0);
}

static void close_itself(uint64_t now_us, void *arg)
{
    struct probe *p = arg;

    count(now_us, arg);
    p->task = task_close(p->task, on_close);
}

static void a_task_may_close_itself(void **state)
{
    struct probe p;

    probe_init(&p);
    assert_int_equal(task_new(&p.task, *state, TASK_PRIO_AUDIO, close_itself, &p), 0);
    task_wake(p.task);
    sem_wait(&p.closed);
    assert_int_equal(p.nruns, 1);
}

static void waking_a_closed_task_does_nothing_even_without_its_pool(void **state)
{
    struct task_pool *pool = NULL;
    struct task *task;
    struct probe p;
    (void)state;

    probe_init(&p);
    assert_int_equal(task_pool_new(&pool, 1), 0);
    assert_int_equal(task_new(&p.task, pool, TASK_PRIO_VIDEO, count, &p), 0);
    task = task_ref(p.task);
    close_and_wait(&p);
    task_wake(task);
    task_wake_at(task, 1);
    task_pool_free(pool);
    task_wake(task);
    task_wake_at(task, 1);
    assert_int_equal(p.nruns, 0);
    task_unref(task);
}

static void pool_free_waits_for_the_close_handlers(void **state)
{
    struct task_pool *pool = NULL;
    struct probe p[8];
    (void)state;

    assert_int_equal(task_pool_new(&pool, 2), 0);
    for (unsigned i = 0; i < 8; ++i) {
        probe_init(&p[i]);
        assert_int_equal(task_new(&p[i].task, pool, i % 2, count, &p[i]), 0);
        task_wake(p[i].task);
        task_close(p[i].task, on_close);
    }
    assert_null(task_pool_free(pool));
    for (unsigned i = 0; i < 8; ++i)
        assert_int_equal(p[i].ncloses, 1);
}

static void a_timed_run_is_not_early_and_replaces_the_former_due_time(void **state)
{
    for (unsigned prio = 0; prio < TASK_PRIO_COUNT; ++prio) {
        struct probe p;

        probe_init(&p);
        assert_int_equal(task_new(&p.task, *state, (enum task_prio)prio, count, &p), 0);
        p.due_us = clock_now_us() + DELAY_US;
        task_wake_at(p.task, UINT64_MAX);
        task_wake_at(p.task, p.due_us);
        sem_wait(&p.entered);
        close_and_wait(&p);
        assert_true(p.ran_us >= p.due_us);
        assert_int_equal(p.nruns, 1);
    }
}

static void a_due_time_of_zero_cancels(void **state)
{
    struct probe p;

    probe_init(&p);
    assert_int_equal(task_new(&p.task, *state, TASK_PRIO_AUDIO, count, &p), 0);
    task_wake_at(p.task, clock_now_us() + UINT64_C(3600000000));
    task_wake_at(p.task, 0);
    close_and_wait(&p);
    assert_int_equal(p.nruns, 0);
}

static void tick(uint64_t now_us, void *arg)
{
    struct probe *p = arg;

    p->ntoo_soon += now_us < p->due_us;
    ++p->nruns;
    p->due_us += 200;
    task_wake_at(p->task, p->due_us);
    if (p->nruns == 50)
        sem_post(&p->entered);
}

static void a_handler_can_ask_for_its_next_tick(void **state)
{
    struct probe p[2];

    for (unsigned i = 0; i < 2; ++i) {
        probe_init(&p[i]);
        assert_int_equal(task_new(&p[i].task, *state, (enum task_prio)i, tick, &p[i]), 0);
        p[i].due_us = clock_now_us();
        task_wake_at(p[i].task, p[i].due_us);
    }
    for (unsigned i = 0; i < 2; ++i) {
        sem_wait(&p[i].entered);
        close_and_wait(&p[i]);
        assert_int_equal(p[i].ntoo_soon, 0);
    }
}

static void note_order(uint64_t now_us, void *arg)
{
    struct step *step = arg;
    struct order *order = step->order;
    (void)now_us;

    order->done[order->ndone++] = step->number;
    if (order->ndone == N_ORDERED)
        sem_post(&order->all);
}

/* One worker for video: while it is blocked tasks pile up, then they run one after another. */
static void video_runs_the_earliest_deadline_first(void **state)
{
    struct task_pool *pool = NULL;
    struct order order = {.ndone = 0};
    struct probe gate;
    (void)state;

    probe_init(&gate);
    sem_init(&order.all, 0, 0);
    assert_int_equal(task_pool_new(&pool, 1), 0);
    assert_int_equal(task_new(&gate.task, pool, TASK_PRIO_VIDEO, block, &gate), 0);
    task_wake(gate.task);
    sem_wait(&gate.entered);
    for (int i = 0; i < N_ORDERED; ++i) {
        int number = i * 7 % N_ORDERED; /* all numbers, shuffled */

        order.step[i] = (struct step){&order, number};
        assert_int_equal(
            task_new(&order.task[i], pool, TASK_PRIO_VIDEO, note_order, &order.step[i]), 0);
        task_wake_at(order.task[i], 1000 + (uint64_t)number); /* long ago */
    }
    sem_post(&gate.leave);
    sem_wait(&order.all);
    for (int i = 0; i < N_ORDERED; ++i) {
        assert_int_equal(order.done[i], i);
        task_close(order.task[i], NULL);
    }
    close_and_wait(&gate);
    task_pool_free(pool);
}

static void audio_runs_while_all_workers_are_busy_with_video(void **state)
{
    struct probe video[3], audio;

    for (unsigned i = 0; i < 3; ++i) {
        probe_init(&video[i]);
        assert_int_equal(task_new(&video[i].task, *state, TASK_PRIO_VIDEO, block, &video[i]), 0);
        task_wake(video[i].task);
    }
    for (unsigned i = 0; i < 3; ++i)
        sem_wait(&video[i].entered);

    probe_init(&audio);
    assert_int_equal(task_new(&audio.task, *state, TASK_PRIO_AUDIO, count, &audio), 0);
    task_wake(audio.task);
    sem_wait(&audio.entered);
    task_wake_at(audio.task, clock_now_us() + 1000);
    sem_wait(&audio.entered);
    close_and_wait(&audio);

    for (unsigned i = 0; i < 3; ++i) {
        sem_post(&video[i].leave);
        close_and_wait(&video[i]);
    }
}

struct crowd {
    struct task *task[N_TASKS];
    struct probe probe[N_TASKS];
    _Atomic bool stop;
};

static void *wake_crowd(void *arg)
{
    struct crowd *crowd = arg;
    unsigned i = 0;

    while (!atomic_load(&crowd->stop)) {
        struct task *task = crowd->task[i++ % N_TASKS];

        if (i % 3)
            task_wake(task);
        else
            task_wake_at(task, i);
    }
    return NULL;
}

static void a_thousand_tasks_are_closed_while_others_wake_them(void **state)
{
    struct crowd *crowd = calloc(1, sizeof(*crowd));
    pthread_t waker[2];

    assert_non_null(crowd);
    for (unsigned i = 0; i < N_TASKS; ++i) {
        struct probe *p = &crowd->probe[i];

        probe_init(p);
        assert_int_equal(task_new(&p->task, *state, i % 2, count, p), 0);
        crowd->task[i] = task_ref(p->task);
    }
    for (unsigned i = 0; i < 2; ++i)
        assert_int_equal(pthread_create(&waker[i], NULL, wake_crowd, crowd), 0);
    for (unsigned i = 0; i < N_TASKS; ++i) {
        if (i % 4 == 0)
            sem_wait(&crowd->probe[i].entered);
        task_close(crowd->probe[i].task, on_close);
    }
    for (unsigned i = 0; i < N_TASKS; ++i)
        sem_wait(&crowd->probe[i].closed);
    atomic_store(&crowd->stop, true);
    for (unsigned i = 0; i < 2; ++i)
        pthread_join(waker[i], NULL);
    for (unsigned i = 0; i < N_TASKS; ++i) {
        assert_int_equal(crowd->probe[i].ncloses, 1);
        assert_int_equal(crowd->probe[i].runs_after_close, 0);
        task_unref(crowd->task[i]);
    }
    free(crowd);
}

static void lateness_of_timed_runs_is_counted_per_priority(void **state)
{
    struct probe p;
    char *text = malloc(65536);

    assert_non_null(text);
    task_metrics_register();
    probe_init(&p);
    assert_int_equal(task_new(&p.task, *state, TASK_PRIO_AUDIO, count, &p), 0);
    task_wake_at(p.task, 1);
    sem_wait(&p.entered);
    close_and_wait(&p);
    metric_print(text, 65536);
    assert_non_null(
        strstr(text, "medley_task_lateness_seconds_bucket{prio=\"audio\",le=\"0.0001\"}"));
    assert_non_null(strstr(text, "medley_task_lateness_seconds_count{prio=\"video\"}"));
    assert_null(strstr(text, "medley_task_lateness_seconds_count{prio=\"audio\"} 0\n"));
    free(text);
}

static void heap_gives_the_least_and_lets_go_from_the_middle(void **state)
{
    struct task_heap heap = {0};
    struct task_heap_node node[200] = {{0}};
    uint64_t last = 0;
    unsigned n = 0;
    (void)state;

    srand(1);
    assert_null(task_heap_first(&heap));
    assert_int_equal(task_heap_reserve(&heap, 200), 0);
    for (unsigned i = 0; i < 200; ++i)
        task_heap_put(&heap, &node[i], (uint64_t)(rand() % 50));
    for (unsigned i = 0; i < 200; i += 3)
        task_heap_remove(&heap, &node[i]);
    task_heap_remove(&heap, &node[0]); /* not in it any more */
    for (struct task_heap_node *first; (first = task_heap_first(&heap)) != NULL; ++n) {
        assert_true(first->time_us >= last);
        last = first->time_us;
        task_heap_remove(&heap, first);
    }
    assert_int_equal(n, 133);
    task_heap_finish(&heap);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rejects_a_bad_number_of_workers_and_a_bad_priority),
        TEST(never_runs_twice_at_once),
        TEST(runs_once_more_if_woken_while_running),
        TEST(close_lets_a_running_handler_finish_and_starts_no_other),
        TEST(close_from_another_thread_frees_an_idle_and_a_timed_task),
        TEST(a_task_may_close_itself),
        TEST(waking_a_closed_task_does_nothing_even_without_its_pool),
        TEST(pool_free_waits_for_the_close_handlers),
        TEST(a_timed_run_is_not_early_and_replaces_the_former_due_time),
        TEST(a_due_time_of_zero_cancels),
        TEST(a_handler_can_ask_for_its_next_tick),
        TEST(video_runs_the_earliest_deadline_first),
        TEST(audio_runs_while_all_workers_are_busy_with_video),
        TEST(a_thousand_tasks_are_closed_while_others_wake_them),
        TEST(lateness_of_timed_runs_is_counted_per_priority),
        TEST(heap_gives_the_least_and_lets_go_from_the_middle),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
