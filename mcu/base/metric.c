/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/base/metric.c  Counters, gauges and histograms for Prometheus
 */
#include "mcu/base/metric.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct metric *first;

struct out {
    char *buf;
    size_t size, len;
    bool full;
};

static void put(struct out *out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Appends one line, or nothing from the first line on that does not fit. */
static void put(struct out *out, const char *fmt, ...)
{
    va_list ap;
    int n;

    if (out->full)
        return;
    va_start(ap, fmt);
    n = vsnprintf(out->buf + out->len, out->size - out->len, fmt, ap);
    va_end(ap);
    if (n < 0 || (size_t)n >= out->size - out->len) {
        out->buf[out->len] = '\0';
        out->full = true;
        return;
    }
    out->len += (size_t)n;
}

void metric_register(struct metric *metric)
{
    struct metric **at = NULL, **end = &first;

    pthread_mutex_lock(&lock);
    for (; *end && *end != metric; end = &(*end)->next) {
        if (strcmp((*end)->name, metric->name) == 0)
            at = &(*end)->next;
    }
    /* Prometheus wants all of a name together. */
    if (!at)
        at = end;
    if (*end != metric) {
        metric->next = *at;
        *at = metric;
    }
    pthread_mutex_unlock(&lock);
}

void metric_add(struct metric *metric, int64_t n)
{
    /* Relaxed: a figure for people, it orders nothing. */
    atomic_fetch_add_explicit(&metric->value, n, memory_order_relaxed);
}

void metric_set(struct metric *metric, int64_t value)
{
    atomic_store_explicit(&metric->value, value, memory_order_relaxed);
}

void metric_observe(struct metric *metric, uint64_t us)
{
    unsigned i = 0;

    while (i < METRIC_BUCKETS_MAX && metric->bounds_us[i] && us > metric->bounds_us[i])
        ++i;
    atomic_fetch_add_explicit(&metric->bucket[i], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&metric->value, (int64_t)us, memory_order_relaxed);
}

int64_t metric_value(const struct metric *metric)
{
    return atomic_load_explicit(&metric->value, memory_order_relaxed);
}

static void put_histogram(struct out *out, struct metric *m)
{
    const char *comma = m->labels[0] ? "," : "";
    uint64_t n = 0;
    unsigned i;

    for (i = 0; i < METRIC_BUCKETS_MAX && m->bounds_us[i]; ++i) {
        n += atomic_load_explicit(&m->bucket[i], memory_order_relaxed);
        put(out, "%s_bucket{%s%sle=\"%g\"} %" PRIu64 "\n", m->name, m->labels, comma,
            (double)m->bounds_us[i] / 1e6, n);
    }
    n += atomic_load_explicit(&m->bucket[i], memory_order_relaxed);
    put(out, "%s_bucket{%s%sle=\"+Inf\"} %" PRIu64 "\n", m->name, m->labels, comma, n);
    put(out, m->labels[0] ? "%s_sum{%s} %.6f\n" : "%s_sum%s %.6f\n", m->name, m->labels,
        (double)metric_value(m) / 1e6);
    put(out, m->labels[0] ? "%s_count{%s} %" PRIu64 "\n" : "%s_count%s %" PRIu64 "\n", m->name,
        m->labels, n);
}

size_t metric_print(char *buf, size_t size)
{
    static const char *const type_name[] = {"counter", "gauge", "histogram"};
    struct out out = {.buf = buf, .size = size};
    const char *prev = "";

    buf[0] = '\0';
    pthread_mutex_lock(&lock);
    for (struct metric *m = first; m; m = m->next) {
        if (strcmp(prev, m->name) != 0) {
            put(&out, "# HELP %s %s\n", m->name, m->help);
            put(&out, "# TYPE %s %s\n", m->name, type_name[m->type]);
            prev = m->name;
        }
        if (m->type == METRIC_TYPE_HISTOGRAM)
            put_histogram(&out, m);
        else
            put(&out, m->labels[0] ? "%s{%s} %" PRId64 "\n" : "%s%s %" PRId64 "\n", m->name,
                m->labels, metric_value(m));
    }
    pthread_mutex_unlock(&lock);
    return out.len;
}
