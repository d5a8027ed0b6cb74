/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_webhook.c  /api/v1/webhooks: who is told what happens, and what became of it
 */
#include "mcu/api/rest_webhook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/api/api_field.h"
#include "mcu/api/api_url.h"
#include "mcu/api/rest_call.h"
#include "mcu/api/rest_json.h"
#include "mcu/api/rest_query.h"
#include "mcu/api/rest_task.h"
#include "mcu/auth/webhook_signature.h"
#include "mcu/base/clock.h"
#include "mcu/base/id.h"
#include "mcu/base/log.h"
#include "mcu/store/store_hook.h"
#include "net/web_server.h"

LOG_DOMAIN("rest");

enum { EVENTS_MAX = 32, EVENT_LEN_MAX = 30 };

static const char ping[] = "ping";

struct body {
    struct api_string url;
    struct api_list events;
    struct api_flag enabled;
};

static const struct api_field create_fields[] = {
    API_FIELD("url", TEXT, struct body, url, .required = true, .min = 1, .max = STORE_HOOK_URL_MAX),
    API_FIELD("events", LIST, struct body, events, .required = true, .min = 1, .max = EVENTS_MAX),
    API_FIELD("enabled", FLAG, struct body, enabled, .min = 0),
    {.key = NULL},
};
static const struct api_field change_fields[] = {
    API_FIELD("url", TEXT, struct body, url, .min = 1, .max = STORE_HOOK_URL_MAX),
    API_FIELD("events", LIST, struct body, events, .min = 1, .max = EVENTS_MAX),
    API_FIELD("enabled", FLAG, struct body, enabled, .min = 0),
    {.key = NULL},
};

struct work {
    struct rest_task task;
    struct body body;
    bool made;
    char id[STORE_ID_MAX + 1];
    char events[STORE_HOOK_EVENTS_MAX + 1];
    char secret[WEBHOOK_SIGNATURE_SECRET_SIZE]; /* of a new one */
    struct rest_page page;
    char state[STORE_WORD_MAX + 1];
};

static struct work *begin(const struct rest_call *call)
{
    struct work *w = rest_task_new(call, sizeof(*w));

    if (w)
        (void)snprintf(w->id, sizeof(w->id), "%s", call->param[0]);
    return w;
}

static void ask(struct work *w, void (*h)(int err, const void *result, void *arg))
{
    (void)rest_task_submitted(
        &w->task, store_hook_get(rest_task_store(), w->id, rest_task_reply(&w->task, h)));
}

/* ---- read ---- */

static void write_events(struct rest_json *j, const char *events)
{
    rest_json_open(j, "events", '[');
    for (size_t n; *events; events += n) {
        events += strspn(events, ", ");
        n = strcspn(events, ", ");
        if (n && !(n == strlen(ping) && memcmp(events, ping, n) == 0))
            rest_json_stringn(j, NULL, events, n);
    }
    rest_json_close(j);
}

static void write_hook(struct rest_json *j, const struct store_hook *hook, const char *secret)
{
    rest_json_open(j, NULL, '{');
    rest_json_string(j, "id", hook->id);
    rest_json_string(j, "url", hook->url);
    write_events(j, hook->events);
    rest_json_bool(j, "enabled", hook->enabled);
    rest_json_time(j, "created_at", hook->created_us);
    rest_json_int(j, "failures", hook->failures);
    rest_json_int(j, "pending", hook->pending);
    rest_json_int(j, "dropped", hook->dropped);
    rest_json_int(j, "last_status", hook->last_status);
    rest_json_string(j, "last_error", hook->last_error[0] ? hook->last_error : NULL);
    if (secret)
        rest_json_string(j, "secret", secret);
    rest_json_close(j);
}

static void on_list(int err, const void *result, void *arg)
{
    const struct store_list *list = result;
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_FAILED);
    const struct store_hook *hook = err ? NULL : list->rows;
    struct rest_json j;

    if (!w)
        return;
    rest_call_open_page(&j);
    for (uint32_t i = 0; i < list->n; ++i)
        write_hook(&j, &hook[i], NULL);
    rest_json_close(&j);
    rest_json_null(&j, "next");
    rest_json_close(&j);
    rest_task_json(&w->task, 200, &j);
}

