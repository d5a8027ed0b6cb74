/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/call_ring.c  Devices of a leg that ring, and how each is told to
 */
#include "mcu/room/call_ring.h"

#include <errno.h>

int call_ring_add(const struct call_ring_handlers *handlers, const struct call *call,
                  struct call_leg *leg, uint64_t device, enum presence_kind kind)
{
    struct call_ring *ring = call_leg_ring(leg, device);
    int err = 0;

    if (ring)
        return 0;
    if (leg->nrings == CALL_RINGS_MAX)
        return -ENOSPC;
    ring = &leg->ring[leg->nrings++];
    *ring = (struct call_ring){.device = device, .kind = kind};
    if (kind == PRESENCE_WEB) {
        leg->alerting = true;
        handlers->ringh(call, leg, device, handlers->arg);
    } else {
        err = handlers->dialh(call, leg, device, handlers->arg);
        ring->failed = err != 0;
    }
    return err;
}

/* Takes the ring out first, so that the handler sees the leg without it. */
static void stop(const struct call_ring_handlers *handlers, const struct call *call,
                 struct call_leg *leg, struct call_ring *ring, bool told, enum call_leg_state state,
                 const char *cause)
{
    struct call_ring old = *ring;

    *ring = leg->ring[--leg->nrings];
    if (old.failed)
        return;
    if (old.kind == PRESENCE_WEB)
        handlers->stoph(call, leg, old.device, state, cause, handlers->arg);
    else if (told)
        handlers->undialh(call, leg, old.device, state, cause, handlers->arg);
}

void call_ring_stop(const struct call_ring_handlers *handlers, const struct call *call,
                    struct call_leg *leg, uint64_t device, enum call_leg_state state,
                    const char *cause)
{
    struct call_ring *ring = call_leg_ring(leg, device);

    if (ring)
        stop(handlers, call, leg, ring, true, state, cause);
}

void call_ring_fail(struct call_leg *leg, uint64_t device)
{
    struct call_ring *ring = call_leg_ring(leg, device);

    if (ring)
        ring->failed = true;
}

void call_ring_stop_all(const struct call_ring_handlers *handlers, const struct call *call,
                        struct call_leg *leg, const uint64_t *by, enum call_leg_state state,
                        const char *cause)
{
    bool elsewhere = by && (state == CALL_LEG_ACCEPTED || state == CALL_LEG_DECLINED);

    while (leg->nrings) {
        struct call_ring *ring = &leg->ring[leg->nrings - 1];
        bool self = by && ring->device == *by;

        stop(handlers, call, leg, ring, !self, elsewhere && !self ? CALL_LEG_ELSEWHERE : state,
             cause);
    }
}
