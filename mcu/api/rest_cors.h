/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_cors.h  Pages of other sites that may use the REST API (http.allow_origin)
 *
 * Only on public listeners: on the admin listener no page of another site may anything
 * (rest_auth.h).
 *
 * Threads: control only.
 */
#ifndef MCU_API_REST_CORS_H
#define MCU_API_REST_CORS_H

/** Number of an origin that is allowed, for rest_cors_origin(); 0 if it is not. */
unsigned rest_cors_find(const char *origin);

/** The origin of this number, NULL for none. */
const char *rest_cors_origin(unsigned number);

#endif
