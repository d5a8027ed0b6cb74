/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store.c  Durable data: requests to a writer thread, answers on the control thread
 *
 *     store_submit() --> todo + eventfd --> writer: begin, run ..., commit --> done + one message
 * --> on_done()
 *
 * Answers wait in a queue of ours; a message only says that there are some.  So none is lost and
 * none overtakes another when the control thread's queue is full, and store_close() can answer
 * without it. Both queues hold as many as may be without an answer, so a push never fails.
 */
#include "mcu/store/store.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "mcu/base/clock.h"
#include "mcu/base/err.h"
#include "mcu/base/log.h"
#include "mcu/base/metric.h"
#include "mcu/base/mpsc.h"
#include "mcu/base/ref.h"
#include "mcu/store/store_arena.h"
#include "mcu/store/store_backend.h"
#include "mcu/store/store_request.h"
#include "mcu/store/store_sqlite.h"

LOG_DOMAIN("store");

enum {
    QUEUE_DEFAULT = 8192,
    QUEUE_LIMIT = 65536,
    QUEUE_BYTES_DEFAULT = 32 << 20,
    ANSWERS_MAX = 256,      /* before others on the control thread get their turn */
    RESULTS_MAX = 32 << 20, /* that wait for the control thread; then the writer does [bytes] */
    GROUP_RESULTS_MAX = 8 << 20, /* of a transaction; then it ends [bytes] */
    POST_WAIT_MS = 10,
    ANSWER_WAIT_MS = 1,
};

/* Held by its owner and by each message on its way, since that may arrive after the end. */
struct store {
    struct ref ref;
    const struct store_backend *backend;
    void *db; /* writer only, once it runs */
    store_post_h *post;
    uint32_t queue_max;
    size_t queue_bytes_max;
    struct mpsc *todo; /* requests; any thread to writer */
    struct mpsc *done; /* requests; writer to control */
    int wake_fd;
    pthread_t thread;
    bool closed; /* control only */
    /* Shared by all threads: */
    _Atomic uint32_t waiting; /* requests without an answer */
    _Atomic size_t waiting_bytes;
    _Atomic size_t results_bytes; /* of answers that were not handled */
    _Atomic bool waking;          /* the eventfd was written and not yet read */
    _Atomic bool telling;         /* a message is on its way and did not look yet */
    _Atomic bool closing;
};

static const uint64_t commit_bounds_us[] = {500,   1000,   2500,   5000,    10000,   25000,
                                            50000, 100000, 250000, 1000000, 5000000, 0};
static struct metric requests_total =
    METRIC_COUNTER("medley_store_requests_total", "", "Requests to the database");
static struct metric errors_full = METRIC_COUNTER("medley_store_errors_total", "why=\"queue_full\"",
                                                  "Requests that failed, not by their own fault");
static struct metric errors_database =
    METRIC_COUNTER("medley_store_errors_total", "why=\"database\"", "");
static struct metric queue_gauge =
    METRIC_GAUGE("medley_store_queue", "", "Requests to the database without an answer");
static struct metric commit_seconds =
    METRIC_HISTOGRAM("medley_store_commit_seconds", "", "How long a commit took", commit_bounds_us);

/* ---- any thread ---- */

static void unref(struct store *store)
{
    if (!ref_put(&store->ref))
        return;
    store->todo = mpsc_free(store->todo);
    store->done = mpsc_free(store->done);
    if (store->wake_fd >= 0)
        (void)close(store->wake_fd);
    free(store);
}

static void request_free(struct store_request *request)
{
    (void)store_arena_free(request->arena);
    free(request);
}

static void wake(struct store *store)
{
    const uint64_t one = 1;

    /* Acq_rel: pairs with wait_for_work(), so that either it sees our request or we write again. */
    if (!atomic_exchange_explicit(&store->waking, true, memory_order_acq_rel))
        (void)!write(store->wake_fd, &one, sizeof(one));
}

