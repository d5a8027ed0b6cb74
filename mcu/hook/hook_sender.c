/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/hook/hook_sender.c  Delivers webhooks from the durable queue
 *
 * The store answers in the order of what it was asked: a take that is asked for after a mark or an
 * enqueue sees it.
 */
#include "mcu/hook/hook_sender.h"

#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/base/clock.h"
#include "mcu/base/err.h"
#include "mcu/base/id.h"
#include "mcu/base/log.h"
#include "mcu/base/metric.h"
#include "mcu/base/ref.h"
#include "mcu/hook/hook_courier.h"
#include "mcu/hook/hook_event.h"
#include "mcu/hook/hook_retry.h"
#include "mcu/store/store_hook.h"

LOG_DOMAIN("webhooks");

enum {
    TIMEOUT_MIN_MS = 100,
    TIMEOUT_MAX_MS = 600000,
    LEASE_EXTRA_MS = 5000, /* from the take to the begin, from the end to the mark */
    LOOK_EVERY_US = 5000000,
    HTTP_GONE = 410,
};

/* Held by its owner, by each message and by each request to the store on its way. */
struct hook_sender {
    struct ref ref;
    struct store *store;
    store_post_h *post;
    uint64_t (*now)(void);
    const uint64_t *delays_us;
    struct hook_transfer_cfg transfer;
    struct hook_courier *courier;
    struct hook_transfer *out[HOOK_COURIER_MAX]; /* the courier has them; NULL: free */
    unsigned n_out;
    bool taking; /* the store was asked for deliveries */
    bool again;  /* and is to be asked again */
    bool closed;
    uint64_t retry_us;   /* first retry that is known of; UINT64_MAX: none */
    uint64_t listed_us;  /* when the queue was last measured */
    atomic_bool telling; /* a message is on its way and did not look yet; any thread */
};

/* A hook that said that it is gone. */
struct gone {
    struct hook_sender *sender;
    char *url; /* not if somebody gave it a new one meanwhile */
};

static struct metric deliveries_ok =
    METRIC_COUNTER("medley_webhook_deliveries_total", "result=\"ok\"", "Tries to deliver an event");
static struct metric deliveries_failed =
    METRIC_COUNTER("medley_webhook_deliveries_total", "result=\"failed\"", "");
static struct metric deliveries_refused =
    METRIC_COUNTER("medley_webhook_deliveries_total", "result=\"refused\"", "");
static struct metric queue_gauge =
    METRIC_GAUGE("medley_webhook_queue", "", "Deliveries that wait, as of the last look");

static void take(struct hook_sender *sender);

static void unref(struct hook_sender *sender)
{
    if (ref_put(&sender->ref))
        free(sender);
}

/* ---- what came of a transfer ---- */

static void on_turned_off(int err, const void *result, void *arg)
{
    (void)result;
    (void)arg;
    if (err)
        log_warning(NULL, "a webhook that is gone could not be turned off: %s", err_str(err));
}

static void on_gone_hook(int err, const void *result, void *arg)
{
    struct gone *gone = arg;

    if (!err && !gone->sender->closed) {
        struct store_hook hook = *(const struct store_hook *)result;

        if (hook.enabled && !strcmp(hook.url, gone->url)) {
            log_warning(NULL, "webhook %s answered 410: it is turned off", hook.id);
            hook.enabled = false;
            err = store_hook_put(gone->sender->store, &hook,
                                 (struct store_reply){on_turned_off, NULL});
            if (err)
                on_turned_off(err, NULL, NULL);
        }
    }
    unref(gone->sender);
    free(gone->url);
    free(gone);
}

static void turn_off(struct hook_sender *sender, const struct hook_transfer_delivery *delivery)
{
    struct gone *gone = calloc(1, sizeof(*gone));
    int err = -ENOMEM;

    if (gone)
        gone->url = strdup(delivery->url);
    if (gone && gone->url) {
        gone->sender = sender;
        ref_get(&sender->ref);
        err =
            store_hook_get(sender->store, delivery->hook, (struct store_reply){on_gone_hook, gone});
        if (!err)
            return;
        unref(sender);
    }
    if (gone)
        free(gone->url);
    free(gone);
    on_turned_off(err, NULL, NULL);
}

static void count(const struct hook_transfer_outcome *outcome)
{
    metric_add(outcome->refused   ? &deliveries_refused
               : !outcome->why[0] ? &deliveries_ok
                                  : &deliveries_failed,
               1);
}

