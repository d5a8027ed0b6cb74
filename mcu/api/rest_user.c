/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_user.c  /api/v1/users: accounts of people
 *
 * A password is hashed first, elsewhere; then a user is read, changed and stored in one go.
 */
#include "mcu/api/rest_user.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mcu/api/api_field.h"
#include "mcu/api/api_text.h"
#include "mcu/api/rest_call.h"
#include "mcu/api/rest_etag.h"
#include "mcu/api/rest_json.h"
#include "mcu/api/rest_task.h"
#include "mcu/api/signin.h"
#include "mcu/api/ws_session.h"
#include "mcu/auth/password.h"
#include "mcu/auth/password_pool.h"
#include "mcu/base/clock.h"
#include "mcu/base/id.h"
#include "mcu/base/log.h"
#include "mcu/config/settings.h"
#include "mcu/room/room_set.h"
#include "mcu/store/store_user.h"
#include "net/sip_ha1.h"
#include "net/web_server.h"

LOG_DOMAIN("rest");

enum { MATCH_SIZE = 256 };

static const char *const roles[] = {"user", "operator", NULL};

struct body {
    char name[API_TEXT_ROOM_SIZE]; /* a login is like a room's name */
    char display[API_TEXT_NAME_SIZE];
    struct api_string password, sip_password;
    struct api_choice role;
};

#define COMMON                                                                                     \
    API_FIELD("display", NAME, struct body, display, .min = 0),                                    \
        API_FIELD("password", TEXT, struct body, password, .min = 1, .max = PASSWORD_MAX),         \
        API_FIELD("sip_password", TEXT, struct body, sip_password, .min = 1, .max = PASSWORD_MAX), \
        API_FIELD("role", CHOICE, struct body, role, .names = roles),                              \
    {                                                                                              \
        .key = NULL                                                                                \
    }

static const struct api_field create_fields[] = {
    API_FIELD("name", ROOM, struct body, name, .required = true), COMMON};
static const struct api_field change_fields[] = {COMMON};

struct work {
    struct rest_task task;
    struct body body;
    char id[STORE_ID_MAX + 1]; /* "" = a new one */
    char if_match[MATCH_SIZE];
    char hash[PASSWORD_HASH_SIZE];
    bool ends_tokens; /* with this change those that he has are over */
};

void rest_user_write(struct rest_json *j, const char *key, const struct store_user *user,
                     bool prefs)
{
    rest_json_open(j, key, '{');
    rest_json_string(j, "id", user->id);
    rest_json_string(j, "name", user->name);
    rest_json_string(j, "display", user->display);
    rest_json_string(j, "role", user->role);
    rest_json_bool(j, "password", user->password_hash[0] != '\0');
    rest_json_bool(j, "sip", user->sip_ha1_sha256[0] != '\0');
    rest_json_time(j, "created_at", user->created_us);
    rest_json_time(j, "changed_at", user->changed_us);
    if (prefs)
        rest_json_raw(j, "prefs", user->prefs[0] ? user->prefs : "{}");
    rest_json_close(j);
}

/* ---- read ---- */

struct listing {
    struct rest_task task;
};

static void on_list(int err, const void *result, void *arg)
{
    const struct store_list *list = result;
    struct listing *w = rest_task_answered(arg, err, REST_PROBLEM_FAILED);
    const struct store_user *user = err ? NULL : list->rows;
    struct rest_json j;

    if (!w)
        return;
    rest_call_open_page(&j);
    for (uint32_t i = 0; i < list->n; ++i)
        rest_user_write(&j, NULL, &user[i], false);
    rest_call_close_page(&j, list->more, "users", 0, list->n ? user[list->n - 1].name : "");
    rest_task_json(&w->task, 200, &j);
}

void rest_user_list(const struct rest_call *call)
{
    static const char *const names[] = {"limit", "cursor", NULL};
    struct rest_page page;
    struct listing *w;

    if (!rest_call_query(call, names) || !rest_call_page(call, "users", &page))
        return;
    w = rest_task_new(call, sizeof(*w));
    if (w)
        (void)rest_task_submitted(&w->task,
                                  store_user_list(rest_task_store(), page.after.key, page.limit,
                                                  rest_task_reply(&w->task, on_list)));
}

static struct work *begin(const struct rest_call *call)
{
    struct work *w = rest_task_new(call, sizeof(*w));

    if (!w)
        return NULL;
    (void)snprintf(w->id, sizeof(w->id), "%s", call->param[0]);
    (void)snprintf(w->if_match, sizeof(w->if_match), "%s", call->request->if_match);
    return w;
}

static void on_get(int err, const void *result, void *arg)
{
    const struct store_user *user = result;
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_USER);
    struct rest_json j;

    if (!w)
        return;
    if (rest_etag_matches(w->if_match, user->version, true)) { /* If-None-Match here */
        rest_reply_unchanged(&w->task.ticket, user->version);
        rest_task_free(&w->task);
        return;
    }
    rest_json_init(&j);
    rest_user_write(&j, NULL, user, true);
    rest_task_version(&w->task, 200, user->version, &j);
}

void rest_user_get(const struct rest_call *call)
{
    struct work *w = begin(call);

    if (!w)
        return;
    (void)snprintf(w->if_match, sizeof(w->if_match), "%s", call->request->if_none_match);
    (void)rest_task_submitted(
        &w->task, store_user_get(rest_task_store(), w->id, rest_task_reply(&w->task, on_get)));
}

/* ---- write ---- */

void rest_user_end_tokens(const char *user, const char *reason, enum ws_close code)
{
    if (signin_end_user(user, clock_wall_us()))
        log_error(NULL, "tokens of user %s go on until a restart: no memory", user);
    ws_session_end_user(user, reason, code);
}

