/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_dial.h  Calls that go on: people called into a room, calls declined or ended
 *
 *     POST /rooms/{r}/calls {to: [...], kind}     /calls/{c}/decline, cancel, hangup
 *
 * What became of calls is in rest_call_log.h.
 *
 * Threads: control only.
 */
#ifndef MCU_API_REST_DIAL_H
#define MCU_API_REST_DIAL_H

struct rest_call;

void rest_dial_start(const struct rest_call *call);
void rest_dial_decline(const struct rest_call *call);
void rest_dial_cancel(const struct rest_call *call);
void rest_dial_hangup(const struct rest_call *call);
/** How a user is now. */
void rest_dial_presence(const struct rest_call *call);

#endif
