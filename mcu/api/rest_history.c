/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_history.c  /api/v1/history and messages: what took place in rooms
 */
#include "mcu/api/rest_history.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "mcu/api/api_text.h"
#include "mcu/api/rest_call.h"
#include "mcu/api/rest_json.h"
#include "mcu/api/rest_task.h"
#include "mcu/store/store_chat.h"
#include "mcu/store/store_history.h"
#include "mcu/store/store_meeting.h"

struct work {
    struct rest_task task;
    struct rest_page page;
    bool is_operator;
    bool seen; /* the caller is one of the members */
    char room[API_TEXT_ROOM_SIZE];
    char identity[STORE_IDENTITY_MAX + 1]; /* whose sessions */
    char user[STORE_IDENTITY_MAX + 1];     /* the caller */
    char session[STORE_ID_MAX + 1];
    uint64_t since_us;            /* what took place before is not his */
    char after[STORE_ID_MAX + 1]; /* while looking for the caller */
};

static struct work *begin(const struct rest_call *call, const struct rest_page *page)
{
    struct work *w = rest_task_new(call, sizeof(*w));

    if (!w)
        return NULL;
    w->page = *page;
    w->is_operator = rest_who_is_operator(call->caller);
    (void)snprintf(w->user, sizeof(w->user), "%s", rest_who_user(call->caller));
    return w;
}

/* ---- sessions ---- */

static void on_sessions(int err, const void *result, void *arg)
{
    const struct store_list *list = result;
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_FAILED);
    const struct store_session *s = err ? NULL : list->rows;
    struct rest_json j;

    if (!w)
        return;
    rest_call_open_page(&j);
    for (uint32_t i = 0; i < list->n; ++i) {
        rest_json_open(&j, NULL, '{');
        rest_json_string(&j, "id", s[i].id);
        rest_json_string(&j, "room", s[i].room);
        rest_json_time(&j, "started_at", s[i].started_us);
        rest_json_time(&j, "ended_at", s[i].ended_us);
        rest_json_int(&j, "peak", s[i].peak);
        rest_json_string(&j, "reason", s[i].reason[0] ? s[i].reason : NULL);
        rest_json_close(&j);
    }
    rest_call_close_page(&j, list->more && list->n, "sessions",
                         list->n ? s[list->n - 1].started_us : 0, list->n ? s[list->n - 1].id : "");
    rest_task_json(&w->task, 200, &j);
}

static void list_sessions(struct work *w)
{
    const struct store_session_query query = {.room = w->room,
                                              .identity = w->room[0] ? "" : w->identity,
                                              .since_us = w->since_us,
                                              .before_us = w->page.after.n,
                                              .before_id = w->page.after.key,
                                              .limit = w->page.limit};

    (void)rest_task_submitted(&w->task,
                              store_history_list_sessions(rest_task_store(), &query,
                                                          rest_task_reply(&w->task, on_sessions)));
}

static void on_meeting(int err, const void *result, void *arg)
{
    const struct store_meeting *meeting = result;
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_FORBIDDEN);

    if (!w)
        return;
    if (strcmp(meeting->owner, w->user) != 0) {
        rest_task_problem(&w->task, REST_PROBLEM_FORBIDDEN, NULL);
        return;
    }
    w->since_us = meeting->created_us;
    list_sessions(w);
}

/** Sessions of a room: is it his to see? */
static void of_room(struct work *w, bool is_host)
{
    if (is_host)
        list_sessions(w);
    else if (w->user[0])
        (void)rest_task_submitted(&w->task,
                                  store_meeting_get_by_room(rest_task_store(), w->room,
                                                            rest_task_reply(&w->task, on_meeting)));
    else
        rest_task_problem(&w->task, REST_PROBLEM_FORBIDDEN, NULL);
}

/** Sessions of somebody: "me" is the caller; others are for operators. */
static void of_user(struct work *w, const char *who)
{
    bool me = strcmp(who, "me") == 0 || (w->user[0] && strcmp(who, w->user) == 0);

    if (me && !w->user[0]) {
        rest_task_problem(&w->task, REST_PROBLEM_FORBIDDEN, "this caller has no account");
        return;
    }
    if (!me && !w->is_operator) {
        rest_task_problem(&w->task, REST_PROBLEM_FORBIDDEN, NULL);
        return;
    }
    (void)snprintf(w->identity, sizeof(w->identity), "%s", me ? w->user : who);
    list_sessions(w);
}

void rest_history_sessions(const struct rest_call *call)
{
    static const char *const names[] = {"limit", "cursor", "room", "user", NULL};
    char room[API_TEXT_ROOM_SIZE], who[STORE_IDENTITY_MAX + 1];
    struct rest_page page;
    struct work *w;

    if (!rest_call_query(call, names) || !rest_call_page(call, "sessions", &page) ||
        !rest_call_text(call, "room", room, sizeof(room)) ||
        !rest_call_text(call, "user", who, sizeof(who)))
        return;
    w = begin(call, &page);
    if (!w)
        return;
    if (room[0] && who[0])
        rest_task_problem(&w->task, REST_PROBLEM_BAD_REQUEST, "room or user, not both");
    else if (room[0] && api_text_clean_room(w->room, room, strlen(room)))
        rest_task_problem(&w->task, REST_PROBLEM_BAD_REQUEST, "room: is no name of a room");
    else if (room[0])
        of_room(w, rest_who_is_host(call->caller, room));
    else if (!who[0] && w->is_operator)
        list_sessions(w);
    else
        of_user(w, who[0] ? who : "me");
}

/* ---- members ---- */

