/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_token.c  /api/v1/tokens: tokens to join rooms with
 */
#include "mcu/api/rest_token.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mcu/api/api_field.h"
#include "mcu/api/api_text.h"
#include "mcu/api/rest_call.h"
#include "mcu/api/rest_json.h"
#include "mcu/api/rest_task.h"
#include "mcu/api/signin.h"
#include "mcu/base/clock.h"
#include "mcu/base/id.h"
#include "mcu/base/log.h"
#include "mcu/config/settings.h"
#include "mcu/room/room_set.h"
#include "mcu/store/store_meeting.h"

LOG_DOMAIN("rest");

enum { JTI_LEN = 26, TTL_MIN_MS = 1000 };

#define TTL_MAX_MS (1000ull * TOKEN_LIFE_MAX_S)

static const char *const roles[] = {"viewer", "guest", "host", NULL}; /* as enum role */

/* Rights that may be named: what a role has is changed by them. */
enum { NRIGHTS = 11 };

struct body {
    char room[API_TEXT_ROOM_SIZE];
    char name[API_TEXT_NAME_SIZE];
    struct api_string identity;
    struct api_choice role;
    struct api_number ttl_ms;
    struct api_flag right[NRIGHTS];
};

#define RIGHT(i_, name_) API_FIELD(name_, FLAG, struct body, right[i_], .min = 0)

static const struct api_field fields[] = {
    API_FIELD("room", ROOM, struct body, room, .min = 0),
    API_FIELD("name", NAME, struct body, name, .min = 0),
    API_FIELD("identity", TEXT, struct body, identity, .min = 1, .max = GRANTS_IDENTITY_SIZE - 1),
    API_FIELD("role", CHOICE, struct body, role, .required = true, .names = roles),
    API_FIELD("ttl_ms", UINT, struct body, ttl_ms, .min = TTL_MIN_MS, .max = TTL_MAX_MS),
    RIGHT(0, "publish_audio"),
    RIGHT(1, "publish_video"),
    RIGHT(2, "publish_screen"),
    RIGHT(3, "subscribe"),
    RIGHT(4, "chat"),
    RIGHT(5, "record"),
    RIGHT(6, "moderate"),
    RIGHT(7, "layout"),
    RIGHT(8, "hidden"),
    RIGHT(9, "create"),
    RIGHT(10, "list"),
    {.key = NULL},
};

static bool *right_of(struct grants *grants, unsigned i)
{
    bool *const right[NRIGHTS] = {
        &grants->publish_audio, &grants->publish_video, &grants->publish_screen,
        &grants->subscribe,     &grants->chat,          &grants->record,
        &grants->moderate,      &grants->layout,        &grants->hidden,
        &grants->create,        &grants->list};

    return right[i];
}

struct work {
    struct rest_task task;
    struct body body;
    struct grants grants; /* to sign */
    char user[GRANTS_IDENTITY_SIZE];
};

/** What was asked for.  @return false: wrong, and answered */
static bool fill(struct grants *grants, const struct body *body, const struct rest_ticket *ticket)
{
    const struct config_auth *auth = &room_set_settings()->config.auth;
    char identity[API_TEXT_NAME_SIZE] = "";
    uint64_t ttl_ms = body->ttl_ms.given ? body->ttl_ms.n : signin_ttl_ms();

    if (body->identity.given &&
        (api_text_clean_name(identity, body->identity.text, body->identity.len) ||
         strlen(identity) >= GRANTS_IDENTITY_SIZE)) {
        rest_reply_invalid(ticket, REST_PROBLEM_BAD_REQUEST, "/identity: must be 1 to 63 bytes");
        return false;
    }
    if (ttl_ms > auth->token_max_ttl) {
        rest_reply_invalid(ticket, REST_PROBLEM_BAD_REQUEST,
                           "/ttl_ms: longer than auth.token_max_ttl");
        return false;
    }
    grants_of_role(grants, (enum role)body->role.index);
    (void)snprintf(grants->identity, sizeof(grants->identity), "%.63s", identity);
    (void)snprintf(grants->name, sizeof(grants->name), "%s", body->name);
    (void)snprintf(grants->room, sizeof(grants->room), "%s", body->room[0] ? body->room : "*");
    grants->expires_us = clock_wall_us() + 1000 * ttl_ms;
    for (unsigned i = 0; i < NRIGHTS; ++i) {
        if (body->right[i].given)
            *right_of(grants, i) = body->right[i].on;
    }
    if (!grants->subscribe) {
        rest_reply_invalid(ticket, REST_PROBLEM_BAD_REQUEST,
                           "/subscribe: whoever is in a room sees and hears it");
        return false;
    }
    id_text(grants->jti, JTI_LEN);
    return true;
}

/** Nobody gives what he has not. */
static void limit(struct grants *grants, const struct grants *giver)
{
    for (unsigned i = 0; i < NRIGHTS; ++i)
        *right_of(grants, i) &= *right_of((struct grants *)(uintptr_t)giver, i);
    if (grants->role > giver->role)
        grants->role = giver->role;
    if (!giver->user && giver->expires_us && giver->expires_us < grants->expires_us)
        grants->expires_us = giver->expires_us;
}

