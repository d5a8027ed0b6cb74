/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_node.c  /api/v1/node: this server as a whole
 */
#include "mcu/api/rest_node.h"

#include "mcu/api/process_metrics.h"
#include "mcu/api/rest_call.h"
#include "mcu/api/rest_config.h"
#include "mcu/api/rest_json.h"
#include "mcu/base/clock.h"
#include "mcu/base/log.h"
#include "mcu/config/settings.h"
#include "mcu/room/participant.h"
#include "mcu/room/room.h"
#include "mcu/room/room_set.h"

LOG_DOMAIN("rest");

static const char *const levels[] = {"error", "warning", "info", "debug"};

static struct {
    uint64_t wall_us, mono_us;
} started;

void rest_node_init(void)
{
    started.wall_us = clock_wall_us();
    started.mono_us = clock_now_us();
}

static void count(struct room *room, void *arg)
{
    unsigned *n = arg;

    for (const struct participant *p = room_first(room); p; p = participant_next(p))
        ++n[participant_kind(p)];
}

static void reply_node(const struct rest_call *call)
{
    unsigned n[PARTICIPANT_KIND_COUNT] = {0};
    struct rest_json j;

    room_set_each(count, n);
    rest_json_init(&j);
    rest_json_open(&j, NULL, '{');
    rest_json_string(&j, "version", MEDLEY_VERSION);
    rest_json_time(&j, "started_at", started.wall_us);
    rest_json_int(&j, "uptime_s", (int64_t)((clock_now_us() - started.mono_us) / 1000000));
    rest_json_bool(&j, "draining", room_set_draining());
    rest_json_int(&j, "rooms", room_set_count());
    rest_json_open(&j, "participants", '{');
    rest_json_int(&j, "web", n[PARTICIPANT_KIND_WEB]);
    rest_json_int(&j, "sip", n[PARTICIPANT_KIND_SIP]);
    rest_json_close(&j);
    rest_json_real(&j, "cpu_s", process_metrics_cpu_seconds());
    rest_json_int(&j, "rss_bytes", (int64_t)process_metrics_resident_bytes());
    rest_json_string(&j, "log_level", levels[atomic_load(&log_max_level)]);
    rest_config_write_status(&j, "settings");
    rest_json_close(&j);
    rest_reply_json(&call->ticket, 200, &j);
}

void rest_node_get(const struct rest_call *call)
{
    reply_node(call);
}

void rest_node_drain(const struct rest_call *call)
{
    struct rest_body body;

    if (!rest_call_body(call, REST_BODY_DRAIN, &body))
        return;
    if (body.u.drain != room_set_draining())
        log_info(NULL, "draining %s", body.u.drain ? "on: nobody is let in" : "off");
    room_set_drain(body.u.drain);
    reply_node(call);
}

void rest_node_log(const struct rest_call *call)
{
    struct rest_body body;
    struct rest_json j;

    if (!rest_call_body(call, REST_BODY_LOG, &body))
        return;
    log_set(body.u.level, room_set_settings()->config.log.format);
    log_info(NULL, "log level %s", levels[body.u.level]);
    rest_json_init(&j);
    rest_json_open(&j, NULL, '{');
    rest_json_string(&j, "level", levels[body.u.level]);
    rest_json_close(&j);
    rest_reply_json(&call->ticket, 200, &j);
}
