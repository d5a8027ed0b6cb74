/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_upkeep.h  Opens the database as configured and keeps it tidy
 *
 *     every minute: the server lives (store_history.h); every hour: what is too old goes
 * (store.keep_days)
 *
 * Threads: control only.
 */
#ifndef MCU_STORE_STORE_UPKEEP_H
#define MCU_STORE_STORE_UPKEEP_H

#include <stddef.h>

struct config;
struct store;

/**
 * Open store.path, or medley.db in the data folder, which is made.
 *
 * @param ret   Set on success only
 * @param path  Gets which file it is
 * @param why   Gets a sentence for the operator on failure
 *
 * @return 0, as store_open(), or -errno of the folder
 */
int store_upkeep_start(struct store **ret, const struct config *config, char *path,
                       size_t path_size, char *why, size_t why_size);

/** How long things are kept, after a reload.  @param keep_days  0 = for ever */
void store_upkeep_configure(unsigned keep_days);

/** Stop, and close the store.  NULL is allowed.  Returns NULL. */
struct store *store_upkeep_stop(struct store *store);

#endif
