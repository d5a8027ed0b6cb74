/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_me.c  /api/v1/users/me and lookup
 */
#include "mcu/api/rest_me.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/api/api_field.h"
#include "mcu/api/api_text.h"
#include "mcu/api/rest_call.h"
#include "mcu/api/rest_dump.h"
#include "mcu/api/rest_etag.h"
#include "mcu/api/rest_json.h"
#include "mcu/api/rest_query.h"
#include "mcu/api/rest_task.h"
#include "mcu/api/rest_user.h"
#include "mcu/api/signin.h"
#include "mcu/auth/password_pool.h"
#include "mcu/base/clock.h"
#include "mcu/base/log.h"
#include "mcu/store/store_user.h"
#include "net/web_server.h"

LOG_DOMAIN("rest");

enum { MATCH_SIZE = 256, PREFIX_SIZE = API_TEXT_ROOM_SIZE };

struct body {
    char display[API_TEXT_NAME_SIZE];
    struct api_json prefs;
    struct api_string old, new;
};

static const struct api_field change_fields[] = {
    API_FIELD("display", NAME, struct body, display, .min = 0),
    API_FIELD("prefs", JSON, struct body, prefs, .min = 0),
    {.key = NULL},
};
static const struct api_field password_fields[] = {
    API_FIELD("old", TEXT, struct body, old, .required = true, .min = 1, .max = PASSWORD_MAX),
    API_FIELD("new", TEXT, struct body, new, .required = true, .min = 1, .max = PASSWORD_MAX),
    {.key = NULL},
};

struct work {
    struct rest_task task;
    struct body body;
    char id[STORE_ID_MAX + 1];
    char if_match[MATCH_SIZE]; /* or If-None-Match */
    char source[64];
    char hash[PASSWORD_HASH_SIZE];
};

static struct work *begin(const struct rest_call *call)
{
    struct work *w = rest_task_new(call, sizeof(*w));

    if (!w)
        return NULL;
    (void)snprintf(w->id, sizeof(w->id), "%s", rest_who_user(call->caller));
    (void)snprintf(w->if_match, sizeof(w->if_match), "%s", call->request->if_match);
    (void)snprintf(w->source, sizeof(w->source), "%s", call->request->peer);
    return w;
}

static void ask(struct work *w, void (*h)(int err, const void *result, void *arg))
{
    (void)rest_task_submitted(
        &w->task, store_user_get(rest_task_store(), w->id, rest_task_reply(&w->task, h)));
}

static void answer(struct work *w, const struct store_user *user)
{
    struct rest_json j;

    rest_json_init(&j);
    rest_user_write(&j, NULL, user, true);
    rest_task_version(&w->task, 200, user->version, &j);
}

static void on_get(int err, const void *result, void *arg)
{
    const struct store_user *user = result;
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_USER);

    if (!w)
        return;
    if (!rest_etag_matches(w->if_match, user->version, true)) {
        answer(w, user);
        return;
    }
    rest_reply_unchanged(&w->task.ticket, user->version);
    rest_task_free(&w->task);
}

void rest_me_get(const struct rest_call *call)
{
    struct work *w = begin(call);

    if (!w)
        return;
    (void)snprintf(w->if_match, sizeof(w->if_match), "%s", call->request->if_none_match);
    ask(w, on_get);
}

/* ---- change ---- */

static void on_put(int err, const void *result, void *arg)
{
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_USER);
    const struct store_user *user = result;

    if (!w)
        return;
    if (!w->hash[0]) {
        answer(w, user);
        return;
    }
    rest_user_end_tokens(user->id, "signed_out", WS_CLOSE_AUTH);
    rest_task_empty(&w->task);
}

static void put(struct work *w, struct store_user user)
{
    char *prefs = NULL;
    int err = 0;

    user.changed_us = clock_wall_us();
    if (w->hash[0])
        user.password_hash = w->hash;
    if (w->body.display[0])
        user.display = w->body.display;
    if (w->body.prefs.json)
        err = rest_dump_object(&prefs, w->body.prefs.json, STORE_USER_PREFS_MAX);
    if (err == -ENOMEM) {
        rest_task_problem(&w->task, REST_PROBLEM_BUSY, NULL);
    } else if (err) {
        rest_task_invalid(&w->task, REST_PROBLEM_BAD_REQUEST,
                          "/prefs: must be an object of at most 16384 bytes");
    } else {
        if (prefs)
            user.prefs = prefs;
        (void)rest_task_submitted(
            &w->task, store_user_put(rest_task_store(), &user, rest_task_reply(&w->task, on_put)));
    }
    free(prefs);
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

void rest_me_change(const struct rest_call *call)
{
    struct work *w = begin(call);

    if (w && rest_task_body(&w->task, call, change_fields, &w->body))
        ask(w, on_read);
}

/* ---- password: user > old is right? > hash of the new one > user, changed ---- */

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
    log_info(NULL, "user %s changes his password", w->id);
    ask(w, on_read);
}

