/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/call_check.c  Whether a call may start at all, whoever is there
 */
#include "mcu/room/call_check.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "mcu/room/call_set.h"
#include "mcu/room/room_text.h"

enum { CALLS_LIMIT = 1000000, STARTS_LIMIT = 1000, GRACE_MS_MAX = 300000 };

static bool ring_ms_ok(uint32_t ring_ms)
{
    return ring_ms >= CALL_SET_RING_MS_MIN && ring_ms <= CALL_SET_RING_MS_MAX;
}

static bool name_ok(const struct call_party *party)
{
    return memchr(party->name, '\0', sizeof(party->name)) && room_text_length(party->name) >= 0;
}

static bool identity_ok(const char *identity)
{
    return memchr(identity, '\0', PRESENCE_IDENTITY_SIZE) && room_text_length(identity) > 0;
}

/* Either an identity or an address that can be dialled. */
static bool target_ok(const struct call_party *party)
{
    if (!name_ok(party))
        return false;
    if (party->identity[0])
        return !party->address[0] && identity_ok(party->identity);
    return strncasecmp(party->address, "sip:", 4) == 0 && call_address_ok(party->address);
}

static bool same(const struct call_party *a, const struct call_party *b)
{
    if (a->identity[0] || b->identity[0])
        return strcmp(a->identity, b->identity) == 0;
    return strcasecmp(a->address, b->address) == 0;
}

const char *call_check_start(const struct call_set_start *start)
{
    const struct call_party *from = &start->from;

    if (!name_ok(from) ||
        !(from->identity[0] ? identity_ok(from->identity) : call_address_ok(from->address)))
        return "bad_caller";
    if (start->nto < 1)
        return "bad_target";
    if (start->nto > CALL_LEGS_MAX)
        return "too_many_targets";
    for (unsigned i = 0; i < start->nto; ++i) {
        if (!target_ok(&start->to[i]) || same(&start->to[i], from))
            return "bad_target";
        for (unsigned k = 0; k < i; ++k) {
            if (same(&start->to[i], &start->to[k]))
                return "bad_target";
        }
    }
    if (start->room && !call_room_ok(start->room))
        return "bad_room";
    if (start->ring_ms && !ring_ms_ok(start->ring_ms))
        return "bad_timeout";
    return "";
}

int call_check_cfg(const struct call_set_cfg *cfg)
{
    return cfg->max_calls >= 1 && cfg->max_calls <= CALLS_LIMIT && ring_ms_ok(cfg->ring_ms) &&
                   cfg->grace_ms <= GRACE_MS_MAX && cfg->starts_per_minute >= 1 &&
                   cfg->starts_per_minute <= STARTS_LIMIT && cfg->ringing_out_max >= 1
               ? 0
               : -EINVAL;
}
