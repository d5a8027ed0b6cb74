/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/task.c  Tasks: single-threaded objects on a pool of workers
 */
#include "mixer/task.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

enum state { IDLE, QUEUED, RUNNING, RERUN };

struct task {
    struct task_pool *pool;
    task_run_h *runh;
    void *arg;
    _Atomic int state; /* enum state */

    /* under pool->lock */
    struct task *next;       /* run queue */
    struct task *next_timed; /* timed list, sorted by due_us */
    uint64_t due_us;         /* [us], 0 if not on the timed list */
};

struct task_pool {
    pthread_mutex_t lock;
    pthread_cond_t work; /* something queued, a new first due time, or stop */
    pthread_cond_t idle; /* some task became idle */
    struct task *first, **last;
    struct task *timed;
    bool stop;
    unsigned nthreads;
    pthread_t thread[];
};

static uint64_t now_us(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static void enqueue(struct task *task)
{
    struct task_pool *pool = task->pool;

    task->next = NULL;
    *pool->last = task;
    pool->last = &task->next;
    pthread_cond_signal(&pool->work);
}

static struct task *dequeue(struct task_pool *pool)
{
    struct task *task = pool->first;

    if (task) {
        pool->first = task->next;
        if (!pool->first)
            pool->last = &pool->first;
    }
    return task;
}

/* True if the caller has to queue the task: it was idle and is not any more. */
static bool request_run(struct task *task)
{
    int s = atomic_load(&task->state);

    for (;;) {
        if (s == QUEUED || s == RERUN)
            return false;
        if (atomic_compare_exchange_weak(&task->state, &s, s == IDLE ? QUEUED : RERUN))
            return s == IDLE;
    }
}

static void unlink_timed(struct task *task)
{
    struct task **p = &task->pool->timed;

    while (*p && *p != task)
        p = &(*p)->next_timed;
    if (*p)
        *p = task->next_timed;
    task->due_us = 0;
}

static void queue_due(struct task_pool *pool, uint64_t now)
{
    struct task *task;

    while ((task = pool->timed) != NULL && task->due_us <= now) {
        unlink_timed(task);
        if (request_run(task))
            enqueue(task);
    }
}

static void wait_for_work(struct task_pool *pool)
{
    struct timespec ts;

    if (!pool->timed) {
        pthread_cond_wait(&pool->work, &pool->lock);
        return;
    }
    ts.tv_sec = (time_t)(pool->timed->due_us / 1000000);
    ts.tv_nsec = (long)(pool->timed->due_us % 1000000) * 1000;
    pthread_cond_timedwait(&pool->work, &pool->lock, &ts);
}

static void run(struct task *task)
{
    struct task_pool *pool = task->pool;
    int running = RUNNING;

    atomic_store(&task->state, RUNNING);
    pthread_mutex_unlock(&pool->lock);
    task->runh(now_us(), task->arg);
    pthread_mutex_lock(&pool->lock);

    if (atomic_compare_exchange_strong(&task->state, &running, IDLE)) {
        pthread_cond_broadcast(&pool->idle);
        return;
    }
    atomic_store(&task->state, QUEUED);
    enqueue(task);
}

static void *worker(void *arg)
{
    struct task_pool *pool = arg;

    pthread_mutex_lock(&pool->lock);
    while (!pool->stop) {
        struct task *task;

        queue_due(pool, now_us());
        task = dequeue(pool);
        if (task)
            run(task);
        else
            wait_for_work(pool);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

int task_pool_new(struct task_pool **ret_pool, unsigned nworkers)
{
    struct task_pool *pool;
    pthread_condattr_t attr;

    assert(ret_pool);
    if (nworkers < 1)
        return -EINVAL;

    pool = calloc(1, sizeof(*pool) + nworkers * sizeof(pool->thread[0]));
    if (!pool)
        return -ENOMEM;

    pool->last = &pool->first;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->work, &attr);
    pthread_cond_init(&pool->idle, NULL);
    pthread_condattr_destroy(&attr);

    for (; pool->nthreads < nworkers; ++pool->nthreads) {
        if (pthread_create(&pool->thread[pool->nthreads], NULL, worker, pool)) {
            task_pool_free(pool);
            return -EAGAIN;
        }
    }

    *ret_pool = pool;
    return 0;
}

struct task_pool *task_pool_free(struct task_pool *pool)
{
    if (!pool)
        return NULL;

    pthread_mutex_lock(&pool->lock);
    pool->stop = true;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);

    for (unsigned i = 0; i < pool->nthreads; ++i)
        pthread_join(pool->thread[i], NULL);

    pthread_cond_destroy(&pool->idle);
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
    return NULL;
}

int task_new(struct task **ret_task, struct task_pool *pool, task_run_h *runh, void *arg)
{
    struct task *task;

    assert(ret_task && pool && runh);
    task = calloc(1, sizeof(*task));
    if (!task)
        return -ENOMEM;

    task->pool = pool;
    task->runh = runh;
    task->arg = arg;
    atomic_init(&task->state, IDLE);

    *ret_task = task;
    return 0;
}

struct task *task_free(struct task *task)
{
    struct task_pool *pool;

    if (!task)
        return NULL;

    pool = task->pool;
    pthread_mutex_lock(&pool->lock);
    unlink_timed(task);
    while (atomic_load(&task->state) != IDLE) {
        pthread_cond_wait(&pool->idle, &pool->lock);
        unlink_timed(task);
    }
    pthread_mutex_unlock(&pool->lock);
    free(task);
    return NULL;
}

void task_wake(struct task *task)
{
    if (!request_run(task))
        return;

    pthread_mutex_lock(&task->pool->lock);
    enqueue(task);
    pthread_mutex_unlock(&task->pool->lock);
}

void task_wake_at(struct task *task, uint64_t due_us)
{
    struct task_pool *pool = task->pool;
    struct task **p;

    pthread_mutex_lock(&pool->lock);
    unlink_timed(task);
    for (p = &pool->timed; *p && (*p)->due_us <= due_us; p = &(*p)->next_timed)
        ;
    task->due_us = due_us;
    task->next_timed = *p;
    *p = task;
    if (pool->timed == task)
        pthread_cond_signal(&pool->work);
    pthread_mutex_unlock(&pool->lock);
}
