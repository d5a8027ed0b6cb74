/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/task.c  Tasks: single-threaded objects on a pool of workers
 *
 * A lane is a priority: a heap of tasks that are ready, by deadline, and a
 * heap of tasks that have a due time.  Worker 0 serves the audio lane only; the others
 * serve audio, then video.
 *
 *     who makes work                       worker without work
 *     --------------                       -------------------
 *     puts it into a lane (lane lock)      sets its bit in pool->idle
 *     looks at pool->idle                  looks at its lanes (lane lock)
 *     clears a bit, tells that worker      sleeps until told or until the next due time
 *
 * Either the first sees the bit or the second sees the work, because both
 * pass the lane's lock in between; so no wake-up is lost.
 *
 * Due times are watched by worker 0 (audio) and by one of the sleeping others, the watch.  It is a
 * little late for audio, so that it does not wake up just to find that worker 0 did the work.
 */
#include "mixer/task.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "mcu/base/clock.h"
#include "mcu/base/metric.h"
#include "mcu/base/ref.h"
#include "mixer/task_heap.h"

enum state { IDLE, QUEUED, RUNNING, RERUN, CLOSED };

enum {
    AUDIO_NICE = -11,
    TIMER_SLACK_NS = 1000,
    WATCH_AUDIO_LATE_US = 300, /* how much later than worker 0 the watch looks after audio */
    NO_WATCH = -1,
};

static const uint64_t FAR_US = UINT64_MAX / 4; /* later due times are as good as this */

struct task {
    struct ref ref;
    struct task_pool *pool; /* holds a reference */
    enum task_prio prio;
    task_run_h *runh;
    void *arg;
    _Atomic int state; /* enum state */

    struct {
        struct task_heap_node ready, timed;
        uint64_t due_us; /* of the coming run if a due time caused it, else 0 */
        bool closing;
        task_close_h *closeh;
    } lane; /* under the lane's lock */
};

struct lane {
    pthread_mutex_t lock;
    struct task_heap ready, timed;
    uint32_t ntasks; /* created and not yet gone */
};

struct worker {
    struct task_pool *pool;
    unsigned index;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t cond;
    bool told; /* under lock: somebody cleared our idle bit */
};

struct task_pool {
    struct ref ref; /* task_pool_free() and each task: a late task_wake() finds the locks */
    struct lane lane[TASK_PRIO_COUNT];
    _Atomic uint64_t idle; /* bit per sleeping worker */
    _Atomic int watch;     /* worker that watches the due times of both lanes, or NO_WATCH */
    _Atomic bool stop;
    pthread_mutex_t gone_lock;
    pthread_cond_t gone; /* a task is gone */
    unsigned nworkers;
    struct worker worker[TASK_WORKERS_MAX + 1];
};

static const uint64_t lateness_bounds_us[] = {100,   250,   500,   1000,   2000,   5000,
                                              10000, 20000, 50000, 100000, 500000, 0};
#define LATENESS(prio_)                                                                            \
    METRIC_HISTOGRAM("medley_task_lateness_seconds", "prio=\"" prio_ "\"",                         \
                     "Time from the due time of a task to its start", lateness_bounds_us)
static struct metric lateness[TASK_PRIO_COUNT] = {LATENESS("audio"), LATENESS("video")};

static struct task *ready_task(struct task_heap_node *node)
{
    return (struct task *)(void *)((char *)node - offsetof(struct task, lane.ready));
}

static struct task *timed_task(struct task_heap_node *node)
{
    return (struct task *)(void *)((char *)node - offsetof(struct task, lane.timed));
}

static struct lane *task_lane(struct task *task)
{
    return &task->pool->lane[task->prio];
}

static void pool_unref(struct task_pool *pool)
{
    if (!ref_put(&pool->ref))
        return;
    for (unsigned i = 0; i < TASK_PRIO_COUNT; ++i) {
        task_heap_finish(&pool->lane[i].ready);
        task_heap_finish(&pool->lane[i].timed);
        pthread_mutex_destroy(&pool->lane[i].lock);
    }
    for (unsigned i = 0; i <= TASK_WORKERS_MAX; ++i) {
        pthread_mutex_destroy(&pool->worker[i].lock);
        pthread_cond_destroy(&pool->worker[i].cond);
    }
    pthread_mutex_destroy(&pool->gone_lock);
    pthread_cond_destroy(&pool->gone);
    free(pool);
}

