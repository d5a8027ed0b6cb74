/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/call_flow.c  How calls go from one state to the next
 */
#include "mcu/room/call_flow.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/room/call_ring.h"

enum { ROOM_RANDOM_CHARS = 16 };

/* Devices of a callee, gathered first: presence must not be called while it lists them. */
struct devices {
    struct call_ring ring[CALL_RINGS_MAX];
    unsigned n;
};

int call_flow_init(struct call_flow *flow, const struct call_set_cfg *cfg)
{
    int err;

    flow->cfg = *cfg;
    err = call_people_init(&flow->people, cfg->max_calls);
    if (!err)
        err = name_map_init(&flow->by_id, cfg->max_calls);
    if (!err)
        err = name_map_init(&flow->by_room, cfg->max_calls);
    if (!err)
        err = call_heap_init(&flow->heap, cfg->max_calls);
    return err;
}

void call_flow_finish_all(struct call_flow *flow)
{
    call_people_finish(&flow->people);
    name_map_finish(&flow->by_id);
    name_map_finish(&flow->by_room);
    call_heap_finish(&flow->heap);
}

static struct call *call_of(struct name_map_node *node, size_t offset)
{
    return node ? (struct call *)(uintptr_t)((char *)node - offset) : NULL;
}

struct call *call_flow_find(const struct call_flow *flow, const char *id)
{
    return call_of(name_map_find(&flow->by_id, id), offsetof(struct call, set.by_id));
}

struct call *call_flow_of_room(const struct call_flow *flow, const char *room)
{
    return call_of(name_map_find(&flow->by_room, room), offsetof(struct call, set.by_room));
}

struct call *call_flow_of_room_next(const struct call *call)
{
    return call_of(name_map_again(&call->set.by_room), offsetof(struct call, set.by_room));
}

/* He is in a call now, for those who watch him. */
static void mark_busy(struct call_flow *flow, struct call_seat *seat, const char *identity)
{
    seat->busy = identity[0] && presence_enter(flow->cfg.presence, identity) == 0;
}

static void rise(struct call_flow *flow, struct call_seat *seat, const char *identity,
                 uint64_t now_us)
{
    if (seat->busy)
        presence_leave(flow->cfg.presence, identity);
    seat->busy = false;
    call_people_rise(&flow->people, seat, now_us);
}

static void free_call(struct call_flow *flow, struct call *call, uint64_t now_us)
{
    rise(flow, &call->set.seat, call->caller.identity, now_us);
    for (unsigned i = 0; call->leg && i < call->nlegs; ++i)
        rise(flow, &call->leg[i].seat, call->leg[i].who.identity, now_us);
    free(call->leg);
    free(call);
}

static void choose_room(const struct call_flow *flow, struct call *call, const char *room)
{
    static const char prefix[] = "call-";
    const struct call *other;

    call->added = room != NULL;
    if (!room) {
        memcpy(call->room, prefix, sizeof(prefix));
        id_text(call->room + strlen(prefix), ROOM_RANDOM_CHARS);
        call->own_room = true;
        return;
    }
    (void)snprintf(call->room, sizeof(call->room), "%s", room);
    other = call_flow_of_room(flow, room);
    call->own_room = other && other->own_room;
}

enum presence_kind call_flow_kind(const struct call_flow *flow, uint64_t device)
{
    return presence_identity(flow->cfg.presence, device) ? presence_kind(flow->cfg.presence, device)
                                                         : PRESENCE_SIP;
}

