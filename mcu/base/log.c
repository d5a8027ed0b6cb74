/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/base/log.c  Log lines: text on a terminal, JSON lines otherwise
 */
#include "mcu/base/log.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "mcu/base/clock.h"
#include "mcu/base/metric.h"
#include "mcu/base/mpsc.h"

enum {
    LINE_MAX_BYTES = 1016,
    QUEUE_LINES = 1024,
    SITE_LINES_PER_S = 10,
    ID_MAX_BYTES = 96,                          /* of an id, escaped */
    TAIL_BYTES = 2 * ID_MAX_BYTES + 2 * 8 + 40, /* ids and count after the message of a text line */
};

struct line {
    uint16_t len;
    char text[LINE_MAX_BYTES];
};

_Atomic int log_max_level = LOG_LEVEL_INFO;

static const char *const level_name[] = {"error", "warning", "info", "debug"};

static _Atomic int format_wanted = LOG_FORMAT_AUTO;
static struct mpsc *queue;
static sem_t queued;
static pthread_t writer;
static _Atomic bool running, stopping;
static struct metric dropped_lines =
    METRIC_COUNTER("medley_log_dropped_total", "", "Log lines lost because the writer was behind");

static void write_all(const char *p, size_t n)
{
    while (n) {
        ssize_t k = write(STDERR_FILENO, p, n);

        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return; /* nobody reads our log: nothing better to do */
        p += k;
        n -= (size_t)k;
    }
}

static void *write_queued(void *arg)
{
    struct line line;
    (void)arg;

    do {
        (void)sem_wait(&queued);
        while (mpsc_pop(queue, &line))
            write_all(line.text, line.len);
    } while (!atomic_load(&stopping));
    while (mpsc_pop(queue, &line))
        write_all(line.text, line.len);
    return NULL;
}

/* The queue and its semaphore, once: they stay, see log_stop(). */
static int make_queue(void)
{
    int err;

    if (queue)
        return 0;
    metric_register(&dropped_lines);
    if (sem_init(&queued, 0, 0) != 0)
        return -errno;
    err = mpsc_new(&queue, QUEUE_LINES, sizeof(struct line));
    if (err)
        (void)sem_destroy(&queued);
    return err;
}

int log_start(void)
{
    sigset_t all, old;
    int err;

    if (atomic_load(&running))
        return 0;
    err = make_queue();
    if (err)
        return err;
    atomic_store(&stopping, false);
    /* Signals are for the control thread, whose wait they must interrupt. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    err = -pthread_create(&writer, NULL, write_queued, NULL);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (!err)
        atomic_store(&running, true);
    return err;
}

void log_stop(void)
{
    if (!atomic_exchange(&running, false))
        return;
    atomic_store(&stopping, true);
    sem_post(&queued);
    pthread_join(writer, NULL);
    /* The queue stays: a thread that saw "running" may still be about to push. */
}

void log_set(enum log_level level, enum log_format format)
{
    atomic_store(&log_max_level, (int)level);
    atomic_store(&format_wanted, (int)format);
}

/* One more line allowed at this site?  Sets the number of lines lost before it. */
static bool within_budget(struct log_site *site, uint32_t *ret_dropped)
{
    uint64_t now = clock_now_us();
    uint64_t start = atomic_load_explicit(&site->window_us, memory_order_relaxed);

    /* Signed: another thread may have started a second after we took the time. */
    if ((int64_t)(now - start) >= 1000000 &&
        atomic_compare_exchange_strong(&site->window_us, &start, now))
        atomic_store_explicit(&site->count, 0, memory_order_relaxed);
    if (atomic_fetch_add_explicit(&site->count, 1, memory_order_relaxed) >= SITE_LINES_PER_S) {
        atomic_fetch_add_explicit(&site->dropped, 1, memory_order_relaxed);
        return false;
    }
    *ret_dropped = atomic_exchange_explicit(&site->dropped, 0, memory_order_relaxed);
    return true;
}

static bool use_json(void)
{
    int format = atomic_load_explicit(&format_wanted, memory_order_relaxed);

    return format == LOG_FORMAT_JSON || (format == LOG_FORMAT_AUTO && !isatty(STDERR_FILENO));
}

