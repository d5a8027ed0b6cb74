/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_config.h  /api/v1/config: the settings, checked and read anew
 *
 * Threads: control only.
 */
#ifndef MCU_API_REST_CONFIG_H
#define MCU_API_REST_CONFIG_H

struct config_errors;
struct rest_call;
struct rest_json;

/** Settings in force as YAML, secrets masked. */
void rest_config_get(const struct rest_call *call);
/** What a reload would do. */
void rest_config_check(const struct rest_call *call);
void rest_config_reload(const struct rest_call *call);

/** The settings in force and what the last reload came to, as an object. */
void rest_config_write_status(struct rest_json *json, const char *key);
/** What is wrong, as a list of texts.  @param errs NULL is none */
void rest_config_write_errors(struct rest_json *json, const char *key,
                              const struct config_errors *errs);

#endif
