/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/entry.h  What has to be looked up before somebody may knock at a room
 *
 *     gateway: entry_start() --> database: is there a meeting of that room? --> doneh: its rules,
 *     whose it is, whether he is one of its people --> membership_join()
 *
 * Threads:   control only.
 * Ownership: an entry lives until its handler was called or it is cancelled.
 */
#ifndef MCU_API_ENTRY_H
#define MCU_API_ENTRY_H

#include <stdbool.h>

#include "mcu/auth/grants.h"
#include "mcu/room/room_rules.h"

struct entry;
struct store;

struct entry_result {
    int err;                            /**< 0, or -errno: the database does not answer */
    bool found;                         /**< The room is one of a meeting; else all else is unset */
    struct room_rules rules;            /**< Of the meeting, over the configured ones */
    char owner[GRANTS_IDENTITY_SIZE];   /**< User, "" = nobody's */
    char meeting[GRANTS_IDENTITY_SIZE]; /**< Its id */
    bool is_host, is_listed;            /**< He runs it; he is one of its people */
};

typedef void(entry_done_h)(const struct entry_result *result, void *arg);

/** @param store  Where meetings are; NULL = there are none.  Lives until entry_finish() */
void entry_init(struct store *store);

/**
 * Look up a room for somebody.
 * @param ret_entry  Set before @p h is called; NULL it there
 * @param identity   User, "" = a guest
 * @param h          Called once, maybe before this returns
 * @return 0, -ENOMEM, -ENOSPC (too much waits)
 */
int entry_start(struct entry **ret_entry, const char *room, const char *identity, entry_done_h *h,
                void *arg);

/** The handler is not called any more.  NULL is allowed.  Returns NULL. */
struct entry *entry_cancel(struct entry *entry);

#endif
