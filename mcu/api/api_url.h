/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/api_url.h  Addresses of web servers that operators type
 *
 * Threads: any; no state.
 */
#ifndef MCU_API_API_URL_H
#define MCU_API_API_URL_H

/**
 * Is it http:// or https:// with a host, maybe a port and the rest of a URL in printable ASCII, and
 * without a name or password in it?
 * @return NULL: it is; else what is wrong, static
 */
const char *api_url_check(const char *url);

#endif
