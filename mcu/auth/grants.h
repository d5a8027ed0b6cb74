/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/auth/grants.h  Who somebody is and what he was given
 *
 * A plain value: the outcome of a token (token.h), a login or a PIN.  A zeroed one is nobody
 * who may nothing.  What is not granted is denied.
 *
 * Threads: any; no state.
 */
#ifndef MCU_AUTH_GRANTS_H
#define MCU_AUTH_GRANTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mcu/api/api_text.h"
#include "mcu/auth/rights.h"

enum {
    GRANTS_IDENTITY_SIZE = 64,      /**< With NUL [bytes] */
    GRANTS_JTI_SIZE = 65,           /**< With NUL [bytes] */
    GRANTS_LAYOUT_SIZE = 64,        /**< With NUL [bytes] */
    GRANTS_AVATAR_SIZE = 513,       /**< With NUL [bytes] */
    GRANTS_ATTR_SIZE = 1025,        /**< With NUL [bytes] */
    GRANTS_PARTICIPANTS_MAX = 10000 /**< Largest limit of people that a token may set */
};

/** How a room shall be if this participant is the one who makes it. */
struct grants_room_config {
    char layout[GRANTS_LAYOUT_SIZE]; /**< [a-z0-9._-], not used yet */
    unsigned max_participants;       /**< 1 to GRANTS_PARTICIPANTS_MAX, 0 = as configured */
    char title[API_TEXT_NAME_SIZE];  /**< Clean; "" = none */
};

struct grants {
    char identity[GRANTS_IDENTITY_SIZE]; /**< Stable id: user, or as the token's maker says; "" =
                                              a guest without one.  As a clean name */
    char name[API_TEXT_NAME_SIZE];       /**< Display name, clean; "" = to be asked */
    char jti[GRANTS_JTI_SIZE];           /**< Id of the token; "" = none */
    uint64_t issued_us;                  /**< When the token was made; whole seconds if others made
                                              it [us since 1970]; 0 = it does not say */
    uint64_t expires_us;                 /**< Wall clock [us since 1970]; 0 = does not */
    bool user;                           /**< Signed in to an account: identity is its id */
    bool operator_;                      /**< Runs the server: may everything */

    char room[API_TEXT_ROOM_SIZE]; /**< Valid for this room; "*" = any, "" = none */
    enum role role;
    bool role_said;     /**< By a token, in so many words: nobody makes him host but a host */
    bool join;          /**< May enter the room */
    bool publish_audio; /**< RIGHT_SPEAK */
    bool publish_video; /**< RIGHT_SHOW */
    bool publish_screen;
    bool subscribe; /**< May see and hear the room; who joins may, see token_claims.h */
    bool chat;
    bool record;
    bool moderate;
    bool layout;
    bool hidden; /**< Is not in the list of people */
    bool create; /**< May make his room by entering it, if it has no meeting */
    bool list;   /**< May list rooms */

    char avatar[GRANTS_AVATAR_SIZE]; /**< https URL in ASCII; "" = none */
    char attr[GRANTS_ATTR_SIZE];     /**< Other attributes, a JSON object for clients; "" = none */
    struct grants_room_config room_config;
};

/**
 * What a role has: all of its rights, join, subscribe and create; nobody in particular in no room
 * yet.
 * @param ret_grants  Everything else is zero
 */
void grants_of_role(struct grants *ret_grants, enum role role);

/**
 * The grants of somebody who gets another role: of its rights, all but those that the role he came
 * with has and he was not given.  With the role that he came with he is what he was.
 * @param ret_grants  May not be @p given
 * @param given       What he came with
 */
void grants_with_role(struct grants *ret_grants, const struct grants *given, enum role role);

/**
 * What the grants are in a room that takes away @p policy.
 *
 * Publishing, chat, layout, moderating and recording are as granted; to raise a hand, to react
 * and to see people is the role's, once he may join; dialing is a host's who may moderate.  An
 * operator has all, whatever the policy.
 *
 * @param policy  NULL: nothing is taken away
 *
 * @return RIGHT_*
 */
uint32_t grants_rights(const struct grants *grants, const struct rights_policy *policy);

/** Are these grants for the room, as it is named by api_text_clean_room()?  An operator's are. */
bool grants_are_for(const struct grants *grants, const char *room);

/** May he enter the room? */
bool grants_may_join(const struct grants *grants, const char *room);

/**
 * May he do all of this in the room?
 * @param rights  RIGHT_*; 0 asks for nothing, which everybody may
 * @param policy  NULL: nothing is taken away
 */
bool grants_may(const struct grants *grants, const char *room, uint32_t rights,
                const struct rights_policy *policy);

/** Have they expired?  @param now_us wall clock [us since 1970] */
bool grants_have_expired(const struct grants *grants, uint64_t now_us);

#endif
