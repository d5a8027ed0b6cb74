/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file bench/room/report.h  What a run found: the server's cost and what the legs received
 *
 * Threads: one.
 */
#ifndef BENCH_ROOM_REPORT_H
#define BENCH_ROOM_REPORT_H

#include "bench/room/leg.h"
#include "bench/room/options.h"
#include "bench/room/probe.h"

#include <stdint.h>

/** A process at one moment, from /proc. */
struct report_process {
    double cpu_s;  /**< User and system time [s] */
    double rss_mb; /**< [MiB] */
    unsigned threads;
};

struct report {
    const struct options *options;
    double seconds;                      /**< Measured window */
    struct report_process before, after; /**< The server; zero without a pid */
    double own_cpu_s;                    /**< Of this program in the window */
    unsigned nlegs;                      /**< Answered */
    const struct leg_stats *legs;
    unsigned sip_failures, hangups;
    struct probe_result audio_latency, video_latency; /**< With options->latency */
};

/** Look at a process; all zero if it is not there. */
void report_look(struct report_process *ret_process, int pid);

/** CPU time of this program [s]. */
double report_own_cpu(void);

/** Print to stdout: JSON on one line, or a table.  @return 0 or -ENOMEM */
int report_print(const struct report *report);

#endif
