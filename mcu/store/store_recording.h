/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/store/store_recording.h  What is known about recordings
 *
 * Rows only; the files are others' work.
 *
 * Each function submits a request, see store.h: 0 is answered by the handler, -EINVAL, -ENOSPC and
 * -ENOMEM are told at once.  What a function says after "answer" is what the handler gets.
 *
 * Threads: any.
 */
#ifndef MCU_STORE_STORE_RECORDING_H
#define MCU_STORE_STORE_RECORDING_H

#include <stdbool.h>
#include <stdint.h>

#include "mcu/store/store.h"

enum {
    STORE_RECORDING_PATH_MAX = 4096,  /**< Longest path [bytes]  */
    STORE_RECORDING_META_MAX = 16384, /**< Longest meta [bytes]  */
};

struct store_recording {
    const char *id;
    const char *room;
    const char *session;
    const char *state;
    const char *path;
    uint64_t started_us;
    uint64_t ended_us;
    uint64_t bytes;
    const char *sha256; /**< Hex, "" if not known */
    const char *meta;   /**< JSON text, not looked at */
};

struct store_recording_query {
    const char *room;      /**< Only this room; "" or NULL for all                  */
    uint64_t before_us;    /**< Start of the last one that is known; 0 at first     */
    const char *before_id; /**< Its id; "" or NULL at first                         */
    uint32_t limit;        /**< 1 to STORE_LIST_MAX                                 */
};

/** Make or change a row.  Answer: 0. */
int store_recording_put(struct store *store, const struct store_recording *recording,
                        struct store_reply reply);

/** Answer: struct store_recording, or -ENOENT. */
int store_recording_get(struct store *store, const char *id, struct store_reply reply);

/** Recordings, newest first.  Answer: struct store_list of struct store_recording. */
int store_recording_list(struct store *store, const struct store_recording_query *query,
                         struct store_reply reply);

/** Answer: 0 or -ENOENT. */
int store_recording_remove(struct store *store, const char *id, struct store_reply reply);

#endif
