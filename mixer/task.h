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
 *                    ^                   | task_wake() meanwhile
 *                    '---- RERUN <-------'
 *
 * Threads:   each function says who may call it.
 * Ownership: the creator owns the task; task_free() waits until it has left
 *            its run handler.
 */
#ifndef MIXER_TASK_H
#define MIXER_TASK_H

#include <stdint.h>

struct task;
struct task_pool;

/**
 * Do all work that is ready, then return; never block.
 *
 * @param now_us  Monotonic time [us]
 * @param arg     Handler argument
 */
typedef void(task_run_h)(uint64_t now_us, void *arg);

/**
 * Start the worker threads.
 *
 * @param ret_pool  New pool, set on success only
 * @param nworkers  Number of threads, at least 1
 *
 * @return 0, -EINVAL, -ENOMEM, or -EAGAIN if a thread could not be started
 */
int task_pool_new(struct task_pool **ret_pool, unsigned nworkers);

/** Stop the workers.  All tasks must have been freed.  Returns NULL. */
struct task_pool *task_pool_free(struct task_pool *pool);

/** Create an idle task.  Any thread.  @return 0 or -ENOMEM */
int task_new(struct task **ret_task, struct task_pool *pool, task_run_h *runh, void *arg);

/** Wait for the run handler to finish, then free.  Not from a task. Returns NULL. */
struct task *task_free(struct task *task);

/** Ask for one more run, soon.  Any thread; cheap if already asked for. */
void task_wake(struct task *task);

/** Ask for a run at @p due_us [us], replacing an earlier due time.  Any thread. */
void task_wake_at(struct task *task, uint64_t due_us);

#endif
