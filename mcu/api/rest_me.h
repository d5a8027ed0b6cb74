/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_me.h  /api/v1/users/me and lookup: what people ask about themselves and others
 *
 * Threads: control only.
 */
#ifndef MCU_API_REST_ME_H
#define MCU_API_REST_ME_H

enum { REST_ME_LOOKUP_MAX = 20 /**< People that a lookup finds */ };

struct rest_call;

void rest_me_get(const struct rest_call *call);
/** Name for people, and preferences. */
void rest_me_change(const struct rest_call *call);
/** By the old one, tries at which count as logins. */
void rest_me_password(const struct rest_call *call);
/** People whose login begins so. */
void rest_me_lookup(const struct rest_call *call);

#endif
