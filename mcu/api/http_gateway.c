/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/http_gateway.c  Plain HTTP requests: health and metrics
 */
#include "mcu/api/http_gateway.h"

#include <stdio.h>
#include <string.h>

#include "mcu/api/process_metrics.h"
#include "mcu/base/metric.h"
#include "net/web_server.h"

enum { METRICS_SIZE = 256 * 1024 };

static struct web_server *server;

static void problem(uint64_t request, unsigned status, const char *code, const char *title)
{
    char body[256];
    int n = snprintf(body, sizeof(body), "{\"title\":\"%s\",\"status\":%u,\"code\":\"%s\"}\n",
                     title, status, code);

    web_server_reply(server, request, status, "application/problem+json", body, (size_t)n);
}

static void send_health(uint64_t request)
{
    static const char ok[] = "{\"status\":\"ok\"}\n";

    web_server_reply(server, request, 200, "application/json", ok, strlen(ok));
}

static void send_metrics(uint64_t request)
{
    static char text[METRICS_SIZE]; /* control thread only */
    size_t n = metric_print(text, sizeof(text));

    n += process_metrics_print(text + n, sizeof(text) - n);
    web_server_reply(server, request, 200, "text/plain; version=0.0.4", text, n);
}

void http_gateway_init(struct web_server *on)
{
    server = on;
}

void http_gateway_on_request(const struct web_server_request *request, void *arg)
{
    bool get = strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;
    bool health = strcmp(request->path, "/healthz") == 0;
    bool metrics = request->admin && strcmp(request->path, "/metrics") == 0;
    (void)arg;

    if (!health && !metrics)
        problem(request->id, 404, "not_found", "There is nothing at this address");
    else if (!get)
        problem(request->id, 405, "method_not_allowed", "Only GET is answered here");
    else if (health)
        send_health(request->id);
    else
        send_metrics(request->id);
}
