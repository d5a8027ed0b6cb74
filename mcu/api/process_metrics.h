/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/api/process_metrics.h  The standard Prometheus figures of a process, from /proc
 *
 * Threads: one at a time.
 */
#ifndef MCU_API_PROCESS_METRICS_H
#define MCU_API_PROCESS_METRICS_H

#include <stddef.h>
#include <stdint.h>

/** Write process_* in the text format.  @param size at least 1  @return length without the NUL
 * [bytes] */
size_t process_metrics_print(char *buf, size_t size);

/** CPU time used [s]. */
double process_metrics_cpu_seconds(void);
/** Resident memory [bytes]. */
uint64_t process_metrics_resident_bytes(void);

#endif
