/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/host_check.h  What hosts may not do, whether they ask by WebSocket or by REST
 *
 * Threads: control only.
 */
#ifndef MCU_API_HOST_CHECK_H
#define MCU_API_HOST_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "mcu/auth/rights.h"

struct participant;
struct room_rules;

enum { HOST_CHECK_WHY_SIZE = 64 };

/** Would this turn on a device that somebody or others turned off?  Only he himself does that.
 *  @param audio, video  Whether they are to be muted */
bool host_check_unmutes(const struct participant *p, bool audio, bool video);
/** Would this leave a room that has a host without one? */
bool host_check_last_host(const struct participant *p, enum role role);
/**
 * Whether a room may have these rules.
 * @param at       JSON pointer of the object that they came in, "" or as "/d"
 * @param ret_why  Gets "/pointer: what is wrong"
 */
bool host_check_rules(const struct room_rules *rules, const char *at,
                      char ret_why[static HOST_CHECK_WHY_SIZE]);

#endif
