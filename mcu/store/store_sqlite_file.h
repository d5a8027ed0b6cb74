/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_sqlite_file.h  The database file: locked, private, ours, undamaged
 */
#ifndef MCU_STORE_STORE_SQLITE_FILE_H
#define MCU_STORE_STORE_SQLITE_FILE_H

#include <stddef.h>

struct sqlite3;

/** PRAGMA application_id: "Mdly". */
enum { STORE_SQLITE_FILE_APPLICATION = 0x4d646c79 };

/**
 * Lock "PATH.lock", make the file (mode 0600) if it is not there, open it and set it up.
 *
 * @param ret_db       Open database, migrated
 * @param ret_lock_fd  Lock, to be closed after the database
 *
 * @return as store_open(), with @p why
 */
int store_sqlite_file_open(struct sqlite3 **ret_db, int *ret_lock_fd, const char *path, char *why,
                           size_t why_size);

/** Close the database, then the lock. */
void store_sqlite_file_close(struct sqlite3 *db, int lock_fd);

#endif
