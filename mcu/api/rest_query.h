/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_query.h  Parameters of a request's query, as "count=5&size=640x360"
 *
 * Threads: any.
 */
#ifndef MCU_API_REST_QUERY_H
#define MCU_API_REST_QUERY_H

#include <stddef.h>
#include <stdint.h>

/**
 * A parameter, decoded.
 * @param ret_text  Gets it; "" after an error
 * @return 0, -ENOENT (not there), -EINVAL (twice, too long, or not what RFC 3986 says)
 */
int rest_query_text(const char *query, const char *name, char *ret_text, size_t size);

/**
 * A number that may be missing.
 * @param ret  Keeps its value then
 * @return 0, -EINVAL (no number, or not from @p min to @p max)
 */
int rest_query_number(const char *query, const char *name, uint32_t min, uint32_t max,
                      uint32_t *ret);

/** Are all parameters in the list?  @param names ends with NULL  @return 0, -EINVAL */
int rest_query_only(const char *query, const char *const *names);

#endif
