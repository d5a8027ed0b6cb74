/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/rest_snapshot.h  /api/v1/rooms/{r}/snapshot.jpg: what a room looks like at this
 * moment
 *
 *     request --> fresh one? --> answered
 *                 else: room --> its frame --> worker: scaled, JPEG --> all who asked meanwhile
 *
 * A picture of a room in a size is encoded at most once a second, however many ask, and
 * kept for so long.
 *
 * Threads: control only.
 */
#ifndef MCU_API_REST_SNAPSHOT_H
#define MCU_API_REST_SNAPSHOT_H

struct rest_call;

enum {
    REST_SNAPSHOT_SIZES_MAX = 64,   /**< Pictures that are kept, of all rooms */
    REST_SNAPSHOT_WAITING_MAX = 16, /**< Who may wait for one */
    REST_SNAPSHOT_FRESH_MS = 1000,
};

void rest_snapshot_get(const struct rest_call *call);
/** Free what is kept; after rest_job_finish(). */
void rest_snapshot_finish(void);

#endif
