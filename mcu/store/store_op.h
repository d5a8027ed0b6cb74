/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_op.h  All operations, for those who implement a back end
 *
 * What each does is told by the function that submits it: STORE_OP_USER_PUT by store_user_put().
 * The right column is the struct of its arguments; the result is that of the function.
 */
#ifndef MCU_STORE_STORE_OP_H
#define MCU_STORE_STORE_OP_H

#include <stdbool.h>
#include <stdint.h>

#include "mcu/store/store_shape.h"

enum store_op {
    STORE_OP_USER_PUT,         /* struct store_user */
    STORE_OP_USER_GET,         /* struct store_key */
    STORE_OP_USER_GET_BY_NAME, /* struct store_key */
    STORE_OP_USER_LIST,        /* struct store_page */
    STORE_OP_USER_REMOVE,      /* struct store_key */

    STORE_OP_MEETING_PUT,         /* struct store_meeting */
    STORE_OP_MEETING_GET,         /* struct store_key */
    STORE_OP_MEETING_GET_BY_ROOM, /* struct store_key */
    STORE_OP_MEETING_LIST,        /* struct store_meeting_query */
    STORE_OP_MEETING_REMOVE,      /* struct store_key */

    STORE_OP_SESSION_BEGIN, /* struct store_session */
    STORE_OP_SESSION_END,   /* struct store_session */
    STORE_OP_SESSION_LIST,  /* struct store_session_query */
    STORE_OP_MEMBER_BEGIN,  /* struct store_member */
    STORE_OP_MEMBER_END,    /* struct store_member */
    STORE_OP_MEMBER_LIST,   /* struct store_page: of which session in key */
    STORE_OP_ALIVE,         /* struct store_moment */

    STORE_OP_CALL_PUT,       /* struct store_call */
    STORE_OP_CALL_PUT_LEG,   /* struct store_call_leg */
    STORE_OP_CALL_GET,       /* struct store_key */
    STORE_OP_CALL_LIST,      /* struct store_call_query */
    STORE_OP_CALL_MARK_SEEN, /* struct store_moment */

    STORE_OP_CHAT_ADD,  /* struct store_chat */
    STORE_OP_CHAT_LIST, /* struct store_chat_query */

    STORE_OP_RECORDING_PUT,    /* struct store_recording */
    STORE_OP_RECORDING_GET,    /* struct store_key */
    STORE_OP_RECORDING_LIST,   /* struct store_recording_query */
    STORE_OP_RECORDING_REMOVE, /* struct store_key */

    STORE_OP_HOOK_PUT,             /* struct store_hook */
    STORE_OP_HOOK_GET,             /* struct store_key */
    STORE_OP_HOOK_LIST,            /* struct store_key, empty */
    STORE_OP_HOOK_REMOVE,          /* struct store_key */
    STORE_OP_HOOK_ENQUEUE,         /* struct store_hook_event */
    STORE_OP_HOOK_TAKE,            /* struct store_hook_lease */
    STORE_OP_HOOK_MARK,            /* struct store_hook_mark */
    STORE_OP_HOOK_LIST_DELIVERIES, /* struct store_hook_query */

    STORE_OP_IDEM_CLAIM,  /* struct store_idem */
    STORE_OP_IDEM_FINISH, /* struct store_idem */
    STORE_OP_IDEM_DROP,   /* struct store_idem */

    STORE_OP_TOKEN_REVOKE,     /* struct store_token */
    STORE_OP_TOKEN_IS_REVOKED, /* struct store_key */
    STORE_OP_TOKEN_LIST,       /* struct store_page */
    STORE_OP_TOKEN_LIST_USERS, /* struct store_page */

    STORE_OP_PURGE, /* struct store_purge_chunk */

    STORE_OP_N
};

struct store_op_info {
    const char *name; /**< For the log */
    const struct store_shape *args;
    bool write;
};

/** What is known about an operation. */
const struct store_op_info *store_op_info(enum store_op op);

/** Arguments that are a name only. */
struct store_key {
    const char *key;
};

/** Arguments of simple lists. */
struct store_page {
    const char *key;   /**< Of what; may be "" */
    const char *after; /**< Last key that is known, "" at the start */
    uint32_t limit;
};

/** Arguments that are a time. */
struct store_moment {
    const char *key;
    uint64_t at_us;
};

extern const struct store_shape store_op_key_shape;
extern const struct store_shape store_op_page_shape;
extern const struct store_shape store_op_moment_shape;

/* Defined by the file of the entity. */
extern const struct store_shape store_user_shape;
extern const struct store_shape store_meeting_shape;
extern const struct store_shape store_meeting_person_shape;
extern const struct store_shape store_meeting_query_shape;
extern const struct store_shape store_history_session_shape;
extern const struct store_shape store_history_session_query_shape;
extern const struct store_shape store_history_member_shape;
extern const struct store_shape store_call_shape;
extern const struct store_shape store_call_leg_shape;
extern const struct store_shape store_call_query_shape;
extern const struct store_shape store_chat_shape;
extern const struct store_shape store_chat_query_shape;
extern const struct store_shape store_recording_shape;
extern const struct store_shape store_recording_query_shape;
extern const struct store_shape store_hook_shape;
extern const struct store_shape store_hook_event_shape;
extern const struct store_shape store_hook_lease_shape;
extern const struct store_shape store_hook_mark_shape;
extern const struct store_shape store_hook_query_shape;
extern const struct store_shape store_hook_delivery_shape;
extern const struct store_shape store_idem_shape;
extern const struct store_shape store_token_shape;
extern const struct store_shape store_token_user_shape;
extern const struct store_shape store_purge_shape;

#endif
