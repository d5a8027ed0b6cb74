/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/fanout.c  One encoded stream to all its subscribers
 */
#include "net/fanout.h"

#include <assert.h>
#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "mcu/base/ref.h"
#include "net/media_metric.h"
#include "net/media_queue.h"
#include "net/packet.h"

/*
 * The subscribers on one media loop.  The sender announces itself in sending
 * before it looks at queue; the loop clears queue before it looks at sending.
 * Both are sequentially consistent, so one of them sees the other: after
 * fanout_detach() of the last subscriber nothing is queued any more.
 */
struct branch {
    _Atomic(struct media_queue *) queue; /* NULL: no subscribers */
    _Atomic uint32_t sending;
    struct fanout_sub *first; /* media thread only */
};

struct fanout {
    struct ref ref;
    atomic_bool key_wanted;
    _Atomic uint32_t subscribers;
    struct branch branch[FANOUT_BRANCHES_MAX];
};

int fanout_new(struct fanout **ret_fanout)
{
    struct fanout *fanout;

    assert(ret_fanout);
    fanout = calloc(1, sizeof(*fanout));
    if (!fanout)
        return -ENOMEM;

    ref_init(&fanout->ref);
    atomic_init(&fanout->key_wanted, false);
    atomic_init(&fanout->subscribers, 0);
    for (unsigned i = 0; i < FANOUT_BRANCHES_MAX; ++i) {
        atomic_init(&fanout->branch[i].queue, NULL);
        atomic_init(&fanout->branch[i].sending, 0);
    }
    *ret_fanout = fanout;
    return 0;
}

struct fanout *fanout_ref(struct fanout *fanout)
{
    ref_get(&fanout->ref);
    return fanout;
}

struct fanout *fanout_unref(struct fanout *fanout)
{
    if (fanout && ref_put(&fanout->ref))
        free(fanout);
    return NULL;
}

static void send_to(struct fanout *fanout, struct media_queue *queue, struct packet *packet)
{
    struct media_queue_item item = {.fanout = fanout_ref(fanout), .packet = packet_ref(packet)};

    if (media_queue_send(queue, &item)) {
        metric_add(&media_metric_drop_queue, 1);
        packet_unref(item.packet);
        fanout_unref(item.fanout);
        fanout_request_key(fanout); /* numbers are per subscriber: no receiver sees the gap */
    }
}

void fanout_send(struct fanout *fanout, struct packet *packet)
{
    for (unsigned i = 0; i < FANOUT_BRANCHES_MAX; ++i) {
        struct branch *branch = &fanout->branch[i];
        struct media_queue *queue;

        /* Relaxed: only skips; whoever subscribes now may miss this packet. */
        if (!atomic_load_explicit(&branch->queue, memory_order_relaxed))
            continue;
        atomic_fetch_add(&branch->sending, 1);
        queue = atomic_load(&branch->queue);
        if (queue)
            send_to(fanout, queue, packet);
        atomic_fetch_sub(&branch->sending, 1);
    }
    packet_unref(packet);
}

uint32_t fanout_subscribers(const struct fanout *fanout)
{
    return atomic_load_explicit(&fanout->subscribers, memory_order_relaxed);
}

void fanout_request_key(struct fanout *fanout)
{
    /* Relaxed: the flag carries no data. */
    atomic_store_explicit(&fanout->key_wanted, true, memory_order_relaxed);
}

bool fanout_take_key_request(struct fanout *fanout)
{
    return fanout_key_wanted(fanout) &&
           atomic_exchange_explicit(&fanout->key_wanted, false, memory_order_relaxed);
}

bool fanout_key_wanted(const struct fanout *fanout)
{
    return atomic_load_explicit(&fanout->key_wanted, memory_order_relaxed);
}

void fanout_attach(struct fanout *fanout, struct fanout_sub *sub, unsigned index,
                   struct media_queue *queue, void *owner)
{
    struct branch *branch;

    assert(fanout && !sub->fanout && index < FANOUT_BRANCHES_MAX && queue);
    branch = &fanout->branch[index];
    sub->fanout = fanout_ref(fanout);
    sub->branch = index;
    sub->owner = owner;
    sub->prev = NULL;
    sub->next = branch->first;
    if (sub->next)
        sub->next->prev = sub;
    branch->first = sub;
    atomic_fetch_add_explicit(&fanout->subscribers, 1, memory_order_relaxed);
    atomic_store(&branch->queue, queue);
}

void fanout_detach(struct fanout_sub *sub)
{
    struct fanout *fanout = sub->fanout;
    struct branch *branch;

    if (!fanout)
        return;

    branch = &fanout->branch[sub->branch];
    if (sub->prev)
        sub->prev->next = sub->next;
    else
        branch->first = sub->next;
    if (sub->next)
        sub->next->prev = sub->prev;
    atomic_fetch_sub_explicit(&fanout->subscribers, 1, memory_order_relaxed);

    if (!branch->first) {
        atomic_store(&branch->queue, NULL);
        while (atomic_load(&branch->sending))
            sched_yield(); /* a push of a few words is on its way */
    }
    sub->next = sub->prev = NULL;
    sub->fanout = NULL;
    fanout_unref(fanout);
}

struct fanout_sub *fanout_first(const struct fanout *fanout, unsigned branch)
{
    return fanout->branch[branch].first;
}
