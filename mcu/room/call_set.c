/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/call_set.c  All calls of this process: who may do what, and when
 */
#include "mcu/room/call_set.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/room/call_check.h"
#include "mcu/room/call_flow.h"
#include "mcu/room/room_text.h"

struct call_set {
    struct call_flow flow;
};

const struct call_set_cfg call_set_defaults = {
    .max_calls = 10000,
    .ring_ms = CALL_SET_RING_MS,
    .grace_ms = 30000,
    .starts_per_minute = 10,
    .ringing_out_max = 5,
    .call_waiting = true,
};

int call_set_new(struct call_set **ret_set, const struct call_set_cfg *cfg)
{
    struct call_set *set;
    int err = call_check_cfg(cfg);

    if (err || !cfg->presence)
        return -EINVAL;
    set = calloc(1, sizeof(*set));
    if (!set)
        return -ENOMEM;
    err = call_flow_init(&set->flow, cfg);
    if (err) {
        call_flow_finish_all(&set->flow);
        free(set);
        return err;
    }
    *ret_set = set;
    return 0;
}

struct call_set *call_set_free(struct call_set *set, uint64_t now_us)
{
    struct call *call;

    if (!set)
        return NULL;
    while ((call = call_heap_first(&set->flow.heap)))
        call_flow_finish(&set->flow, call,
                         call->state == CALL_RINGING ? CALL_CANCELLED : CALL_ENDED, "shutdown",
                         true, now_us);
    call_flow_finish_all(&set->flow);
    free(set);
    return NULL;
}

int call_set_configure(struct call_set *set, const struct call_set_cfg *cfg)
{
    struct call_set_cfg *mine = &set->flow.cfg;

    if (call_check_cfg(cfg))
        return -EINVAL;
    mine->ring_ms = cfg->ring_ms;
    mine->grace_ms = cfg->grace_ms;
    mine->starts_per_minute = cfg->starts_per_minute;
    mine->ringing_out_max = cfg->ringing_out_max;
    mine->call_waiting = cfg->call_waiting;
    return 0;
}

/* The oldest one-to-one call of the callee's that rings at the caller. */
static struct call *find_glare(const struct call_set *set, const struct call_set_start *start)
{
    struct call *found = NULL;

    if (start->nto != 1 || start->room || !start->device || !start->to->identity[0])
        return NULL;
    for (struct call_seat *s = call_people_seats(&set->flow.people, call_party_key(&start->from));
         s; s = s->next) {
        struct call *call = s->call;

        if (s->leg == 0 && call->nlegs == 1 && call->state == CALL_RINGING && !call->added &&
            strcmp(call->caller.identity, start->to->identity) == 0)
            found = call; /* seats come latest first */
    }
    return found;
}

/* A phone that called by itself still has our INVITE. */
static void answer_glare(struct call_set *set, struct call *call, uint64_t device, uint64_t now_us)
{
    struct call_flow *flow = &set->flow;
    enum presence_kind kind = call_flow_kind(flow, device);

    if (kind == PRESENCE_SIP)
        call_ring_stop(&flow->cfg.handlers.ring, call, &call->leg[0], device, CALL_LEG_ELSEWHERE,
                       "accepted");
    call_flow_accept(flow, call, &call->leg[0], device, kind, now_us);
}

static void describe(const struct call *call, struct call_set_started *ret)
{
    (void)snprintf(ret->id, sizeof(ret->id), "%s", call->id);
    (void)snprintf(ret->room, sizeof(ret->room), "%s", call->room);
    ret->state = call->state;
    ret->cause = call->cause;
    ret->expires_us = call->expires_us;
    ret->nlegs = call->nlegs;
    for (unsigned i = 0; i < call->nlegs; ++i) {
        ret->leg[i].state = call->leg[i].state;
        ret->leg[i].cause = call->leg[i].cause;
        ret->leg[i].waiting = call->leg[i].waiting;
    }
    if (call->state == CALL_RINGING && !call_nringing(call))
        ret->state = call_outcome(call, &ret->cause);
}

