/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/hook/hook_url.h  Whether a URL can be a webhook's, told when it is entered
 *
 * Saves the operator from waiting for the first event.  What a name resolves to is not asked here;
 * the guard is in hook_transfer.h.
 *
 * Threads: any; no state.
 */
#ifndef MCU_HOOK_HOOK_URL_H
#define MCU_HOOK_HOOK_URL_H

#include <stdbool.h>

/**
 * What is wrong with a URL.
 *
 * @param allow_private  Addresses that are not public will do
 *
 * @return a static string, as "must begin with http:// or https://"; NULL if nothing is
 */
const char *hook_url_why_not(const char *url, bool allow_private);

#endif
