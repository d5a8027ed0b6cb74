/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/ws_envelope.c  What is around the body of a message to a session
 */
#include "mcu/api/ws_envelope.h"

#include <stddef.h>

#include "mcu/api/rest_json.h"
#include "mcu/api/ws_session.h"

void ws_envelope_open(struct rest_json *j, struct ws_session *s, const char *t, int64_t re)
{
    rest_json_init(j);
    rest_json_open(j, NULL, '{');
    rest_json_string(j, "t", t);
    if (re >= 0)
        rest_json_int(j, "re", re);
    rest_json_int(j, "s", (int64_t)++s->seq);
    rest_json_open(j, "d", '{');
}

void ws_envelope_send(struct rest_json *j, struct ws_session *s)
{
    rest_json_close(j);
    rest_json_close(j);
    ws_session_send(s, rest_json_take(j));
}