static int refuse(const char **ret_code, const char *code, int err)
{
    *ret_code = code;
    return err;
}

/* @return 0, or what speaks against one more call of his */
static int check_limits(const struct call_set *set, const char *key, uint64_t now_us,
                        struct call_set_started *ret)
{
    const struct call_flow *flow = &set->flow;
    struct call_people_sum sum;
    uint64_t wait_us = call_people_wait(&flow->people, key, flow->cfg.starts_per_minute, now_us);

    call_people_sum(&flow->people, key, &sum);
    if (wait_us) {
        ret->retry_after_ms = (uint32_t)((wait_us + 999) / 1000);
        return refuse(&ret->code, "rate_limited", -EAGAIN);
    }
    if (sum.ringing_out >= flow->cfg.ringing_out_max)
        return refuse(&ret->code, "too_many_calls", -EMFILE);
    if (flow->ncalls >= flow->heap.capacity)
        return refuse(&ret->code, "calls_full", -ENOSPC);
    return 0;
}

int call_set_start(struct call_set *set, const struct call_set_start *start, uint64_t now_us,
                   struct call_set_started *ret)
{
    struct call_flow *flow = &set->flow;
    const char *key = call_party_key(&start->from);
    struct call *call;
    int err;

    *ret = (struct call_set_started){.code = call_check_start(start), .cause = ""};
    if (*ret->code)
        return -EINVAL;
    call = find_glare(set, start);
    if (call) {
        answer_glare(set, call, start->device, now_us);
        ret->glare = true;
        describe(call, ret);
        return 0;
    }
    err = check_limits(set, key, now_us, ret);
    if (err)
        return err;
    err = call_flow_open(flow, &call, start, now_us);
    if (err)
        return refuse(&ret->code, "no_memory", err);
    call_people_take(&flow->people, key, flow->cfg.starts_per_minute, now_us);
    flow->quiet = call;
    flow->cfg.handlers.recordh(call, flow->cfg.handlers.arg);
    for (unsigned i = 0; i < call->nlegs; ++i)
        call_flow_ring(flow, call, &call->leg[i], now_us);
    describe(call, ret);
    call_flow_settle(flow, call, now_us);
    flow->quiet = NULL;
    return 0;
}

/* @return 0 and his leg that rings, or why there is none */
static int find_rung(const struct call_set *set, const char *id, const char *identity,
                     struct call **ret_call, struct call_leg **ret_leg, const char **ret_code)
{
    struct call *call = call_flow_find(&set->flow, id);
    struct call_leg *leg = call ? call_find(call, identity) : NULL;

    if (!call)
        return refuse(ret_code, "call_not_found", -ENOENT);
    if (!leg)
        return refuse(ret_code, "not_yours", -EPERM);
    if (leg->state == CALL_LEG_ACCEPTED)
        return refuse(ret_code, "already_answered", -EALREADY);
    if (leg->state != CALL_LEG_RINGING)
        return refuse(ret_code, "not_ringing", -EALREADY);
    *ret_call = call;
    *ret_leg = leg;
    return refuse(ret_code, "", 0);
}

int call_set_accept(struct call_set *set, const char *id, const char *identity, uint64_t device,
                    uint64_t now_us, const char **ret_code)
{
    struct call *call;
    struct call_leg *leg;
    const struct call_ring *ring;
    int err = find_rung(set, id, identity, &call, &leg, ret_code);

    if (err)
        return err;
    ring = call_leg_ring(leg, device);
    if (!ring || ring->kind != PRESENCE_WEB)
        return refuse(ret_code, "not_yours", -EPERM);
    call_flow_accept(&set->flow, call, leg, device, PRESENCE_WEB, now_us);
    return 0;
}

