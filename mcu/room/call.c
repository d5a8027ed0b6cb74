/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/call.c  A call: what its state tells
 */
#include "mcu/room/call.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

const char *call_state_name(enum call_state state)
{
    static const char *const name[] = {"ringing",   "accepted", "declined", "busy",
                                       "cancelled", "timeout",  "failed",   "ended"};

    return name[state];
}

const char *call_leg_state_name(enum call_leg_state state)
{
    static const char *const name[] = {"ringing",   "accepted", "elsewhere", "declined",
                                       "cancelled", "timeout",  "busy",      "failed"};

    return name[state];
}

const char *call_kind_name(enum call_kind kind)
{
    return kind == CALL_VIDEO ? "video" : "audio";
}

bool call_address_ok(const char *address)
{
    static const char *const scheme[] = {"sip:", "sips:", "tel:"};
    size_t len = strnlen(address, CALL_ADDRESS_SIZE), skip = 0;

    for (unsigned i = 0; i < sizeof(scheme) / sizeof(scheme[0]); ++i) {
        if (strncasecmp(address, scheme[i], strlen(scheme[i])) == 0)
            skip = strlen(scheme[i]);
    }
    if (!skip || len == skip || len == CALL_ADDRESS_SIZE)
        return false;
    for (size_t i = skip; i < len; ++i) {
        if (address[i] <= ' ' || address[i] > '~' || strchr("<>\"\\", address[i]))
            return false;
    }
    return true;
}

static bool is_lower_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool call_room_ok(const char *room)
{
    size_t len = strnlen(room, CALL_ROOM_SIZE);

    if (!is_lower_or_digit(room[0]) || len == CALL_ROOM_SIZE)
        return false;
    for (size_t i = 1; i < len; ++i) {
        if (!is_lower_or_digit(room[i]) && !strchr("._-", room[i]))
            return false;
    }
    return true;
}

const struct call_party *call_who(const struct call *call, int leg)
{
    return leg < 0 ? &call->caller : &call->leg[leg].who;
}

uint64_t call_device(const struct call *call, int leg)
{
    return leg < 0 ? call->device : call->leg[leg].device;
}

const char *call_party_key(const struct call_party *party)
{
    return party->identity[0] ? party->identity : party->address;
}

struct call_leg *call_find(const struct call *call, const char *identity)
{
    for (unsigned i = 0; i < call->nlegs && identity[0]; ++i) {
        if (strcmp(call->leg[i].who.identity, identity) == 0)
            return &call->leg[i];
    }
    return NULL;
}

struct call_ring *call_leg_ring(struct call_leg *leg, uint64_t device)
{
    for (unsigned i = 0; i < leg->nrings; ++i) {
        if (leg->ring[i].device == device)
            return &leg->ring[i];
    }
    return NULL;
}

unsigned call_leg_nringing(const struct call_leg *leg)
{
    unsigned n = 0;

    for (unsigned i = 0; i < leg->nrings; ++i)
        n += !leg->ring[i].failed;
    return n;
}

unsigned call_nringing(const struct call *call)
{
    unsigned n = 0;

    for (unsigned i = 0; i < call->nlegs; ++i)
        n += call->leg[i].state == CALL_LEG_RINGING;
    return n;
}

unsigned call_nlive(const struct call *call)
{
    unsigned n = !call->caller_left;

    for (unsigned i = 0; i < call->nlegs; ++i)
        n += call->leg[i].state == CALL_LEG_ACCEPTED && !call->leg[i].left;
    return n;
}

enum call_state call_outcome(const struct call *call, const char **ret_cause)
{
    static const struct {
        enum call_leg_state leg;
        enum call_state call;
    } order[] = {{CALL_LEG_TIMEOUT, CALL_TIMEOUT},
                 {CALL_LEG_DECLINED, CALL_DECLINED},
                 {CALL_LEG_BUSY, CALL_BUSY},
                 {CALL_LEG_FAILED, CALL_FAILED},
                 {CALL_LEG_CANCELLED, CALL_CANCELLED}};

    for (unsigned i = 0; i < sizeof(order) / sizeof(order[0]); ++i) {
        for (unsigned k = 0; k < call->nlegs; ++k) {
            if (call->leg[k].state != order[i].leg)
                continue;
            *ret_cause = call->leg[k].cause;
            return order[i].call;
        }
    }
    *ret_cause = "ended";
    return CALL_ENDED;
}

enum call_leg_state call_sip_outcome(int code, const char **ret_cause)
{
    static const struct {
        int code;
        enum call_leg_state state;
        const char *cause;
    } answer[] = {
        {486, CALL_LEG_BUSY, "busy"},         {600, CALL_LEG_BUSY, "busy"},
        {603, CALL_LEG_DECLINED, "declined"}, {607, CALL_LEG_DECLINED, "declined"},
        {608, CALL_LEG_DECLINED, "declined"}, {408, CALL_LEG_TIMEOUT, "timeout"},
        {480, CALL_LEG_FAILED, "offline"},    {404, CALL_LEG_FAILED, "not_found"},
        {410, CALL_LEG_FAILED, "not_found"},  {484, CALL_LEG_FAILED, "not_found"},
        {604, CALL_LEG_FAILED, "not_found"},  {401, CALL_LEG_FAILED, "forbidden"},
        {403, CALL_LEG_FAILED, "forbidden"},  {407, CALL_LEG_FAILED, "forbidden"},
    };

    for (unsigned i = 0; i < sizeof(answer) / sizeof(answer[0]); ++i) {
        if (answer[i].code == code) {
            *ret_cause = answer[i].cause;
            return answer[i].state;
        }
    }
    *ret_cause = "failed";
    return CALL_LEG_FAILED;
}
