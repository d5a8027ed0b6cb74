/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/http_gateway.c  HTTP requests: health, metrics and the REST API for operators
 */
#include "mcu/api/http_gateway.h"

#include <string.h>

#include "mcu/api/process_metrics.h"
#include "mcu/api/readiness.h"
#include "mcu/api/rest_auth.h"
#include "mcu/api/rest_call.h"
#include "mcu/api/rest_config.h"
#include "mcu/api/rest_job.h"
#include "mcu/api/rest_json.h"
#include "mcu/api/rest_layout.h"
#include "mcu/api/rest_node.h"
#include "mcu/api/rest_participant.h"
#include "mcu/api/rest_preview.h"
#include "mcu/api/rest_reply.h"
#include "mcu/api/rest_room.h"
#include "mcu/api/rest_router.h"
#include "mcu/api/rest_snapshot.h"
#include "mcu/base/log.h"
#include "mcu/base/metric.h"
#include "mcu/config/settings.h"
#include "mcu/media/media_metrics.h"
#include "mcu/room/room_set.h"
#include "net/control_loop.h"
#include "net/web_server.h"

LOG_DOMAIN("http");

enum { METRICS_SIZE = 512 * 1024 };

#define API "/api/v1"

static struct readiness readiness;
static struct control_timer *timer;

/* Health */

static void health(const struct rest_call *call)
{
    static const char ok[] = "{\"status\":\"ok\"}\n";

    rest_reply_data(&call->ticket, "application/json", ok, strlen(ok));
}

static void write_reasons(struct rest_json *j)
{
    rest_json_open(j, "reasons", '[');
    if (room_set_draining())
        rest_json_string(j, NULL, "draining");
    if (readiness.overloaded)
        rest_json_string(j, NULL, "overloaded");
    rest_json_close(j);
}

/* How the machine is, strangers need not know. */
static void ready(const struct rest_call *call)
{
    bool ok = !room_set_draining() && !readiness.overloaded;
    struct rest_json j;

    rest_json_init(&j);
    rest_json_open(&j, NULL, '{');
    rest_json_string(&j, "status", ok ? "ok" : "not_ready");
    if (call->request->admin)
        write_reasons(&j);
    rest_json_close(&j);
    rest_reply_json(&call->ticket, ok ? 200 : 503, &j);
}

static void metrics(const struct rest_call *call)
{
    static char text[METRICS_SIZE]; /* control thread only */
    size_t n = metric_print(text, sizeof(text));

    n += process_metrics_print(text + n, sizeof(text) - n);
    rest_reply_data(&call->ticket, "text/plain; version=0.0.4", text, n);
}

static void on_window(void *arg)
{
    (void)arg;
    readiness_update(&readiness, metric_value(&media_metrics_frames_composed),
                     metric_value(&media_metrics_frames_late));
    control_timer_start(timer, READINESS_WINDOW_MS);
}

/* The table */

