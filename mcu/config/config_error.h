/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/config_error.h  Collects what was wrong
 *
 * Threads: any; no state.
 */
#ifndef MCU_CONFIG_CONFIG_ERROR_H
#define MCU_CONFIG_CONFIG_ERROR_H

#include <stddef.h>

struct config_errors;

enum { CONFIG_ERROR_QUOTE_SIZE = 64 /**< Room for foreign text in an error [bytes] */ };

/** Add an error, cut at CONFIG_ERROR_SIZE; control bytes become '?'. */
void config_error_add(struct config_errors *errs, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/** Errors so far, with those that did not fit. */
unsigned config_error_count(const struct config_errors *errs);

/**
 * Copy the start of a foreign text for use in an error; "..." marks what was cut.
 *
 * @param buf  CONFIG_ERROR_QUOTE_SIZE bytes
 *
 * @return buf
 */
const char *config_error_quote(char *buf, const char *text, size_t len);

#endif
