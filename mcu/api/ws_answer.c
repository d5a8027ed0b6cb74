/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/ws_answer.c  Answers to requests of a session: done, or what is wrong
 */
#include "mcu/api/ws_answer.h"

#include <stddef.h>

#include "mcu/api/rest_json.h"
#include "mcu/api/ws_event.h"
#include "mcu/api/ws_message.h"
#include "mcu/api/ws_session.h"
#include "mcu/base/metric.h"

static struct metric errors =
    METRIC_COUNTER("medley_ws_errors_total", "", "WebSocket messages answered by an error");

void ws_answer_init(void)
{
    metric_register(&errors);
}

int64_t ws_answer_id(const struct ws_message *msg)
{
    return msg->has_id ? msg->id : -1;
}

void ws_answer_ok(struct ws_session *s, const struct ws_message *msg)
{
    ws_session_send(s, ws_event_ok(ws_answer_id(msg), NULL));
}

void ws_answer_error(struct ws_session *s, int64_t re, const char *code, const char *detail)
{
    metric_add(&errors, 1);
    ws_session_send(s, ws_event_error(re, code, detail));
}

void ws_answer_fail(struct ws_session *s, const struct ws_message *msg, const char *code,
                    const char *detail)
{
    ws_answer_error(s, ws_answer_id(msg), code, detail);
}

void ws_answer_later(struct ws_session *s, int64_t re, uint64_t retry_after_ms)
{
    struct rest_json j;

    metric_add(&errors, 1);
    rest_json_init(&j);
    rest_json_open(&j, NULL, '{');
    rest_json_string(&j, "t", "error");
    if (re >= 0)
        rest_json_int(&j, "re", re);
    rest_json_open(&j, "d", '{');
    rest_json_string(&j, "code", "rate_limited");
    rest_json_int(&j, "retry_after_ms", (int64_t)retry_after_ms);
    rest_json_close(&j);
    rest_json_close(&j);
    ws_session_send(s, rest_json_take(&j));
}