static const struct rest_route table[] = {
    {"GET", "/healthz", REST_ROUTER_ANYBODY, health},
    {"GET", "/readyz", REST_ROUTER_ANYBODY, ready},
    {"GET", "/metrics", REST_ROUTER_LOCAL, metrics},
    {"GET", API "/node", REST_ROUTER_ADMIN, rest_node_get},
    {"POST", API "/node/drain", REST_ROUTER_ADMIN, rest_node_drain},
    {"PUT", API "/node/log", REST_ROUTER_ADMIN, rest_node_log},
    {"GET", API "/rooms", REST_ROUTER_ADMIN, rest_room_list},
    {"GET", API "/rooms/{r}", REST_ROUTER_ADMIN, rest_room_get},
    {"DELETE", API "/rooms/{r}", REST_ROUTER_ADMIN, rest_room_remove},
    {"GET", API "/rooms/{r}/participants", REST_ROUTER_ADMIN, rest_participant_list},
    {"GET", API "/rooms/{r}/participants/{p}", REST_ROUTER_ADMIN, rest_participant_get},
    {"PATCH", API "/rooms/{r}/participants/{p}", REST_ROUTER_ADMIN, rest_participant_change},
    {"DELETE", API "/rooms/{r}/participants/{p}", REST_ROUTER_ADMIN, rest_participant_remove},
    {"POST", API "/rooms/{r}/mute", REST_ROUTER_ADMIN, rest_participant_mute_all},
    {"GET", API "/rooms/{r}/layout", REST_ROUTER_ADMIN, rest_layout_get},
    {"PUT", API "/rooms/{r}/layout", REST_ROUTER_ADMIN, rest_layout_put},
    {"GET", API "/rooms/{r}/snapshot.jpg", REST_ROUTER_ADMIN, rest_snapshot_get},
    {"POST", API "/rooms/{r}/recordings", REST_ROUTER_ADMIN, rest_room_record},
    {"DELETE", API "/rooms/{r}/recordings", REST_ROUTER_ADMIN, rest_room_record},
    {"GET", API "/layouts", REST_ROUTER_ADMIN, rest_layout_list},
    {"GET", API "/layouts/{n}/preview.png", REST_ROUTER_ADMIN, rest_preview_get},
    {"POST", API "/layouts/check", REST_ROUTER_ADMIN, rest_preview_check},
    {"GET", API "/config", REST_ROUTER_ADMIN, rest_config_get},
    {"POST", API "/config/check", REST_ROUTER_ADMIN, rest_config_check},
    {"POST", API "/config/reload", REST_ROUTER_ADMIN, rest_config_reload},
    {NULL, NULL, REST_ROUTER_ANYBODY, NULL},
};

/* Who may */

static bool is_api(const char *path)
{
    return strncmp(path, API "/", strlen(API "/")) == 0;
}

/** May he?  Paths of the API that are not there are treated alike: nobody learns which are. */
static bool is_allowed(const struct web_server_request *request, const struct rest_route *route,
                       enum rest_problem *ret_problem)
{
    *ret_problem = request->admin ? REST_PROBLEM_FORBIDDEN : REST_PROBLEM_UNAUTHORIZED;
    if (!is_api(request->path) && (!route || route->who != REST_ROUTER_ADMIN))
        return true;
    if (request->admin)
        return rest_auth_is_same_site(request->host, request->origin);
    return rest_auth_is_token(request->authorization, room_set_settings()->config.admin.token);
}

void http_gateway_on_request(const struct web_server_request *request, void *arg)
{
    struct rest_call call = {.ticket = {request->id, REST_REPLY_ROUTES_MAX}, .request = request};
    struct rest_router_match match;
    enum rest_problem problem;
    (void)arg;

    rest_router_find(&match, table, request->method, request->path);
    if (match.route && match.route->who == REST_ROUTER_LOCAL && !request->admin)
        match = (struct rest_router_match){.route = NULL};
    if (!is_allowed(request, match.route, &problem)) {
        rest_reply_problem(&call.ticket, problem, NULL);
    } else if (match.route) {
        call.ticket.route = (unsigned)(match.route - table);
        call.param[0] = match.param[0];
        call.param[1] = match.param[1];
        match.route->h(&call);
    } else if (match.methods[0]) {
        rest_reply_not_allowed(&call.ticket, match.methods);
    } else {
        rest_reply_problem(&call.ticket, REST_PROBLEM_NOT_FOUND, NULL);
    }
}

int http_gateway_init(const struct http_gateway_cfg *cfg, char *why, size_t why_size)
{
    int err = rest_auth_init(cfg->data_dir, why, why_size);

    if (err < 0)
        return err;
    if (err > 0)
        log_info(NULL, "made a token for operators: %s", why);
    why[0] = '\0';
    err = control_timer_new(&timer, on_window, NULL);
    if (err)
        return err;
    rest_reply_init(cfg->server, table);
    rest_job_init(cfg->pool);
    rest_node_init();
    on_window(NULL);
    return 0;
}

void http_gateway_finish(void)
{
    timer = control_timer_free(timer);
    rest_job_finish();
    rest_snapshot_finish();
    rest_reply_finish();
}