int call_set_decline(struct call_set *set, const char *id, const char *identity, uint64_t device,
                     const char *reason, uint64_t now_us, const char **ret_code)
{
    struct call *call;
    struct call_leg *leg;
    int err = find_rung(set, id, identity, &call, &leg, ret_code);
    int nchars = reason ? room_text_length(reason) : 0;
    const struct call_ring *ring = err ? NULL : call_leg_ring(leg, device);
    bool by_browser = ring && ring->kind == PRESENCE_WEB;

    if (err)
        return err;
    if (nchars < 0 || nchars > CALL_REASON_CHARS)
        return refuse(ret_code, "bad_reason", -EINVAL);
    if (reason)
        (void)snprintf(leg->reason, sizeof(leg->reason), "%s", reason);
    call_flow_end_leg(&set->flow, call, leg, by_browser ? &device : NULL, CALL_LEG_DECLINED,
                      "declined", now_us);
    call_flow_settle(&set->flow, call, now_us);
    return 0;
}

static bool is_caller(const struct call *call, const char *identity, uint64_t device)
{
    if (call->caller.identity[0] || identity[0])
        return strcmp(call->caller.identity, identity) == 0;
    return device && device == call->device;
}

static int cancel(struct call_set *set, struct call *call, const char *cause, uint64_t now_us,
                  const char **ret_code)
{
    if (call->state == CALL_RINGING) {
        call_flow_finish(&set->flow, call, CALL_CANCELLED, cause, false, now_us);
        return refuse(ret_code, "", 0);
    }
    if (!call_nringing(call))
        return refuse(ret_code, "already_answered", -EALREADY);
    call_flow_end_ringing(&set->flow, call, CALL_LEG_CANCELLED, cause, now_us);
    call_flow_settle(&set->flow, call, now_us);
    return refuse(ret_code, "", 0);
}

int call_set_cancel(struct call_set *set, const char *id, const char *identity, uint64_t device,
                    uint64_t now_us, const char **ret_code)
{
    struct call *call = call_flow_find(&set->flow, id);

    if (!call)
        return refuse(ret_code, "call_not_found", -ENOENT);
    if (!is_caller(call, identity, device) || call->caller_left)
        return refuse(ret_code, "not_yours", -EPERM);
    return cancel(set, call, "cancelled", now_us, ret_code);
}

static int hang_up(struct call_set *set, struct call *call, int leg, uint64_t now_us,
                   const char **ret_code)
{
    if (leg == CALL_CALLER && call->state == CALL_RINGING)
        return cancel(set, call, "cancelled", now_us, ret_code);
    if (leg == CALL_CALLER ? call->caller_left : call->leg[leg].left)
        return refuse(ret_code, "not_yours", -EPERM);
    if (leg != CALL_CALLER && call->leg[leg].state != CALL_LEG_ACCEPTED)
        return refuse(ret_code, "not_answered", -EAGAIN);
    call_flow_leave(&set->flow, call, leg, now_us);
    return refuse(ret_code, "", 0);
}

int call_set_hangup(struct call_set *set, const char *id, const char *identity, uint64_t device,
                    uint64_t now_us, const char **ret_code)
{
    struct call *call = call_flow_find(&set->flow, id);
    const struct call_leg *leg = call ? call_find(call, identity) : NULL;

    if (!call)
        return refuse(ret_code, "call_not_found", -ENOENT);
    if (!leg && !is_caller(call, identity, device))
        return refuse(ret_code, "not_yours", -EPERM);
    return hang_up(set, call, leg ? (int)leg->index : CALL_CALLER, now_us, ret_code);
}

int call_set_left(struct call_set *set, const char *id, int leg, uint64_t now_us,
                  const char **ret_code)
{
    struct call *call = call_flow_find(&set->flow, id);

    if (!call)
        return refuse(ret_code, "call_not_found", -ENOENT);
    if (leg < CALL_CALLER || leg >= (int)call->nlegs)
        return refuse(ret_code, "not_yours", -EPERM);
    return hang_up(set, call, leg, now_us, ret_code);
}