static void on_login(const char *token, const struct grants *grants, const char *code,
                     uint32_t wait_ms, void *arg)
{
    struct work *w = rest_task_find(arg);
    uint64_t id;
    int err;
    (void)token;
    (void)grants;

    if (!w)
        return;
    if (wait_ms) {
        rest_reply_wait(&w->task.ticket, wait_ms);
        rest_task_free(&w->task);
        return;
    }
    if (code && strcmp(code, "cannot_sign") != 0) {
        bool wrong = strcmp(code, "login_wrong") == 0;

        rest_task_problem(&w->task, wrong ? REST_PROBLEM_LOGIN : REST_PROBLEM_BUSY, NULL);
        return;
    }
    err = password_pool_hash(signin_passwords(), w->body.new.text, w->body.new.len, on_hash, arg,
                             &id);
    if (err)
        rest_task_problem(&w->task, REST_PROBLEM_BUSY, NULL);
}

static void on_name(int err, const void *result, void *arg)
{
    const struct store_user *user = result;
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_USER);

    if (w)
        signin_login(user->name, w->body.old.text, w->body.old.len, w->source, on_login, arg);
}

void rest_me_password(const struct rest_call *call)
{
    struct work *w = begin(call);

    if (!w || !rest_task_body(&w->task, call, password_fields, &w->body))
        return;
    if (password_check(w->body.new.text, w->body.new.len))
        rest_task_invalid(&w->task, REST_PROBLEM_PASSWORD, "/new: must be 8 to 128 bytes");
    else
        ask(w, on_name);
}

/* ---- lookup ---- */

struct lookup {
    struct rest_task task;
    char prefix[PREFIX_SIZE];
};

static void on_found(int err, const void *result, void *arg)
{
    const struct store_list *list = result;
    struct lookup *w = rest_task_answered(arg, err, REST_PROBLEM_FAILED);
    const struct store_user *user = err ? NULL : list->rows;
    struct rest_json j;

    if (!w)
        return;
    rest_json_init(&j);
    rest_json_open(&j, NULL, '{');
    rest_json_open(&j, "items", '[');
    for (uint32_t i = 0; i < list->n; ++i) {
        if (strncmp(user[i].name, w->prefix, strlen(w->prefix)) != 0)
            break;
        rest_json_open(&j, NULL, '{');
        rest_json_string(&j, "id", user[i].id);
        rest_json_string(&j, "name", user[i].name);
        rest_json_string(&j, "display", user[i].display);
        rest_json_close(&j);
    }
    rest_json_close(&j);
    rest_json_close(&j);
    rest_task_json(&w->task, 200, &j);
}

void rest_me_lookup(const struct rest_call *call)
{
    static const char *const names[] = {"name", NULL};
    char text[PREFIX_SIZE], after[PREFIX_SIZE + 1];
    struct lookup *w;
    size_t n;

    if (!rest_call_query(call, names) || !rest_call_text(call, "name", text, sizeof(text)))
        return;
    w = rest_task_new(call, sizeof(*w));
    if (!w)
        return;
    if (api_text_clean_room(w->prefix, text, strlen(text))) {
        rest_task_problem(&w->task, REST_PROBLEM_BAD_REQUEST,
                          "name: must be 1 to 64 of a-z 0-9 . _ -, first a letter or digit");
        return;
    }
    /* The last thing before all names that begin so: no name has a "~". */
    n = strlen(w->prefix);
    memcpy(after, w->prefix, n);
    --after[n - 1];
    memcpy(after + n, "~", 2);
    (void)rest_task_submitted(&w->task,
                              store_user_list(rest_task_store(), after, REST_ME_LOOKUP_MAX,
                                              rest_task_reply(&w->task, on_found)));
}
