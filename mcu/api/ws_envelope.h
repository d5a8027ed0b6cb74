/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/ws_envelope.h  What is around the body of a message to a session
 *
 *     {"t": "room", "re": 7, "s": 12, "d": { body }}
 *
 * Threads: control only.
 */
#ifndef MCU_API_WS_ENVELOPE_H
#define MCU_API_WS_ENVELOPE_H

#include <stdint.h>

struct rest_json;
struct ws_session;

/**
 * Open a message with the next number of the session.  What is written to j then is the body.
 *
 * @param re  Id of the request that it answers; -1 = an event
 */
void ws_envelope_open(struct rest_json *j, struct ws_session *s, const char *t, int64_t re);

/** Close it and send it. */
void ws_envelope_send(struct rest_json *j, struct ws_session *s);

#endif
