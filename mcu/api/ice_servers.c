/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/ice_servers.c  TURN servers for clients, with credentials that expire
 */
#include "mcu/api/ice_servers.h"

#include <stdint.h>
#include <string.h>

#include "mcu/api/rest_json.h"
#include "mcu/base/clock.h"
#include "mcu/base/id.h"
#include "mcu/config/settings.h"
#include "mcu/room/room_set.h"
#include "net/turn_credential.h"

/* What stands behind the time in a user name; only logs of the TURN server look at it. */
static void name_of(char ret_name[ID_SIZE], const char *identity)
{
    const size_t len = strlen(identity);

    if (len && len < ID_SIZE && strspn(identity, "abcdefghijklmnopqrstuvwxyz0123456789_-") == len)
        memcpy(ret_name, identity, len + 1);
    else
        id_make(ret_name, "g");
}

void ice_servers_write(struct rest_json *j, const char *key, const char *identity)
{
    const struct config_turn *turn = &room_set_settings()->config.turn;
    struct turn_credential made;
    char name[ID_SIZE];

    rest_json_open(j, key, '[');
    name_of(name, identity);
    if (turn->uris.n && turn_credential_make(&made, turn->secret, name,
                                             clock_wall_us() / 1000000 + turn->ttl / 1000) == 0) {
        rest_json_open(j, NULL, '{');
        rest_json_open(j, "urls", '[');
        for (uint32_t i = 0; i < turn->uris.n; ++i)
            rest_json_string(j, NULL, turn->uris.item[i]);
        rest_json_close(j);
        rest_json_string(j, "username", made.username);
        rest_json_string(j, "credential", made.password);
        rest_json_close(j);
    }
    rest_json_close(j);
}
