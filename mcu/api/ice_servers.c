/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/ice_servers.c  STUN and TURN servers for a client (turn.uris), with his credentials
 */
#include "mcu/api/ice_servers.h"

#include <stdbool.h>
#include <string.h>

#include "mcu/api/rest_json.h"
#include "mcu/base/clock.h"
#include "mcu/base/id.h"
#include "mcu/config/settings.h"
#include "mcu/room/room_set.h"
#include "net/turn_credential.h"

static bool is_turn(const char *uri)
{
    return strncmp(uri, "turn", 4) == 0;
}

static unsigned count(const struct config_strings *uris, bool turn)
{
    unsigned n = 0;

    for (unsigned i = 0; i < uris->n; ++i)
        n += is_turn(uris->item[i]) == turn;
    return n;
}

static void write_urls(struct rest_json *j, const struct config_strings *uris, bool turn)
{
    rest_json_open(j, "urls", '[');
    for (unsigned i = 0; i < uris->n; ++i) {
        if (is_turn(uris->item[i]) == turn)
            rest_json_string(j, NULL, uris->item[i]);
    }
    rest_json_close(j);
}

/* What stands behind the time in a user name, for the TURN server's log: a user, or a guest's by
 * chance, so that one is told from the other. */
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
    uint64_t expiry_s = (clock_wall_us() / 1000 + turn->ttl) / 1000;
    struct turn_credential credential;
    char name[ID_SIZE];

    name_of(name, identity);
    rest_json_open(j, key, '[');
    if (count(&turn->uris, false)) {
        rest_json_open(j, NULL, '{');
        write_urls(j, &turn->uris, false);
        rest_json_close(j);
    }
    if (count(&turn->uris, true)) {
        rest_json_open(j, NULL, '{');
        write_urls(j, &turn->uris, true);
        if (turn_credential_make(&credential, turn->secret, name, expiry_s) == 0) {
            rest_json_string(j, "username", credential.username);
            rest_json_string(j, "credential", credential.password);
        }
        rest_json_close(j);
    }
    rest_json_close(j);
}
