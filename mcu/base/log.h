/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/base/log.h  Log lines: text on a terminal, JSON lines otherwise
 *
 *     LOG_DOMAIN("sip");
 *     log_warning(&(struct log_ids){.room = room->name}, "no answer in %u ms", ms);
 *
 * Each call site has a budget of lines per second; what exceeds it is counted
 * and told with the next line.  A writer thread does the I/O: until
 * log_start() and after log_stop() the caller writes itself.  Control bytes
 * and what is not UTF-8 in messages and ids is escaped, so a peer cannot forge lines.
 *
 * error = someone must act, warning = degraded, info = life cycle, debug.
 *
 * Threads: any, never blocks between log_start() and log_stop(); a full queue
 *          drops the line and counts it (medley_log_dropped_total).
 */
#ifndef MCU_BASE_LOG_H
#define MCU_BASE_LOG_H

#include <stdatomic.h>
#include <stdint.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };
enum log_format { LOG_FORMAT_AUTO, LOG_FORMAT_TEXT, LOG_FORMAT_JSON };

/** What a line is about; each may be NULL. */
struct log_ids {
    const char *room;
    const char *part; /**< Participant */
};

/** State of a call site, for the macros only. */
struct log_site {
    const char *domain;
    _Atomic uint64_t window_us; /* start of the current second */
    _Atomic uint32_t count;     /* lines in it */
    _Atomic uint32_t dropped;   /* since the last line that got out */
};

extern _Atomic int log_max_level; /**< Lines above this level cost one load */

#define LOG_DOMAIN(name_) static const char log_domain_[] = name_

#define LOG_AT(level_, ids_, ...)                                                                  \
    do {                                                                                           \
        static struct log_site site_ = {.domain = log_domain_};                                    \
        if ((int)(level_) <= atomic_load_explicit(&log_max_level, memory_order_relaxed))           \
            log_write(&site_, (level_), (ids_), __VA_ARGS__);                                      \
    } while (0)

#define log_error(ids_, ...)   LOG_AT(LOG_LEVEL_ERROR, ids_, __VA_ARGS__)
#define log_warning(ids_, ...) LOG_AT(LOG_LEVEL_WARNING, ids_, __VA_ARGS__)
#define log_info(ids_, ...)    LOG_AT(LOG_LEVEL_INFO, ids_, __VA_ARGS__)
#define log_debug(ids_, ...)   LOG_AT(LOG_LEVEL_DEBUG, ids_, __VA_ARGS__)

/** Start the writer thread.  @return 0 or -errno; without it lines are written directly */
int log_start(void);

/** Write what is queued and stop the writer thread. */
void log_stop(void);

/** Choose level and format; any time. */
void log_set(enum log_level level, enum log_format format);

/** Use the macros.  @p fmt without a newline; a line is cut at 1000 bytes. */
void log_write(struct log_site *site, enum log_level level, const struct log_ids *ids,
               const char *fmt, ...) __attribute__((format(printf, 4, 5)));

#endif
