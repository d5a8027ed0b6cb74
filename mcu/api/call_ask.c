/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/call_ask.c  Calls that are asked for: the same over medley.v1 and REST
 */
#include "mcu/api/call_ask.h"

#include <stdio.h>
#include <string.h>

#include "mcu/base/clock.h"
#include "mcu/config/settings.h"
#include "mcu/room/call.h"
#include "mcu/room/room_set.h"

int64_t call_ask_wall_ms(uint64_t us)
{
    return us ? (int64_t)((clock_wall_us() + us - clock_now_us()) / 1000) : 0;
}

void call_ask_party(struct call_party *ret_party, const char *text)
{
    memset(ret_party, 0, sizeof(*ret_party));
    if (call_address_ok(text))
        (void)snprintf(ret_party->address, sizeof(ret_party->address), "%s", text);
    else if (strlen(text) < sizeof(ret_party->identity))
        (void)snprintf(ret_party->identity, sizeof(ret_party->identity), "%s", text);
}

void call_ask_from_room(struct call_party *ret_from, const char *room)
{
    (void)snprintf(ret_from->identity, sizeof(ret_from->identity), "room:%.58s", room);
}

bool call_ask_may_dial(const struct call_party *to, unsigned n)
{
    if (room_set_settings()->config.sip.dial == CONFIG_DIAL_ANYWHERE)
        return true;
    for (unsigned i = 0; i < n; ++i) {
        if (to[i].address[0])
            return false;
    }
    return true;
}
