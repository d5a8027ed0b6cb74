/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_sqlite_schema.h  Tables of the database, and how an older one becomes this
 * one
 *
 * PRAGMA user_version is the number of migrations that were done.  Each runs in a transaction of
 * its own: one that fails changes nothing.  A migration that was released is never changed; a new
 * one is added at the end.
 */
#ifndef MCU_STORE_STORE_SQLITE_SCHEMA_H
#define MCU_STORE_STORE_SQLITE_SCHEMA_H

#include <stddef.h>

struct sqlite3;

/** NULL-terminated. */
extern const char *const store_sqlite_schema_migrations[];

/**
 * Do the migrations that were not done.
 * @return 0, -EPROTONOSUPPORT (the database has more than these) or -errno; then @p why has a
 * sentence
 */
int store_sqlite_schema_migrate(struct sqlite3 *db, const char *const *migrations, char *why,
                                size_t why_size);

/** Close what a crash left open, drop claims in flight.  @return 0 or -errno, with @p why */
int store_sqlite_schema_recover(struct sqlite3 *db, char *why, size_t why_size);

#endif
