/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_chat.c  Chat of rooms
 */
#include "mcu/store/store_chat.h"

#include "mcu/store/store_request.h"

static const struct store_field fields[] = {
    STORE_TEXT(struct store_chat, id, 1, STORE_ID_MAX),
    STORE_TEXT(struct store_chat, room, 1, STORE_ROOM_MAX),
    STORE_TEXT(struct store_chat, session, 0, STORE_ID_MAX),
    STORE_TEXT(struct store_chat, from_id, 0, STORE_IDENTITY_MAX),
    STORE_TEXT(struct store_chat, from_participant, 0, STORE_ID_MAX),
    STORE_TEXT(struct store_chat, from_name, 0, STORE_NAME_MAX),
    STORE_TEXT(struct store_chat, to_participant, 0, STORE_ID_MAX),
    STORE_TEXT(struct store_chat, text, 1, STORE_CHAT_TEXT_MAX),
    STORE_U64(struct store_chat, sent_us),
    STORE_FIELDS_END,
};
const struct store_shape store_chat_shape = {sizeof(struct store_chat), fields};

static const struct store_field query_fields[] = {
    STORE_TEXT(struct store_chat_query, room, 1, STORE_ROOM_MAX),
    STORE_TEXT(struct store_chat_query, session, 0, STORE_ID_MAX),
    STORE_TEXT(struct store_chat_query, reader, 0, STORE_ID_MAX),
    STORE_U64(struct store_chat_query, since_us),
    STORE_BOOL(struct store_chat_query, forward),
    STORE_U64(struct store_chat_query, cursor_us),
    STORE_TEXT(struct store_chat_query, cursor_id, 0, STORE_ID_MAX),
    STORE_U32(struct store_chat_query, limit, 1, STORE_LIST_MAX),
    STORE_FIELDS_END,
};
const struct store_shape store_chat_query_shape = {sizeof(struct store_chat_query), query_fields};

int store_chat_add(struct store *store, const struct store_chat *message, struct store_reply reply)
{
    return store_submit(store, STORE_OP_CHAT_ADD, message, reply);
}

int store_chat_list(struct store *store, const struct store_chat_query *query,
                    struct store_reply reply)
{
    struct store_chat_query copy = *query;

    if (!copy.cursor_us && !copy.forward)
        copy.cursor_us = INT64_MAX;
    return store_submit(store, STORE_OP_CHAT_LIST, &copy, reply);
}
