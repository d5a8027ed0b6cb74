/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_table.c  All addresses of the server, and who may use them
 */
#include "mcu/api/rest_table.h"

#include <stddef.h>

#include "mcu/api/rest_call_log.h"
#include "mcu/api/rest_config.h"
#include "mcu/api/rest_dial.h"
#include "mcu/api/rest_docs.h"
#include "mcu/api/rest_health.h"
#include "mcu/api/rest_history.h"
#include "mcu/api/rest_invite.h"
#include "mcu/api/rest_layout.h"
#include "mcu/api/rest_lobby.h"
#include "mcu/api/rest_login.h"
#include "mcu/api/rest_me.h"
#include "mcu/api/rest_meeting.h"
#include "mcu/api/rest_node.h"
#include "mcu/api/rest_participant.h"
#include "mcu/api/rest_preview.h"
#include "mcu/api/rest_room.h"
#include "mcu/api/rest_snapshot.h"
#include "mcu/api/rest_token.h"
#include "mcu/api/rest_turn.h"
#include "mcu/api/rest_user.h"
#include "mcu/api/rest_webhook.h"
#include "mcu/api/rest_who.h"

#define API "/api/v1"
#define ROW(method_, path_, who_, h_)                                                              \
    {                                                                                              \
        .method = (method_), .path = (path_), .who = (who_), .h = (h_)                             \
    }
/** It makes something: an Idempotency-Key counts. */
#define MAKE(path_, who_, h_)                                                                      \
    {                                                                                              \
        .method = "POST", .path = (path_), .who = (who_), .h = (h_), .creates = true               \
    }

enum {
    ANYBODY = REST_WHO_ANYBODY,
    LOCAL = REST_WHO_LOCAL,
    OPERATOR = REST_WHO_OPERATOR,
    SIGNED = REST_WHO_SIGNED | REST_WHO_OPERATOR,
    USER = REST_WHO_USER,
    USERS = REST_WHO_USER | REST_WHO_OPERATOR,
    HOST = REST_WHO_HOST | REST_WHO_OPERATOR,
    SELF = REST_WHO_SELF | REST_WHO_OPERATOR,
    LIST = REST_WHO_LIST | REST_WHO_OPERATOR,
};

