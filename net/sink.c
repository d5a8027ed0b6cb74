/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/sink.c  Where the RTP packets of one received stream go, and what is asked back
 */
#include "net/sink.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "mcu/base/ref.h"
#include "mcu/base/ring.h"
#include "net/media_metric.h"
#include "net/packet.h"

struct sink {
    struct ref ref;
    struct sink_cfg cfg;
    struct ring *ring;
    atomic_bool key_wanted;
    _Atomic uint64_t received, dropped; /* written by the media thread */
};

static void release_packet(void *item)
{
    packet_unref(item);
}

int sink_new(struct sink **ret_sink, const struct sink_cfg *cfg)
{
    struct sink *sink;
    int err;

    assert(ret_sink && cfg);
    sink = calloc(1, sizeof(*sink));
    if (!sink)
        return -ENOMEM;

    err = ring_new(&sink->ring, cfg->capacity, release_packet);
    if (err) {
        free(sink);
        return err;
    }
    ref_init(&sink->ref);
    sink->cfg = *cfg;
    atomic_init(&sink->key_wanted, false);
    atomic_init(&sink->received, 0);
    atomic_init(&sink->dropped, 0);

    *ret_sink = sink;
    return 0;
}

struct sink *sink_ref(struct sink *sink)
{
    ref_get(&sink->ref);
    return sink;
}

struct sink *sink_unref(struct sink *sink)
{
    if (!sink || !ref_put(&sink->ref))
        return NULL;

    if (sink->cfg.releaseh)
        sink->cfg.releaseh(sink->cfg.arg);
    ring_free(sink->ring);
    free(sink);
    return NULL;
}

void sink_put(struct sink *sink, struct packet *packet)
{
    /* Relaxed: counters only, the ring orders the packets. */
    atomic_fetch_add_explicit(&sink->received, 1, memory_order_relaxed);
    if (ring_push(sink->ring, packet)) {
        atomic_fetch_add_explicit(&sink->dropped, 1, memory_order_relaxed);
        metric_add(&media_metric_drop_sink, 1);
        packet_unref(packet);
    }
    if (sink->cfg.wakeh)
        sink->cfg.wakeh(sink->cfg.arg);
}

struct packet *sink_get(struct sink *sink)
{
    return ring_pop(sink->ring);
}

void sink_request_key(struct sink *sink)
{
    /* Relaxed: the flag carries no data. */
    atomic_store_explicit(&sink->key_wanted, true, memory_order_relaxed);
}

bool sink_take_key_request(struct sink *sink)
{
    /* The load first: the line is shared with the reader and the answer is nearly always no. */
    return atomic_load_explicit(&sink->key_wanted, memory_order_relaxed) &&
           atomic_exchange_explicit(&sink->key_wanted, false, memory_order_relaxed);
}

void sink_stats(const struct sink *sink, struct sink_stats *ret_stats)
{
    ret_stats->received = atomic_load_explicit(&sink->received, memory_order_relaxed);
    ret_stats->dropped = atomic_load_explicit(&sink->dropped, memory_order_relaxed);
}
