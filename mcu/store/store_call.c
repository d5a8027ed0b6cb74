/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_call.c  Calls and their legs: who rang whom, and what came of it
 */
#include "mcu/store/store_call.h"

#include "mcu/store/store_request.h"

static const struct store_field leg_fields[] = {
    STORE_TEXT(struct store_call_leg, call, 1, STORE_ID_MAX),
    STORE_TEXT(struct store_call_leg, to_id, 1, STORE_IDENTITY_MAX),
    STORE_TEXT(struct store_call_leg, to_name, 0, STORE_NAME_MAX),
    STORE_TEXT(struct store_call_leg, kind, 0, STORE_WORD_MAX),
    STORE_TEXT(struct store_call_leg, result, 0, STORE_WORD_MAX),
    STORE_U64(struct store_call_leg, rang_us),
    STORE_U64(struct store_call_leg, answered_us),
    STORE_U64(struct store_call_leg, ended_us),
    STORE_TEXT(struct store_call_leg, cause, 0, STORE_WORD_MAX),
    STORE_BOOL(struct store_call_leg, seen),
    STORE_FIELDS_END,
};
const struct store_shape store_call_leg_shape = {sizeof(struct store_call_leg), leg_fields};

static const struct store_field fields[] = {
    STORE_TEXT(struct store_call, id, 1, STORE_ID_MAX),
    STORE_TEXT(struct store_call, from_id, 0, STORE_IDENTITY_MAX),
    STORE_TEXT(struct store_call, from_name, 0, STORE_NAME_MAX),
    STORE_TEXT(struct store_call, kind, 0, STORE_WORD_MAX),
    STORE_TEXT(struct store_call, state, 0, STORE_WORD_MAX),
    STORE_TEXT(struct store_call, room, 0, STORE_ROOM_MAX),
    STORE_U64(struct store_call, started_us),
    STORE_U64(struct store_call, answered_us),
    STORE_U64(struct store_call, ended_us),
    STORE_TEXT(struct store_call, cause, 0, STORE_WORD_MAX),
    STORE_FIELDS_END,
};
const struct store_shape store_call_shape = {sizeof(struct store_call), fields};

static const struct store_field query_fields[] = {
    STORE_TEXT(struct store_call_query, identity, 1, STORE_IDENTITY_MAX),
    STORE_BOOL(struct store_call_query, missed),
    STORE_U64(struct store_call_query, before_us),
    STORE_TEXT(struct store_call_query, before_id, 0, STORE_ID_MAX),
    STORE_U32(struct store_call_query, limit, 1, STORE_LIST_MAX),
    STORE_FIELDS_END,
};
const struct store_shape store_call_query_shape = {sizeof(struct store_call_query), query_fields};

int store_call_put(struct store *store, const struct store_call *call, struct store_reply reply)
{
    struct store_call copy = *call;

    copy.legs = NULL;
    copy.legs_n = 0;
    return store_submit(store, STORE_OP_CALL_PUT, &copy, reply);
}

int store_call_put_leg(struct store *store, const struct store_call_leg *leg,
                       struct store_reply reply)
{
    return store_submit(store, STORE_OP_CALL_PUT_LEG, leg, reply);
}

int store_call_get(struct store *store, const char *id, struct store_reply reply)
{
    return store_submit(store, STORE_OP_CALL_GET, &(struct store_key){id}, reply);
}

int store_call_list(struct store *store, const struct store_call_query *query,
                    struct store_reply reply)
{
    struct store_call_query copy = *query;

    if (!copy.before_us)
        copy.before_us = INT64_MAX;
    return store_submit(store, STORE_OP_CALL_LIST, &copy, reply);
}

int store_call_mark_seen(struct store *store, const char *identity, uint64_t until_us,
                         struct store_reply reply)
{
    return store_submit(store, STORE_OP_CALL_MARK_SEEN, &(struct store_moment){identity, until_us},
                        reply);
}
