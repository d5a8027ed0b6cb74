/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_turn.c  /api/v1/turn: servers that help a client's media through
 */
#include "mcu/api/rest_turn.h"

#include "mcu/api/ice_servers.h"
#include "mcu/api/rest_call.h"
#include "mcu/api/rest_json.h"
#include "mcu/config/settings.h"
#include "mcu/room/room_set.h"

void rest_turn_get(const struct rest_call *call)
{
    struct rest_json j;

    rest_json_init(&j);
    rest_json_open(&j, NULL, '{');
    ice_servers_write(&j, "ice_servers",
                      call->caller->signed_ ? call->caller->grants.identity : "");
    rest_json_int(&j, "ttl_ms", room_set_settings()->config.turn.ttl);
    rest_json_close(&j);
    rest_reply_json(&call->ticket, 200, &j);
}
