/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_who.c  Who calls the REST API, and which callers a route is for
 */
#include "mcu/api/rest_who.h"

#include <string.h>

#include "mcu/api/api_text.h"

bool rest_who_is_operator(const struct rest_caller *caller)
{
    return caller->local || caller->operator_ || (caller->signed_ && caller->grants.operator_);
}

bool rest_who_is_host(const struct rest_caller *caller, const char *room)
{
    char name[API_TEXT_ROOM_SIZE];

    if (rest_who_is_operator(caller))
        return true;
    return caller->signed_ && api_text_clean_room(name, room, strlen(room)) == 0 &&
           grants_may(&caller->grants, name, RIGHT_MODERATE, NULL);
}

const char *rest_who_user(const struct rest_caller *caller)
{
    return caller->signed_ && caller->grants.user ? caller->grants.identity : "";
}

enum rest_who_verdict rest_who_may(unsigned who, const struct rest_caller *caller,
                                   const char *param)
{
    const char *user = rest_who_user(caller);

    if ((who & REST_WHO_ANYBODY) || ((who & REST_WHO_LOCAL) && caller->local) ||
        ((who & REST_WHO_OPERATOR) && rest_who_is_operator(caller)) ||
        ((who & REST_WHO_SIGNED) && caller->signed_) || ((who & REST_WHO_USER) && *user) ||
        ((who & REST_WHO_LIST) && caller->signed_ && caller->grants.list) ||
        ((who & REST_WHO_HOST) && rest_who_is_host(caller, param)) ||
        ((who & REST_WHO_SELF) && *user && strcmp(user, param) == 0))
        return REST_WHO_YES;
    if ((who & REST_WHO_HOST) && *user)
        return REST_WHO_OWNER;
    return caller->signed_ || caller->operator_ || caller->local ? REST_WHO_NO : REST_WHO_UNKNOWN;
}
