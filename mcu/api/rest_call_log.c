/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_call_log.c  /api/v1/calls: who rang whom, and what came of it
 */
#include "mcu/api/rest_call_log.h"

#include <stdio.h>
#include <string.h>

#include "mcu/api/api_field.h"
#include "mcu/api/rest_call.h"
#include "mcu/api/rest_json.h"
#include "mcu/api/rest_query.h"
#include "mcu/api/rest_task.h"
#include "mcu/base/clock.h"
#include "mcu/store/store_call.h"
#include "net/web_server.h"

struct body {
    struct api_number until;
};

static const struct api_field seen_fields[] = {
    API_FIELD("until", TIME, struct body, until, .min = 0),
    {.key = NULL},
};

struct work {
    struct rest_task task;
    struct body body;
    bool is_operator;
    char user[STORE_IDENTITY_MAX + 1];
};

static struct work *begin(const struct rest_call *call)
{
    struct work *w = rest_task_new(call, sizeof(*w));

    if (!w)
        return NULL;
    w->is_operator = rest_who_is_operator(call->caller);
    (void)snprintf(w->user, sizeof(w->user), "%s", rest_who_user(call->caller));
    return w;
}

static void write_or_null(struct rest_json *j, const char *key, const char *text)
{
    rest_json_string(j, key, text[0] ? text : NULL);
}

static void write_leg(struct rest_json *j, const struct store_call_leg *leg)
{
    rest_json_open(j, NULL, '{');
    rest_json_string(j, "to_id", leg->to_id);
    rest_json_string(j, "to_name", leg->to_name);
    rest_json_string(j, "kind", leg->kind);
    write_or_null(j, "result", leg->result);
    rest_json_time(j, "rang_at", leg->rang_us);
    rest_json_time(j, "answered_at", leg->answered_us);
    rest_json_time(j, "ended_at", leg->ended_us);
    write_or_null(j, "cause", leg->cause);
    rest_json_bool(j, "seen", leg->seen);
    rest_json_close(j);
}

static void write_call(struct rest_json *j, const struct store_call *c)
{
    rest_json_open(j, NULL, '{');
    rest_json_string(j, "id", c->id);
    rest_json_string(j, "from_id", c->from_id);
    rest_json_string(j, "from_name", c->from_name);
    rest_json_string(j, "kind", c->kind);
    write_or_null(j, "state", c->state);
    write_or_null(j, "room", c->room);
    rest_json_time(j, "started_at", c->started_us);
    rest_json_time(j, "answered_at", c->answered_us);
    rest_json_time(j, "ended_at", c->ended_us);
    write_or_null(j, "cause", c->cause);
    rest_json_open(j, "legs", '[');
    for (uint32_t i = 0; i < c->legs_n; ++i)
        write_leg(j, &c->legs[i]);
    rest_json_close(j);
    rest_json_close(j);
}

static void on_list(int err, const void *result, void *arg)
{
    const struct store_list *list = result;
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_FAILED);
    const struct store_call *c = err ? NULL : list->rows;
    struct rest_json j;

    if (!w)
        return;
    rest_call_open_page(&j);
    for (uint32_t i = 0; i < list->n; ++i)
        write_call(&j, &c[i]);
    rest_call_close_page(&j, list->more && list->n, "calls",
                         list->n ? c[list->n - 1].started_us : 0, list->n ? c[list->n - 1].id : "");
    rest_task_json(&w->task, 200, &j);
}

void rest_call_log_list(const struct rest_call *call)
{
    static const char *const names[] = {"limit", "cursor", "missed", "user", NULL};
    char who[STORE_IDENTITY_MAX + 1];
    struct store_call_query query = {0};
    struct rest_page page;
    uint32_t missed = 0;
    struct work *w;

    if (!rest_call_query(call, names) || !rest_call_page(call, "calls", &page) ||
        !rest_call_text(call, "user", who, sizeof(who)))
        return;
    if (rest_query_number(call->request->query, "missed", 0, 1, &missed)) {
        rest_reply_problem(&call->ticket, REST_PROBLEM_BAD_REQUEST, "missed: must be 0 or 1");
        return;
    }
    w = begin(call);
    if (!w)
        return;
    if (who[0] && strcmp(who, "me") != 0 && strcmp(who, w->user) != 0 && !w->is_operator) {
        rest_task_problem(&w->task, REST_PROBLEM_FORBIDDEN, NULL);
        return;
    }
    query.identity = who[0] && strcmp(who, "me") != 0 ? who : w->user;
    if (!query.identity[0]) {
        rest_task_problem(&w->task, REST_PROBLEM_BAD_REQUEST, "user: whose calls?");
        return;
    }
    query.missed = missed != 0;
    query.before_us = page.after.n;
    query.before_id = page.after.key;
    query.limit = page.limit;
    (void)rest_task_submitted(
        &w->task, store_call_list(rest_task_store(), &query, rest_task_reply(&w->task, on_list)));
}

/** Is he one of those who talk? */
static bool is_in(const struct store_call *c, const char *user)
{
    bool in = user[0] && strcmp(c->from_id, user) == 0;

    for (uint32_t i = 0; i < c->legs_n && user[0]; ++i)
        in |= strcmp(c->legs[i].to_id, user) == 0;
    return in;
}

static void on_get(int err, const void *result, void *arg)
{
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_CALL);
    struct rest_json j;

    if (!w)
        return;
    if (!w->is_operator && !is_in(result, w->user)) {
        rest_task_problem(&w->task, REST_PROBLEM_CALL, NULL);
        return;
    }
    rest_json_init(&j);
    write_call(&j, result);
    rest_task_json(&w->task, 200, &j);
}

void rest_call_log_get(const struct rest_call *call)
{
    struct work *w = begin(call);

    if (w)
        (void)rest_task_submitted(&w->task, store_call_get(rest_task_store(), call->param[0],
                                                           rest_task_reply(&w->task, on_get)));
}

static void on_seen(int err, const void *result, void *arg)
{
    const struct store_count *count = result;
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_FAILED);
    struct rest_json j;

    if (!w)
        return;
    rest_json_init(&j);
    rest_json_open(&j, NULL, '{');
    rest_json_int(&j, "seen", (int64_t)count->n);
    rest_json_close(&j);
    rest_task_json(&w->task, 200, &j);
}

void rest_call_log_seen(const struct rest_call *call)
{
    struct work *w = begin(call);
    uint64_t until_us = clock_wall_us();

    if (!w || (call->request->body_len && !rest_task_body(&w->task, call, seen_fields, &w->body)))
        return;
    if (w->body.until.n && w->body.until.n < until_us)
        until_us = w->body.until.n;
    (void)rest_task_submitted(&w->task, store_call_mark_seen(rest_task_store(), w->user, until_us,
                                                             rest_task_reply(&w->task, on_seen)));
}
