/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rules_json.h  The policy of a meeting as JSON
 *
 * Threads: any.
 */
#ifndef MCU_API_RULES_JSON_H
#define MCU_API_RULES_JSON_H

#include <stddef.h>

struct json_t;

enum { RULES_JSON_MAX = 8192 /**< Longest policy [bytes] */ };

/**
 * May this be the policy of a meeting?  An object of at most RULES_JSON_MAX bytes.
 * @param pointer  Of the value, as "/policy"
 * @param why      Gets what is wrong, with the pointer
 * @return 0, -EBADMSG, -ENOMEM
 */
int rules_json_check(const struct json_t *policy, const char *pointer, char *why, size_t why_size);

#endif
