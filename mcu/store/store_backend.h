/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_backend.h  What a database must be able to do
 *
 *     open() { begin() { run() ... } commit() | rollback() } ... close()
 *
 * open() runs on the thread of store_open(), everything else on the writer thread: a back end needs
 * no locks and may block.  What the requests are is in store_op.h; how their structs look in
 * store_shape.h.
 */
#ifndef MCU_STORE_STORE_BACKEND_H
#define MCU_STORE_STORE_BACKEND_H

#include <stdbool.h>
#include <stddef.h>

struct store_request;

struct store_backend {
    /** Open, migrate, close what a crash left open.  @return as store_open() */
    int (*open)(void **ret_db, const char *path, char *why, size_t why_size);

    /** Start a transaction.  @param write false if all of its requests only read */
    int (*begin)(void *db, bool write);

    /**
     * Run a request: all of it or nothing.  Sets its result, in its arena.
     *
     * @param lost  Set if the transaction cannot go on, because the disk or the database failed;
     * the caller rolls back then
     *
     * @return the answer of this request
     */
    int (*run)(void *db, struct store_request *request, bool *lost);

    /** Commit, so that it outlives a power cut.  On failure the caller rolls back. */
    int (*commit)(void *db);

    /** Forget the transaction, also if begin() or commit() failed. */
    void (*rollback)(void *db);

    void (*close)(void *db);
};

#endif