void rest_webhook_list(const struct rest_call *call)
{
    struct work *w = begin(call);

    if (w)
        (void)rest_task_submitted(
            &w->task, store_hook_list(rest_task_store(), rest_task_reply(&w->task, on_list)));
}

static void on_get(int err, const void *result, void *arg)
{
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_WEBHOOK);
    struct rest_json j;

    if (!w)
        return;
    rest_json_init(&j);
    write_hook(&j, result, w->made && w->secret[0] ? w->secret : NULL);
    rest_task_json(&w->task, w->made ? 201 : 200, &j);
}

void rest_webhook_get(const struct rest_call *call)
{
    struct work *w = begin(call);

    if (w)
        ask(w, on_get);
}

/* ---- write ---- */

static bool is_pattern(const char *text)
{
    size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_.-");

    if (n > EVENT_LEN_MAX)
        return false;
    /* A type, or "*" alone or behind a dot. */
    return text[n] == '\0' ||
           (strcmp(text + n, "*") == 0 && (n == 0 || (n > 1 && text[n - 1] == '.')));
}

/** "room.* ping": what was asked for, and what every webhook gets.  @return false: wrong */
static bool join_events(struct work *w)
{
    size_t n = 0;

    for (unsigned i = 0; i < w->body.events.n; ++i) {
        const char *item = api_field_item(&w->body.events, i);

        if (!is_pattern(item))
            return false;
        if (strcmp(item, ping) != 0)
            n += (size_t)snprintf(w->events + n, sizeof(w->events) - n, "%s ", item);
    }
    (void)snprintf(w->events + n, sizeof(w->events) - n, "%s", ping);
    return true;
}

/** @return false: wrong, and answered */
static bool check(struct work *w)
{
    const char *wrong = w->body.url.given ? api_url_check(w->body.url.text) : NULL;
    char why[128];

    if (wrong) {
        (void)snprintf(why, sizeof(why), "/url: %s", wrong);
        rest_task_invalid(&w->task, REST_PROBLEM_BAD_REQUEST, why);
        return false;
    }
    if (w->body.events.given && !join_events(w)) {
        rest_task_invalid(&w->task, REST_PROBLEM_BAD_REQUEST,
                          "/events: must be types as room.started, room.* or *");
        return false;
    }
    return true;
}

static void on_put(int err, const void *result, void *arg)
{
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_WEBHOOK);
    (void)result;

    if (!w)
        return;
    log_info(NULL, "webhook %s %s", w->id, w->made ? "made" : "changed");
    ask(w, on_get);
}

static void put(struct work *w, struct store_hook hook)
{
    if (w->body.url.given)
        hook.url = w->body.url.text;
    if (w->body.events.given)
        hook.events = w->events;
    if (w->body.enabled.given)
        hook.enabled = w->body.enabled.on;
    (void)rest_task_submitted(
        &w->task, store_hook_put(rest_task_store(), &hook, rest_task_reply(&w->task, on_put)));
}

void rest_webhook_create(const struct rest_call *call)
{
    struct work *w = begin(call);

    if (!w || !rest_task_body(&w->task, call, create_fields, &w->body) || !check(w))
        return;
    w->made = true;
    id_make(w->id, "wh");
    webhook_signature_make_secret(w->secret);
    put(w, (struct store_hook){
               .id = w->id, .secret = w->secret, .enabled = true, .created_us = clock_wall_us()});
}

static void on_read(int err, const void *result, void *arg)
{
    const struct store_hook *hook = result;
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_WEBHOOK);

    if (w)
        put(w, *hook);
}

void rest_webhook_change(const struct rest_call *call)
{
    struct work *w = begin(call);

    if (w && rest_task_body(&w->task, call, change_fields, &w->body) && check(w))
        ask(w, on_read);
}

static void on_removed(int err, const void *result, void *arg)
{
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_WEBHOOK);
    (void)result;

    if (!w)
        return;
    log_info(NULL, "webhook %s removed", w->id);
    rest_task_empty(&w->task);
}

void rest_webhook_remove(const struct rest_call *call)
{
    struct work *w = begin(call);

    if (w)
        (void)rest_task_submitted(
            &w->task,
            store_hook_remove(rest_task_store(), w->id, rest_task_reply(&w->task, on_removed)));
}

/* ---- test ---- */

