/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_recording.c  What is known about recordings
 */
#include "mcu/store/store_recording.h"

#include "mcu/store/store_request.h"

static const struct store_field fields[] = {
    STORE_TEXT(struct store_recording, id, 1, STORE_ID_MAX),
    STORE_TEXT(struct store_recording, room, 0, STORE_ROOM_MAX),
    STORE_TEXT(struct store_recording, session, 0, STORE_ID_MAX),
    STORE_TEXT(struct store_recording, state, 0, STORE_WORD_MAX),
    STORE_TEXT(struct store_recording, path, 0, STORE_RECORDING_PATH_MAX),
    STORE_U64(struct store_recording, started_us),
    STORE_U64(struct store_recording, ended_us),
    STORE_U64(struct store_recording, bytes),
    STORE_TEXT(struct store_recording, sha256, 0, 64),
    STORE_TEXT(struct store_recording, meta, 0, STORE_RECORDING_META_MAX),
    STORE_FIELDS_END,
};
const struct store_shape store_recording_shape = {sizeof(struct store_recording), fields};

static const struct store_field query_fields[] = {
    STORE_TEXT(struct store_recording_query, room, 0, STORE_ROOM_MAX),
    STORE_U64(struct store_recording_query, before_us),
    STORE_TEXT(struct store_recording_query, before_id, 0, STORE_ID_MAX),
    STORE_U32(struct store_recording_query, limit, 1, STORE_LIST_MAX),
    STORE_FIELDS_END,
};
const struct store_shape store_recording_query_shape = {sizeof(struct store_recording_query),
                                                        query_fields};

int store_recording_put(struct store *store, const struct store_recording *recording,
                        struct store_reply reply)
{
    return store_submit(store, STORE_OP_RECORDING_PUT, recording, reply);
}

int store_recording_get(struct store *store, const char *id, struct store_reply reply)
{
    return store_submit(store, STORE_OP_RECORDING_GET, &(struct store_key){id}, reply);
}

int store_recording_list(struct store *store, const struct store_recording_query *query,
                         struct store_reply reply)
{
    struct store_recording_query copy = *query;

    if (!copy.before_us)
        copy.before_us = INT64_MAX;
    return store_submit(store, STORE_OP_RECORDING_LIST, &copy, reply);
}

int store_recording_remove(struct store *store, const char *id, struct store_reply reply)
{
    return store_submit(store, STORE_OP_RECORDING_REMOVE, &(struct store_key){id}, reply);
}
