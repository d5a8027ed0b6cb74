/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/base/metric.h  Counters, gauges and histograms for Prometheus
 *
 * A metric is a static struct in the file that counts.  It is linked into the
 * process-wide list by metric_register(), once, at start-up; counting is one
 * relaxed atomic operation.  Metrics of one name and different labels are
 * printed together, under the help of the first.
 *
 *     static struct metric packets_in = METRIC_COUNTER("medley_rtp_packets_total", "dir=\"in\"",
 *                                                      "RTP packets");
 *     metric_register(&packets_in);
 *     metric_add(&packets_in, 1);
 *
 * Threads: metric_add(), metric_set(), metric_observe() any; the rest one thread at a time.
 */
#ifndef MCU_BASE_METRIC_H
#define MCU_BASE_METRIC_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum metric_type { METRIC_TYPE_COUNTER, METRIC_TYPE_GAUGE, METRIC_TYPE_HISTOGRAM };

enum { METRIC_BUCKETS_MAX = 12 };

/** Fields are for the macros and metric.c only. */
struct metric {
    const char *name;   /**< Prometheus name with its unit, as medley_rtp_bytes_total */
    const char *labels; /**< Without braces, "" for none */
    const char *help;
    enum metric_type type;
    const uint64_t *bounds_us; /**< Histogram: upper bounds, ascending, 0-terminated [us] */
    struct metric *next;
    _Atomic int64_t value; /**< Counter, gauge; histogram: sum [us] */
    _Atomic uint64_t bucket[METRIC_BUCKETS_MAX + 1];
};

#define METRIC_COUNTER(name_, labels_, help_)                                                      \
    {                                                                                              \
        .name = (name_), .labels = (labels_), .help = (help_), .type = METRIC_TYPE_COUNTER         \
    }
#define METRIC_GAUGE(name_, labels_, help_)                                                        \
    {                                                                                              \
        .name = (name_), .labels = (labels_), .help = (help_), .type = METRIC_TYPE_GAUGE           \
    }
/** @p bounds_ is a static const uint64_t array [us], ascending, with a last 0. */
#define METRIC_HISTOGRAM(name_, labels_, help_, bounds_)                                           \
    {                                                                                              \
        .name = (name_), .labels = (labels_), .help = (help_), .type = METRIC_TYPE_HISTOGRAM,      \
        .bounds_us = (bounds_)                                                                     \
    }

/** Add a metric to the list; a second time does nothing. */
void metric_register(struct metric *metric);

/** Count.  A gauge may go down. */
void metric_add(struct metric *metric, int64_t n);

/** Set a gauge. */
void metric_set(struct metric *metric, int64_t value);

/** Put a duration into a histogram [us]; printed in seconds. */
void metric_observe(struct metric *metric, uint64_t us);

/** Current value of a counter or gauge. */
int64_t metric_value(const struct metric *metric);

/**
 * Write all metrics in the Prometheus text format (version 0.0.4).
 *
 * @param buf   Gets the text and a NUL; cut off at a line if too small
 * @param size  At least 1 [bytes]
 *
 * @return length of the text [bytes]
 */
size_t metric_print(char *buf, size_t size);

#endif