static struct call *make_call(const struct call_flow *flow, const struct call_set_start *start,
                              uint64_t now_us)
{
    struct call *call = calloc(1, sizeof(*call));
    uint32_t ring_ms = start->ring_ms ? start->ring_ms : flow->cfg.ring_ms;

    if (!call)
        return NULL;
    id_make(call->id, "cl");
    choose_room(flow, call, start->room);
    call->kind = start->kind;
    call->cause = "";
    call->caller = start->from;
    call->device = start->device;
    call->device_kind = call_flow_kind(flow, start->device);
    call->started_us = now_us;
    call->expires_us = now_us + (uint64_t)ring_ms * 1000;
    call->nlegs = start->nto;
    call->leg = calloc(start->nto, sizeof(struct call_leg));
    for (unsigned i = 0; call->leg && i < start->nto; ++i) {
        call->leg[i].index = i;
        call->leg[i].who = start->to[i];
        call->leg[i].cause = "";
    }
    return call;
}

int call_flow_open(struct call_flow *flow, struct call **ret_call,
                   const struct call_set_start *start, uint64_t now_us)
{
    struct call *call = make_call(flow, start, now_us);
    int err = call && call->leg ? 0 : -ENOMEM;

    if (!call)
        return err;
    if (!err)
        err = call_people_sit(&flow->people, &call->set.seat, call_party_key(&call->caller), call,
                              CALL_CALLER, now_us);
    for (unsigned i = 0; !err && i < call->nlegs; ++i)
        err = call_people_sit(&flow->people, &call->leg[i].seat, call_party_key(&call->leg[i].who),
                              call, (int)i, now_us);
    if (err) {
        free_call(flow, call, now_us);
        return err;
    }
    name_map_add(&flow->by_id, &call->set.by_id, call->id);
    name_map_add(&flow->by_room, &call->set.by_room, call->room);
    call_heap_add(&flow->heap, call, call->expires_us);
    ++flow->ncalls;
    *ret_call = call;
    return 0;
}

static void tell(const struct call_flow *flow, const struct call *call, const struct call_leg *leg)
{
    if (call != flow->quiet && !call->caller_left)
        flow->cfg.handlers.tellh(call, leg, flow->cfg.handlers.arg);
}

static void record(const struct call_flow *flow, const struct call *call)
{
    flow->cfg.handlers.recordh(call, flow->cfg.handlers.arg);
}

static void record_leg(const struct call_flow *flow, const struct call *call,
                       const struct call_leg *leg)
{
    flow->cfg.handlers.record_legh(call, leg, flow->cfg.handlers.arg);
}

void call_flow_end_leg(struct call_flow *flow, struct call *call, struct call_leg *leg,
                       const uint64_t *by, enum call_leg_state state, const char *cause,
                       uint64_t now_us)
{
    leg->state = state;
    leg->cause = cause;
    leg->ended_us = now_us;
    leg->missed = state == CALL_LEG_TIMEOUT || state == CALL_LEG_CANCELLED ||
                  state == CALL_LEG_BUSY || strcmp(cause, "offline") == 0;
    call_ring_stop_all(&flow->cfg.handlers.ring, call, leg, by, state, cause);
    rise(flow, &leg->seat, leg->who.identity, now_us);
    record_leg(flow, call, leg);
    tell(flow, call, leg);
}

void call_flow_end_ringing(struct call_flow *flow, struct call *call, enum call_leg_state state,
                           const char *cause, uint64_t now_us)
{
    for (unsigned i = 0; i < call->nlegs; ++i) {
        if (call->leg[i].state == CALL_LEG_RINGING)
            call_flow_end_leg(flow, call, &call->leg[i], NULL, state, cause, now_us);
    }
}

static void add_device(uint64_t device, enum presence_kind kind, void *arg)
{
    struct devices *devices = arg;

    if (devices->n < CALL_RINGS_MAX)
        devices->ring[devices->n++] = (struct call_ring){.device = device, .kind = kind};
}

/* @return "" or why he cannot be rung */
static const char *obstacle(const struct call_flow *flow, const struct call *call,
                            struct call_leg *leg, enum call_leg_state *ret_state)
{
    const char *key = call_party_key(&leg->who);
    struct call_people_sum sum;
    struct presence_info info;

