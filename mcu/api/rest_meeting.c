/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_meeting.c  /api/v1/meetings: rooms with a schedule, PINs and people
 */
#include "mcu/api/rest_meeting.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mcu/api/rest_call.h"
#include "mcu/api/rest_etag.h"
#include "mcu/api/rest_json.h"
#include "mcu/api/rest_meeting_body.h"
#include "mcu/api/rest_task.h"
#include "mcu/base/clock.h"
#include "mcu/base/id.h"
#include "mcu/base/log.h"
#include "mcu/room/room_set.h"
#include "net/web_server.h"

LOG_DOMAIN("rest");

enum { MATCH_SIZE = 256 };

struct work {
    struct rest_task task;
    struct rest_meeting_body body;
    bool is_operator, made;
    char user[STORE_IDENTITY_MAX + 1];
    char id[STORE_ID_MAX + 1];
    char match[MATCH_SIZE]; /* If-Match or If-None-Match */
};

enum rest_meeting_access rest_meeting_access(bool is_operator, const char *user,
                                             const struct store_meeting *meeting)
{
    if (is_operator || (user[0] && strcmp(meeting->owner, user) == 0))
        return REST_MEETING_OWN;
    for (uint32_t i = 0; user[0] && i < meeting->people_n; ++i) {
        if (strcmp(meeting->people[i].who, user) == 0)
            return REST_MEETING_READ;
    }
    return REST_MEETING_NONE;
}

static struct work *begin(const struct rest_call *call)
{
    struct work *w = rest_task_new(call, sizeof(*w));

    if (!w)
        return NULL;
    w->is_operator = rest_who_is_operator(call->caller);
    (void)snprintf(w->user, sizeof(w->user), "%s", rest_who_user(call->caller));
    (void)snprintf(w->id, sizeof(w->id), "%s", call->param[0]);
    (void)snprintf(w->match, sizeof(w->match), "%s", call->request->if_match);
    return w;
}

static void ask(struct work *w, void (*h)(int err, const void *result, void *arg))
{
    (void)rest_task_submitted(
        &w->task, store_meeting_get(rest_task_store(), w->id, rest_task_reply(&w->task, h)));
}

static void write_or_null(struct rest_json *j, const char *key, const char *text)
{
    rest_json_string(j, key, text[0] ? text : NULL);
}

static void write_fields(struct rest_json *j, const struct store_meeting *m, bool pins)
{
    rest_json_string(j, "id", m->id);
    rest_json_string(j, "room", m->room);
    rest_json_string(j, "title", m->title);
    write_or_null(j, "owner", m->owner);
    rest_json_time(j, "starts_at", m->starts_us);
    rest_json_time(j, "ends_at", m->ends_us);
    rest_json_string(j, "time_zone", m->time_zone);
    write_or_null(j, "recurrence", m->recurrence);
    rest_json_bool(j, "has_pin", m->pin[0] != '\0');
    if (pins) {
        write_or_null(j, "pin", m->pin);
        write_or_null(j, "host_pin", m->host_pin);
    }
    rest_json_raw(j, "policy", m->policy[0] ? m->policy : "{}");
    rest_json_time(j, "created_at", m->created_us);
    rest_json_time(j, "changed_at", m->changed_us);
}

static void answer(struct work *w, unsigned status, const struct store_meeting *m)
{
    struct rest_json j;

    rest_json_init(&j);
    rest_json_open(&j, NULL, '{');
    write_fields(&j, m, rest_meeting_access(w->is_operator, w->user, m) == REST_MEETING_OWN);
    rest_json_open(&j, "people", '[');
    for (uint32_t i = 0; i < m->people_n; ++i) {
        rest_json_open(&j, NULL, '{');
        rest_json_string(&j, "who", m->people[i].who);
        rest_json_string(&j, "role", m->people[i].role);
        rest_json_close(&j);
    }
    rest_json_close(&j);
    rest_json_close(&j);
    rest_task_version(&w->task, status, m->version, &j);
}

/** May he?  @return false: no, and answered */
static bool check(struct work *w, const struct store_meeting *m, enum rest_meeting_access need)
{
    enum rest_meeting_access has = rest_meeting_access(w->is_operator, w->user, m);

    if (has >= need)
        return true;
    rest_task_problem(&w->task, has ? REST_PROBLEM_FORBIDDEN : REST_PROBLEM_MEETING, NULL);
    return false;
}

/* ---- read ---- */

static void on_list(int err, const void *result, void *arg)
{
    const struct store_list *list = result;
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_FAILED);
    const struct store_meeting *m = err ? NULL : list->rows;
    struct rest_json j;

    if (!w)
        return;
    rest_call_open_page(&j);
    for (uint32_t i = 0; i < list->n; ++i) {
        rest_json_open(&j, NULL, '{');
        write_fields(&j, &m[i], w->is_operator || strcmp(m[i].owner, w->user) == 0);
        rest_json_close(&j);
    }
    rest_call_close_page(&j, list->more && list->n, "meetings",
                         list->n ? m[list->n - 1].starts_us : 0, list->n ? m[list->n - 1].id : "");
    rest_task_json(&w->task, 200, &j);
}

void rest_meeting_list(const struct rest_call *call)
{
    static const char *const names[] = {"limit", "cursor", "from", "to", NULL};
    struct store_meeting_query query = {0};
    struct rest_page page;
    struct work *w;

    if (!rest_call_query(call, names) || !rest_call_page(call, "meetings", &page) ||
        !rest_call_time(call, "from", &query.from_us) || !rest_call_time(call, "to", &query.to_us))
        return;
    w = begin(call);
    if (!w)
        return;
    query.person = w->is_operator ? "" : w->user;
    query.after_us = page.after.n;
    query.after_id = page.after.key;
    query.limit = page.limit;
    (void)rest_task_submitted(&w->task, store_meeting_list(rest_task_store(), &query,
                                                           rest_task_reply(&w->task, on_list)));
}

