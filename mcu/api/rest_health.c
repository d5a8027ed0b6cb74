/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_health.c  /healthz, /readyz and /metrics
 */
#include "mcu/api/rest_health.h"

#include <stdbool.h>
#include <string.h>

#include "mcu/api/process_metrics.h"
#include "mcu/api/readiness.h"
#include "mcu/api/rest_call.h"
#include "mcu/api/rest_json.h"
#include "mcu/base/metric.h"
#include "mcu/room/room_set.h"
#include "net/web_server.h"

enum { METRICS_SIZE = 512 * 1024 };

static struct readiness readiness;

struct readiness *rest_health_readiness(void)
{
    return &readiness;
}

void rest_health_get(const struct rest_call *call)
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
void rest_health_ready(const struct rest_call *call)
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

void rest_health_metrics(const struct rest_call *call)
{
    static char text[METRICS_SIZE]; /* control thread only */
    size_t n = metric_print(text, sizeof(text));

    n += process_metrics_print(text + n, sizeof(text) - n);
    rest_reply_data(&call->ticket, "text/plain; version=0.0.4", text, n);
}