/* Wakes a worker if it sleeps; returns false if it does not. */
static bool tell(struct task_pool *pool, unsigned index)
{
    struct worker *worker = &pool->worker[index];
    uint64_t bit = UINT64_C(1) << index;

    if (!(atomic_fetch_and(&pool->idle, ~bit) & bit))
        return false;
    pthread_mutex_lock(&worker->lock);
    worker->told = true;
    pthread_cond_signal(&worker->cond);
    pthread_mutex_unlock(&worker->lock);
    return true;
}

/* Wakes one sleeping worker that serves a priority, the watch only if there is no other. */
static void tell_one(struct task_pool *pool, enum task_prio prio)
{
    uint64_t mask = prio == TASK_PRIO_AUDIO ? UINT64_MAX : ~UINT64_C(1);
    uint64_t idle;

    while ((idle = atomic_load(&pool->idle) & mask) != 0) {
        int watch = atomic_load(&pool->watch);
        uint64_t others = watch >= 0 ? idle & ~(UINT64_C(1) << watch) : idle;

        if (tell(pool, (unsigned)__builtin_ctzll(others ? others : idle)))
            return;
    }
}

/* A lane has a new first due time: those who sleep until the old one must know. */
static void tell_due(struct task_pool *pool, enum task_prio prio)
{
    int watch = atomic_load(&pool->watch);

    if (prio == TASK_PRIO_AUDIO)
        (void)tell(pool, 0);
    if (watch >= 0)
        (void)tell(pool, (unsigned)watch);
}

/* True if the caller has to queue the task: it was idle and is not any more. */
static bool request_run(struct task *task)
{
    int s = atomic_load(&task->state);

    for (;;) {
        if (s == QUEUED || s == RERUN || s == CLOSED)
            return false;
        if (atomic_compare_exchange_weak(&task->state, &s, s == IDLE ? QUEUED : RERUN))
            return s == IDLE;
    }
}

static void enqueue(struct task *task, uint64_t now_us)
{
    struct task_pool *pool = task->pool;
    enum task_prio prio = task->prio;
    struct lane *lane = &pool->lane[prio];

    pthread_mutex_lock(&lane->lock);
    task_heap_put(&lane->ready, &task->lane.ready, now_us);
    pthread_mutex_unlock(&lane->lock);
    /* From here on the task may be gone. */
    tell_one(pool, prio);
}

/* Lane is locked. */
static void queue_due(struct lane *lane, uint64_t now_us)
{
    struct task_heap_node *node;

    while ((node = task_heap_first(&lane->timed)) != NULL && node->time_us <= now_us) {
        struct task *task = timed_task(node);

        task_heap_remove(&lane->timed, node);
        if (!task->lane.due_us)
            task->lane.due_us = node->time_us;
        if (request_run(task))
            task_heap_put(&lane->ready, &task->lane.ready, node->time_us);
    }
}

/* Takes the most urgent task: it is then RUNNING, or CLOSED if it is to be closed. */
static struct task *take(struct task_pool *pool, enum task_prio prio, uint64_t now_us)
{
    struct lane *lane = &pool->lane[prio];
    struct task_heap_node *node;
    struct task *task = NULL;
    uint64_t due_us = 0;
    bool more;

    pthread_mutex_lock(&lane->lock);
    queue_due(lane, now_us);
    node = task_heap_first(&lane->ready);
    if (node) {
        task_heap_remove(&lane->ready, node);
        task = ready_task(node);
        due_us = task->lane.due_us;
        task->lane.due_us = 0;
        atomic_store(&task->state, task->lane.closing ? CLOSED : RUNNING);
    }
    more = task_heap_first(&lane->ready) != NULL;
    pthread_mutex_unlock(&lane->lock);

    if (more)
        tell_one(pool, prio);
    if (due_us) /* another worker with a later clock may have queued it */
        metric_observe(&lateness[prio], now_us > due_us ? now_us - due_us : 0);
    return task;
}

/* The task is CLOSED, so nobody queues it any more. */
static void bury(struct task *task)
{
    struct task_pool *pool = task->pool;
    struct lane *lane = task_lane(task);

    if (task->lane.closeh)
        task->lane.closeh(task->arg);
    ref_get(&pool->ref);
    task_unref(task);

    pthread_mutex_lock(&lane->lock);
    --lane->ntasks;
    pthread_mutex_unlock(&lane->lock);
    pthread_mutex_lock(&pool->gone_lock);
    pthread_cond_broadcast(&pool->gone);
    pthread_mutex_unlock(&pool->gone_lock);
    pool_unref(pool);
}

