/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_job.c  Work of a request that is too long for control: one piece at a time on
 * a worker
 */
#include "mcu/api/rest_job.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mixer/task.h"
#include "net/control_loop.h"

enum { RETRY_US = 100000 /* when control's queue is full */ };

struct job {
    struct job *next;
    struct rest_job_handlers h;
    void *arg;
    uint64_t serial;
    struct task *task;
    bool worked; /* worker only */
};

/* Control only. */
static struct {
    struct task_pool *pool;
    struct job *first, **last; /* the first one runs */
    unsigned njobs;
    uint64_t serial;
} jobs;

static void close_job(void *arg)
{
    struct job *job = arg;

    if (job->h.freeh)
        job->h.freeh(job->arg);
    free(job);
}

static struct job *take_first(void)
{
    struct job *job = jobs.first;

    jobs.first = job->next;
    if (!jobs.first)
        jobs.last = &jobs.first;
    --jobs.njobs;
    return job;
}

/* A message names its job by number: it may be gone by then. */
static void on_done(void *msg, void *arg)
{
    uint64_t serial;
    struct job *job;
    (void)arg;

    memcpy(&serial, msg, sizeof(serial));
    if (!jobs.first || jobs.first->serial != serial)
        return;
    job = take_first();
    if (jobs.first)
        task_wake(jobs.first->task);
    job->h.doneh(job->arg);
    task_close(job->task, close_job);
}

static void run(uint64_t now_us, void *arg)
{
    struct job *job = arg;

    if (!job->worked)
        job->h.workh(job->arg);
    job->worked = true;
    if (control_loop_post(on_done, NULL, &job->serial, sizeof(job->serial)) != 0)
        task_wake_at(job->task, now_us + RETRY_US);
}

void rest_job_init(struct task_pool *pool)
{
    jobs.pool = pool;
    jobs.first = NULL;
    jobs.last = &jobs.first;
    jobs.njobs = 0;
}

void rest_job_finish(void)
{
    while (jobs.first)
        task_close(take_first()->task, close_job);
    jobs.pool = NULL;
}

int rest_job_start(const struct rest_job_handlers *handlers, void *arg)
{
    struct job *job;
    int err;

    if (!jobs.pool || jobs.njobs > REST_JOB_WAITING_MAX)
        return -EBUSY;
    job = calloc(1, sizeof(*job));
    if (!job)
        return -ENOMEM;
    job->h = *handlers;
    job->arg = arg;
    job->serial = ++jobs.serial;
    err = task_new(&job->task, jobs.pool, TASK_PRIO_VIDEO, run, job);
    if (err) {
        free(job);
        return err;
    }
    *jobs.last = job;
    jobs.last = &job->next;
    if (jobs.njobs++ == 0)
        task_wake(job->task);
    return 0;
}