/* Decides what becomes of the delivery. */
static void judge(struct hook_sender *sender, struct store_hook_mark *mark,
                  const struct hook_transfer_delivery *delivery,
                  const struct hook_transfer_outcome *outcome)
{
    const struct hook_retry retry = {
        .delays_us = sender->delays_us,
        .attempts = delivery->attempts,
        .retry_after_s = outcome->retry_after_s,
        .random = id_u32(),
    };

    mark->state = "done";
    if (!outcome->why[0] || outcome->status == HTTP_GONE)
        return;
    mark->next_us = hook_retry_next_us(&retry, sender->now());
    mark->state = mark->next_us ? "pending" : "dead";
    if (!mark->next_us)
        log_warning(NULL, "webhook %s: event %s is given up after %u tries: %s", delivery->hook,
                    delivery->id, delivery->attempts, outcome->why);
    else
        log_info(NULL, "webhook %s: event %s failed, try %u: %s", delivery->hook, delivery->id,
                 delivery->attempts, outcome->why);
    if (mark->next_us && mark->next_us < sender->retry_us)
        sender->retry_us = mark->next_us;
}

static void on_marked(int err, const void *result, void *arg)
{
    (void)result;
    (void)arg;
    /* -ENOENT, -EALREADY: the hook was removed, or too many waited. */
    if (err && err != -ENOENT && err != -EALREADY)
        log_error(NULL, "the outcome of a webhook was not written, it is sent again: %s",
                  err_str(err));
}

static void finish(struct hook_sender *sender, struct hook_transfer *transfer)
{
    const struct hook_transfer_delivery *delivery = hook_transfer_delivery(transfer);
    const struct hook_transfer_outcome *outcome = hook_transfer_outcome(transfer);
    struct store_hook_mark mark = {
        .hook = delivery->hook,
        .seq = delivery->seq,
        .last_status = outcome->status,
        .last_error = outcome->why,
    };
    int err;

    count(outcome);
    judge(sender, &mark, delivery, outcome);
    err = store_hook_mark(sender->store, &mark, (struct store_reply){on_marked, NULL});
    if (err)
        on_marked(err, NULL, NULL);
    if (outcome->status == HTTP_GONE)
        turn_off(sender, delivery);
    for (unsigned i = 0; i < HOOK_COURIER_MAX; ++i)
        if (sender->out[i] == transfer)
            sender->out[i] = NULL;
    --sender->n_out;
    (void)hook_transfer_free(transfer);
}

/* ---- what is to be sent ---- */

/* A lease may end too soon if the wall clock steps: never two of a hook at a time. */
static bool is_out(const struct hook_sender *sender, const char *hook)
{
    for (unsigned i = 0; i < HOOK_COURIER_MAX; ++i)
        if (sender->out[i] && !strcmp(hook_transfer_delivery(sender->out[i])->hook, hook))
            return true;
    return false;
}

static void start(struct hook_sender *sender, const struct store_hook_delivery *delivery)
{
    struct hook_transfer *transfer;
    unsigned i = 0;
    int err;

    if (is_out(sender, delivery->hook))
        return;
    err = hook_transfer_new(&transfer, delivery, &sender->transfer);
    if (!err) {
        err = hook_courier_push(sender->courier, transfer);
        if (err)
            (void)hook_transfer_free(transfer);
    }
    if (err) {
        log_error(NULL, "a webhook waits for its lease to end: %s", err_str(err));
        return;
    }
    while (sender->out[i])
        ++i; /* as many as the courier has */
    sender->out[i] = transfer;
    ++sender->n_out;
}

static void set_due(struct hook_sender *sender)
{
    const uint64_t look_us = sender->now() + LOOK_EVERY_US;

    hook_courier_set_due(sender->courier, sender->retry_us < look_us ? sender->retry_us : look_us);
}

static void on_taken(int err, const void *result, void *arg)
{
    const struct store_list *list = result;
    struct hook_sender *sender = arg;

    sender->taking = false;
    if (!sender->closed) {
        if (err)
            log_error(NULL, "webhooks wait: %s", err_str(err));
        for (uint32_t i = 0; !err && i < list->n; ++i)
            start(sender, (const struct store_hook_delivery *)list->rows + i);
        set_due(sender);
        if (sender->again)
            take(sender);
    }
    unref(sender);
}