void call_set_left_room(struct call_set *set, const char *room, const char *identity,
                        uint64_t device, uint64_t now_us)
{
    struct call *call = call_flow_of_room(&set->flow, room), *next;
    const char *code;

    for (; call; call = next) {
        const struct call_leg *leg = call_find(call, identity);
        bool his_device = !device || !call->device || call->device == device;

        next = call_flow_of_room_next(call);
        if (is_caller(call, identity, device) && his_device)
            (void)hang_up(set, call, CALL_CALLER, now_us, &code);
        else if (leg && (!device || leg->device == device))
            (void)hang_up(set, call, (int)leg->index, now_us, &code);
    }
}

void call_set_room_ended(struct call_set *set, const char *room, uint64_t now_us)
{
    struct call *call = call_flow_of_room(&set->flow, room), *next;

    for (; call; call = next) {
        next = call_flow_of_room_next(call);
        call_flow_finish(&set->flow, call,
                         call->state == CALL_RINGING ? CALL_CANCELLED : CALL_ENDED, "room_ended",
                         false, now_us);
    }
}

/* @return 0 and the phone that rings, or why there is none */
static int find_dialled(const struct call_set *set, const char *id, unsigned leg, uint64_t device,
                        struct call **ret_call, const char **ret_code)
{
    struct call *call = call_flow_find(&set->flow, id);
    const struct call_ring *ring;

    if (!call)
        return refuse(ret_code, "call_not_found", -ENOENT);
    if (leg >= call->nlegs)
        return refuse(ret_code, "not_yours", -EPERM);
    if (call->leg[leg].state == CALL_LEG_ACCEPTED)
        return refuse(ret_code, "already_answered", -EALREADY);
    if (call->leg[leg].state != CALL_LEG_RINGING)
        return refuse(ret_code, "not_ringing", -EALREADY);
    ring = call_leg_ring(&call->leg[leg], device);
    if (!ring || ring->failed || ring->kind != PRESENCE_SIP)
        return refuse(ret_code, "not_yours", -EPERM);
    *ret_call = call;
    return refuse(ret_code, "", 0);
}

int call_set_sip_ringing(struct call_set *set, const char *id, unsigned leg, uint64_t device,
                         const char **ret_code)
{
    struct call *call;
    int err = find_dialled(set, id, leg, device, &call, ret_code);

    if (err || call->leg[leg].alerting)
        return err;
    call->leg[leg].alerting = true;
    if (!call->caller_left)
        set->flow.cfg.handlers.tellh(call, &call->leg[leg], set->flow.cfg.handlers.arg);
    return 0;
}

int call_set_sip_answered(struct call_set *set, const char *id, unsigned leg, uint64_t device,
                          uint64_t now_us, const char **ret_code)
{
    struct call *call;
    int err = find_dialled(set, id, leg, device, &call, ret_code);

    if (!err)
        call_flow_accept(&set->flow, call, &call->leg[leg], device, PRESENCE_SIP, now_us);
    return err;
}

int call_set_sip_failed(struct call_set *set, const char *id, unsigned leg, uint64_t device,
                        int code, uint64_t now_us, const char **ret_code)
{
    struct call *call;
    struct call_leg *l;
    enum call_leg_state state;
    const char *cause;
    int err = find_dialled(set, id, leg, device, &call, ret_code);

    if (err)
        return err;
    l = &call->leg[leg];
    /* Of several phones, one that is busy says more than one that is away. */
    if (call_sip_outcome(l->sip_code, &cause) != CALL_LEG_BUSY)
        l->sip_code = code;
    state = call_sip_outcome(code, &cause);
    call_ring_fail(l, device);
    if (state != CALL_LEG_DECLINED && call_leg_nringing(l))
        return 0;
    if (state != CALL_LEG_DECLINED)
        state = call_sip_outcome(l->sip_code, &cause);
    call_flow_end_leg(&set->flow, call, l, &device, state, cause, now_us);
    call_flow_settle(&set->flow, call, now_us);
    return 0;
}