static void write_member(struct rest_json *j, const struct store_member *m)
{
    rest_json_open(j, NULL, '{');
    rest_json_string(j, "id", m->id);
    rest_json_string(j, "participant", m->participant);
    rest_json_string(j, "identity", m->identity[0] ? m->identity : NULL);
    rest_json_string(j, "display", m->display);
    rest_json_string(j, "kind", m->kind);
    rest_json_string(j, "role", m->role);
    rest_json_time(j, "joined_at", m->joined_us);
    rest_json_time(j, "left_at", m->left_us);
    rest_json_string(j, "reason", m->reason[0] ? m->reason : NULL);
    rest_json_int(j, "loss_in_ppm", m->loss_in_ppm);
    rest_json_int(j, "loss_out_ppm", m->loss_out_ppm);
    rest_json_int(j, "jitter_us", m->jitter_us);
    rest_json_int(j, "rtt_us", m->rtt_us);
    rest_json_close(j);
}

static void on_members(int err, const void *result, void *arg)
{
    const struct store_list *list = result;
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_SESSION);
    const struct store_member *m = err ? NULL : list->rows;
    struct rest_json j;

    if (!w)
        return;
    if (list->n == 0 && !w->page.after.key[0]) { /* a session has somebody, or is none */
        rest_task_problem(&w->task, REST_PROBLEM_SESSION, NULL);
        return;
    }
    rest_call_open_page(&j);
    for (uint32_t i = 0; i < list->n; ++i)
        write_member(&j, &m[i]);
    rest_call_close_page(&j, list->more, "members", 0, list->n ? m[list->n - 1].id : "");
    rest_task_json(&w->task, 200, &j);
}

static void list_members(struct work *w)
{
    (void)rest_task_submitted(
        &w->task, store_history_list_members(rest_task_store(), w->session, w->page.after.key,
                                             w->page.limit, rest_task_reply(&w->task, on_members)));
}

static void on_look(int err, const void *result, void *arg);

static void look(struct work *w)
{
    (void)rest_task_submitted(
        &w->task, store_history_list_members(rest_task_store(), w->session, w->after,
                                             STORE_LIST_MAX, rest_task_reply(&w->task, on_look)));
}

/** Was the caller in it?  To others it is not there. */
static void on_look(int err, const void *result, void *arg)
{
    const struct store_list *list = result;
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_SESSION);
    const struct store_member *m = err ? NULL : list->rows;

    if (!w)
        return;
    for (uint32_t i = 0; i < list->n && !w->seen; ++i)
        w->seen = strcmp(m[i].identity, w->user) == 0;
    if (w->seen) {
        list_members(w);
    } else if (list->more && list->n) {
        (void)snprintf(w->after, sizeof(w->after), "%s", m[list->n - 1].id);
        look(w);
    } else {
        rest_task_problem(&w->task, REST_PROBLEM_SESSION, NULL);
    }
}

void rest_history_members(const struct rest_call *call)
{
    static const char *const names[] = {"limit", "cursor", NULL};
    struct rest_page page;
    struct work *w;

    if (!rest_call_query(call, names) || !rest_call_page(call, "members", &page))
        return;
    w = begin(call, &page);
    if (!w)
        return;
    (void)snprintf(w->session, sizeof(w->session), "%s", call->param[0]);
    if (w->is_operator)
        list_members(w);
    else
        look(w);
}

/* ---- messages ---- */

static void write_message(struct rest_json *j, const struct store_chat *m)
{
    rest_json_open(j, NULL, '{');
    rest_json_string(j, "id", m->id);
    rest_json_string(j, "session", m->session);
    rest_json_string(j, "from_id", m->from_id[0] ? m->from_id : NULL);
    rest_json_string(j, "from_participant", m->from_participant);
    rest_json_string(j, "from_name", m->from_name);
    rest_json_string(j, "to_participant", m->to_participant[0] ? m->to_participant : NULL);
    rest_json_string(j, "text", m->text);
    rest_json_time(j, "sent_at", m->sent_us);
    rest_json_close(j);
}

static void on_messages(int err, const void *result, void *arg)
{
    const struct store_list *list = result;
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_FAILED);
    const struct store_chat *m = err ? NULL : list->rows;
    struct rest_json j;

    if (!w)
        return;
    rest_call_open_page(&j);
    for (uint32_t i = 0; i < list->n; ++i)
        write_message(&j, &m[i]);
    rest_call_close_page(&j, list->more && list->n, "messages",
                         list->n ? m[list->n - 1].sent_us : 0, list->n ? m[list->n - 1].id : "");
    rest_task_json(&w->task, 200, &j);
}

void rest_history_messages(const struct rest_call *call)
{
    static const char *const names[] = {"limit", "cursor", NULL};
    struct store_chat_query query = {0};
    struct rest_page page;
    struct work *w;

    if (!rest_call_query(call, names) || !rest_call_page(call, "messages", &page))
        return;
    w = begin(call, &page);
    if (!w)
        return;
    if (api_text_clean_room(w->room, call->param[0], strlen(call->param[0]))) {
        rest_task_problem(&w->task, REST_PROBLEM_BAD_REQUEST, "this is no name of a room");
        return;
    }
    query.room = w->room;
    /* "-" is nobody's id: who has no account sees no private ones, whatever his token calls him. */
    query.reader = w->is_operator ? "" : w->user[0] ? w->user : "-";
    query.since_us = call->caller->since_us;
    query.cursor_us = page.after.n;
    query.cursor_id = page.after.key;
    query.limit = page.limit;
    (void)rest_task_submitted(&w->task, store_chat_list(rest_task_store(), &query,
                                                        rest_task_reply(&w->task, on_messages)));
}