/* What comes back makes room and has this called again. */
static void take(struct hook_sender *sender)
{
    struct store_hook_lease lease = {
        .now_us = sender->now(),
        .lease_us = (sender->transfer.timeout_ms + (uint64_t)LEASE_EXTRA_MS) * 1000,
        .limit = HOOK_COURIER_MAX - sender->n_out,
    };
    int err;

    sender->again = sender->taking;
    if (sender->taking || !lease.limit)
        return;
    if (sender->retry_us <= lease.now_us)
        sender->retry_us = UINT64_MAX;
    ref_get(&sender->ref);
    err = store_hook_take(sender->store, &lease, (struct store_reply){on_taken, sender});
    if (err) {
        log_warning(NULL, "webhooks wait: %s", err_str(err));
        set_due(sender);
        unref(sender);
        return;
    }
    sender->taking = true;
}

static void on_listed(int err, const void *result, void *arg)
{
    const struct store_list *list = result;
    int64_t pending = 0;
    (void)arg;

    if (err)
        return;
    for (uint32_t i = 0; i < list->n; ++i)
        pending += ((const struct store_hook *)list->rows)[i].pending;
    metric_set(&queue_gauge, pending);
}

static void measure(struct hook_sender *sender)
{
    const uint64_t now_us = sender->now();

    if (now_us - sender->listed_us >= LOOK_EVERY_US &&
        store_hook_list(sender->store, (struct store_reply){on_listed, NULL}) == 0)
        sender->listed_us = now_us;
}

static void on_news(void *msg, void *arg)
{
    struct hook_sender *sender = *(struct hook_sender **)msg;
    struct hook_transfer *transfer;
    (void)arg;

    /* Before anything is looked at, so that what comes later is told again. */
    (void)atomic_exchange(&sender->telling, false);
    if (!sender->closed) {
        while ((transfer = hook_courier_pop(sender->courier)))
            finish(sender, transfer);
        take(sender);
        measure(sender);
    }
    unref(sender);
}

/* ---- thread "webhooks" ---- */

static int tell(void *arg)
{
    struct hook_sender *sender = arg;
    int err;

    if (atomic_exchange(&sender->telling, true))
        return 0;
    ref_get(&sender->ref);
    err = sender->post(on_news, NULL, &sender, sizeof(struct hook_sender *));
    if (err) {
        atomic_store(&sender->telling, false);
        unref(sender);
    }
    return err;
}

/* ---- control ---- */

static bool is_timeout(uint32_t timeout_ms)
{
    return timeout_ms >= TIMEOUT_MIN_MS && timeout_ms <= TIMEOUT_MAX_MS;
}

static void register_metrics(void)
{
    metric_register(&deliveries_ok);
    metric_register(&deliveries_failed);
    metric_register(&deliveries_refused);
    metric_register(&queue_gauge);
}

int hook_sender_new(struct hook_sender **ret, const struct hook_sender_cfg *cfg)
{
    struct hook_sender *sender;
    int err;

    if (!cfg->store || !is_timeout(cfg->timeout_ms))
        return -EINVAL;
    sender = calloc(1, sizeof(*sender));
    if (!sender)
        return -ENOMEM;
    register_metrics();
    ref_init(&sender->ref);
    sender->store = cfg->store;
    sender->post = cfg->post ? cfg->post : control_loop_post;
    sender->now = cfg->now ? cfg->now : clock_wall_us;
    sender->delays_us = cfg->delays_us ? cfg->delays_us : hook_retry_delays_us;
    sender->retry_us = UINT64_MAX;
    sender->transfer = (struct hook_transfer_cfg){.allow_private = cfg->allow_private,
                                                  .timeout_ms = cfg->timeout_ms};
    err = hook_courier_new(&sender->courier, &(struct hook_courier_cfg){
                                                 .now = sender->now, .tell = tell, .arg = sender});
    if (err) {
        unref(sender);
        return err;
    }
    hook_courier_wake(sender->courier);
    *ret = sender;
    return 0;
}

struct hook_sender *hook_sender_free(struct hook_sender *sender)
{
    if (!sender)
        return NULL;
    sender->closed = true;
    sender->courier = hook_courier_free(sender->courier);
    unref(sender);
    return NULL;
}

int hook_sender_set(struct hook_sender *sender, bool allow_private, uint32_t timeout_ms)
{
    if (!is_timeout(timeout_ms))
        return -EINVAL;
    sender->transfer.allow_private = allow_private;
    sender->transfer.timeout_ms = timeout_ms;
    return 0;
}

void hook_sender_wake(struct hook_sender *sender)
{
    hook_courier_wake(sender->courier);
}

int hook_sender_send(struct hook_sender *sender, const char *type, const char *data)
{
    int err = hook_event_send(sender->store, type, data);

    if (!err)
        hook_sender_wake(sender);
    return err;
}
