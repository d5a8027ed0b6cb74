/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_meeting.c  Meetings: a room with a schedule, a policy and people
 */
#include "mcu/store/store_meeting.h"

#include <errno.h>

#include "mcu/store/store_request.h"

static const struct store_field person_fields[] = {
    STORE_TEXT(struct store_meeting_person, who, 1, STORE_IDENTITY_MAX),
    STORE_TEXT(struct store_meeting_person, role, 0, STORE_WORD_MAX),
    STORE_FIELDS_END,
};
const struct store_shape store_meeting_person_shape = {sizeof(struct store_meeting_person),
                                                       person_fields};

static const struct store_field fields[] = {
    STORE_TEXT(struct store_meeting, id, 1, STORE_ID_MAX),
    STORE_TEXT(struct store_meeting, room, 1, STORE_ROOM_MAX),
    STORE_TEXT(struct store_meeting, title, 0, STORE_NAME_MAX),
    STORE_TEXT(struct store_meeting, owner, 0, STORE_IDENTITY_MAX),
    STORE_U64(struct store_meeting, starts_us),
    STORE_U64(struct store_meeting, ends_us),
    STORE_TEXT(struct store_meeting, time_zone, 0, STORE_WORD_MAX),
    STORE_TEXT(struct store_meeting, recurrence, 0, STORE_MEETING_RULE_MAX),
    STORE_TEXT(struct store_meeting, pin, 0, STORE_MEETING_PIN_MAX),
    STORE_TEXT(struct store_meeting, host_pin, 0, STORE_MEETING_PIN_MAX),
    STORE_TEXT(struct store_meeting, policy, 0, STORE_MEETING_POLICY_MAX),
    STORE_U64(struct store_meeting, created_us),
    STORE_U64(struct store_meeting, changed_us),
    STORE_U64(struct store_meeting, version),
    STORE_ROWS(struct store_meeting, people, STORE_MEETING_PEOPLE_MAX, &store_meeting_person_shape),
    STORE_FIELDS_END,
};
const struct store_shape store_meeting_shape = {sizeof(struct store_meeting), fields};

static const struct store_field query_fields[] = {
    STORE_TEXT(struct store_meeting_query, owner, 0, STORE_IDENTITY_MAX),
    STORE_TEXT(struct store_meeting_query, person, 0, STORE_IDENTITY_MAX),
    STORE_U64(struct store_meeting_query, from_us),
    STORE_U64(struct store_meeting_query, to_us),
    STORE_U64(struct store_meeting_query, after_us),
    STORE_TEXT(struct store_meeting_query, after_id, 0, STORE_ID_MAX),
    STORE_U32(struct store_meeting_query, limit, 1, STORE_LIST_MAX),
    STORE_FIELDS_END,
};
const struct store_shape store_meeting_query_shape = {sizeof(struct store_meeting_query),
                                                      query_fields};

int store_meeting_put(struct store *store, const struct store_meeting *meeting,
                      struct store_reply reply)
{
    return store_submit(store, STORE_OP_MEETING_PUT, meeting, reply);
}

int store_meeting_get(struct store *store, const char *id, struct store_reply reply)
{
    return store_submit(store, STORE_OP_MEETING_GET, &(struct store_key){id}, reply);
}

int store_meeting_get_by_room(struct store *store, const char *room, struct store_reply reply)
{
    return store_submit(store, STORE_OP_MEETING_GET_BY_ROOM, &(struct store_key){room}, reply);
}

int store_meeting_list(struct store *store, const struct store_meeting_query *query,
                       struct store_reply reply)
{
    struct store_meeting_query copy = *query;

    if (query->owner && *query->owner && query->person && *query->person)
        return -EINVAL;
    if (!copy.to_us)
        copy.to_us = INT64_MAX;
    return store_submit(store, STORE_OP_MEETING_LIST, &copy, reply);
}

int store_meeting_remove(struct store *store, const char *id, struct store_reply reply)
{
    return store_submit(store, STORE_OP_MEETING_REMOVE, &(struct store_key){id}, reply);
}
