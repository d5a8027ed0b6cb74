/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_invite.h  /api/v1/meetings/{m}/invite: how to get in, to send to people
 *
 * The PIN is in it for the owner and operators alone, who may send it on.
 *
 * Threads: control only.
 */
#ifndef MCU_API_REST_INVITE_H
#define MCU_API_REST_INVITE_H

struct rest_call;

void rest_invite_get(const struct rest_call *call);
/** For calendars. */
void rest_invite_calendar(const struct rest_call *call);

#endif