static void on_queued(int err, const void *result, void *arg)
{
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_WEBHOOK);
    struct rest_json j;
    (void)result;

    if (!w)
        return;
    rest_json_init(&j);
    rest_json_open(&j, NULL, '{');
    rest_json_string(&j, "event", w->state);
    rest_json_close(&j);
    rest_task_json(&w->task, 202, &j);
}

static void on_tested(int err, const void *result, void *arg)
{
    const struct store_hook *hook = result;
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_WEBHOOK);
    struct store_hook_event event = {.type = ping, .created_us = clock_wall_us()};
    struct rest_json j;
    char *text;

    if (!w)
        return;
    if (!hook->enabled) {
        rest_task_problem(&w->task, REST_PROBLEM_WEBHOOK_OFF, NULL);
        return;
    }
    id_make(w->state, "ev");
    rest_json_init(&j);
    rest_json_open(&j, NULL, '{');
    rest_json_string(&j, "type", ping);
    rest_json_time(&j, "timestamp", event.created_us);
    rest_json_open(&j, "data", '{');
    rest_json_string(&j, "webhook", w->id);
    rest_json_close(&j);
    rest_json_close(&j);
    text = rest_json_take(&j);
    event.id = w->state;
    event.body = text;
    (void)rest_task_submitted(&w->task, store_hook_enqueue(rest_task_store(), &event,
                                                           rest_task_reply(&w->task, on_queued)));
    free(text);
}

void rest_webhook_test(const struct rest_call *call)
{
    struct work *w = begin(call);

    if (w)
        ask(w, on_tested);
}

/* ---- deliveries ---- */

static void write_delivery(struct rest_json *j, const struct store_hook_delivery *d)
{
    rest_json_open(j, NULL, '{');
    rest_json_int(j, "seq", (int64_t)d->seq);
    rest_json_string(j, "event", d->id);
    rest_json_string(j, "type", d->type);
    rest_json_string(j, "state", d->state);
    rest_json_time(j, "created_at", d->created_us);
    rest_json_time(j, "next_at", strcmp(d->state, "pending") == 0 ? d->next_us : 0);
    rest_json_int(j, "attempts", d->attempts);
    rest_json_int(j, "last_status", d->last_status);
    rest_json_string(j, "last_error", d->last_error[0] ? d->last_error : NULL);
    rest_json_close(j);
}

static void on_deliveries(int err, const void *result, void *arg)
{
    const struct store_list *list = result;
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_WEBHOOK);
    const struct store_hook_delivery *d = err ? NULL : list->rows;
    struct rest_json j;

    if (!w)
        return;
    rest_call_open_page(&j);
    for (uint32_t i = 0; i < list->n; ++i)
        write_delivery(&j, &d[i]);
    rest_call_close_page(&j, list->more && list->n, "deliveries", list->n ? d[list->n - 1].seq : 0,
                         "");
    rest_task_json(&w->task, 200, &j);
}

static void on_hook(int err, const void *result, void *arg)
{
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_WEBHOOK);
    struct store_hook_query query = {0};
    (void)result;

    if (!w)
        return;
    query.hook = w->id;
    query.state = w->state;
    query.before_seq = w->page.after.n;
    query.limit = w->page.limit;
    (void)rest_task_submitted(&w->task,
                              store_hook_list_deliveries(rest_task_store(), &query,
                                                         rest_task_reply(&w->task, on_deliveries)));
}

void rest_webhook_deliveries(const struct rest_call *call)
{
    static const char *const names[] = {"limit", "cursor", "state", NULL};
    static const char *const states[] = {"", "pending", "done", "dead"};
    char state[16];
    struct rest_page page;
    struct work *w;
    unsigned i = 0;

    if (!rest_call_query(call, names) || !rest_call_page(call, "deliveries", &page) ||
        !rest_call_text(call, "state", state, sizeof(state)))
        return;
    while (i < 4 && strcmp(states[i], state) != 0)
        ++i;
    if (i == 4) {
        rest_reply_problem(&call->ticket, REST_PROBLEM_BAD_REQUEST,
                           "state: must be pending, done or dead");
        return;
    }
    w = begin(call);
    if (!w)
        return;
    w->page = page;
    (void)snprintf(w->state, sizeof(w->state), "%s", state);
    ask(w, on_hook);
}