static void run(struct task *task)
{
    int running = RUNNING;

    if (atomic_load(&task->state) == CLOSED) {
        bury(task);
        return;
    }
    task->runh(clock_now_us(), task->arg);
    if (atomic_compare_exchange_strong(&task->state, &running, IDLE))
        return;
    atomic_store(&task->state, QUEUED); /* it was RERUN; nobody else changes that */
    enqueue(task, clock_now_us());
}

/* True if the worker must not sleep; else *until_us is the next due time, UINT64_MAX for none. */
static bool look(struct task_pool *pool, enum task_prio prio, uint64_t *until_us, uint64_t late_us)
{
    struct lane *lane = &pool->lane[prio];
    struct task_heap_node *node;
    bool ready;

    pthread_mutex_lock(&lane->lock);
    ready = task_heap_first(&lane->ready) != NULL;
    node = task_heap_first(&lane->timed);
    if (node && node->time_us + late_us < *until_us)
        *until_us = node->time_us + late_us;
    pthread_mutex_unlock(&lane->lock);
    return ready;
}

static void sleep_until(struct worker *worker, uint64_t until_us)
{
    struct timespec ts = {.tv_sec = (time_t)(until_us / 1000000),
                          .tv_nsec = (long)(until_us % 1000000) * 1000};
    int err = 0;

    pthread_mutex_lock(&worker->lock);
    while (!worker->told && !err) {
        if (until_us == UINT64_MAX)
            err = pthread_cond_wait(&worker->cond, &worker->lock);
        else
            err = pthread_cond_timedwait(&worker->cond, &worker->lock, &ts);
    }
    worker->told = false;
    pthread_mutex_unlock(&worker->lock);
}

/* Sleeps until there may be work. */
static void idle(struct worker *worker)
{
    struct task_pool *pool = worker->pool;
    uint64_t bit = UINT64_C(1) << worker->index, until_us = UINT64_MAX, never = UINT64_MAX;
    int nobody = NO_WATCH;
    bool watch, busy;

    atomic_fetch_or(&pool->idle, bit);
    if (worker->index == 0) {
        watch = false;
        busy = look(pool, TASK_PRIO_AUDIO, &until_us, 0);
    } else {
        watch = atomic_compare_exchange_strong(&pool->watch, &nobody, (int)worker->index);
        busy = look(pool, TASK_PRIO_AUDIO, watch ? &until_us : &never, WATCH_AUDIO_LATE_US);
        busy = look(pool, TASK_PRIO_VIDEO, watch ? &until_us : &never, 0) || busy;
    }
    if (!busy && !atomic_load(&pool->stop))
        sleep_until(worker, until_us);
    atomic_fetch_and(&pool->idle, ~bit);

    if (watch) {
        /* Another sleeper takes over while we work: it looked at watch after setting its bit. */
        atomic_store(&pool->watch, NO_WATCH);
        tell_one(pool, TASK_PRIO_VIDEO);
    }
}

static void *work(void *arg)
{
    struct worker *worker = arg;
    struct task_pool *pool = worker->pool;

    (void)prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS, 0, 0, 0);
    if (worker->index == 0) {
        const struct sched_param param = {.sched_priority = 1};

        if (pthread_setschedparam(pthread_self(), SCHED_RR, &param))
            (void)setpriority(PRIO_PROCESS, (id_t)gettid(), AUDIO_NICE);
    }
    while (!atomic_load(&pool->stop)) {
        struct task *task = take(pool, TASK_PRIO_AUDIO, clock_now_us());

        if (!task && worker->index != 0)
            task = take(pool, TASK_PRIO_VIDEO, clock_now_us());
        if (task)
            run(task);
        else
            idle(worker);
    }
    return NULL;
}

static void init(struct task_pool *pool)
{
    pthread_condattr_t attr;

    ref_init(&pool->ref);
    atomic_init(&pool->idle, 0);
    atomic_init(&pool->watch, NO_WATCH);
    atomic_init(&pool->stop, false);
    pthread_mutex_init(&pool->gone_lock, NULL);
    pthread_cond_init(&pool->gone, NULL);
    for (unsigned i = 0; i < TASK_PRIO_COUNT; ++i)
        pthread_mutex_init(&pool->lane[i].lock, NULL);

    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    for (unsigned i = 0; i <= TASK_WORKERS_MAX; ++i) {
        pool->worker[i].pool = pool;
        pool->worker[i].index = i;
        pthread_mutex_init(&pool->worker[i].lock, NULL);
        pthread_cond_init(&pool->worker[i].cond, &attr);
    }
    pthread_condattr_destroy(&attr);
}