static void append(struct line *line, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Keeps two bytes for the closing brace and the newline. */
static void append(struct line *line, const char *fmt, ...)
{
    size_t room = sizeof(line->text) - 2 - line->len;
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(line->text + line->len, room, fmt, ap);
    va_end(ap);
    if (n > 0)
        line->len = (uint16_t)(line->len + ((size_t)n < room ? (size_t)n : room - 1));
}

/* Length of the UTF-8 character at s if it may be shown as it is, else 0. */
static unsigned plain_utf8(const unsigned char *s)
{
    unsigned n;

    if (s[0] < 0x80)
        return s[0] >= 0x20 && s[0] != 0x7f && s[0] != '"' && s[0] != '\\';
    n = s[0] >= 0xc2 && s[0] < 0xe0 ? 2 : s[0] >= 0xe0 && s[0] < 0xf0 ? 3 : 4;
    if (s[0] < 0xc2 || s[0] > 0xf4 || (s[0] == 0xc2 && s[1] < 0xa0)) /* C1 controls */
        return 0;
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90) || /* overlong */
        (s[0] == 0xed && s[1] >= 0xa0) || (s[0] == 0xf4 && s[1] >= 0x90)) /* no code points */
        return 0;
    for (unsigned i = 1; i < n; ++i) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    }
    return n;
}

/*
 * A peer's bytes reach the log: escape what could end a line or a string, drive a
 * terminal, or is not UTF-8.  Cuts where the line would grow longer than limit.
 */
static void append_escaped(struct line *line, const char *text, size_t limit)
{
    const unsigned char *s = (const unsigned char *)text;

    while (*s && line->len + 6u <= limit) {
        unsigned n = plain_utf8(s);

        if (n) {
            memcpy(line->text + line->len, s, n);
            line->len = (uint16_t)(line->len + n);
            s += n;
        } else if (*s == '"' || *s == '\\') {
            append(line, "\\%c", *s++);
        } else {
            append(line, "\\u%04x", *s++);
        }
    }
}

static void append_id(struct line *line, bool json, const char *key, const char *value)
{
    if (!value)
        return;
    append(line, json ? ",\"%s\":\"" : " %s=", key);
    append_escaped(line, value, line->len + (size_t)ID_MAX_BYTES);
    if (json)
        append(line, "\"");
}

/* The parts before the message are bounded, so that there is always room for it and its end. */
static void compose_json(struct line *line, const char *domain, enum log_level level,
                         const struct log_ids *ids, const char *msg, uint32_t dropped)
{
    append(line, ",\"level\":\"%s\",\"mod\":\"%.32s\"", level_name[level], domain);
    append_id(line, true, "room", ids ? ids->room : NULL);
    append_id(line, true, "part", ids ? ids->part : NULL);
    if (dropped)
        append(line, ",\"suppressed\":%u", dropped);
    append(line, ",\"msg\":\"");
    append_escaped(line, msg, sizeof(line->text) - 4);
    append(line, "\"");
    line->text[line->len++] = '}';
}

static void compose_text(struct line *line, const char *domain, enum log_level level,
                         const struct log_ids *ids, const char *msg, uint32_t dropped)
{
    append(line, " %-7s %.32s: ", level_name[level], domain);
    append_escaped(line, msg, sizeof(line->text) - TAIL_BYTES);
    append_id(line, false, "room", ids ? ids->room : NULL);
    append_id(line, false, "part", ids ? ids->part : NULL);
    if (dropped)
        append(line, " (%u like it suppressed)", dropped);
}

static void compose(struct line *line, bool json, const char *domain, enum log_level level,
                    const struct log_ids *ids, const char *msg, uint32_t dropped)
{
    struct timespec ts;
    struct tm tm;
    char when[32];

    clock_gettime(CLOCK_REALTIME, &ts);
    gmtime_r(&ts.tv_sec, &tm);
    strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S", &tm);

    line->len = 0;
    if (json) {
        append(line, "{\"ts\":\"%s.%06ldZ\"", when, ts.tv_nsec / 1000);
        compose_json(line, domain, level, ids, msg, dropped);
    } else {
        append(line, "%s.%03ld", when + 11, ts.tv_nsec / 1000000);
        compose_text(line, domain, level, ids, msg, dropped);
    }
    line->text[line->len++] = '\n';
}

void log_write(struct log_site *site, enum log_level level, const struct log_ids *ids,
               const char *fmt, ...)
{
    struct line line;
    char msg[800];
    uint32_t dropped = 0;
    va_list ap;

    if (!within_budget(site, &dropped))
        return;
    va_start(ap, fmt);
    (void)vsnprintf(msg, sizeof(msg), fmt, ap);
    va_end(ap);
    compose(&line, use_json(), site->domain, level, ids, msg, dropped);

    if (!atomic_load(&running)) {
        write_all(line.text, line.len);
        return;
    }
    if (mpsc_push(queue, &line)) {
        metric_add(&dropped_lines, 1);
        return;
    }
    sem_post(&queued);
}
