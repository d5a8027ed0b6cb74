/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/hook/hook_courier.c  The thread "webhooks": carries transfers, and wakes its owner
 */
#include "mcu/hook/hook_courier.h"

#include <assert.h>
#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "mcu/base/ring.h"

enum { TELL_AGAIN_MS = 10, WAIT_MAX_MS = 60000 };

struct hook_courier {
    struct hook_courier_cfg cfg;
    CURLM *multi;
    struct ring *todo; /* transfers; control to thread */
    struct ring *done; /* transfers; thread to control */
    pthread_t thread;
    unsigned n_out; /* transfers between push and pop; control only */
    struct {
        struct hook_transfer *transfers[HOOK_COURIER_MAX];
        void *easy[HOOK_COURIER_MAX]; /* NULL: free */
        bool news;                    /* to tell */
    } own;                            /* courier's thread only */
    _Atomic uint64_t due_us;
    atomic_bool woken, stop;
};

static void free_transfer(void *item)
{
    (void)hook_transfer_free(item);
}

/* ---- thread ---- */

static void give_back(struct hook_courier *courier, struct hook_transfer *transfer)
{
    const int err = ring_push(courier->done, transfer);

    assert(!err); /* it has room for all that are out */
    (void)err;
    courier->own.news = true;
}

static void begin(struct hook_courier *courier, struct hook_transfer *transfer)
{
    void *easy = hook_transfer_begin(transfer, courier->cfg.now());
    unsigned i = 0;

    if (!easy) {
        give_back(courier, transfer);
        return;
    }
    if (curl_multi_add_handle(courier->multi, easy) != CURLM_OK) {
        hook_transfer_end(transfer, CURLE_OUT_OF_MEMORY);
        give_back(courier, transfer);
        return;
    }
    while (courier->own.easy[i])
        ++i; /* there is a free one, as for `done` */
    courier->own.easy[i] = easy;
    courier->own.transfers[i] = transfer;
}

static void forget(struct hook_courier *courier, const void *easy)
{
    for (unsigned i = 0; i < HOOK_COURIER_MAX; ++i) {
        if (courier->own.easy[i] == easy) {
            courier->own.easy[i] = NULL;
            courier->own.transfers[i] = NULL;
        }
    }
}

static void end_some(struct hook_courier *courier)
{
    const CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(courier->multi, &left))) {
        CURL *easy = message->easy_handle;
        const CURLcode code = message->data.result; /* gone with the handle */
        struct hook_transfer *transfer = hook_transfer_of(easy);

        if (message->msg != CURLMSG_DONE)
            continue;
        (void)curl_multi_remove_handle(courier->multi, easy);
        forget(courier, easy);
        hook_transfer_end(transfer, (int)code);
        give_back(courier, transfer);
    }
}

static bool is_due(struct hook_courier *courier, uint64_t now_us)
{
    uint64_t due_us = atomic_load(&courier->due_us);

    return now_us >= due_us &&
           atomic_compare_exchange_strong(&courier->due_us, &due_us, UINT64_MAX);
}

/* Tells what there is to tell.  @return how long to wait for more [ms] */
static int tell(struct hook_courier *courier)
{
    const uint64_t now_us = courier->cfg.now();
    uint64_t due_us, wait_ms;

    if (atomic_exchange(&courier->woken, false) || is_due(courier, now_us))
        courier->own.news = true;
    if (courier->own.news) {
        courier->own.news = courier->cfg.tell(courier->cfg.arg) != 0;
        if (courier->own.news)
            return TELL_AGAIN_MS;
    }
    due_us = atomic_load(&courier->due_us);
    wait_ms = due_us > now_us ? (due_us - now_us) / 1000 + 1 : 0;
    return wait_ms < WAIT_MAX_MS ? (int)wait_ms : WAIT_MAX_MS;
}

static void *run(void *arg)
{
    struct hook_courier *courier = arg;
    struct hook_transfer *transfer;
    int running;

    while (!atomic_load(&courier->stop)) {
        while ((transfer = ring_pop(courier->todo)))
            begin(courier, transfer);
        (void)curl_multi_perform(courier->multi, &running);
        end_some(courier);
        (void)curl_multi_poll(courier->multi, NULL, 0, tell(courier), NULL);
    }
    for (unsigned i = 0; i < HOOK_COURIER_MAX; ++i) {
        if (courier->own.easy[i])
            (void)curl_multi_remove_handle(courier->multi, courier->own.easy[i]);
        (void)hook_transfer_free(courier->own.transfers[i]);
    }
    return NULL;
}

/* ---- control ---- */

/* Signals are for the control thread. */
static int start_thread(struct hook_courier *courier)
{
    sigset_t all, old;
    int err;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &old);
    err = -pthread_create(&courier->thread, NULL, run, courier);
    (void)pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (!err)
        (void)pthread_setname_np(courier->thread, "webhooks");
    return err;
}

static void release(struct hook_courier *courier)
{
    (void)ring_free(courier->todo);
    (void)ring_free(courier->done);
    (void)curl_multi_cleanup(courier->multi);
    curl_global_cleanup();
    free(courier);
}

int hook_courier_new(struct hook_courier **ret, const struct hook_courier_cfg *cfg)
{
    struct hook_courier *courier = calloc(1, sizeof(*courier));
    int err;

    if (!courier)
        return -ENOMEM;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(courier);
        return -EIO;
    }
    courier->cfg = *cfg;
    atomic_init(&courier->due_us, UINT64_MAX);
    courier->multi = curl_multi_init();
    err = courier->multi ? 0 : -ENOMEM;
    if (!err &&
        curl_multi_setopt(courier->multi, CURLMOPT_MAXCONNECTS, (long)HOOK_COURIER_MAX) != CURLM_OK)
        err = -EIO;
    if (!err)
        err = ring_new(&courier->todo, HOOK_COURIER_MAX, free_transfer);
    if (!err)
        err = ring_new(&courier->done, HOOK_COURIER_MAX, free_transfer);
    if (!err)
        err = start_thread(courier);
    if (err)
        release(courier);
    else
        *ret = courier;
    return err;
}

struct hook_courier *hook_courier_free(struct hook_courier *courier)
{
    if (!courier)
        return NULL;
    atomic_store(&courier->stop, true);
    (void)curl_multi_wakeup(courier->multi);
    (void)pthread_join(courier->thread, NULL);
    release(courier);
    return NULL;
}

int hook_courier_push(struct hook_courier *courier, struct hook_transfer *transfer)
{
    int err;

    if (courier->n_out == HOOK_COURIER_MAX)
        return -ENOSPC;
    err = ring_push(courier->todo, transfer);
    if (err)
        return err;
    ++courier->n_out;
    (void)curl_multi_wakeup(courier->multi);
    return 0;
}

struct hook_transfer *hook_courier_pop(struct hook_courier *courier)
{
    struct hook_transfer *transfer = ring_pop(courier->done);

    if (transfer)
        --courier->n_out;
    return transfer;
}

void hook_courier_set_due(struct hook_courier *courier, uint64_t due_us)
{
    atomic_store(&courier->due_us, due_us);
    (void)curl_multi_wakeup(courier->multi);
}

void hook_courier_wake(struct hook_courier *courier)
{
    atomic_store(&courier->woken, true);
    (void)curl_multi_wakeup(courier->multi);
}