/* Of rows that fit, the first one counts: "me" goes before {u}. */
const struct rest_route rest_table_routes[] = {
    ROW("GET", "/healthz", ANYBODY, rest_health_get),
    ROW("GET", "/readyz", ANYBODY, rest_health_ready),
    ROW("GET", "/metrics", LOCAL, rest_health_metrics),
    ROW("GET", API "/openapi.json", ANYBODY, rest_docs_openapi),

    ROW("GET", API "/node", OPERATOR, rest_node_get),
    ROW("POST", API "/node/drain", OPERATOR, rest_node_drain),
    ROW("PUT", API "/node/log", OPERATOR, rest_node_log),
    ROW("GET", API "/config", OPERATOR, rest_config_get),
    ROW("POST", API "/config/check", OPERATOR, rest_config_check),
    ROW("POST", API "/config/reload", OPERATOR, rest_config_reload),
    ROW("GET", API "/layouts", OPERATOR, rest_layout_list),
    ROW("GET", API "/layouts/{n}/preview.png", OPERATOR, rest_preview_get),
    ROW("POST", API "/layouts/check", OPERATOR, rest_preview_check),

    ROW("GET", API "/rooms", LIST, rest_room_list),
    ROW("GET", API "/rooms/{r}", HOST, rest_room_get),
    ROW("PATCH", API "/rooms/{r}", HOST, rest_room_change),
    ROW("DELETE", API "/rooms/{r}", HOST, rest_room_remove),
    ROW("GET", API "/rooms/{r}/join-info", ANYBODY, rest_room_join_info),
    ROW("GET", API "/rooms/{r}/lobby", HOST, rest_lobby_list),
    ROW("POST", API "/rooms/{r}/lobby/{p}/admit", HOST, rest_lobby_admit),
    ROW("POST", API "/rooms/{r}/lobby/{p}/deny", HOST, rest_lobby_deny),
    MAKE(API "/rooms/{r}/calls", HOST, rest_dial_start),
    ROW("GET", API "/rooms/{r}/participants", HOST, rest_participant_list),
    ROW("GET", API "/rooms/{r}/participants/{p}", HOST, rest_participant_get),
    ROW("PATCH", API "/rooms/{r}/participants/{p}", HOST, rest_participant_change),
    ROW("DELETE", API "/rooms/{r}/participants/{p}", HOST, rest_participant_remove),
    ROW("POST", API "/rooms/{r}/participants/{p}/move", OPERATOR, rest_participant_move),
    ROW("PUT", API "/rooms/{r}/participants/{p}/role", HOST, rest_participant_set_role),
    ROW("POST", API "/rooms/{r}/mute", HOST, rest_participant_mute_all),
    ROW("GET", API "/rooms/{r}/layout", HOST, rest_layout_get),
    ROW("PUT", API "/rooms/{r}/layout", HOST, rest_layout_put),
    ROW("GET", API "/rooms/{r}/snapshot.jpg", HOST, rest_snapshot_get),
    ROW("POST", API "/rooms/{r}/recordings", HOST, rest_room_record),
    ROW("DELETE", API "/rooms/{r}/recordings", HOST, rest_room_record),
    ROW("GET", API "/rooms/{r}/messages", HOST, rest_history_messages),
    MAKE(API "/rooms/{r}/messages", HOST, rest_room_say),

    ROW("POST", API "/login", ANYBODY, rest_login_post),
    ROW("POST", API "/logout", SIGNED, rest_login_out),
    ROW("GET", API "/users/me", USER, rest_me_get),
    ROW("PATCH", API "/users/me", USER, rest_me_change),
    ROW("PUT", API "/users/me/password", USER, rest_me_password),
    ROW("GET", API "/users/lookup", USERS, rest_me_lookup),
    ROW("GET", API "/users", OPERATOR, rest_user_list),
    MAKE(API "/users", OPERATOR, rest_user_create),
    ROW("GET", API "/users/{u}", SELF, rest_user_get),
    ROW("PATCH", API "/users/{u}", OPERATOR, rest_user_change),
    ROW("DELETE", API "/users/{u}", OPERATOR, rest_user_remove),
    ROW("GET", API "/users/{u}/presence", USERS, rest_dial_presence),

    MAKE(API "/tokens", SIGNED, rest_token_create),
    ROW("DELETE", API "/tokens/{t}", OPERATOR, rest_token_revoke),
    ROW("GET", API "/turn", SIGNED, rest_turn_get),

    ROW("GET", API "/meetings", USERS, rest_meeting_list),
    MAKE(API "/meetings", USERS, rest_meeting_create),
    ROW("GET", API "/meetings/{m}", USERS, rest_meeting_get),
    ROW("PATCH", API "/meetings/{m}", USERS, rest_meeting_change),
    ROW("DELETE", API "/meetings/{m}", USERS, rest_meeting_remove),
    ROW("GET", API "/meetings/{m}/invite", USERS, rest_invite_get),
    ROW("GET", API "/meetings/{m}/invite.ics", USERS, rest_invite_calendar),

    ROW("GET", API "/history/sessions", SIGNED, rest_history_sessions),
    ROW("GET", API "/history/sessions/{s}/members", USERS, rest_history_members),
    ROW("GET", API "/calls", USERS, rest_call_log_list),
    ROW("POST", API "/calls/seen", USER, rest_call_log_seen),
    ROW("GET", API "/calls/{c}", USERS, rest_call_log_get),
    ROW("POST", API "/calls/{c}/decline", USER, rest_dial_decline),
    ROW("POST", API "/calls/{c}/cancel", USER, rest_dial_cancel),
    ROW("POST", API "/calls/{c}/hangup", USER, rest_dial_hangup),

    ROW("GET", API "/webhooks", OPERATOR, rest_webhook_list),
    MAKE(API "/webhooks", OPERATOR, rest_webhook_create),
    ROW("GET", API "/webhooks/{w}", OPERATOR, rest_webhook_get),
    ROW("PATCH", API "/webhooks/{w}", OPERATOR, rest_webhook_change),
    ROW("DELETE", API "/webhooks/{w}", OPERATOR, rest_webhook_remove),
    MAKE(API "/webhooks/{w}/test", OPERATOR, rest_webhook_test),
    ROW("GET", API "/webhooks/{w}/deliveries", OPERATOR, rest_webhook_deliveries),
    {.method = NULL},
};
