/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/room/call_check.h  Whether a call may start at all, whoever is there
 *
 * Threads: any; no state.
 */
#ifndef MCU_ROOM_CALL_CHECK_H
#define MCU_ROOM_CALL_CHECK_H

struct call_set_cfg;
struct call_set_start;

/** @return "", or a stable code as in call_set_started */
const char *call_check_start(const struct call_set_start *start);
/** Whether settings are in range. */
int call_check_cfg(const struct call_set_cfg *cfg);

#endif
