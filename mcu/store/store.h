/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store.h  Durable data: requests to a writer thread, answers on the control thread
 *
 *     store_user_put() ... --> queue --> writer: group > one transaction > commit --> answers -->
 * h() any thread                                                                    control thread
 *
 * What is asked is in one header per entity (store_user.h, store_chat.h ...).  Requests run in the
 * order of their submission; what waits together is committed together, with one sync of the disk,
 * and only then answered, in the same order.  So an answer of 0 to a write means: it is on the
 * disk.
 *
 * A request that fails leaves nothing behind and does not disturb its neighbours.  A commit that
 * fails answers all of its group that write with that error, and what only reads is run again
 * without them: who can read the disk and not write it still gets answers.  The store goes on, and
 * works again when the disk does.
 *
 * Ids are text of id_make(), made by the caller.  Times are microseconds since 1970, 0 for "not
 * yet". NULL text in a request is "".  Text is UTF-8; what is not, or is too long, is refused at
 * once.
 *
 * Threads:   submitting any; store_open(), store_close() and all handlers control.
 * Ownership: requests are copied; a result is the store's and ends with the handler.
 */
#ifndef MCU_STORE_STORE_H
#define MCU_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/control_loop.h"

struct store;
struct store_backend;

enum {
    STORE_ID_MAX = 64,        /**< Longest id [bytes]                                */
    STORE_IDENTITY_MAX = 256, /**< Longest identity or address of somebody [bytes]   */
    STORE_NAME_MAX = 256,     /**< Longest name that people see [bytes]              */
    STORE_ROOM_MAX = 128,     /**< Longest name of a room [bytes]                    */
    STORE_WORD_MAX = 64,      /**< Longest state, kind, role or cause [bytes]        */
    STORE_LIST_MAX = 200,     /**< Most rows of a list                               */
    STORE_GROUP_MAX = 256,    /**< Most requests of a transaction                    */
};

/** As control_loop_post(): -ENOSPC is tried again, any other error leaves answers to store_close().
 */
typedef int(store_post_h)(control_msg_h *h, void *arg, const void *msg, size_t size);

struct store_cfg {
    const char *path;                    /**< Database file; "PATH.lock" is made beside it       */
    uint32_t queue_max;                  /**< Requests without an answer, to 65536; 0: 8192      */
    size_t queue_bytes_max;              /**< Their size; 0: 32 MiB [bytes]                      */
    store_post_h *post;                  /**< NULL: control_loop_post()                          */
    const struct store_backend *backend; /**< NULL: SQLite                                       */
};

/**
 * Who gets the answer.  @p err is 0 or -errno, as the request's function says or one of the store:
 * -EIO, -ENOSPC, -ENOMEM, -EROFS, -EBUSY (another program holds the database), -EUCLEAN (damaged).
 * @p result is set if @p err is 0 and the function says so.
 */
struct store_reply {
    void (*h)(int err, const void *result, void *arg); /**< NULL: nobody cares */
    void *arg;                                         /**< Must live until the answer */
};

/** Result of lists. */
struct store_list {
    const void *rows; /**< Array of the struct that the function names */
    uint32_t n;
    bool more; /**< There are further rows after the last of these */
};

/** Result of what changes or removes rows. */
struct store_count {
    uint64_t n;
};

/**
 * Open the database, make it or bring it up to date, and start the writer.  May take a moment: for
 * the start of the program.  Rows that a crash left open are closed, see store_history.h.
 *
 * @param ret  New store, set on success only
 * @param why  Gets a sentence for the operator on failure
 *
 * @return 0, -EINVAL (cfg), -EBUSY (in use by another process or store), -EUCLEAN (damaged, or no
 *         database), -EMEDIUMTYPE (of another application), -EPROTONOSUPPORT (of a newer version),
 *         -ENOMEM or another -errno
 */
int store_open(struct store **ret, const struct store_cfg *cfg, char *why, size_t why_size);

/**
 * Finish and answer all that was submitted, stop the writer, free.  Nobody may submit any more,
 * handlers that run meanwhile included.  When it returns, every handler was called.  Not from a
 * handler. NULL is allowed.  Returns NULL.
 */
struct store *store_close(struct store *store);

#endif