    *ret_state = CALL_LEG_FAILED;
    for (const struct call_seat *s = call_people_seats(&flow->people, key); s; s = s->next) {
        bool rings = s->leg >= 0 && s->call->leg[s->leg].state == CALL_LEG_RINGING;

        if (!rings && strcmp(s->call->room, call->room) == 0)
            return "in_room";
    }
    if (!leg->who.identity[0])
        return "";
    call_people_sum(&flow->people, key, &sum);
    presence_look(flow->cfg.presence, key, &info);
    if (!info.ndevices)
        return "offline";
    leg->waiting = sum.active || sum.ringing_out || info.state == PRESENCE_BUSY;
    /* His seat of this leg is one of them. */
    if ((leg->waiting && !flow->cfg.call_waiting) || sum.ringing_in > CALL_SET_RINGING_IN_MAX) {
        *ret_state = CALL_LEG_BUSY;
        return "busy";
    }
    return "";
}

void call_flow_ring(struct call_flow *flow, struct call *call, struct call_leg *leg,
                    uint64_t now_us)
{
    struct devices devices = {.n = 0};
    enum call_leg_state state;
    const char *cause = obstacle(flow, call, leg, &state);

    if (*cause) {
        call_flow_end_leg(flow, call, leg, NULL, state, cause, now_us);
        return;
    }
    if (leg->who.identity[0])
        (void)presence_each_device(flow->cfg.presence, leg->who.identity, add_device, &devices);
    else
        add_device(0, PRESENCE_SIP, &devices);
    for (unsigned i = 0; i < devices.n; ++i)
        (void)call_ring_add(&flow->cfg.handlers.ring, call, leg, devices.ring[i].device,
                            devices.ring[i].kind);
    /* Without a device at the moment he may come back; when all failed he will not. */
    if (devices.n && !call_leg_nringing(leg))
        call_flow_end_leg(flow, call, leg, NULL, CALL_LEG_FAILED, "failed", now_us);
}

void call_flow_accept(struct call_flow *flow, struct call *call, struct call_leg *leg,
                      uint64_t device, enum presence_kind kind, uint64_t now_us)
{
    bool first = call->state == CALL_RINGING;

    leg->state = CALL_LEG_ACCEPTED;
    leg->device = device;
    leg->device_kind = kind;
    leg->answered_us = now_us;
    mark_busy(flow, &leg->seat, leg->who.identity);
    if (first) {
        call->state = CALL_ACCEPTED;
        call->answered_us = now_us;
        mark_busy(flow, &call->set.seat, call->caller.identity);
    }
    call_ring_stop_all(&flow->cfg.handlers.ring, call, leg, &device, CALL_LEG_ACCEPTED, "accepted");
    record_leg(flow, call, leg);
    tell(flow, call, leg);
    if (first) {
        record(flow, call);
        tell(flow, call, NULL);
        flow->cfg.handlers.enterh(call, CALL_CALLER, flow->cfg.handlers.arg);
    }
    flow->cfg.handlers.enterh(call, (int)leg->index, flow->cfg.handlers.arg);
    call_flow_settle(flow, call, now_us);
}

/* He is out of the call; not yet told to anybody. */
static void mark_left(struct call_flow *flow, struct call *call, int leg, uint64_t now_us)
{
    if (leg == CALL_CALLER) {
        call->caller_left = true;
        rise(flow, &call->set.seat, call->caller.identity, now_us);
        return;
    }
    call->leg[leg].left = true;
    call->leg[leg].ended_us = now_us;
    call->leg[leg].cause = "left";
    rise(flow, &call->leg[leg].seat, call->leg[leg].who.identity, now_us);
    record_leg(flow, call, &call->leg[leg]);
}

static bool is_live(const struct call *call, int leg)
{
    if (leg == CALL_CALLER)
        return call->state == CALL_ACCEPTED && !call->caller_left;
    return call->leg[leg].state == CALL_LEG_ACCEPTED && !call->leg[leg].left;
}

