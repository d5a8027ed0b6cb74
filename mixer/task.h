/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mixer/task.h  Tasks: single-threaded objects on a pool of workers
 *
 * A task is a function and its state.  Any number of tasks share a few worker
 * threads, but one task never runs on two workers at once, so state that only
 * its run handler touches needs no lock.  Other threads talk to a task by
 * queueing a message in a ring and calling task_wake().
 *
 *      task_wake()        worker takes it       run handler returns
 * IDLE ----------> QUEUED ----------> RUNNING ----------> IDLE
 *   |                ^                   | task_wake() meanwhile
 *   | due time       '---- RERUN <-------'
 *   '----------> QUEUED
 *
 * A pool has nworkers threads that run audio before video, and one more that runs
 * audio only, so that an audio tick never waits for a video encoder.  Within a priority
 * the earliest deadline runs first: a due time, or the time of task_wake().
 * Each priority has its own lock, queue and timer heap.
 *
 * Life of a task that others may wake:
 *
 *     owner: task_new() ... task_close(task, closeh)    closeh frees the owner's state, on a worker
 *     other: task_ref() ... task_wake() ... task_unref()   at any time, before or after the close
 *
 * Threads:   each function says who may call it.
 * Ownership: counted; the creator holds a reference until task_close().
 */
#ifndef MIXER_TASK_H
#define MIXER_TASK_H

#include <stdint.h>

struct task;
struct task_pool;

enum task_prio { TASK_PRIO_AUDIO, TASK_PRIO_VIDEO, TASK_PRIO_COUNT };

enum {
    TASK_WORKERS_MAX = 63,  /**< Largest pool [threads] */
    TASK_TASKS_MAX = 65536, /**< Tasks of one pool and priority */
};

/**
 * Do all work that is ready, then return; never block.
 *
 * @param now_us  Monotonic time, as clock_now_us() [us]
 * @param arg     Handler argument
 */
typedef void(task_run_h)(uint64_t now_us, void *arg);

/** Free the owner's state; called once, on a worker, after the last run. */
typedef void(task_close_h)(void *arg);

/**
 * Start the worker threads: @p nworkers for both priorities and one for audio.
 *
 * The audio thread asks for SCHED_RR, then for a higher nice value; without the right to either it
 * is an ordinary thread.
 *
 * @param ret_pool  New pool, set on success only
 * @param nworkers  Number of threads, 1 to TASK_WORKERS_MAX
 *
 * @return 0, -EINVAL, -ENOMEM, or -EAGAIN if a thread could not be started
 */
int task_pool_new(struct task_pool **ret_pool, unsigned nworkers);

/**
 * Wait until every closed task has had its close handler called, then stop.
 * Every task must have been closed; references may outlive the pool.  Not
 * from a worker.  NULL is allowed.  Returns NULL.
 */
struct task_pool *task_pool_free(struct task_pool *pool);

/**
 * Create an idle task with one reference.  Any thread.
 *
 * @param ret_task  New task, set on success only
 *
 * @return 0, -EINVAL (prio), -ENOMEM, -ENOSPC (TASK_TASKS_MAX)
 */
int task_new(struct task **ret_task, struct task_pool *pool, enum task_prio prio, task_run_h *runh,
             void *arg);

/** One more reference.  Any thread that holds one. */
struct task *task_ref(struct task *task);

/** Drop a reference.  NULL is allowed.  Returns NULL. */
struct task *task_unref(struct task *task);

/**
 * End a task.  The owner, once, from any thread, also from the task's own run
 * handler; never blocks.  A running run handler finishes, no further one
 * starts; then closeh(arg) is called on a worker and the owner's reference is
 * dropped.  NULL is allowed.  Returns NULL.
 *
 * @param closeh  May be NULL
 */
struct task *task_close(struct task *task, task_close_h *closeh);

/** Ask for one more run, soon.  Any thread with a reference; cheap if already asked for; no-op once
 * closed. */
void task_wake(struct task *task);

/**
 * Ask for a run at @p due_us [us], replacing an earlier due time; 0 cancels it.
 * Any thread with a reference, and the run handler; no-op once closed.  A run
 * for another reason meanwhile does not cancel the due time.
 */
void task_wake_at(struct task *task, uint64_t due_us);

/** Register medley_task_lateness_seconds{prio}: how long after its due time a timed task started.
 */
void task_metrics_register(void);

#endif
