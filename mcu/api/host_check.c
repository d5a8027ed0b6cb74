/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/host_check.c  What hosts may not do, whether they ask by WebSocket or by REST
 */
#include "mcu/api/host_check.h"

#include <stdio.h>
#include <string.h>

#include "mcu/room/participant.h"
#include "mcu/room/room.h"
#include "mcu/room/room_rules.h"

bool host_check_unmutes(const struct participant *p, bool audio, bool video)
{
    return (participant_muted_audio(p) && !audio) || (participant_muted_video(p) && !video);
}

bool host_check_last_host(const struct participant *p, enum role role)
{
    return role != ROLE_HOST && participant_role(p) == ROLE_HOST &&
           room_count_hosts(participant_room(p)) == 1;
}

bool host_check_rules(const struct room_rules *rules, const char *at,
                      char ret_why[static HOST_CHECK_WHY_SIZE])
{
    const char *field = room_rules_check(rules);

    if (!field)
        return true;
    if (strcmp(field, "host_pin") == 0)
        (void)snprintf(ret_why, HOST_CHECK_WHY_SIZE, "%s/pin: is the PIN of hosts", at);
    else
        (void)snprintf(ret_why, HOST_CHECK_WHY_SIZE, "%s/%s: is not right", at, field);
    return false;
}
