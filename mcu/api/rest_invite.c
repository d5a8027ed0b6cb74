/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_invite.c  /api/v1/meetings/{m}/invite: how to get in, to send to people
 */
#include "mcu/api/rest_invite.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mcu/api/api_calendar.h"
#include "mcu/api/api_zone.h"
#include "mcu/api/rest_call.h"
#include "mcu/api/rest_json.h"
#include "mcu/api/rest_meeting.h"
#include "mcu/api/rest_task.h"
#include "mcu/config/settings.h"
#include "mcu/room/room_set.h"
#include "mcu/store/store_meeting.h"
#include "net/web_server.h"

enum { LINK_SIZE = 512, TEXT_SIZE = 2048, HOST_SIZE = 256 };

struct work {
    struct rest_task task;
    bool is_operator, calendar;
    char user[STORE_IDENTITY_MAX + 1];
    char host[HOST_SIZE]; /* as the caller reached us */
};

struct invite {
    char link[LINK_SIZE], sip_uri[LINK_SIZE], text[TEXT_SIZE];
    const char *pin; /* NULL: none, or not for him */
};

/** Where people find us: the name of the configuration, or else as this caller did. */
static void write_base(char *ret, size_t size, const char *host)
{
    const struct config *config = &room_set_settings()->config;
    const char *port = strrchr(host, ':');
    char tls_port[16];

    (void)snprintf(tls_port, sizeof(tls_port), ":%u", config->http.tls_port);
    if (config->server.name[0] && config->http.tls_enabled)
        (void)snprintf(ret, size, "https://%s%s", config->server.name,
                       config->http.tls_port == 443 ? "" : tls_port);
    else if (config->server.name[0])
        (void)snprintf(ret, size, "http://%s:%u", config->server.name, config->http.port);
    else
        (void)snprintf(ret, size, "%s://%s",
                       config->http.tls_enabled && port && strcmp(port, tls_port) == 0 ? "https"
                                                                                       : "http",
                       host[0] ? host : "localhost");
}

/** The host of "host:port" and "[::1]:port". */
static int host_len(const char *host)
{
    const char *bracket = host[0] == '[' ? strchr(host, ']') : NULL;

    return bracket ? (int)(bracket + 1 - host) : (int)strcspn(host, ":");
}

static void fill(struct invite *ret, const struct work *w, const struct store_meeting *m)
{
    const char *realm = config_sip_realm(&room_set_settings()->config);
    char base[LINK_SIZE - API_TEXT_ROOM_SIZE];
    bool own = rest_meeting_access(w->is_operator, w->user, m) == REST_MEETING_OWN;

    write_base(base, sizeof(base), w->host);
    (void)snprintf(ret->link, sizeof(ret->link), "%s/r/%s", base, m->room);
    if (strcmp(realm, "medley") == 0 && w->host[0])
        (void)snprintf(ret->sip_uri, sizeof(ret->sip_uri), "sip:%s@%.*s", m->room,
                       host_len(w->host), w->host);
    else
        (void)snprintf(ret->sip_uri, sizeof(ret->sip_uri), "sip:%s@%s", m->room, realm);
    ret->pin = own && m->pin[0] ? m->pin : NULL;
    (void)snprintf(ret->text, sizeof(ret->text), "%s\n\nJoin: %s\nBy phone or SIP: %s%s%s\n",
                   m->title, ret->link, ret->sip_uri, ret->pin ? "\nPIN: " : "",
                   ret->pin ? ret->pin : "");
}

static void answer_json(struct work *w, const struct invite *invite)
{
    struct rest_json j;

    rest_json_init(&j);
    rest_json_open(&j, NULL, '{');
    rest_json_string(&j, "link", invite->link);
    rest_json_string(&j, "sip_uri", invite->sip_uri);
    rest_json_string(&j, "pin", invite->pin);
    rest_json_string(&j, "text", invite->text);
    rest_json_close(&j);
    rest_task_json(&w->task, 200, &j);
}

static void answer_calendar(struct work *w, const struct invite *invite,
                            const struct store_meeting *m)
{
    char uid[STORE_ID_MAX + HOST_SIZE + 2], *text;
    const struct api_calendar event = {.uid = uid,
                                       .title = m->title,
                                       .description = invite->text,
                                       .location = invite->link,
                                       .starts_us = m->starts_us,
                                       .ends_us = m->ends_us,
                                       .time_zone = m->time_zone,
                                       .recurrence = m->recurrence,
                                       .stamp_us = m->changed_us,
                                       .sequence = m->version - 1,
                                       .zones = API_ZONE_FOLDER};

    if (!m->starts_us) {
        rest_task_problem(&w->task, REST_PROBLEM_NO_SCHEDULE, NULL);
        return;
    }
    (void)snprintf(uid, sizeof(uid), "%s@%s", m->id,
                   config_sip_realm(&room_set_settings()->config));
    text = api_calendar_make(&event);
    if (!text) {
        rest_task_problem(&w->task, REST_PROBLEM_BUSY, NULL);
        return;
    }
    rest_reply_data(&w->task.ticket, "text/calendar; charset=utf-8", text, strlen(text));
    free(text);
    rest_task_free(&w->task);
}

static void on_meeting(int err, const void *result, void *arg)
{
    const struct store_meeting *m = result;
    struct work *w = rest_task_answered(arg, err, REST_PROBLEM_MEETING);
    struct invite invite;

    if (!w)
        return;
    if (rest_meeting_access(w->is_operator, w->user, m) == REST_MEETING_NONE) {
        rest_task_problem(&w->task, REST_PROBLEM_MEETING, NULL);
        return;
    }
    fill(&invite, w, m);
    if (w->calendar)
        answer_calendar(w, &invite, m);
    else
        answer_json(w, &invite);
}

static void ask(const struct rest_call *call, bool calendar)
{
    struct work *w = rest_task_new(call, sizeof(*w));

    if (!w)
        return;
    w->calendar = calendar;
    w->is_operator = rest_who_is_operator(call->caller);
    (void)snprintf(w->user, sizeof(w->user), "%s", rest_who_user(call->caller));
    (void)snprintf(w->host, sizeof(w->host), "%s", call->request->host);
    (void)rest_task_submitted(&w->task, store_meeting_get(rest_task_store(), call->param[0],
                                                          rest_task_reply(&w->task, on_meeting)));
}

void rest_invite_get(const struct rest_call *call)
{
    ask(call, false);
}

void rest_invite_calendar(const struct rest_call *call)
{
    ask(call, true);
}
