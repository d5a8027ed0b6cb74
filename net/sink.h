/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/sink.h  Where the RTP packets of one received stream go, and what is asked back
 *
 *     media thread  --- sink_put() --->  ring  --- sink_get() --->  task of the stream
 *                   <-- sink_take_key_request() ... sink_request_key() --
 *
 * A sink is shared by a transport (media thread) and a task (workers) and lives
 * until both have let go, so that neither has to wait for the other.
 *
 * When the ring is full the newest packet is dropped and counted.
 *
 * Ownership: counted.  sink_put() takes the packet always, sink_get() gives it back.
 */
#ifndef NET_SINK_H
#define NET_SINK_H

#include <stdbool.h>
#include <stdint.h>

struct packet;
struct sink;

struct sink_cfg {
    uint32_t capacity; /**< Ring size [packets] */
    void (*wakeh)(
        void *arg); /**< Called after each put, any media thread; NULL: the reader polls */
    void (*releaseh)(void *arg); /**< Called once with the last reference gone; may be NULL */
    void *arg;
};

/** Numbers that the reader hands to the network side; written by the reader. */
struct sink_stats {
    uint64_t received; /**< packets put, counted by the media thread */
    uint64_t dropped;  /**< packets lost to a full ring */
};

/** Create a sink with one reference.  @return 0, -EINVAL, -ENOMEM */
int sink_new(struct sink **ret_sink, const struct sink_cfg *cfg);
struct sink *sink_ref(struct sink *sink);
/** Drop a reference.  NULL is allowed.  Returns NULL. */
struct sink *sink_unref(struct sink *sink);

/** Hand on a packet; one media thread.  Takes it. */
void sink_put(struct sink *sink, struct packet *packet);
/** Next packet in order of arrival, or NULL; the reading task. */
struct packet *sink_get(struct sink *sink);

/** Ask the sender for a key frame; reading task.  Idempotent until taken. */
void sink_request_key(struct sink *sink);
/** Was a key frame asked for since the last call?  Media thread, which also limits the rate. */
bool sink_take_key_request(struct sink *sink);

void sink_stats(const struct sink *sink, struct sink_stats *ret_stats);

#endif