void call_flow_finish(struct call_flow *flow, struct call *call, enum call_state state,
                      const char *cause, bool leave, uint64_t now_us)
{
    call_flow_end_ringing(flow, call, CALL_LEG_CANCELLED, cause, now_us);
    for (int leg = CALL_CALLER; leg < (int)call->nlegs; ++leg) {
        if (!is_live(call, leg))
            continue;
        if (leave)
            flow->cfg.handlers.leaveh(call, leg, cause, flow->cfg.handlers.arg);
        if (leg != CALL_CALLER) /* the caller is still to be told of the end */
            mark_left(flow, call, leg, now_us);
    }
    call->state = state;
    call->cause = cause;
    call->ended_us = now_us;
    record(flow, call);
    tell(flow, call, NULL);
    name_map_remove(&flow->by_id, &call->set.by_id);
    name_map_remove(&flow->by_room, &call->set.by_room);
    call_heap_remove(&flow->heap, call);
    --flow->ncalls;
    free_call(flow, call, now_us);
}

static bool room_rings(const struct call_flow *flow, const struct call *call)
{
    for (const struct call *c = call_flow_of_room(flow, call->room); c;
         c = call_flow_of_room_next(c)) {
        if (call_nringing(c))
            return true;
    }
    return false;
}

static int first_live(const struct call *call)
{
    int leg = CALL_CALLER;

    while (leg < (int)call->nlegs && !is_live(call, leg))
        ++leg;
    return leg;
}

/* When the timer has to look at it. */
static uint64_t due_of(const struct call_flow *flow, const struct call *call)
{
    uint64_t grace_us = (uint64_t)flow->cfg.grace_ms * 1000;
    uint64_t due_us = call_nringing(call) ? call->expires_us : UINT64_MAX;

    if (call->lost_us && !call->caller_left && call->lost_us + grace_us < due_us)
        due_us = call->lost_us + grace_us;
    for (unsigned i = 0; i < call->nlegs; ++i) {
        const struct call_leg *leg = &call->leg[i];

        if (is_live(call, (int)i) && leg->lost_us && leg->lost_us + grace_us < due_us)
            due_us = leg->lost_us + grace_us;
    }
    return due_us;
}

void call_flow_arm(struct call_flow *flow, struct call *call)
{
    call_heap_move(&flow->heap, call, due_of(flow, call));
}

void call_flow_settle(struct call_flow *flow, struct call *call, uint64_t now_us)
{
    const char *cause = "left";
    unsigned nlive = call_nlive(call);

    if (call_nringing(call) || (call->state == CALL_ACCEPTED && nlive > 1)) {
        call_flow_arm(flow, call);
    } else if (call->state == CALL_RINGING) {
        enum call_state state = call_outcome(call, &cause);

        call_flow_finish(flow, call, state, cause, false, now_us);
    } else {
        int last = first_live(call);
        bool alone = nlive && call->own_room && !room_rings(flow, call) &&
                     flow->cfg.handlers.othersh(call, last, flow->cfg.handlers.arg) == 0;

        call_flow_finish(flow, call, CALL_ENDED, alone ? "alone" : cause, alone, now_us);
    }
}

void call_flow_leave(struct call_flow *flow, struct call *call, int leg, uint64_t now_us)
{
    unsigned nothers = flow->cfg.handlers.othersh(call, leg, flow->cfg.handlers.arg);

    mark_left(flow, call, leg, now_us);
    if (leg != CALL_CALLER)
        tell(flow, call, &call->leg[leg]);
    if (call_nlive(call) <= 1 && nothers <= 1 && !room_rings(flow, call))
        call_flow_finish(flow, call, CALL_ENDED, "hangup", call->own_room, now_us);
    else if (call_nlive(call) == 0 && nothers == 0)
        call_flow_finish(flow, call, CALL_ENDED, "hangup", false, now_us);
    else
        call_flow_settle(flow, call, now_us);
}
