/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/media_queue.h  What other threads hand to a media thread: commands, and packets to send
 *
 *     control --- media_queue_command() --.
 *                                          >-- one eventfd --> media thread
 *     workers --- media_queue_send() -----'
 *
 * The first item after a pause writes the eventfd; those that follow until the
 * media thread looks cost no system call.
 *
 * Threads:   the two above from any thread; the rest from the media thread.
 * Ownership: a queued item holds a reference to its fanout and its packet.
 */
#ifndef NET_MEDIA_QUEUE_H
#define NET_MEDIA_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

struct fanout;
struct media_queue;
struct packet;

enum { MEDIA_QUEUE_COMMANDS = 8192 /**< Commands that may wait */ };

/** A packet for the subscribers of a fanout. */
struct media_queue_item {
    struct fanout *fanout;
    struct packet *packet;
};

/**
 * Create a queue.
 * @param capacity  Packets that may wait, 1 to 65536
 * @return 0, -EINVAL, -ENOMEM, -EMFILE
 */
int media_queue_new(struct media_queue **ret_queue, uint32_t capacity);

/** Free a queue with the packets in it; commands must have been taken.  NULL is allowed.  Returns
 * NULL. */
struct media_queue *media_queue_free(struct media_queue *queue);

/** Descriptor that is readable when something waits. */
int media_queue_fd(const struct media_queue *queue);

/** Queue a command; what it points to passes to the media thread.  @return 0 or -ENOSPC */
int media_queue_command(struct media_queue *queue, void *command);

/** Queue a packet; takes both references on success.  @return 0 or -ENOSPC */
int media_queue_send(struct media_queue *queue, const struct media_queue_item *item);

/** Wake the media thread. */
void media_queue_wake(struct media_queue *queue);

/** Must precede taking items: whoever queues one from here on wakes us again. */
void media_queue_clear(struct media_queue *queue);

/** Next command, or NULL. */
void *media_queue_take_command(struct media_queue *queue);

/** Next packet; its references pass to the caller.  @return false if there is none */
bool media_queue_take(struct media_queue *queue, struct media_queue_item *ret_item);

#endif