static bool is_closing(struct store *store)
{
    /* Acquire: what was submitted before is in the queue. */
    return atomic_load_explicit(&store->closing, memory_order_acquire);
}

/* Relaxed, here and below: numbers of their own; the queues order what they count. */
static bool reserve(struct store *store, size_t size)
{
    if (atomic_fetch_add_explicit(&store->waiting, 1, memory_order_relaxed) < store->queue_max) {
        if (atomic_fetch_add_explicit(&store->waiting_bytes, size, memory_order_relaxed) + size <=
            store->queue_bytes_max)
            return true;
        atomic_fetch_sub_explicit(&store->waiting_bytes, size, memory_order_relaxed);
    }
    atomic_fetch_sub_explicit(&store->waiting, 1, memory_order_relaxed);
    return false;
}

static size_t result_size(const struct store_request *request)
{
    return sizeof(*request) + store_arena_size(request->arena) - request->size;
}

static void release(struct store *store, const struct store_request *request)
{
    atomic_fetch_sub_explicit(&store->results_bytes, result_size(request), memory_order_relaxed);
    atomic_fetch_sub_explicit(&store->waiting_bytes, request->size, memory_order_relaxed);
    atomic_fetch_sub_explicit(&store->waiting, 1, memory_order_relaxed);
    metric_add(&queue_gauge, -1);
}

static int request_new(struct store_request **ret, enum store_op op, const void *args)
{
    struct store_request *request = calloc(1, sizeof(*request));
    int err = -ENOMEM;

    if (!request)
        return -ENOMEM;
    request->op = op;
    request->arena = store_arena_new();
    if (request->arena)
        err = store_shape_copy(&request->args, store_op_info(op)->args, args, request->arena);
    if (err) {
        request_free(request);
        return err;
    }
    request->size = sizeof(*request) + store_arena_size(request->arena);
    *ret = request;
    return 0;
}

int store_submit(struct store *store, enum store_op op, const void *args, struct store_reply reply)
{
    struct store_request *request;
    int err;

    if (is_closing(store))
        return -ESHUTDOWN;
    err = request_new(&request, op, args);
    if (err)
        return err;
    request->reply = reply;
    if (!reserve(store, request->size)) {
        metric_add(&errors_full, 1);
        request_free(request);
        return -ENOSPC;
    }
    metric_add(&requests_total, 1);
    metric_add(&queue_gauge, 1);
    err = mpsc_push(store->todo, &request);
    assert(!err);
    (void)err;
    wake(store);
    return 0;
}

/* ---- control ---- */

static void answer(struct store *store, struct store_request *request)
{
    /* Before the handler, which may submit the next one. */
    release(store, request);
    if (request->reply.h)
        request->reply.h(request->err, request->err ? NULL : request->result, request->reply.arg);
    request_free(request);
}

static unsigned answer_some(struct store *store, unsigned max)
{
    struct store_request *request;
    unsigned n = 0;

    while (n < max && mpsc_pop(store->done, &request)) {
        answer(store, request);
        ++n;
    }
    return n;
}

static int tell(struct store *store);

static void on_done(void *msg, void *arg)
{
    struct store *store = *(struct store **)msg;
    (void)arg;

    /* Acq_rel: before the queue is looked at, so that who pushes later tells again. */
    (void)atomic_exchange_explicit(&store->telling, false, memory_order_acq_rel);
    while (!store->closed && answer_some(store, ANSWERS_MAX) == ANSWERS_MAX && tell(store)) {
        /* More of them, and no room for a message: go on now. */
    }
    unref(store);
}

/* ---- control or writer ---- */

/* Have the answers looked at.  @return 0, or the error of the post: then look, or try again */
static int tell(struct store *store)
{
    int err;

    if (atomic_exchange_explicit(&store->telling, true, memory_order_acq_rel))
        return 0;
    ref_get(&store->ref);
    err = store->post(on_done, NULL, &store, sizeof(struct store *));
    if (err) {
        /* Acq_rel: who saw true and told nobody has pushed before, and we find it when we look. */
        (void)atomic_exchange_explicit(&store->telling, false, memory_order_acq_rel);
        unref(store);
    }
    return err;
}

