/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_user.h  Accounts of people
 *
 * A user's version grows by one with each change; who changes a user names the version that he saw.
 * Passwords come hashed; nothing here logs them.
 *
 * Each function submits a request, see store.h: 0 is answered by the handler, -EINVAL, -ENOSPC and
 * -ENOMEM are told at once.  What a function says after "answer" is what the handler gets.
 *
 * Threads: any.
 */
#ifndef MCU_STORE_STORE_USER_H
#define MCU_STORE_STORE_USER_H

#include <stdbool.h>
#include <stdint.h>

#include "mcu/store/store.h"

enum {
    STORE_USER_HASH_MAX = 512,    /**< Longest password hash [bytes]                */
    STORE_USER_PREFS_MAX = 16384, /**< Longest preferences [bytes]                  */
};

struct store_user {
    const char *id;             /**< 1 to STORE_ID_MAX                                   */
    const char *name;           /**< Login, unique; case is folded by the caller         */
    const char *display;        /**< Name for people                                     */
    const char *password_hash;  /**< PHC text; "" for none                               */
    const char *sip_ha1_md5;    /**< Hex; "" for none                                    */
    const char *sip_ha1_sha256; /**< Hex; "" for none                                    */
    const char *role;           /**< "user" or "operator"                                */
    const char *prefs;          /**< JSON text, not looked at                            */
    uint64_t created_us;        /**< Kept when the user is changed                       */
    uint64_t changed_us;
    uint64_t version; /**< In put: 0 for a new user, else the version that is replaced */
};

/**
 * Make or change a user.  Answer: the user as stored (struct store_user), -EEXIST (name or id
 * taken), -ENOENT (version is not 0 and there is no such id), -EAGAIN (has another version),
 * -EINVAL (role).
 */
int store_user_put(struct store *store, const struct store_user *user, struct store_reply reply);

/** Answer: struct store_user, or -ENOENT. */
int store_user_get(struct store *store, const char *id, struct store_reply reply);

/** Answer: struct store_user, or -ENOENT. */
int store_user_get_by_name(struct store *store, const char *name, struct store_reply reply);

/**
 * Users by name.
 * @param after  Name of the last one that is known; "" or NULL from the start
 * @param limit  1 to STORE_LIST_MAX
 * Answer: struct store_list of struct store_user.
 */
int store_user_list(struct store *store, const char *after, uint32_t limit,
                    struct store_reply reply);

/** Answer: 0 or -ENOENT.  What he did stays in the history. */
int store_user_remove(struct store *store, const char *id, struct store_reply reply);

#endif
