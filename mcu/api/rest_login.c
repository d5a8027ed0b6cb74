/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_login.c  /api/v1/login and logout
 */
#include "mcu/api/rest_login.h"

#include <stdio.h>
#include <string.h>

#include "mcu/api/api_field.h"
#include "mcu/api/api_text.h"
#include "mcu/api/rest_call.h"
#include "mcu/api/rest_json.h"
#include "mcu/api/rest_task.h"
#include "mcu/api/rest_token.h"
#include "mcu/api/rest_user.h"
#include "mcu/api/signin.h"
#include "mcu/auth/password.h"
#include "mcu/base/log.h"
#include "mcu/store/store_user.h"
#include "net/web_server.h"

LOG_DOMAIN("rest");

struct body {
    struct api_string name, password;
};

static const struct api_field fields[] = {
    API_FIELD("name", TEXT, struct body, name, .required = true, .min = 1, .max = 256),
    API_FIELD("password", TEXT, struct body, password, .required = true, .min = 1, .max = 1024),
    {.key = NULL},
};

struct work {
    struct rest_task task;
    struct body body;
    uint64_t expires_us;
    char token[TOKEN_SIZE];
};

static void on_user(int err, const void *result, void *arg)
{
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_LOGIN);
    struct rest_json j;

    if (!w)
        return;
    rest_json_init(&j);
    rest_json_open(&j, NULL, '{');
    rest_json_string(&j, "token", w->token);
    rest_json_time(&j, "expires_at", w->expires_us);
    rest_user_write(&j, "user", result, true);
    rest_json_close(&j);
    rest_task_json(&w->task, 200, &j);
}

static enum rest_problem problem_of(const char *code)
{
    if (strcmp(code, "login_wrong") == 0)
        return REST_PROBLEM_LOGIN;
    if (strcmp(code, "unavailable") == 0)
        return REST_PROBLEM_STORAGE;
    return strcmp(code, "cannot_sign") == 0 ? REST_PROBLEM_NOT_IMPLEMENTED : REST_PROBLEM_BUSY;
}

static void on_login(const char *token, const struct grants *grants, const char *code,
                     uint32_t wait_ms, void *arg)
{
    struct work *w = rest_task_find(arg);

    if (!w)
        return;
    if (wait_ms) {
        rest_reply_wait(&w->task.ticket, wait_ms);
        rest_task_free(&w->task);
        return;
    }
    if (code) {
        rest_task_problem(&w->task, problem_of(code), NULL);
        return;
    }
    (void)snprintf(w->token, sizeof(w->token), "%s", token);
    w->expires_us = grants->expires_us;
    log_info(NULL, "user %s signed in", grants->identity);
    (void)rest_task_submitted(&w->task, store_user_get(rest_task_store(), grants->identity,
                                                       rest_task_reply(&w->task, on_user)));
}

void rest_login_post(const struct rest_call *call)
{
    struct work *w = rest_task_new(call, sizeof(*w));
    char name[API_TEXT_ROOM_SIZE];

    if (!w || !rest_task_body(&w->task, call, fields, &w->body))
        return;
    if (api_text_clean_room(name, w->body.name.text, w->body.name.len))
        (void)snprintf(name, sizeof(name), "-"); /* nobody's: takes as long as a wrong password */
    signin_login(name, w->body.password.text, w->body.password.len, call->request->peer, on_login,
                 rest_task_arg(&w->task));
}

void rest_login_out(const struct rest_call *call)
{
    const struct grants *grants = &call->caller->grants;

    if (!call->caller->signed_ || !grants->jti[0])
        rest_reply_problem(&call->ticket, REST_PROBLEM_BAD_REQUEST,
                           "this token has no id: it ends by itself");
    else
        rest_token_end(call, grants->jti, grants->expires_us, true);
}