/* ---- writer ---- */

/* What cannot be told while the store closes is answered by store_close(). */
static void tell_surely(struct store *store)
{
    int err;

    while ((err = tell(store)) == -ENOSPC && !is_closing(store))
        (void)poll(NULL, 0, POST_WAIT_MS);
    if (err && err != -ENOSPC)
        log_error(NULL, "answers of the database wait for its end: %s", err_str(err));
}

/* Runs requests until there are no more, their results are large, or the transaction is lost. */
static int run_some(struct store *store, struct store_request **group, unsigned *n)
{
    size_t size = 0;

    for (unsigned i = 0; i < *n; ++i) {
        bool lost = false;

        group[i]->err = store->backend->run(store->db, group[i], &lost);
        if (lost)
            return group[i]->err;
        size += result_size(group[i]);
        if (size > GROUP_RESULTS_MAX)
            *n = i + 1;
    }
    return 0;
}

/* @param n  How many there are; then how many of them are done */
static int run_transaction(struct store *store, struct store_request **group, unsigned *n)
{
    uint64_t start_us;
    bool write = false;
    int err;

    for (unsigned i = 0; i < *n; ++i)
        write = write || store_op_info(group[i]->op)->write;
    err = store->backend->begin(store->db, write);
    if (!err)
        err = run_some(store, group, n);
    if (!err) {
        start_us = clock_now_us();
        err = store->backend->commit(store->db);
        if (write)
            metric_observe(&commit_seconds, clock_now_us() - start_us);
    }
    if (err)
        store->backend->rollback(store->db);
    return err;
}

/* The transaction failed, maybe only because it could not write (a full disk): what only reads has
 * one of its own.  @return how many are done, at least one */
static unsigned run_readers(struct store *store, struct store_request **group, unsigned n)
{
    struct store_request *reader[STORE_GROUP_MAX];
    unsigned nreaders = 0, nrun, nfirst = 0;
    int err;

    for (unsigned i = 0; i < n; ++i) {
        if (!store_op_info(group[i]->op)->write)
            reader[nreaders++] = group[i];
    }
    nrun = nreaders;
    if (!nreaders || nreaders == n)
        return n;
    err = run_transaction(store, reader, &nrun);
    for (unsigned i = 0; err && i < nrun; ++i)
        reader[i]->err = err;
    if (nrun == nreaders)
        return n;
    while (group[nfirst] != reader[nrun])
        ++nfirst;
    return nfirst; /* results are large: the others have another turn */
}

static void answer_group(struct store *store, struct store_request **group, unsigned n)
{
    for (unsigned i = 0; i < n; ++i) {
        int err;

        atomic_fetch_add_explicit(&store->results_bytes, result_size(group[i]),
                                  memory_order_relaxed);
        err = mpsc_push(store->done, &group[i]);
        assert(!err);
        (void)err;
    }
}

/* @return how many are done, at least one */
static unsigned run_group(struct store *store, struct store_request **group, unsigned n)
{
    int err = run_transaction(store, group, &n);
    unsigned nfailed = 0;

    if (err) {
        for (unsigned i = 0; i < n; ++i)
            group[i]->err = err;
        n = run_readers(store, group, n);
        for (unsigned i = 0; i < n; ++i)
            nfailed += group[i]->err == err;
        log_error(NULL, "database: %u requests failed: %s", nfailed, err_str(err));
        metric_add(&errors_database, nfailed);
    }
    answer_group(store, group, n);
    return n;
}

static void run_groups(struct store *store, struct store_request **group, unsigned n)
{
    for (unsigned done = 0; done < n;) {
        while (atomic_load_explicit(&store->results_bytes, memory_order_relaxed) > RESULTS_MAX)
            (void)poll(NULL, 0, ANSWER_WAIT_MS);
        done += run_group(store, group + done, n - done);
        tell_surely(store);
    }
}

