/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_op.c  All operations, for those who implement a back end
 */
#include "mcu/store/store_op.h"

#include <assert.h>

#include "mcu/store/store.h"

static const struct store_field key_fields[] = {
    STORE_TEXT(struct store_key, key, 0, STORE_IDENTITY_MAX),
    STORE_FIELDS_END,
};
const struct store_shape store_op_key_shape = {sizeof(struct store_key), key_fields};

static const struct store_field page_fields[] = {
    STORE_TEXT(struct store_page, key, 0, STORE_IDENTITY_MAX),
    STORE_TEXT(struct store_page, after, 0, STORE_IDENTITY_MAX),
    STORE_U32(struct store_page, limit, 1, STORE_LIST_MAX),
    STORE_FIELDS_END,
};
const struct store_shape store_op_page_shape = {sizeof(struct store_page), page_fields};

static const struct store_field moment_fields[] = {
    STORE_TEXT(struct store_moment, key, 0, STORE_IDENTITY_MAX),
    STORE_U64(struct store_moment, at_us),
    STORE_FIELDS_END,
};
const struct store_shape store_op_moment_shape = {sizeof(struct store_moment), moment_fields};

static const struct store_op_info infos[STORE_OP_N] = {
    [STORE_OP_USER_PUT] = {"user put", &store_user_shape, true},
    [STORE_OP_USER_GET] = {"user get", &store_op_key_shape, false},
    [STORE_OP_USER_GET_BY_NAME] = {"user get by name", &store_op_key_shape, false},
    [STORE_OP_USER_LIST] = {"user list", &store_op_page_shape, false},
    [STORE_OP_USER_REMOVE] = {"user remove", &store_op_key_shape, true},

    [STORE_OP_MEETING_PUT] = {"meeting put", &store_meeting_shape, true},
    [STORE_OP_MEETING_GET] = {"meeting get", &store_op_key_shape, false},
    [STORE_OP_MEETING_GET_BY_ROOM] = {"meeting get by room", &store_op_key_shape, false},
    [STORE_OP_MEETING_LIST] = {"meeting list", &store_meeting_query_shape, false},
    [STORE_OP_MEETING_REMOVE] = {"meeting remove", &store_op_key_shape, true},

    [STORE_OP_SESSION_BEGIN] = {"session begin", &store_history_session_shape, true},
    [STORE_OP_SESSION_END] = {"session end", &store_history_session_shape, true},
    [STORE_OP_SESSION_LIST] = {"session list", &store_history_session_query_shape, false},
    [STORE_OP_MEMBER_BEGIN] = {"member begin", &store_history_member_shape, true},
    [STORE_OP_MEMBER_END] = {"member end", &store_history_member_shape, true},
    [STORE_OP_MEMBER_LIST] = {"member list", &store_op_page_shape, false},
    [STORE_OP_ALIVE] = {"alive", &store_op_moment_shape, true},

    [STORE_OP_CALL_PUT] = {"call put", &store_call_shape, true},
    [STORE_OP_CALL_PUT_LEG] = {"call put leg", &store_call_leg_shape, true},
    [STORE_OP_CALL_GET] = {"call get", &store_op_key_shape, false},
    [STORE_OP_CALL_LIST] = {"call list", &store_call_query_shape, false},
    [STORE_OP_CALL_MARK_SEEN] = {"call mark seen", &store_op_moment_shape, true},

    [STORE_OP_CHAT_ADD] = {"chat add", &store_chat_shape, true},
    [STORE_OP_CHAT_LIST] = {"chat list", &store_chat_query_shape, false},

    [STORE_OP_RECORDING_PUT] = {"recording put", &store_recording_shape, true},
    [STORE_OP_RECORDING_GET] = {"recording get", &store_op_key_shape, false},
    [STORE_OP_RECORDING_LIST] = {"recording list", &store_recording_query_shape, false},
    [STORE_OP_RECORDING_REMOVE] = {"recording remove", &store_op_key_shape, true},

    [STORE_OP_HOOK_PUT] = {"hook put", &store_hook_shape, true},
    [STORE_OP_HOOK_GET] = {"hook get", &store_op_key_shape, false},
    [STORE_OP_HOOK_LIST] = {"hook list", &store_op_key_shape, false},
    [STORE_OP_HOOK_REMOVE] = {"hook remove", &store_op_key_shape, true},
    [STORE_OP_HOOK_ENQUEUE] = {"hook enqueue", &store_hook_event_shape, true},
    [STORE_OP_HOOK_TAKE] = {"hook take", &store_hook_lease_shape, true},
    [STORE_OP_HOOK_MARK] = {"hook mark", &store_hook_mark_shape, true},
    [STORE_OP_HOOK_LIST_DELIVERIES] = {"hook list deliveries", &store_hook_query_shape, false},

    [STORE_OP_IDEM_CLAIM] = {"idem claim", &store_idem_shape, true},
    [STORE_OP_IDEM_FINISH] = {"idem finish", &store_idem_shape, true},
    [STORE_OP_IDEM_DROP] = {"idem drop", &store_idem_shape, true},

    [STORE_OP_TOKEN_REVOKE] = {"token revoke", &store_token_shape, true},
    [STORE_OP_TOKEN_IS_REVOKED] = {"token is revoked", &store_op_key_shape, false},
    [STORE_OP_TOKEN_LIST] = {"token list", &store_op_page_shape, false},
    [STORE_OP_TOKEN_LIST_USERS] = {"token list users", &store_op_page_shape, false},

    [STORE_OP_PURGE] = {"purge", &store_purge_shape, true},
};

const struct store_op_info *store_op_info(enum store_op op)
{
    assert((unsigned)op < STORE_OP_N && infos[op].args);
    return &infos[op];
}
