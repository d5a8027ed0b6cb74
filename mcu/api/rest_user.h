/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_user.h  /api/v1/users: accounts of people
 *
 * Threads: control only.
 */
#ifndef MCU_API_REST_USER_H
#define MCU_API_REST_USER_H

#include <stdbool.h>

#include "mcu/api/ws_session.h"

struct rest_call;
struct rest_json;
struct store_user;

void rest_user_list(const struct rest_call *call);
void rest_user_create(const struct rest_call *call);
void rest_user_get(const struct rest_call *call);
void rest_user_change(const struct rest_call *call);
void rest_user_remove(const struct rest_call *call);

/** His tokens, and what was opened with them, are over: signin_end_user() and his sessions. */
void rest_user_end_tokens(const char *user, const char *reason, enum ws_close code);
/** A user as an object, without what is secret.  @param prefs  With his preferences */
void rest_user_write(struct rest_json *j, const char *key, const struct store_user *user,
                     bool prefs);

#endif
