/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_who.h  Who calls the REST API, and which callers a route is for
 *
 * Each route names the kinds of callers that may use it, as a mask; a kind that is not named may
 * not (deny by default).
 *
 *     caller: where it came from (rest_auth.h), operator's token, or a signed token's grants
 *     route:  REST_WHO_OPERATOR | REST_WHO_HOST, /rooms/{r}/mute, {r} is "demo"
 *     verdict: yes, no, or: the owner of the meeting of this room may, so ask the database
 *
 * Threads: any; no state.
 */
#ifndef MCU_API_REST_WHO_H
#define MCU_API_REST_WHO_H

#include <stdbool.h>
#include <stdint.h>

#include "mcu/auth/grants.h"

enum rest_who {
    REST_WHO_ANYBODY = 1 << 0,  /**< Everybody, on every listener */
    REST_WHO_LOCAL = 1 << 1,    /**< The admin listener and its socket */
    REST_WHO_OPERATOR = 1 << 2, /**< The same, the operator's token, or a token of an operator */
    REST_WHO_SIGNED = 1 << 3,   /**< Whoever has a valid token; the handler looks closer */
    REST_WHO_USER = 1 << 4,     /**< Whoever is signed in to an account */
    REST_WHO_HOST = 1 << 5, /**< Who may moderate the room of the path, and its meeting's owner */
    REST_WHO_SELF = 1 << 6, /**< The user whose id is in the path */
    REST_WHO_LIST = 1 << 7, /**< Whose token lets him list rooms */
};

struct rest_caller {
    bool local;     /**< Came in on the admin listener */
    bool operator_; /**< Has the operator's token */
    bool signed_;   /**< Has a token of ours: grants are valid */
    struct grants grants;
    /** 0; else he may because the room's meeting is his, which has it since then: what took place
     *  in the room before is not his */
    uint64_t since_us;
};

enum rest_who_verdict {
    REST_WHO_YES,
    REST_WHO_NO,      /**< Is known, but may not */
    REST_WHO_UNKNOWN, /**< Might, with a token */
    REST_WHO_OWNER,   /**< If the meeting of this room is his */
};

/** May he?  @param param  First segment of the path in braces, "" if none */
enum rest_who_verdict rest_who_may(unsigned who, const struct rest_caller *caller,
                                   const char *param);

/** Does he run the server? */
bool rest_who_is_operator(const struct rest_caller *caller);
/** May he moderate the room by his token, or as an operator?  @param room as it was typed */
bool rest_who_is_host(const struct rest_caller *caller, const char *room);
/** Id of the account that he is signed in to, "" if none. */
const char *rest_who_user(const struct rest_caller *caller);

#endif