static void on_get(int err, const void *result, void *arg)
{
    const struct store_meeting *m = result;
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_MEETING);

    if (!w || !check(w, m, REST_MEETING_READ))
        return;
    if (!rest_etag_matches(w->match, m->version, true)) {
        answer(w, 200, m);
        return;
    }
    rest_reply_unchanged(&w->task.ticket, m->version);
    rest_task_free(&w->task);
}

void rest_meeting_get(const struct rest_call *call)
{
    struct work *w = begin(call);

    if (!w)
        return;
    (void)snprintf(w->match, sizeof(w->match), "%s", call->request->if_none_match);
    ask(w, on_get);
}

/* ---- write ---- */

static void on_put(int err, const void *result, void *arg)
{
    const struct store_meeting *m = result;
    struct work *w;

    if (err == -EEXIST && (w = rest_task_find(arg)) != NULL) {
        rest_task_problem(&w->task, REST_PROBLEM_ROOM_TAKEN, NULL);
        return;
    }
    w = rest_task_answered(arg, err, REST_PROBLEM_MEETING);
    if (!w)
        return;
    log_info(&(struct log_ids){.room = m->room}, "meeting %s %s", m->id,
             w->made ? "made" : "changed");
    answer(w, w->made ? 201 : 200, m);
}

/** Whoever owns a meeting runs its room, so a room that people are in is nobody's to take. */
static bool is_taken(const struct work *w)
{
    return w->body.room[0] && !w->is_operator && room_set_find_name(w->body.room);
}

static void put(struct work *w, const struct store_meeting *old)
{
    struct rest_meeting_draft draft = {.meeting = *old};
    enum rest_problem problem = rest_meeting_body_apply(&draft, &w->body, clock_wall_us());

    draft.meeting.changed_us = clock_wall_us();
    if (problem == REST_PROBLEMS && strcmp(draft.meeting.room, old->room) != 0 && is_taken(w))
        problem = REST_PROBLEM_ROOM_TAKEN;
    if (problem != REST_PROBLEMS)
        rest_task_invalid(&w->task, problem, draft.why);
    else
        (void)rest_task_submitted(&w->task, store_meeting_put(rest_task_store(), &draft.meeting,
                                                              rest_task_reply(&w->task, on_put)));
    rest_meeting_body_finish(&draft);
}

static void create(struct work *w)
{
    char id[ID_SIZE];

    if (!w->body.room[0])
        rest_meeting_body_make_room(w->body.room);
    id_make(id, "mt");
    put(w, &(struct store_meeting){.id = id,
                                   .room = w->body.room,
                                   .title = "",
                                   .owner = w->user,
                                   .time_zone = "UTC",
                                   .recurrence = "",
                                   .pin = "",
                                   .host_pin = "",
                                   .policy = "",
                                   .created_us = clock_wall_us()});
}

static void on_counted(int err, const void *result, void *arg)
{
    const struct store_list *list = result;
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_FAILED);

    if (w && list->n >= REST_MEETING_OWN_MAX)
        rest_task_problem(&w->task, REST_PROBLEM_TOO_MANY, "this user has 200 that have not ended");
    else if (w)
        create(w);
}

void rest_meeting_create(const struct rest_call *call)
{
    struct store_meeting_query query = {.from_us = clock_wall_us(), .limit = REST_MEETING_OWN_MAX};
    struct work *w = begin(call);

    if (!w || !rest_task_body(&w->task, call, rest_meeting_body_create, &w->body))
        return;
    w->made = true;
    query.owner = w->user;
    if (is_taken(w))
        rest_task_problem(&w->task, REST_PROBLEM_ROOM_TAKEN, NULL);
    else if (w->is_operator || !w->user[0])
        create(w);
    else
        (void)rest_task_submitted(
            &w->task,
            store_meeting_list(rest_task_store(), &query, rest_task_reply(&w->task, on_counted)));
}

/** Read for a change.  @return false: he may not, or it has another version; answered */
static bool check_change(struct work *w, const struct store_meeting *m)
{
    if (!check(w, m, REST_MEETING_OWN))
        return false;
    if (!w->match[0] || rest_etag_matches(w->match, m->version, false))
        return true;
    rest_task_problem(&w->task, REST_PROBLEM_PRECONDITION, NULL);
    return false;
}

static void on_read(int err, const void *result, void *arg)
{
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_MEETING);

    if (w && check_change(w, result))
        put(w, result);
}

void rest_meeting_change(const struct rest_call *call)
{
    struct work *w = begin(call);

    if (w && rest_task_body(&w->task, call, rest_meeting_body_change, &w->body))
        ask(w, on_read);
}

static void on_removed(int err, const void *result, void *arg)
{
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_MEETING);
    (void)result;

    if (!w)
        return;
    log_info(NULL, "meeting %s removed", w->id);
    rest_task_empty(&w->task);
}

static void on_doomed(int err, const void *result, void *arg)
{
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_MEETING);

    if (w && check_change(w, result))
        (void)rest_task_submitted(
            &w->task,
            store_meeting_remove(rest_task_store(), w->id, rest_task_reply(&w->task, on_removed)));
}

void rest_meeting_remove(const struct rest_call *call)
{
    struct work *w = begin(call);

    if (w)
        ask(w, on_doomed);
}
