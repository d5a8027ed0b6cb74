/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/auth/rights.c  What somebody may do in a room, as a mask of bits
 */
#include "mcu/auth/rights.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

enum {
    VIEWER = RIGHT_CHAT | RIGHT_HAND | RIGHT_SEE_PEOPLE,
    GUEST = VIEWER | RIGHT_SPEAK | RIGHT_SHOW | RIGHT_SHARE | RIGHT_REACT,
};

static const struct {
    const char *name;
    uint32_t rights;
} roles[ROLE_COUNT] = {
    [ROLE_VIEWER] = {"viewer", VIEWER},
    [ROLE_GUEST] = {"guest", GUEST},
    [ROLE_HOST] = {"host", RIGHTS_ALL},
};

/* By the number of the bit. */
static const char *const names[RIGHTS_COUNT] = {
    "speak",  "show",     "share",  "chat", "hand",       "react",
    "layout", "moderate", "record", "dial", "see_people",
};

uint32_t rights_of_role(enum role role, const struct rights_policy *policy)
{
    if ((unsigned)role >= ROLE_COUNT)
        return 0;
    return roles[role].rights & ~(policy ? policy->denied[role] : 0);
}

const char *rights_role_name(enum role role)
{
    return (unsigned)role < ROLE_COUNT ? roles[role].name : NULL;
}

int rights_role_find(enum role *ret_role, const char *name)
{
    for (unsigned i = 0; i < ROLE_COUNT; ++i)
        if (strcmp(roles[i].name, name) == 0) {
            *ret_role = (enum role)i;
            return 0;
        }
    return -ENOENT;
}

const char *rights_name(uint32_t right)
{
    for (unsigned i = 0; i < RIGHTS_COUNT; ++i)
        if (right == UINT32_C(1) << i)
            return names[i];
    return NULL;
}

uint32_t rights_find(const char *name)
{
    for (unsigned i = 0; i < RIGHTS_COUNT; ++i)
        if (strcmp(names[i], name) == 0)
            return UINT32_C(1) << i;
    return 0;
}
