/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/journal.h  Keeps a record of rooms: history in the database, events to webhooks
 *
 *     room_events --> journal --> store_history: who was where, when, and how it went
 *                            '--> hook_event: room.started, participant.joined ...
 *
 * A record that the database does not take is logged and counted; the room goes on.
 *
 * Threads: control only.
 */
#ifndef MCU_API_JOURNAL_H
#define MCU_API_JOURNAL_H

struct hook_sender;
struct store;

/** Start to listen.  @param store, hooks  NULL: nothing is kept, nobody is told; live until
 *  journal_finish() */
void journal_init(struct store *store, struct hook_sender *hooks);
void journal_finish(void);

/** Tell the webhooks.  @param data JSON text of an object; NULL for an empty one */
void journal_event(const char *type, const char *data);

/** For record-keeping that failed: counts, and logs with a limit.  @param what as "history" */
void journal_failed(const char *what, int err);

#endif
