/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/auth/rights.h  What somebody may do in a room, as a mask of bits
 *
 * A role is a set of rights; the policy of a room takes some of them away.  Nothing is ever
 * added by a policy: what a role does not have must be granted by a token (grants.h).
 *
 * Threads: any; no state.
 */
#ifndef MCU_AUTH_RIGHTS_H
#define MCU_AUTH_RIGHTS_H

#include <stdint.h>

/** From the least to the most. */
enum role {
    ROLE_VIEWER, /**< Sees and hears */
    ROLE_GUEST,  /**< Takes part */
    ROLE_HOST,   /**< Runs the room */
    ROLE_COUNT,
};

enum right {
    RIGHT_SPEAK = 1 << 0,      /**< Send sound */
    RIGHT_SHOW = 1 << 1,       /**< Send the camera's picture */
    RIGHT_SHARE = 1 << 2,      /**< Share a screen */
    RIGHT_CHAT = 1 << 3,       /**< Write messages */
    RIGHT_HAND = 1 << 4,       /**< Raise the own hand */
    RIGHT_REACT = 1 << 5,      /**< Send reactions */
    RIGHT_LAYOUT = 1 << 6,     /**< Choose the layout of all */
    RIGHT_MODERATE = 1 << 7,   /**< Mute others, admit, remove, ban, lock, end */
    RIGHT_RECORD = 1 << 8,     /**< Start and stop recordings */
    RIGHT_DIAL = 1 << 9,       /**< Call people into the room */
    RIGHT_SEE_PEOPLE = 1 << 10 /**< See who is there */
};

enum {
    RIGHTS_COUNT = 11,
    RIGHTS_ALL = (1 << RIGHTS_COUNT) - 1,
};

/** What a room takes away from each role; all zero: nothing. */
struct rights_policy {
    uint32_t denied[ROLE_COUNT]; /**< RIGHT_*, by role */
};

/**
 * Rights of a role: a host has all; a guest speaks, shows, shares, chats, raises his hand,
 * reacts and sees people; a viewer chats, raises his hand and sees people.
 *
 * @param policy  NULL: nothing is taken away
 *
 * @return RIGHT_*; 0 for a role that there is not
 */
uint32_t rights_of_role(enum role role, const struct rights_policy *policy);

/** Name of a role, as "guest"; NULL for one that there is not.  Static string. */
const char *rights_role_name(enum role role);

/** Role by its name.  @return 0, -ENOENT */
int rights_role_find(enum role *ret_role, const char *name);

/** Name of one right, as "see_people"; NULL for anything but one bit of RIGHT_*.  Static string. */
const char *rights_name(uint32_t right);

/** Right by its name.  @return RIGHT_*, 0 if there is none of this name */
uint32_t rights_find(const char *name);

#endif
