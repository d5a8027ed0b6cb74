/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/fanout.h  One encoded stream to all its subscribers
 *
 *     audio_out / video_out --- fanout_send() --> queue of each media loop that
 *     (one task at a time)                        has subscribers --> rtp_tx each
 *
 * Subscribing is done by transport.h.  A fanout holds no packets itself: each
 * rtp_tx keeps references to what it sent, for retransmission.
 *
 * Ownership: counted; the encoder's task, each subscriber and each queued packet hold one.
 */
#ifndef NET_FANOUT_H
#define NET_FANOUT_H

#include <stdbool.h>
#include <stdint.h>

struct fanout;
struct media_queue;
struct packet;

enum { FANOUT_BRANCHES_MAX = 16 /**< Media loops */ };

/** Create a fanout with one reference.  @return 0 or -ENOMEM */
int fanout_new(struct fanout **ret_fanout);
struct fanout *fanout_ref(struct fanout *fanout);
/** Drop a reference.  NULL is allowed.  Returns NULL. */
struct fanout *fanout_unref(struct fanout *fanout);

/**
 * Send a packet to everybody; one task at a time, never blocks.  Takes the packet.
 * When the queue of a media loop is full the packet is lost for its subscribers,
 * and counted.
 */
void fanout_send(struct fanout *fanout, struct packet *packet);

/** Subscribers now, over all media loops.  Any thread. */
uint32_t fanout_subscribers(const struct fanout *fanout);

/** A subscriber lost a picture or is new: ask the encoder for a key frame.  Any thread. */
void fanout_request_key(struct fanout *fanout);
/** Was one asked for since the last call?  The encoder's task, which limits the rate. */
bool fanout_take_key_request(struct fanout *fanout);
/** The same without taking it. */
bool fanout_key_wanted(const struct fanout *fanout);

/** A subscriber; embedded in its owner.  Fields are for fanout.c, but for owner. */
struct fanout_sub {
    struct fanout_sub *next, *prev;
    struct fanout *fanout; /**< NULL when not attached */
    unsigned branch;
    void *owner;
};

/**
 * Subscribe; takes a reference to the fanout.  Media thread of that branch.
 *
 * @param sub     Not attached
 * @param branch  Index of the media loop, less than FANOUT_BRANCHES_MAX
 * @param queue   Of the media loop; packets are queued there until the last one detaches
 */
void fanout_attach(struct fanout *fanout, struct fanout_sub *sub, unsigned branch,
                   struct media_queue *queue, void *owner);

/** Unsubscribe and drop the reference; nothing if not attached.  Media thread of that branch. */
void fanout_detach(struct fanout_sub *sub);

/** First subscriber of a branch, or NULL; follow next.  Media thread of that branch. */
struct fanout_sub *fanout_first(const struct fanout *fanout, unsigned branch);

#endif
