/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/auth/password_pool.c  Hashes and checks passwords off the control thread
 */
#include "mcu/auth/password_pool.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <sodium.h>

#include "mcu/base/ring.h"

enum { POST_WAIT_MS = 10, NICE = 10 /* sound and pictures go first */ };

struct job {
    uint64_t id;
    password_pool_h *h;
    void *arg;
    bool hashes; /* or verifies */
    size_t len;
    char text[PASSWORD_MAX], hash[PASSWORD_HASH_SIZE];
};

struct message {
    password_pool_h *h;
    void *arg;
    struct password_pool_result result;
};

static_assert(sizeof(struct message) <= CONTROL_LOOP_MSG_MAX, "fits into a message");

struct password_pool {
    struct ring *ring; /* of jobs, from control to the thread */
    sem_t ready;       /* counts jobs, and one to stop */
    atomic_bool stop;
    pthread_t thread;
    password_pool_post_h *post;
    uint64_t last_id; /* control only */
};

static void free_job(void *item)
{
    sodium_memzero(item, sizeof(struct job));
    free(item);
}

/* ---- thread ---- */

static void on_answer(void *msg, void *arg)
{
    struct message *message = msg;
    (void)arg;

    message->h(&message->result, message->arg);
    sodium_memzero(message, sizeof(*message));
}

static void work(const struct job *job, struct message *message)
{
    struct password_pool_result *result = &message->result;

    memset(message, 0, sizeof(*message));
    message->h = job->h;
    message->arg = job->arg;
    result->id = job->id;
    if (job->hashes) {
        result->err = password_hash(result->hash, job->text, job->len);
    } else {
        int right = password_verify(job->hash, job->text, job->len, &result->needs_rehash);

        result->err = right < 0 ? right : 0;
        result->right = right == 1;
    }
}

static void *run(void *arg)
{
    struct password_pool *pool = arg;
    struct message message;
    struct job *job;

    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICE); /* of this thread, on Linux */
    for (;;) {
        while (sem_wait(&pool->ready) != 0)
            ; /* EINTR */
        if (atomic_load(&pool->stop))
            break;
        job = ring_pop(pool->ring);
        assert(job);
        work(job, &message);
        free_job(job);
        while (pool->post(on_answer, NULL, &message, sizeof(message)) == -ENOSPC &&
               !atomic_load(&pool->stop))
            (void)poll(NULL, 0, POST_WAIT_MS);
    }
    sodium_memzero(&message, sizeof(message));
    return NULL;
}

/* ---- control ---- */

static int start_thread(struct password_pool *pool)
{
    sigset_t all, old;
    int err;

    /* Signals are for the control thread. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    err = pthread_create(&pool->thread, NULL, run, pool);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (!err)
        (void)pthread_setname_np(pool->thread, "password");
    return -err;
}

int password_pool_new(struct password_pool **ret_pool, password_pool_post_h *post)
{
    struct password_pool *pool;
    int err;

    if (sodium_init() < 0)
        return -EIO;
    pool = calloc(1, sizeof(*pool));
    if (!pool)
        return -ENOMEM;
    pool->post = post ? post : control_loop_post;
    err = ring_new(&pool->ring, PASSWORD_POOL_WAITING_MAX, free_job);
    if (err)
        goto out;
    (void)sem_init(&pool->ready, 0, 0);
    err = start_thread(pool);
    if (err)
        (void)sem_destroy(&pool->ready);

out:
    if (err) {
        ring_free(pool->ring);
        free(pool);
    } else {
        *ret_pool = pool;
    }
    return err;
}

struct password_pool *password_pool_free(struct password_pool *pool)
{
    if (!pool)
        return NULL;
    atomic_store(&pool->stop, true);
    (void)sem_post(&pool->ready);
    (void)pthread_join(pool->thread, NULL);
    (void)sem_destroy(&pool->ready);
    ring_free(pool->ring);
    free(pool);
    return NULL;
}

/** Takes the job, also after an error. */
static int queue(struct password_pool *pool, struct job *job, uint64_t *ret_id)
{
    job->id = ++pool->last_id;
    if (ring_push(pool->ring, job) != 0) {
        free_job(job);
        return -EAGAIN;
    }
    *ret_id = pool->last_id;
    (void)sem_post(&pool->ready);
    return 0;
}

static struct job *make_job(const char *text, size_t len, password_pool_h *h, void *arg)
{
    struct job *job = calloc(1, sizeof(*job));

    if (!job)
        return NULL;
    job->h = h;
    job->arg = arg;
    job->len = len;
    memcpy(job->text, text, len);
    return job;
}

int password_pool_hash(struct password_pool *pool, const char *text, size_t len, password_pool_h *h,
                       void *arg, uint64_t *ret_id)
{
    int err = password_check(text, len);
    struct job *job;

    if (err)
        return err;
    job = make_job(text, len, h, arg);
    if (!job)
        return -ENOMEM;
    job->hashes = true;
    return queue(pool, job, ret_id);
}

int password_pool_verify(struct password_pool *pool, const char *hash, const char *text, size_t len,
                         password_pool_h *h, void *arg, uint64_t *ret_id)
{
    size_t hash_len = hash ? strnlen(hash, PASSWORD_HASH_SIZE) : 0;
    struct job *job;

    if (len > PASSWORD_MAX || hash_len == PASSWORD_HASH_SIZE)
        return -E2BIG;
    job = make_job(text, len, h, arg);
    if (!job)
        return -ENOMEM;
    if (hash)
        memcpy(job->hash, hash, hash_len);
    return queue(pool, job, ret_id);
}
