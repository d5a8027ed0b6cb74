/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_history.c  What took place: sessions of rooms and who was in them
 */
#include "mcu/store/store_history.h"

#include <errno.h>

#include "mcu/store/store_request.h"

static const struct store_field session_fields[] = {
    STORE_TEXT(struct store_session, id, 1, STORE_ID_MAX),
    STORE_TEXT(struct store_session, room, 0, STORE_ROOM_MAX),
    STORE_U64(struct store_session, started_us),
    STORE_U64(struct store_session, ended_us),
    STORE_U32(struct store_session, peak, 0, UINT32_MAX),
    STORE_TEXT(struct store_session, reason, 0, STORE_WORD_MAX),
    STORE_FIELDS_END,
};
const struct store_shape store_history_session_shape = {sizeof(struct store_session),
                                                        session_fields};

static const struct store_field member_fields[] = {
    STORE_TEXT(struct store_member, id, 1, STORE_ID_MAX),
    STORE_TEXT(struct store_member, session, 0, STORE_ID_MAX),
    STORE_TEXT(struct store_member, participant, 0, STORE_ID_MAX),
    STORE_TEXT(struct store_member, identity, 0, STORE_IDENTITY_MAX),
    STORE_TEXT(struct store_member, display, 0, STORE_NAME_MAX),
    STORE_TEXT(struct store_member, kind, 0, STORE_WORD_MAX),
    STORE_TEXT(struct store_member, role, 0, STORE_WORD_MAX),
    STORE_U64(struct store_member, joined_us),
    STORE_U64(struct store_member, left_us),
    STORE_TEXT(struct store_member, reason, 0, STORE_WORD_MAX),
    STORE_U32(struct store_member, loss_in_ppm, 0, UINT32_MAX),
    STORE_U32(struct store_member, loss_out_ppm, 0, UINT32_MAX),
    STORE_U32(struct store_member, jitter_us, 0, UINT32_MAX),
    STORE_U32(struct store_member, rtt_us, 0, UINT32_MAX),
    STORE_FIELDS_END,
};
const struct store_shape store_history_member_shape = {sizeof(struct store_member), member_fields};

static const struct store_field query_fields[] = {
    STORE_TEXT(struct store_session_query, room, 0, STORE_ROOM_MAX),
    STORE_TEXT(struct store_session_query, identity, 0, STORE_IDENTITY_MAX),
    STORE_U64(struct store_session_query, since_us),
    STORE_U64(struct store_session_query, before_us),
    STORE_TEXT(struct store_session_query, before_id, 0, STORE_ID_MAX),
    STORE_U32(struct store_session_query, limit, 1, STORE_LIST_MAX),
    STORE_FIELDS_END,
};
const struct store_shape store_history_session_query_shape = {sizeof(struct store_session_query),
                                                              query_fields};

int store_history_begin_session(struct store *store, const struct store_session *session,
                                struct store_reply reply)
{
    return store_submit(store, STORE_OP_SESSION_BEGIN, session, reply);
}

int store_history_end_session(struct store *store, const struct store_session *session,
                              struct store_reply reply)
{
    if (!session->ended_us)
        return -EINVAL;
    return store_submit(store, STORE_OP_SESSION_END, session, reply);
}

int store_history_begin_member(struct store *store, const struct store_member *member,
                               struct store_reply reply)
{
    return store_submit(store, STORE_OP_MEMBER_BEGIN, member, reply);
}

int store_history_end_member(struct store *store, const struct store_member *member,
                             struct store_reply reply)
{
    if (!member->left_us)
        return -EINVAL;
    return store_submit(store, STORE_OP_MEMBER_END, member, reply);
}

int store_history_list_sessions(struct store *store, const struct store_session_query *query,
                                struct store_reply reply)
{
    struct store_session_query copy = *query;

    if (query->room && *query->room && query->identity && *query->identity)
        return -EINVAL;
    if (!copy.before_us)
        copy.before_us = INT64_MAX;
    return store_submit(store, STORE_OP_SESSION_LIST, &copy, reply);
}

int store_history_list_members(struct store *store, const char *session, const char *after,
                               uint32_t limit, struct store_reply reply)
{
    const struct store_page page = {session, after, limit};

    return store_submit(store, STORE_OP_MEMBER_LIST, &page, reply);
}

int store_history_mark_alive(struct store *store, uint64_t now_us, struct store_reply reply)
{
    return store_submit(store, STORE_OP_ALIVE, &(struct store_moment){.at_us = now_us}, reply);
}
