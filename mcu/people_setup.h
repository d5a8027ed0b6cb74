/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/people_setup.h  What people need as configured: database, tokens, calls, history
 *
 * Threads: control only.
 */
#ifndef MCU_PEOPLE_SETUP_H
#define MCU_PEOPLE_SETUP_H

struct config;
struct store;

/**
 * Open the database and start what stands on it; after the rooms, before anybody can come.  What
 * fails is logged.
 * @return 0, -errno
 */
int people_setup_start(const struct config *config);
/** Other settings: for calls and webhooks from now on. */
void people_setup_configure(const struct config *config);
/** Nobody comes any more: calls end. */
void people_setup_drain(void);
/** Everybody has left: what was recorded is written, and the database closed. */
void people_setup_stop(void);

/** The database; NULL before the start. */
struct store *people_setup_store(void);

#endif
