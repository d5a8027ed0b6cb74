/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/http_gateway.c  HTTP requests: who it is, whether he may, and the handler of the
 * route
 */
#include "mcu/api/http_gateway.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "mcu/api/readiness.h"
#include "mcu/api/rest_auth.h"
#include "mcu/api/rest_call.h"
#include "mcu/api/rest_cors.h"
#include "mcu/api/rest_health.h"
#include "mcu/api/rest_idem.h"
#include "mcu/api/rest_job.h"
#include "mcu/api/rest_node.h"
#include "mcu/api/rest_reply.h"
#include "mcu/api/rest_router.h"
#include "mcu/api/rest_snapshot.h"
#include "mcu/api/rest_table.h"
#include "mcu/api/rest_task.h"
#include "mcu/api/rest_who.h"
#include "mcu/api/signin.h"
#include "mcu/base/log.h"
#include "mcu/base/metric.h"
#include "mcu/config/settings.h"
#include "mcu/media/media_metrics.h"
#include "mcu/room/room_set.h"
#include "net/control_loop.h"
#include "net/web_server.h"

LOG_DOMAIN("http");

#define API "/api/v1"

static struct control_timer *timer;

static void on_window(void *arg)
{
    (void)arg;
    readiness_update(rest_health_readiness(), metric_value(&media_metrics_frames_composed),
                     metric_value(&media_metrics_frames_late));
    control_timer_start(timer, READINESS_WINDOW_MS);
}

/* Who it is */

static bool is_api(const char *path)
{
    return strncmp(path, API "/", strlen(API "/")) == 0;
}

/** Read the token of a request.  @return false: it is not right, and was answered */
static bool read_token(const struct rest_call *call, struct rest_caller *caller)
{
    const char *text = call->request->authorization;
    struct signin_result result;
    uint32_t wait_ms;

    if (strncasecmp(text, "Bearer ", 7) != 0)
        return true;
    wait_ms = signin_token_wait(call->request->peer);
    if (wait_ms) {
        rest_reply_wait(&call->ticket, wait_ms);
        return false;
    }
    if (rest_auth_is_token(text, room_set_settings()->config.admin.token)) {
        caller->operator_ = true;
        return true;
    }
    signin_token(&result, text + 7, strlen(text + 7), call->request->peer);
    if (result.wait_ms)
        rest_reply_wait(&call->ticket, result.wait_ms);
    else if (result.code)
        rest_reply_denied(&call->ticket, result.code, result.why);
    if (result.wait_ms || result.code)
        return false;
    caller->signed_ = true;
    caller->grants = result.grants;
    return true;
}

/** Paths of the API that are not there need a token as well: nobody learns which are. */
static unsigned who_may(const struct web_server_request *request, const struct rest_route *route)
{
    if (route)
        return route->who;
    return is_api(request->path) ? REST_WHO_OPERATOR | REST_WHO_SIGNED : REST_WHO_ANYBODY;
}

static void run(const struct rest_call *call, const struct rest_router_match *match)
{
    if (match->route)
        rest_idem_run(call, match->route);
    else if (match->methods[0])
        rest_reply_not_allowed(&call->ticket, match->methods);
    else
        rest_reply_problem(&call->ticket, REST_PROBLEM_NOT_FOUND, NULL);
}

/** Listeners first, then the token: whoever needs none is not asked. */
static void decide(struct rest_call *call, struct rest_caller *caller,
                   const struct rest_router_match *match)
{
    unsigned who = who_may(call->request, match->route);
    enum rest_who_verdict verdict = rest_who_may(who, caller, call->param[0]);

    if (verdict != REST_WHO_YES) {
        if (!read_token(call, caller))
            return;
        verdict = rest_who_may(who, caller, call->param[0]);
    }
    switch (verdict) {
    case REST_WHO_YES:
        run(call, match);
        break;
    case REST_WHO_OWNER:
        rest_idem_run_if_owner(call, match->route);
        break;
    case REST_WHO_NO:
        rest_reply_problem(&call->ticket, REST_PROBLEM_FORBIDDEN, NULL);
        break;
    case REST_WHO_UNKNOWN:
        rest_reply_problem(&call->ticket, REST_PROBLEM_UNAUTHORIZED, NULL);
        break;
    }
}

void http_gateway_on_request(const struct web_server_request *request, void *arg)
{
    struct rest_caller caller = {.local = request->admin};
    struct rest_router_match match;
    struct rest_call call = {.ticket = {.request = request->id, .route = REST_REPLY_ROUTES_MAX},
                             .request = request,
                             .caller = &caller};
    bool api = is_api(request->path);
    (void)arg;

    (void)snprintf(call.ticket.instance, sizeof(call.ticket.instance), "%s", request->path);
    if (api && !request->admin)
        call.ticket.origin = rest_cors_find(request->origin);
    if (call.ticket.origin && strcmp(request->method, "OPTIONS") == 0) {
        rest_reply_preflight(&call.ticket);
        return;
    }
    rest_router_find(&match, rest_table_routes, request->method, request->path);
    if (match.route && match.route->who == REST_WHO_LOCAL && !request->admin)
        match = (struct rest_router_match){.route = NULL};
    if (match.route)
        call.ticket.route = (unsigned)(match.route - rest_table_routes);
    call.param[0] = match.param[0];
    call.param[1] = match.param[1];
    if (api && request->admin && !rest_auth_is_same_site(request->host, request->origin))
        rest_reply_problem(&call.ticket, REST_PROBLEM_ORIGIN, NULL);
    else
        decide(&call, &caller, &match);
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
    rest_reply_init(cfg->server, rest_table_routes);
    rest_task_init(cfg->store);
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
    rest_task_finish();
    rest_reply_finish();
}
