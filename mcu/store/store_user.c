/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_user.c  Accounts of people
 */
#include "mcu/store/store_user.h"

#include "mcu/store/store_request.h"

static const struct store_field fields[] = {
    STORE_TEXT(struct store_user, id, 1, STORE_ID_MAX),
    STORE_TEXT(struct store_user, name, 1, STORE_NAME_MAX),
    STORE_TEXT(struct store_user, display, 0, STORE_NAME_MAX),
    STORE_TEXT(struct store_user, password_hash, 0, STORE_USER_HASH_MAX),
    STORE_TEXT(struct store_user, sip_ha1_md5, 0, 32),
    STORE_TEXT(struct store_user, sip_ha1_sha256, 0, 64),
    STORE_TEXT(struct store_user, role, 1, STORE_WORD_MAX),
    STORE_TEXT(struct store_user, prefs, 0, STORE_USER_PREFS_MAX),
    STORE_U64(struct store_user, created_us),
    STORE_U64(struct store_user, changed_us),
    STORE_U64(struct store_user, version),
    STORE_FIELDS_END,
};
const struct store_shape store_user_shape = {sizeof(struct store_user), fields};

int store_user_put(struct store *store, const struct store_user *user, struct store_reply reply)
{
    return store_submit(store, STORE_OP_USER_PUT, user, reply);
}

int store_user_get(struct store *store, const char *id, struct store_reply reply)
{
    return store_submit(store, STORE_OP_USER_GET, &(struct store_key){id}, reply);
}

int store_user_get_by_name(struct store *store, const char *name, struct store_reply reply)
{
    return store_submit(store, STORE_OP_USER_GET_BY_NAME, &(struct store_key){name}, reply);
}

int store_user_list(struct store *store, const char *after, uint32_t limit,
                    struct store_reply reply)
{
    const struct store_page page = {.after = after, .limit = limit};

    return store_submit(store, STORE_OP_USER_LIST, &page, reply);
}

int store_user_remove(struct store *store, const char *id, struct store_reply reply)
{
    return store_submit(store, STORE_OP_USER_REMOVE, &(struct store_key){id}, reply);
}