int task_pool_new(struct task_pool **ret_pool, unsigned nworkers)
{
    struct task_pool *pool;

    assert(ret_pool);
    if (nworkers < 1 || nworkers > TASK_WORKERS_MAX)
        return -EINVAL;

    pool = calloc(1, sizeof(*pool));
    if (!pool)
        return -ENOMEM;

    init(pool);
    for (; pool->nworkers < nworkers + 1; ++pool->nworkers) {
        struct worker *worker = &pool->worker[pool->nworkers];

        if (pthread_create(&worker->thread, NULL, work, worker)) {
            task_pool_free(pool);
            return -EAGAIN;
        }
    }

    *ret_pool = pool;
    return 0;
}

static void wait_gone(struct task_pool *pool)
{
    pthread_mutex_lock(&pool->gone_lock);
    for (unsigned i = 0; i < TASK_PRIO_COUNT;) {
        uint32_t ntasks;

        pthread_mutex_lock(&pool->lane[i].lock);
        ntasks = pool->lane[i].ntasks;
        pthread_mutex_unlock(&pool->lane[i].lock);
        if (ntasks)
            pthread_cond_wait(&pool->gone, &pool->gone_lock);
        else
            ++i;
    }
    pthread_mutex_unlock(&pool->gone_lock);
}

struct task_pool *task_pool_free(struct task_pool *pool)
{
    if (!pool)
        return NULL;

    wait_gone(pool);
    atomic_store(&pool->stop, true);
    for (unsigned i = 0; i < pool->nworkers; ++i)
        (void)tell(pool, i);
    for (unsigned i = 0; i < pool->nworkers; ++i)
        pthread_join(pool->worker[i].thread, NULL);
    pool_unref(pool);
    return NULL;
}

static int enter(struct lane *lane)
{
    int err = 0;

    pthread_mutex_lock(&lane->lock);
    if (lane->ntasks == TASK_TASKS_MAX)
        err = -ENOSPC;
    if (!err)
        err = task_heap_reserve(&lane->ready, lane->ntasks + 1);
    if (!err)
        err = task_heap_reserve(&lane->timed, lane->ntasks + 1);
    if (!err)
        ++lane->ntasks;
    pthread_mutex_unlock(&lane->lock);
    return err;
}

int task_new(struct task **ret_task, struct task_pool *pool, enum task_prio prio, task_run_h *runh,
             void *arg)
{
    struct task *task;
    int err;

    assert(ret_task && pool && runh);
    if ((unsigned)prio >= TASK_PRIO_COUNT)
        return -EINVAL;
    task = calloc(1, sizeof(*task));
    if (!task)
        return -ENOMEM;
    err = enter(&pool->lane[prio]);
    if (err) {
        free(task);
        return err;
    }

    ref_init(&task->ref);
    ref_get(&pool->ref);
    task->pool = pool;
    task->prio = prio;
    task->runh = runh;
    task->arg = arg;
    atomic_init(&task->state, IDLE);

    *ret_task = task;
    return 0;
}

struct task *task_ref(struct task *task)
{
    ref_get(&task->ref);
    return task;
}

struct task *task_unref(struct task *task)
{
    if (task && ref_put(&task->ref)) {
        pool_unref(task->pool);
        free(task);
    }
    return NULL;
}

struct task *task_close(struct task *task, task_close_h *closeh)
{
    struct lane *lane;

    if (!task)
        return NULL;

    lane = task_lane(task);
    ref_get(&task->ref); /* the worker may bury it before task_wake() returns */
    pthread_mutex_lock(&lane->lock);
    assert(!task->lane.closing);
    task->lane.closing = true;
    task->lane.closeh = closeh;
    task_heap_remove(&lane->timed, &task->lane.timed);
    pthread_mutex_unlock(&lane->lock);
    task_wake(task);
    return task_unref(task);
}

void task_wake(struct task *task)
{
    if (request_run(task))
        enqueue(task, clock_now_us());
}

void task_wake_at(struct task *task, uint64_t due_us)
{
    struct lane *lane = task_lane(task);
    bool first = false;

    pthread_mutex_lock(&lane->lock);
    if (!task->lane.closing) {
        task_heap_remove(&lane->timed, &task->lane.timed);
        if (due_us) {
            task_heap_put(&lane->timed, &task->lane.timed, due_us < FAR_US ? due_us : FAR_US);
            first = task_heap_first(&lane->timed) == &task->lane.timed;
        }
    }
    pthread_mutex_unlock(&lane->lock);
    if (first)
        tell_due(task->pool, task->prio);
}

void task_metrics_register(void)
{
    for (unsigned i = 0; i < TASK_PRIO_COUNT; ++i)
        metric_register(&lateness[i]);
}
