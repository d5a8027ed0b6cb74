/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/auth/token_claims.h  The claims of a token: JSON to grants
 *
 * Two shapes are read.  Ours, where a role gives its rights and each grant that is named changes
 * one of them; it takes "join": true to have a role's rights at all:
 *
 *     {"iss", "sub", "name", "exp", "nbf", "iat", "iat_us", "jti", "aud",
 *      "grants": {"room", "join", "role", "publish": ["audio", "video", "screen"], "subscribe",
 *                 "chat", "record", "moderate", "hidden", "layout", "create", "list", "user",
 *                 "operator"},
 *      "attr": {"avatar", ...}, "room_config": {"layout", "max_participants", "title"}}
 *
 * LiveKit's, looked at only where there is no "grants".  Whoever has "roomAdmin" is host, others
 * are guests; as there, "roomJoin" includes to publish unless that is denied:
 *
 *     {"iss", "sub", "name", "exp", ...,
 *      "video": {"room", "roomJoin", "roomCreate", "roomList", "roomAdmin", "roomRecord",
 *                "canPublish", "canPublishSources", "canSubscribe", "canPublishData", "hidden"}}
 *
 * Who may join makes the room by entering it unless "create" or "roomCreate" is false; its title
 * and size are then those of "room_config", whose layout is read and not used. "list" lets him list
 * rooms. There is no place for people who do not see and hear: "subscribe" or "canSubscribe" false
 * is refused for who joins.
 *
 * Claims that are not known are ignored; known ones of a wrong type are an error, and so are
 * names twice in one object.  Nothing here knows about signatures.
 *
 * Threads: any; no state.
 */
#ifndef MCU_AUTH_TOKEN_CLAIMS_H
#define MCU_AUTH_TOKEN_CLAIMS_H

#include <stddef.h>
#include <stdint.h>

#include "mcu/auth/grants.h"
#include "mcu/auth/token_error.h"

enum {
    TOKEN_CLAIMS_DEPTH_MAX = 8,  /**< Levels of objects and lists */
    TOKEN_CLAIMS_WHY_SIZE = 128, /**< Enough for every reason */
};

/** What is asked of claims, whoever they are about. */
struct token_claims_rules {
    const char *issuer;   /**< iss must be this; "" = any or none */
    const char *audience; /**< aud must have this; "" = any or none */
    unsigned leeway_s;    /**< How much clocks may differ [s] */
    unsigned max_life_s;  /**< exp at most so far ahead of iat and of now [s] */
};

/**
 * Read claims and check them.
 *
 * @param ret_grants  Zero after an error
 * @param json        Need not end with a NUL
 * @param now_us      Wall clock [us since 1970]
 * @param why         Gets which claim is wrong, never its value; "" on success
 *
 * @return TOKEN_ERROR_NONE, or any but _ALGORITHM and _SIGNATURE
 */
enum token_error token_claims_read(struct grants *ret_grants, const char *json, size_t len,
                                   const struct token_claims_rules *rules, uint64_t now_us,
                                   char *why, size_t why_size);

#endif