static void wait_for_work(struct store *store)
{
    uint64_t count;

    (void)!read(store->wake_fd, &count, sizeof(count));
    /* Acq_rel: before the queue is looked at; who pushes later writes the eventfd again. */
    (void)atomic_exchange_explicit(&store->waking, false, memory_order_acq_rel);
}

static void *writer(void *arg)
{
    struct store *store = arg;
    struct store_request *group[STORE_GROUP_MAX];

    for (;;) {
        /* Looked at before the queue: what is submitted before the end is still found. */
        const bool last = is_closing(store);
        unsigned n = 0;

        while (n < STORE_GROUP_MAX && mpsc_pop(store->todo, &group[n]))
            ++n;
        if (n) {
            run_groups(store, group, n);
        } else if (last) {
            break;
        } else {
            wait_for_work(store);
        }
    }
    store->backend->close(store->db);
    return NULL;
}

/* ---- control ---- */

/* Signals are for the control thread. */
static int start_thread(struct store *store)
{
    sigset_t all, old;
    int err;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &old);
    err = -pthread_create(&store->thread, NULL, writer, store);
    (void)pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (!err)
        (void)pthread_setname_np(store->thread, "store");
    return err;
}

static int store_new(struct store **ret, const struct store_cfg *cfg)
{
    struct store *store = calloc(1, sizeof(*store));
    int err;

    if (!store)
        return -ENOMEM;
    ref_init(&store->ref);
    store->backend = cfg->backend ? cfg->backend : &store_sqlite_backend;
    store->post = cfg->post ? cfg->post : control_loop_post;
    store->queue_max = cfg->queue_max ? cfg->queue_max : QUEUE_DEFAULT;
    store->queue_bytes_max = cfg->queue_bytes_max ? cfg->queue_bytes_max : QUEUE_BYTES_DEFAULT;
    store->wake_fd = eventfd(0, EFD_CLOEXEC);
    err = store->wake_fd < 0 ? -errno : 0;
    if (!err)
        err = mpsc_new(&store->todo, store->queue_max, sizeof(struct store_request *));
    if (!err)
        err = mpsc_new(&store->done, store->queue_max, sizeof(struct store_request *));
    if (err)
        unref(store);
    else
        *ret = store;
    return err;
}

int store_open(struct store **ret, const struct store_cfg *cfg, char *why, size_t why_size)
{
    struct store *store = NULL;
    int err;

    if (!ret || !cfg || !cfg->path || !*cfg->path || !why || !why_size ||
        cfg->queue_max > QUEUE_LIMIT)
        return -EINVAL;
    metric_register(&requests_total);
    metric_register(&errors_full);
    metric_register(&errors_database);
    metric_register(&queue_gauge);
    metric_register(&commit_seconds);

    err = store_new(&store, cfg);
    if (err) {
        (void)snprintf(why, why_size, "%s", err_str(err));
        return err;
    }
    err = store->backend->open(&store->db, cfg->path, why, why_size);
    if (err)
        goto out;
    err = start_thread(store);
    if (err) {
        (void)snprintf(why, why_size, "thread: %s", err_str(err));
        store->backend->close(store->db);
        goto out;
    }
    *ret = store;

out:
    if (err)
        unref(store);
    return err;
}

struct store *store_close(struct store *store)
{
    if (!store)
        return NULL;
    atomic_store_explicit(&store->closing, true, memory_order_release);
    wake(store);
    while (pthread_tryjoin_np(store->thread, NULL) == EBUSY) {
        if (!answer_some(store, ANSWERS_MAX))
            (void)poll(NULL, 0, ANSWER_WAIT_MS);
    }
    while (answer_some(store, ANSWERS_MAX)) {
        /* all of them */
    }
    store->closed = true;
    unref(store);
    return NULL;
}
