/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_login.h  /api/v1/login and logout
 *
 * Threads: control only.
 */
#ifndef MCU_API_REST_LOGIN_H
#define MCU_API_REST_LOGIN_H

struct rest_call;

/** Name and password to a token. */
void rest_login_post(const struct rest_call *call);
/** The token that this request came with opens nothing any more. */
void rest_login_out(const struct rest_call *call);

#endif
