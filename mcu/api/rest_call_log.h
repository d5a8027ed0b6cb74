/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_call_log.h  /api/v1/calls: who rang whom, and what came of it
 *
 * People see the calls that they made or got; operators those of anybody.
 *
 * Threads: control only.
 */
#ifndef MCU_API_REST_CALL_LOG_H
#define MCU_API_REST_CALL_LOG_H

struct rest_call;

/** ?missed=1, for operators ?user= */
void rest_call_log_list(const struct rest_call *call);
void rest_call_log_get(const struct rest_call *call);
/** He has seen what he missed. */
void rest_call_log_seen(const struct rest_call *call);

#endif
