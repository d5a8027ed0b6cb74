/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/journal.c  Keeps a record of rooms: history in the database, events to webhooks
 */
#include "mcu/api/journal.h"

#include <stdio.h>
#include <stdlib.h>

#include "mcu/api/rest_json.h"
#include "mcu/base/clock.h"
#include "mcu/base/err.h"
#include "mcu/base/id.h"
#include "mcu/base/log.h"
#include "mcu/base/metric.h"
#include "mcu/hook/hook_sender.h"
#include "mcu/media/room_look.h"
#include "mcu/room/participant.h"
#include "mcu/room/room.h"
#include "mcu/room/room_events.h"
#include "mcu/store/store_history.h"

LOG_DOMAIN("journal");

enum { MEMBER_ID_SIZE = 2 * ID_SIZE };

static struct store *records;
static struct hook_sender *sender;

static struct metric failures =
    METRIC_COUNTER("medley_journal_failures_total", "", "Records that the database did not take");

void journal_failed(const char *what, int err)
{
    metric_add(&failures, 1);
    log_warning(NULL, "%s was not recorded: %s", what, err_str(err));
}

static void on_recorded(int err, const void *result, void *arg)
{
    (void)result;
    if (err)
        journal_failed(arg, err);
}

/* The name of what is recorded is never written to. */
static struct store_reply reply_for(const char *what)
{
    return (struct store_reply){on_recorded, (void *)(uintptr_t)what};
}

static void check(const char *what, int err)
{
    if (err)
        journal_failed(what, err);
}

void journal_event(const char *type, const char *data)
{
    if (sender)
        check("an event", hook_sender_send(sender, type, data));
}

/* ---- rooms ---- */

static void send_room(const char *type, const struct room *room)
{
    struct rest_json j;
    const char *text;

    rest_json_init(&j);
    rest_json_open(&j, NULL, '{');
    rest_json_string(&j, "room", room_name(room));
    rest_json_string(&j, "session", room_session(room));
    rest_json_string(&j, "title", room_rules(room)->title);
    rest_json_string(&j, "layout", room_look(room)->layout);
    rest_json_close(&j);
    text = rest_json_text(&j, NULL);
    if (text)
        journal_event(type, text);
    rest_json_finish(&j);
}

static void on_opened(const struct room *room, void *arg)
{
    const struct store_session session = {
        .id = room_session(room), .room = room_name(room), .started_us = clock_wall_us()};
    (void)arg;

    check("a session", store_history_begin_session(records, &session, reply_for("a session")));
    send_room("room.started", room);
}

static void on_closed(const struct room *room, void *arg)
{
    const struct store_session session = {.id = room_session(room),
                                          .ended_us = clock_wall_us(),
                                          .peak = room_peak(room),
                                          .reason = "empty"};
    (void)arg;

    check("a session", store_history_end_session(records, &session, reply_for("a session")));
    send_room("room.ended", room);
}

/* ---- people ---- */

static void send_person(const char *type, const struct participant *p, const char *reason)
{
    const struct room *room = participant_room(p);
    struct rest_json j;
    const char *text;

    rest_json_init(&j);
    rest_json_open(&j, NULL, '{');
    rest_json_string(&j, "room", room_name(room));
    rest_json_string(&j, "session", room_session(room));
    rest_json_open(&j, "participant", '{');
    rest_json_string(&j, "id", participant_id(p));
    rest_json_string(&j, "identity", participant_identity(p));
    rest_json_string(&j, "name", participant_name(p));
    rest_json_string(&j, "kind", participant_kind_name(p));
    rest_json_string(&j, "role", rights_role_name(participant_role(p)));
    rest_json_close(&j);
    if (reason)
        rest_json_string(&j, "reason", reason);
    rest_json_close(&j);
    text = rest_json_text(&j, NULL);
    if (text)
        journal_event(type, text);
    rest_json_finish(&j);
}

/* He may be in several rooms, one after the other. */
static void member_id(char *ret_id, const struct participant *p)
{
    (void)snprintf(ret_id, MEMBER_ID_SIZE, "%.31s.%.20s", participant_id(p),
                   room_session(participant_room(p)) + 3);
}

static void on_entered(const struct participant *p, void *arg)
{
    char id[MEMBER_ID_SIZE];
    const struct store_member member = {
        .id = id,
        .session = room_session(participant_room(p)),
        .participant = participant_id(p),
        .identity = participant_identity(p),
        .display = participant_name(p),
        .kind = participant_kind_name(p),
        .role = rights_role_name(participant_role(p)),
        .joined_us = clock_wall_us(),
    };
    (void)arg;

    member_id(id, p);
    check("a member", store_history_begin_member(records, &member, reply_for("a member")));
    send_person("participant.joined", p, NULL);
}

static void on_exited(const struct participant *p, const char *reason, void *arg)
{
    char id[MEMBER_ID_SIZE];
    struct leg_figures f;
    struct store_member member = {.id = id,
                                  .role = rights_role_name(participant_role(p)),
                                  .left_us = clock_wall_us(),
                                  .reason = reason};
    uint64_t sent;
    (void)arg;

    member_id(id, p);
    participant_figures(p, &f);
    sent = f.transport.rx_packets + f.transport.rx_lost;
    member.loss_in_ppm = sent ? (uint32_t)(f.transport.rx_lost * 1000000 / sent) : 0;
    member.loss_out_ppm = f.transport.remote_loss * 1000000u / 256;
    member.jitter_us = f.transport.jitter_us;
    member.rtt_us = f.transport.rtt_us;
    check("a member", store_history_end_member(records, &member, reply_for("a member")));
    send_person("participant.left", p, reason);
}

static void on_waiting(const struct participant *p, void *arg)
{
    (void)arg;
    send_person("participant.waiting", p, NULL);
}

static void on_shared(const struct participant *p, bool on, void *arg)
{
    (void)arg;
    send_person(on ? "share.started" : "share.stopped", p, NULL);
}

static void on_looked(const struct room *room, void *arg)
{
    (void)arg;
    send_room("layout.changed", room);
}

static const struct room_events events = {.openedh = on_opened,
                                          .closedh = on_closed,
                                          .enteredh = on_entered,
                                          .exitedh = on_exited,
                                          .waitingh = on_waiting,
                                          .sharedh = on_shared,
                                          .lookedh = on_looked};

void journal_init(struct store *store, struct hook_sender *hooks)
{
    metric_register(&failures);
    records = store;
    sender = hooks;
    if (store)
        room_events_add(&events);
}

void journal_finish(void)
{
    room_events_remove(&events);
    records = NULL;
    sender = NULL;
}
