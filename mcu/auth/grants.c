/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/auth/grants.c  Who somebody is and what he was given
 */
#include "mcu/auth/grants.h"

#include <string.h>

enum { OF_ROLE = RIGHT_HAND | RIGHT_REACT | RIGHT_SEE_PEOPLE };

static const struct {
    uint32_t right;
    size_t offset; /* of a bool in struct grants */
} granted[] = {
    {RIGHT_SPEAK, offsetof(struct grants, publish_audio)},
    {RIGHT_SHOW, offsetof(struct grants, publish_video)},
    {RIGHT_SHARE, offsetof(struct grants, publish_screen)},
    {RIGHT_CHAT, offsetof(struct grants, chat)},
    {RIGHT_LAYOUT, offsetof(struct grants, layout)},
    {RIGHT_MODERATE, offsetof(struct grants, moderate)},
    {RIGHT_RECORD, offsetof(struct grants, record)},
};

static bool *bool_at(struct grants *grants, size_t offset)
{
    return (bool *)((char *)grants + offset);
}

void grants_of_role(struct grants *ret_grants, enum role role)
{
    uint32_t rights = rights_of_role(role, NULL);

    memset(ret_grants, 0, sizeof(*ret_grants));
    ret_grants->role = role;
    ret_grants->join = true;
    ret_grants->subscribe = true;
    ret_grants->create = true;
    for (size_t i = 0; i < sizeof(granted) / sizeof(granted[0]); ++i)
        *bool_at(ret_grants, granted[i].offset) = (rights & granted[i].right) != 0;
}

void grants_with_role(struct grants *ret_grants, const struct grants *given, enum role role)
{
    struct grants came, goes;

    *ret_grants = *given;
    if (role == given->role)
        return;
    grants_of_role(&came, given->role);
    grants_of_role(&goes, role);
    ret_grants->role = role;
    for (size_t i = 0; i < sizeof(granted) / sizeof(granted[0]); ++i) {
        size_t at = granted[i].offset;
        bool withheld = *bool_at(&came, at) && !*bool_at((struct grants *)(uintptr_t)given, at);

        *bool_at(ret_grants, at) = *bool_at(&goes, at) && !withheld;
    }
}

uint32_t grants_rights(const struct grants *grants, const struct rights_policy *policy)
{
    uint32_t of_role = rights_of_role(grants->role, NULL), rights = 0;

    if (grants->operator_)
        return RIGHTS_ALL;
    for (size_t i = 0; i < sizeof(granted) / sizeof(granted[0]); ++i)
        if (*(const bool *)((const char *)grants + granted[i].offset))
            rights |= granted[i].right;
    if (grants->join)
        rights |= of_role & OF_ROLE;
    if (grants->moderate)
        rights |= of_role & RIGHT_DIAL;
    if (policy && (unsigned)grants->role < ROLE_COUNT)
        rights &= ~policy->denied[grants->role];
    return rights;
}

bool grants_are_for(const struct grants *grants, const char *room)
{
    if (grants->operator_ || strcmp(grants->room, "*") == 0)
        return true;
    return grants->room[0] && strcmp(grants->room, room) == 0;
}

bool grants_may_join(const struct grants *grants, const char *room)
{
    return (grants->join || grants->operator_) && grants_are_for(grants, room);
}

bool grants_may(const struct grants *grants, const char *room, uint32_t rights,
                const struct rights_policy *policy)
{
    if (!rights)
        return true;
    return grants_are_for(grants, room) && (grants_rights(grants, policy) & rights) == rights;
}

bool grants_have_expired(const struct grants *grants, uint64_t now_us)
{
    return grants->expires_us && now_us >= grants->expires_us;
}
