/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_dump.h  A JSON object of a request as text, for the database
 *
 * Threads: any.
 */
#ifndef MCU_API_REST_DUMP_H
#define MCU_API_REST_DUMP_H

#include <stddef.h>

struct json_t;

/**
 * @param ret_text  For free(); NULL after an error
 * @param max       Longest text [bytes]
 * @return 0, -EBADMSG (no object), -EMSGSIZE, -ENOMEM
 */
int rest_dump_object(char **ret_text, const struct json_t *json, size_t max);

#endif
