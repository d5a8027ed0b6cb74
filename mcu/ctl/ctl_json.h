/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_json.h  Fields of the server's answers (jansson); what is missing has a
 * harmless value
 *
 * Threads: any.
 */
#ifndef MCU_CTL_CTL_JSON_H
#define MCU_CTL_CTL_JSON_H

#include <stdbool.h>

struct json_t; /* of jansson */

/** Member of an object, or NULL. */
struct json_t *ctl_json_at(const struct json_t *object, const char *key);
/** Text of a member, "" if it has none. */
const char *ctl_json_text(const struct json_t *object, const char *key);
/** Number of a member, @p missing if it is none. */
double ctl_json_number(const struct json_t *object, const char *key, double missing);
bool ctl_json_is(const struct json_t *object, const char *key);
/** Seconds since the time (RFC 3339, UTC) of a member; -1 if it is none. */
double ctl_json_age(const struct json_t *object, const char *key);

#endif
