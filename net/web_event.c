/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/web_event.c  What goes from the web thread to control
 *
 * Events wait in a ring of our own; the control loop only gets a "look into the ring", one
 * at a time, so that a flood of requests never fills the queue that others share.
 *
 *     web thread -- ring --> control: requesth, openh, messageh, closeh
 */
#include "net/web_private.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/base/ring.h"
#include "net/control_loop.h"

enum {
    RING_SIZE = 65536,    /* there is always room for WEB_EVENT_CLOSED ... */
    EVENTS_MAX = 8192,    /* ... because the others stop here */
    BYTES_MAX = 64 << 20, /* of waiting requests and messages */
    BATCH = 256,          /* then others on control have their turn */
};

struct web_inbox {
    struct ring *ring;
    _Atomic uint32_t nevents;
    _Atomic size_t nbytes;
    atomic_bool woken; /* control has been asked to look */

    struct {
        struct web_server_handlers handlers;
        struct web_inbox *next;
    } control; /* control thread only */
    uint64_t serial;
};

/* Control thread only.  A wake-up names an inbox by number: it may be gone by then. */
static struct web_inbox *inboxes;
static uint64_t last_serial;

static void event_free(void *item)
{
    free(item);
}

static void dispatch(const struct web_server_handlers *h, const struct web_event *event)
{
    switch (event->type) {
    case WEB_EVENT_REQUEST:
        h->requesth(&event->request, h->arg);
        break;
    case WEB_EVENT_OPEN:
        h->openh(event->id, event->data, h->arg);
        break;
    case WEB_EVENT_MESSAGE:
        h->messageh(event->id, event->data, event->len, h->arg);
        break;
    case WEB_EVENT_CLOSED:
        h->closeh(event->id, event->code, h->arg);
        break;
    }
}

static void control_wake(void *msg, void *arg);

static void wake(struct web_inbox *inbox)
{
    /* Acquire-release: whoever clears the flag sees the events pushed before it was set. */
    if (atomic_exchange_explicit(&inbox->woken, true, memory_order_acq_rel))
        return;
    if (control_loop_post(control_wake, NULL, &inbox->serial, sizeof(inbox->serial)) != 0)
        atomic_store_explicit(&inbox->woken, false, memory_order_release); /* web_event_retry() */
}

static void control_wake(void *msg, void *arg)
{
    uint64_t serial;
    struct web_inbox *inbox;
    struct web_event *event;
    unsigned n = 0;

    (void)arg;
    memcpy(&serial, msg, sizeof(serial));
    for (inbox = inboxes; inbox && inbox->serial != serial; inbox = inbox->control.next)
        ;
    if (!inbox)
        return;

    atomic_exchange_explicit(&inbox->woken, false, memory_order_acq_rel); /* see wake() */
    while (n < BATCH && (event = ring_pop(inbox->ring)) != NULL) {
        atomic_fetch_sub_explicit(&inbox->nevents, 1, memory_order_relaxed);
        atomic_fetch_sub_explicit(&inbox->nbytes, event->size, memory_order_relaxed);
        dispatch(&inbox->control.handlers, event);
        event_free(event);
        ++n;
    }
    if (n == BATCH)
        wake(inbox);
}

struct web_event *web_event_new(enum web_event_type type, uint64_t id, size_t size)
{
    struct web_event *event = calloc(1, sizeof(*event) + size + 1);

    if (event) {
        event->type = type;
        event->id = id;
        event->size = size;
    }
    return event;
}

struct web_inbox *web_event_inbox_new(const struct web_server_handlers *handlers)
{
    struct web_inbox *inbox = calloc(1, sizeof(*inbox));

    if (!inbox)
        return NULL;
    if (ring_new(&inbox->ring, RING_SIZE, event_free) != 0) {
        free(inbox);
        return NULL;
    }

    inbox->serial = ++last_serial;
    inbox->control.handlers = *handlers;
    inbox->control.next = inboxes;
    inboxes = inbox;
    return inbox;
}

struct web_inbox *web_event_inbox_free(struct web_inbox *inbox)
{
    struct web_inbox **p = &inboxes;

    if (!inbox)
        return NULL;
    while (*p && *p != inbox)
        p = &(*p)->control.next;
    assert(*p);
    *p = inbox->control.next;
    ring_free(inbox->ring);
    free(inbox);
    return NULL;
}

int web_event_post(struct web_inbox *inbox, struct web_event *event)
{
    uint32_t n = atomic_load_explicit(&inbox->nevents, memory_order_relaxed);
    size_t bytes = atomic_load_explicit(&inbox->nbytes, memory_order_relaxed);

    if (event->type != WEB_EVENT_CLOSED && (n >= EVENTS_MAX || bytes + event->size > BYTES_MAX)) {
        event_free(event);
        return -ENOSPC;
    }
    /* Counted first: control may take it at once. */
    atomic_fetch_add_explicit(&inbox->nevents, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&inbox->nbytes, event->size, memory_order_relaxed);
    if (ring_push(inbox->ring, event) != 0) {
        atomic_fetch_sub_explicit(&inbox->nevents, 1, memory_order_relaxed);
        atomic_fetch_sub_explicit(&inbox->nbytes, event->size, memory_order_relaxed);
        event_free(event);
        return -ENOSPC;
    }
    wake(inbox);
    return 0;
}

void web_event_retry(struct web_inbox *inbox)
{
    if (atomic_load_explicit(&inbox->nevents, memory_order_relaxed) > 0)
        wake(inbox);
}
