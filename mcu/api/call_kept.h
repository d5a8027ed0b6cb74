/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/call_kept.h  Answers that wait until the records of calls are on the disk
 *
 *     call.hangup --> call_set --> records --> store          call_kept_submitted(), for each
 *          '--> call_kept_wait()                 '--> answer  call_kept_answered(), for each
 *                     '--- "ok", when all records before it are answered <---'
 *
 * So what a client was told of its calls is there after a crash.  It needs no more than two
 * numbers, because the store answers in the order in which it was asked.  A record that failed was
 * answered too: it is logged and counted, and the call goes on.
 *
 * Those who wait are as many as there are requests in the store's queue, which has a limit.
 *
 * Threads: control only.
 */
#ifndef MCU_API_CALL_KEPT_H
#define MCU_API_CALL_KEPT_H

typedef void(call_kept_h)(void *arg);

/** A record is on its way to the disk. */
void call_kept_submitted(void);
/** The oldest of them is there, or failed. */
void call_kept_answered(void);
/** Call @p h when all that are on their way now are there: at once if there are none, or no memory.
 */
void call_kept_wait(call_kept_h *h, void *arg);
/** Nobody waits any longer: call all. */
void call_kept_finish(void);

#endif
