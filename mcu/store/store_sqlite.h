/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_sqlite.h  SQLite as back end: one file, write-ahead log, synced at each
 * commit
 *
 * SQL is in the files store_sqlite_ENTITY.c, a table of operations each.  Values reach it as bound
 * parameters only.  "PATH.lock" is locked while the database is open, so that no second server
 * writes to it; tools may read it and make backups.
 */
#ifndef MCU_STORE_STORE_SQLITE_H
#define MCU_STORE_STORE_SQLITE_H

#include "mcu/store/store_backend.h"

extern const struct store_backend store_sqlite_backend;

#endif