void call_set_device_back(struct call_set *set, const char *identity, uint64_t device,
                          uint64_t now_us)
{
    struct call_flow *flow = &set->flow;
    enum presence_kind kind = presence_kind(flow->cfg.presence, device);
    struct call_seat *s = call_people_seats(&flow->people, identity);
    (void)now_us;

    for (; s; s = s->next) {
        struct call_leg *leg = s->leg >= 0 ? &s->call->leg[s->leg] : NULL;

        if (!leg && s->call->device == device)
            s->call->lost_us = 0;
        else if (leg && leg->state == CALL_LEG_RINGING)
            (void)call_ring_add(&flow->cfg.handlers.ring, s->call, leg, device, kind);
        else if (leg && leg->device == device)
            leg->lost_us = 0;
        call_flow_arm(flow, s->call);
    }
}

void call_set_device_lost(struct call_set *set, const char *identity, uint64_t device,
                          uint64_t now_us)
{
    struct call_flow *flow = &set->flow;
    struct call_seat *s = call_people_seats(&flow->people, identity);

    for (; s; s = s->next) {
        struct call *call = s->call;
        struct call_leg *leg = s->leg >= 0 ? &call->leg[s->leg] : NULL;

        if (!leg && call->device == device && call->device_kind == PRESENCE_WEB)
            call->lost_us = call->lost_us ? call->lost_us : now_us;
        else if (leg && leg->state == CALL_LEG_RINGING)
            call_ring_stop(&flow->cfg.handlers.ring, call, leg, device, CALL_LEG_CANCELLED, "lost");
        else if (leg && leg->device == device && leg->device_kind == PRESENCE_WEB)
            leg->lost_us = leg->lost_us ? leg->lost_us : now_us;
        call_flow_arm(flow, call);
    }
}

uint64_t call_set_next_us(const struct call_set *set)
{
    const struct call *call = call_heap_first(&set->flow.heap);

    return call && call->set.due_us != UINT64_MAX ? call->set.due_us : 0;
}

/* @return whose device has been away for too long; below CALL_CALLER: nobody's */
static int find_lost(const struct call_set *set, const struct call *call, uint64_t now_us)
{
    uint64_t grace_us = (uint64_t)set->flow.cfg.grace_ms * 1000;

    if (call->lost_us && !call->caller_left && now_us >= call->lost_us + grace_us)
        return CALL_CALLER;
    for (unsigned i = 0; i < call->nlegs; ++i) {
        const struct call_leg *leg = &call->leg[i];

        if (leg->state == CALL_LEG_ACCEPTED && !leg->left && leg->lost_us &&
            now_us >= leg->lost_us + grace_us)
            return (int)i;
    }
    return CALL_CALLER - 1;
}

static void on_due(struct call_set *set, struct call *call, uint64_t now_us)
{
    int lost = find_lost(set, call, now_us);

    if (now_us >= call->expires_us)
        call_flow_end_ringing(&set->flow, call, CALL_LEG_TIMEOUT, "timeout", now_us);
    if (lost == CALL_CALLER && call->state == CALL_RINGING && call_nringing(call))
        call_flow_finish(&set->flow, call, CALL_CANCELLED, "caller_lost", false, now_us);
    else if (lost >= CALL_CALLER && call->state == CALL_ACCEPTED)
        call_flow_leave(&set->flow, call, lost, now_us);
    else
        call_flow_settle(&set->flow, call, now_us);
}

void call_set_tick(struct call_set *set, uint64_t now_us)
{
    struct call *call;

    while ((call = call_heap_first(&set->flow.heap)) && call->set.due_us <= now_us)
        on_due(set, call, now_us);
}

const struct call *call_set_find(const struct call_set *set, const char *id)
{
    return call_flow_find(&set->flow, id);
}

bool call_set_has_room(const struct call_set *set, const char *room)
{
    return call_flow_of_room(&set->flow, room) != NULL;
}

void call_set_each_of(const struct call_set *set, const char *identity,
                      void (*h)(const struct call *call, int leg, void *arg), void *arg)
{
    for (struct call_seat *s = call_people_seats(&set->flow.people, identity); s; s = s->next)
        h(s->call, s->leg, arg);
}

unsigned call_set_count(const struct call_set *set)
{
    return set->flow.ncalls;
}