static void answer(const struct rest_ticket *ticket, const struct grants *grants)
{
    char token[TOKEN_SIZE];
    struct rest_json j;
    int err = signin_mint(grants, token);

    if (err) {
        rest_reply_problem(ticket,
                           err == -EINVAL  ? REST_PROBLEM_BAD_REQUEST
                           : err == -EPERM ? REST_PROBLEM_NOT_IMPLEMENTED
                                           : REST_PROBLEM_BUSY,
                           "no token could be signed");
        return;
    }
    log_info(NULL, "token %s made: %s in room %s", grants->jti, rights_role_name(grants->role),
             grants->room);
    rest_json_init(&j);
    rest_json_open(&j, NULL, '{');
    rest_json_string(&j, "token", token);
    rest_json_string(&j, "jti", grants->jti);
    rest_json_time(&j, "expires_at", grants->expires_us);
    rest_json_close(&j);
    rest_reply_json(ticket, 201, &j);
}

static void on_meeting(int err, const void *result, void *arg)
{
    const struct store_meeting *meeting = result;
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_FORBIDDEN);
    struct grants host;

    if (!w)
        return;
    if (strcmp(meeting->owner, w->user) != 0) {
        rest_task_problem(&w->task, REST_PROBLEM_FORBIDDEN, NULL);
        return;
    }
    grants_of_role(&host, ROLE_HOST);
    host.user = true;
    limit(&w->grants, &host);
    answer(&w->task.ticket, &w->grants);
    rest_task_free(&w->task);
}

/** Is it the meeting of his? */
static void ask(const struct rest_call *call, const struct grants *grants)
{
    struct work *w = rest_task_new(call, sizeof(*w));

    if (!w)
        return;
    w->grants = *grants;
    (void)snprintf(w->user, sizeof(w->user), "%s", rest_who_user(call->caller));
    (void)rest_task_submitted(&w->task,
                              store_meeting_get_by_room(rest_task_store(), grants->room,
                                                        rest_task_reply(&w->task, on_meeting)));
}

/** Ids that the server gives: nobody is called as a participant, only by operators as an account.
 */
static bool is_of_server(const char *identity, bool by_operator)
{
    return strncmp(identity, "pt_", 3) == 0 || (!by_operator && strncmp(identity, "us_", 3) == 0);
}

/** Whom hosts call something is nobody else: neither who signs in nor whom an operator calls so. */
static bool mark(struct grants *grants)
{
    char given[GRANTS_IDENTITY_SIZE];
    int n;

    memcpy(given, grants->identity, sizeof(given));
    n = snprintf(grants->identity, sizeof(grants->identity), REST_TOKEN_MARK "%s", given);
    return n < GRANTS_IDENTITY_SIZE;
}

void rest_token_create(const struct rest_call *call)
{
    struct json_t *root;
    struct body body = {0};
    struct grants grants;
    bool ok = rest_call_fields(call, fields, &body, &root) && fill(&grants, &body, &call->ticket);

    (void)api_field_free(root);
    if (!ok)
        return;
    if (is_of_server(grants.identity, rest_who_is_operator(call->caller))) {
        rest_reply_invalid(&call->ticket, REST_PROBLEM_BAD_REQUEST,
                           "/identity: is one of an account or a participant");
        return;
    }
    if (rest_who_is_operator(call->caller)) {
        answer(&call->ticket, &grants);
        return;
    }
    if (grants.identity[0] && !mark(&grants)) {
        rest_reply_invalid(&call->ticket, REST_PROBLEM_BAD_REQUEST,
                           "/identity: must be 1 to 60 bytes");
        return;
    }
    if (!body.room[0]) {
        rest_reply_invalid(&call->ticket, REST_PROBLEM_BAD_REQUEST, "/room: missing");
    } else if (rest_who_is_host(call->caller, body.room)) {
        limit(&grants, &call->caller->grants);
        answer(&call->ticket, &grants);
    } else if (*rest_who_user(call->caller)) {
        ask(call, &grants);
    } else {
        rest_reply_problem(&call->ticket, REST_PROBLEM_FORBIDDEN, NULL);
    }
}

static void on_revoked(int err, const void *result, void *arg)
{
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_FAILED);
    (void)result;

    if (!w)
        return;
    log_info(NULL, "token %s revoked", w->grants.jti);
    rest_task_empty(&w->task);
}

void rest_token_end(const struct rest_call *call, const char *jti, uint64_t expires_us, bool own)
{
    struct work *w = rest_task_new(call, sizeof(*w));

    if (!w)
        return;
    (void)snprintf(w->grants.jti, sizeof(w->grants.jti), "%.64s", jti);
    (void)rest_task_submitted(
        &w->task, signin_revoke(jti, expires_us, own, rest_task_reply(&w->task, on_revoked)));
}

void rest_token_revoke(const struct rest_call *call)
{
    const char *jti = call->param[0];
    uint64_t life_us = 1000ull * room_set_settings()->config.auth.token_max_ttl;

    for (const char *p = jti; *p; ++p) {
        if (*p <= ' ' || *p > '~') {
            rest_reply_problem(&call->ticket, REST_PROBLEM_BAD_REQUEST,
                               "an id of a token is ASCII without spaces");
            return;
        }
    }
    rest_token_end(call, jti, clock_wall_us() + life_us, false);
}
