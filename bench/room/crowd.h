/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file bench/room/crowd.h  Rooms full of legs: call, wait, measure, hang up
 *
 *     crowd_join() -> crowd_run(warm-up) -> crowd_reset() -> crowd_run(window) -> crowd_report()
 *
 * One epoll: the SIP socket, each leg's sockets and a timer of 1 ms that paces
 * all sending.  Legs start at times spread over 20 ms, as people do.
 *
 * Threads: one.
 */
#ifndef BENCH_ROOM_CROWD_H
#define BENCH_ROOM_CROWD_H

#include "bench/room/report.h"

struct crowd;

/** Load the media, open all sockets.  @param options  Must outlive the crowd  @return 0 or -errno
 */
int crowd_new(struct crowd **ret_crowd, const struct options *options);

/** NULL is allowed.  Returns NULL. */
struct crowd *crowd_free(struct crowd *crowd);

/** Place all calls at the pace of the options and wait for the final answers. */
void crowd_join(struct crowd *crowd);

/** Send and receive for a while [s]. */
void crowd_run(struct crowd *crowd, unsigned ms);

/** Start counting. */
void crowd_reset(struct crowd *crowd);

/** Fill in what the legs counted since crowd_reset(). */
void crowd_report(struct crowd *crowd, struct report *report);

/** Hang up all calls and wait for the answers. */
void crowd_leave(struct crowd *crowd);

#endif
