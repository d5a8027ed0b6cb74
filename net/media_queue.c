/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/media_queue.c  What other threads hand to a media thread: commands, and packets to send
 */
#include "net/media_queue.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "mcu/base/mpsc.h"
#include "net/fanout.h"
#include "net/packet.h"

struct media_queue {
    struct mpsc *commands, *packets;
    atomic_bool pending; /* the eventfd was written and not yet cleared */
    int fd;
};

int media_queue_new(struct media_queue **ret_queue, uint32_t capacity)
{
    struct media_queue *queue;
    int err;

    assert(ret_queue);
    queue = calloc(1, sizeof(*queue));
    if (!queue)
        return -ENOMEM;

    atomic_init(&queue->pending, false);
    queue->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (queue->fd < 0) {
        err = -errno;
        goto out;
    }
    err = mpsc_new(&queue->commands, MEDIA_QUEUE_COMMANDS, sizeof(void *));
    if (err)
        goto out;
    err = mpsc_new(&queue->packets, capacity, sizeof(struct media_queue_item));
    if (err)
        goto out;
    *ret_queue = queue;
    return 0;

out:
    media_queue_free(queue);
    return err;
}

struct media_queue *media_queue_free(struct media_queue *queue)
{
    struct media_queue_item item;

    if (!queue)
        return NULL;

    while (queue->packets && media_queue_take(queue, &item)) {
        packet_unref(item.packet);
        fanout_unref(item.fanout);
    }
    mpsc_free(queue->packets);
    mpsc_free(queue->commands);
    if (queue->fd >= 0)
        close(queue->fd);
    free(queue);
    return NULL;
}

int media_queue_fd(const struct media_queue *queue)
{
    return queue->fd;
}

void media_queue_wake(struct media_queue *queue)
{
    static const uint64_t one = 1;

    /*
     * Release what was queued before; acquire for the reader's clear.  Whoever
     * finds true knows that the reader has yet to clear, and to look after it.
     */
    if (atomic_exchange_explicit(&queue->pending, true, memory_order_acq_rel))
        return;
    while (write(queue->fd, &one, sizeof(one)) < 0 && errno == EINTR)
        ;
}

int media_queue_command(struct media_queue *queue, void *command)
{
    int err = mpsc_push(queue->commands, &command);

    if (!err)
        media_queue_wake(queue);
    return err;
}

int media_queue_send(struct media_queue *queue, const struct media_queue_item *item)
{
    int err = mpsc_push(queue->packets, item);

    if (!err)
        media_queue_wake(queue);
    return err;
}

void media_queue_clear(struct media_queue *queue)
{
    uint64_t count;

    while (read(queue->fd, &count, sizeof(count)) < 0 && errno == EINTR)
        ;
    atomic_exchange_explicit(&queue->pending, false, memory_order_acq_rel);
}

void *media_queue_take_command(struct media_queue *queue)
{
    void *command;

    return mpsc_pop(queue->commands, &command) ? command : NULL;
}

bool media_queue_take(struct media_queue *queue, struct media_queue_item *ret_item)
{
    return mpsc_pop(queue->packets, ret_item);
}