static void on_put(int err, const void *result, void *arg)
{
    const struct store_user *user = result;
    struct work *w;
    struct rest_json j;

    if (err == -EEXIST && (w = rest_task_find(arg)) != NULL) {
        rest_task_problem(&w->task, REST_PROBLEM_NAME_TAKEN, NULL);
        return;
    }
    w = rest_task_answered(arg, err, REST_PROBLEM_USER);
    if (!w)
        return;
    log_info(NULL, "user %s (%s) %s", user->id, user->name, w->id[0] ? "changed" : "made");
    if (w->ends_tokens)
        rest_user_end_tokens(user->id, "signed_out", WS_CLOSE_AUTH);
    rest_json_init(&j);
    rest_user_write(&j, NULL, user, true);
    rest_task_version(&w->task, w->id[0] ? 200 : 201, user->version, &j);
}

/** Lay what was asked for over a user, and store him. */
static void put(struct work *w, struct store_user user)
{
    const struct body *body = &w->body;
    struct sip_ha1 ha1;

    user.changed_us = clock_wall_us();
    if (body->display[0])
        user.display = body->display;
    w->ends_tokens =
        w->id[0] &&
        (w->hash[0] || (body->role.given && strcmp(user.role, roles[body->role.index]) != 0));
    if (body->role.given)
        user.role = roles[body->role.index];
    if (w->hash[0])
        user.password_hash = w->hash;
    if (body->sip_password.given) {
        if (sip_ha1_make(&ha1, user.name, config_sip_realm(&room_set_settings()->config),
                         body->sip_password.text, body->sip_password.len)) {
            rest_task_problem(&w->task, REST_PROBLEM_PASSWORD, "sip_password");
            return;
        }
        user.sip_ha1_md5 = ha1.md5;
        user.sip_ha1_sha256 = ha1.sha256;
    }
    (void)rest_task_submitted(
        &w->task, store_user_put(rest_task_store(), &user, rest_task_reply(&w->task, on_put)));
    explicit_bzero(&ha1, sizeof(ha1));
}

static void on_read(int err, const void *result, void *arg)
{
    const struct store_user *user = result;
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_USER);

    if (!w)
        return;
    if (w->if_match[0] && !rest_etag_matches(w->if_match, user->version, false))
        rest_task_problem(&w->task, REST_PROBLEM_PRECONDITION, NULL);
    else
        put(w, *user);
}

/** The password is hashed, if there is one. */
static void go_on(struct work *w)
{
    char id[ID_SIZE];

    if (w->id[0]) {
        (void)rest_task_submitted(
            &w->task, store_user_get(rest_task_store(), w->id, rest_task_reply(&w->task, on_read)));
        return;
    }
    id_make(id, "us");
    put(w, (struct store_user){.id = id,
                               .name = w->body.name,
                               .display = w->body.name,
                               .role = "user",
                               .created_us = clock_wall_us()});
}

static void on_hash(const struct password_pool_result *result, void *arg)
{
    struct work *w = rest_task_find(arg);

    if (!w)
        return;
    if (result->err) {
        rest_task_problem(&w->task, REST_PROBLEM_BUSY, NULL);
        return;
    }
    memcpy(w->hash, result->hash, sizeof(w->hash));
    go_on(w);
}

static void hash_first(struct work *w)
{
    const struct api_string *password = &w->body.password, *sip = &w->body.sip_password;
    uint64_t id;
    int err;

    if (sip->given && password_check(sip->text, sip->len)) {
        rest_task_invalid(&w->task, REST_PROBLEM_PASSWORD, "/sip_password: must be 8 to 128 bytes");
        return;
    }
    if (!password->given) {
        go_on(w);
        return;
    }
    err = password_pool_hash(signin_passwords(), password->text, password->len, on_hash,
                             rest_task_arg(&w->task), &id);
    if (err == -EAGAIN || err == -ENOMEM)
        rest_task_problem(&w->task, REST_PROBLEM_BUSY, NULL);
    else if (err)
        rest_task_invalid(&w->task, REST_PROBLEM_PASSWORD, "/password: must be 8 to 128 bytes");
}

void rest_user_create(const struct rest_call *call)
{
    struct work *w = begin(call);

    if (w && rest_task_body(&w->task, call, create_fields, &w->body))
        hash_first(w);
}

void rest_user_change(const struct rest_call *call)
{
    struct work *w = begin(call);

    if (w && rest_task_body(&w->task, call, change_fields, &w->body))
        hash_first(w);
}

/* ---- remove ---- */

static void on_removed(int err, const void *result, void *arg)
{
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_USER);
    (void)result;

    if (!w)
        return;
    log_info(NULL, "user %s removed", w->id);
    rest_user_end_tokens(w->id, "removed", WS_CLOSE_REMOVED);
    rest_task_empty(&w->task);
}

static void on_doomed(int err, const void *result, void *arg)
{
    const struct store_user *user = result;
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_USER);

    if (!w)
        return;
    if (w->if_match[0] && !rest_etag_matches(w->if_match, user->version, false))
        rest_task_problem(&w->task, REST_PROBLEM_PRECONDITION, NULL);
    else
        (void)rest_task_submitted(
            &w->task,
            store_user_remove(rest_task_store(), w->id, rest_task_reply(&w->task, on_removed)));
}

void rest_user_remove(const struct rest_call *call)
{
    struct work *w = begin(call);

    if (w)
        (void)rest_task_submitted(&w->task, store_user_get(rest_task_store(), w->id,
                                                           rest_task_reply(&w->task, on_doomed)));
}
