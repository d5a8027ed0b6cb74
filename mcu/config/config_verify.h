/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/config_verify.h  What keys require of one another, beyond the range of each
 *
 * Threads: any; no state.
 */
#ifndef MCU_CONFIG_CONFIG_VERIFY_H
#define MCU_CONFIG_CONFIG_VERIFY_H

struct config;
struct config_errors;
struct config_places;

/**
 * Check.
 *
 * @param places  Where the values come from, for errors; a key whose value was refused is not
 * judged
 *
 * @return 0, -EINVAL
 */
int config_verify_keys(const struct config *config, const struct config_places *places,
                       struct config_errors *errs);

#endif
