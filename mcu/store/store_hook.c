/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_hook.c  Webhooks and their durable queue
 */
#include "mcu/store/store_hook.h"

#include <errno.h>
#include <string.h>

#include "mcu/store/store_request.h"

static const struct store_field fields[] = {
    STORE_TEXT(struct store_hook, id, 1, STORE_ID_MAX),
    STORE_TEXT(struct store_hook, url, 1, STORE_HOOK_URL_MAX),
    STORE_TEXT(struct store_hook, secret, 0, STORE_HOOK_SECRET_MAX),
    STORE_TEXT(struct store_hook, events, 0, STORE_HOOK_EVENTS_MAX),
    STORE_BOOL(struct store_hook, enabled),
    STORE_U64(struct store_hook, created_us),
    STORE_U32(struct store_hook, failures, 0, UINT32_MAX),
    STORE_U32(struct store_hook, last_status, 0, UINT32_MAX),
    STORE_TEXT(struct store_hook, last_error, 0, STORE_HOOK_ERROR_MAX),
    STORE_U32(struct store_hook, pending, 0, UINT32_MAX),
    STORE_U32(struct store_hook, dropped, 0, UINT32_MAX),
    STORE_FIELDS_END,
};
const struct store_shape store_hook_shape = {sizeof(struct store_hook), fields};

static const struct store_field event_fields[] = {
    STORE_TEXT(struct store_hook_event, id, 1, STORE_ID_MAX),
    STORE_TEXT(struct store_hook_event, type, 1, STORE_WORD_MAX),
    STORE_TEXT(struct store_hook_event, body, 0, STORE_HOOK_BODY_MAX),
    STORE_U64(struct store_hook_event, created_us),
    STORE_FIELDS_END,
};
const struct store_shape store_hook_event_shape = {sizeof(struct store_hook_event), event_fields};

static const struct store_field delivery_fields[] = {
    STORE_TEXT(struct store_hook_delivery, hook, 1, STORE_ID_MAX),
    STORE_U64(struct store_hook_delivery, seq),
    STORE_TEXT(struct store_hook_delivery, id, 1, STORE_ID_MAX),
    STORE_TEXT(struct store_hook_delivery, url, 0, STORE_HOOK_URL_MAX),
    STORE_TEXT(struct store_hook_delivery, secret, 0, STORE_HOOK_SECRET_MAX),
    STORE_TEXT(struct store_hook_delivery, type, 1, STORE_WORD_MAX),
    STORE_TEXT(struct store_hook_delivery, body, 0, STORE_HOOK_BODY_MAX),
    STORE_U64(struct store_hook_delivery, created_us),
    STORE_U64(struct store_hook_delivery, next_us),
    STORE_U32(struct store_hook_delivery, attempts, 0, UINT32_MAX),
    STORE_TEXT(struct store_hook_delivery, state, 1, STORE_WORD_MAX),
    STORE_U32(struct store_hook_delivery, last_status, 0, UINT32_MAX),
    STORE_TEXT(struct store_hook_delivery, last_error, 0, STORE_HOOK_ERROR_MAX),
    STORE_FIELDS_END,
};
const struct store_shape store_hook_delivery_shape = {sizeof(struct store_hook_delivery),
                                                      delivery_fields};

static const struct store_field lease_fields[] = {
    STORE_U64(struct store_hook_lease, now_us),
    STORE_U64(struct store_hook_lease, lease_us),
    STORE_U32(struct store_hook_lease, limit, 1, STORE_HOOK_MAX),
    STORE_FIELDS_END,
};
const struct store_shape store_hook_lease_shape = {sizeof(struct store_hook_lease), lease_fields};

static const struct store_field mark_fields[] = {
    STORE_TEXT(struct store_hook_mark, hook, 1, STORE_ID_MAX),
    STORE_U64(struct store_hook_mark, seq),
    STORE_TEXT(struct store_hook_mark, state, 1, STORE_WORD_MAX),
    STORE_U64(struct store_hook_mark, next_us),
    STORE_U32(struct store_hook_mark, last_status, 0, UINT32_MAX),
    STORE_TEXT(struct store_hook_mark, last_error, 0, STORE_HOOK_ERROR_MAX),
    STORE_FIELDS_END,
};
const struct store_shape store_hook_mark_shape = {sizeof(struct store_hook_mark), mark_fields};

static const struct store_field query_fields[] = {
    STORE_TEXT(struct store_hook_query, hook, 1, STORE_ID_MAX),
    STORE_TEXT(struct store_hook_query, state, 0, STORE_WORD_MAX),
    STORE_U64(struct store_hook_query, before_seq),
    STORE_U32(struct store_hook_query, limit, 1, STORE_LIST_MAX),
    STORE_FIELDS_END,
};
const struct store_shape store_hook_query_shape = {sizeof(struct store_hook_query), query_fields};

static bool matches_one(const char *pattern, size_t size, const char *type)
{
    if (size && pattern[size - 1] == '*')
        return (size == 1 || pattern[size - 2] == '.') && !strncmp(pattern, type, size - 1);
    return size == strlen(type) && !memcmp(pattern, type, size);
}

bool store_hook_matches(const char *events, const char *type)
{
    static const char separators[] = ", ";

    for (const char *p = events + strspn(events, separators); *p; p += strspn(p, separators)) {
        const size_t size = strcspn(p, separators);

        if (matches_one(p, size, type))
            return true;
        p += size;
    }
    return false;
}

int store_hook_put(struct store *store, const struct store_hook *hook, struct store_reply reply)
{
    return store_submit(store, STORE_OP_HOOK_PUT, hook, reply);
}

int store_hook_get(struct store *store, const char *id, struct store_reply reply)
{
    return store_submit(store, STORE_OP_HOOK_GET, &(struct store_key){id}, reply);
}

int store_hook_list(struct store *store, struct store_reply reply)
{
    return store_submit(store, STORE_OP_HOOK_LIST, &(struct store_key){NULL}, reply);
}

int store_hook_remove(struct store *store, const char *id, struct store_reply reply)
{
    return store_submit(store, STORE_OP_HOOK_REMOVE, &(struct store_key){id}, reply);
}

int store_hook_enqueue(struct store *store, const struct store_hook_event *event,
                       struct store_reply reply)
{
    return store_submit(store, STORE_OP_HOOK_ENQUEUE, event, reply);
}

int store_hook_take(struct store *store, const struct store_hook_lease *lease,
                    struct store_reply reply)
{
    if (lease->now_us > INT64_MAX / 2 || lease->lease_us > INT64_MAX / 2)
        return -EINVAL;
    return store_submit(store, STORE_OP_HOOK_TAKE, lease, reply);
}

int store_hook_mark(struct store *store, const struct store_hook_mark *mark,
                    struct store_reply reply)
{
    return store_submit(store, STORE_OP_HOOK_MARK, mark, reply);
}

int store_hook_list_deliveries(struct store *store, const struct store_hook_query *query,
                               struct store_reply reply)
{
    struct store_hook_query copy = *query;

    if (!copy.before_seq)
        copy.before_seq = INT64_MAX;
    return store_submit(store, STORE_OP_HOOK_LIST_DELIVERIES, &copy, reply);
}
