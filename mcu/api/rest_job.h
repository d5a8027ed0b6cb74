/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_job.h  Work of a request that is too long for control: one piece at a time on
 * a worker
 *
 *     control: rest_job_start() --> queue --> worker: workh --> control: doneh --> worker: freeh
 *
 * Drawing a preview or encoding a picture takes tens of milliseconds.  The workers also mix and
 * encode rooms, so no more than one of them ever does this, and at most REST_JOB_WAITING_MAX wait.
 *
 * Threads: control, but the handlers as said.
 */
#ifndef MCU_API_REST_JOB_H
#define MCU_API_REST_JOB_H

struct task_pool;

enum { REST_JOB_WAITING_MAX = 64 };

struct rest_job_handlers {
    void (*workh)(void *arg); /**< Worker; never blocks */
    void (*doneh)(void *arg); /**< Control, after workh; not after rest_job_finish() */
    void (*freeh)(void *arg); /**< The last one, on a worker; always called; may be NULL */
};

/** @param pool  Lives until after rest_job_finish() */
void rest_job_init(struct task_pool *pool);
/** Drop what waits; nothing can be started any more. */
void rest_job_finish(void);

/**
 * Queue a piece of work.
 * @param handlers  Copied
 * @return 0, -EBUSY (REST_JOB_WAITING_MAX wait, or finished), -ENOMEM, -ENOSPC; after an error no
 * handler is called
 */
int rest_job_start(const struct rest_job_handlers *handlers, void *arg);

#endif
