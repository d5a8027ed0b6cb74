/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/api_json.h  Checks of JSON text from outside before a parser sees it
 *
 * Threads: any.
 */
#ifndef MCU_API_API_JSON_H
#define MCU_API_API_JSON_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Are objects and lists nested deeper than @p max levels?  The parser recurses, so this is counted
 * before it runs; of text that is not JSON the answer may be either.
 */
bool api_json_is_too_deep(const char *text, size_t len, unsigned max);

#endif
