/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/config_watch.h  Reads the settings anew, when asked to or when a file changes
 *
 *     control: reload, update --pipe--> thread: settings_load() --message--> control: handler
 *                                         ^ config_notify
 *
 * A thread of its own (a writer: it may block) waits for config_watch_reload() and, where
 * layouts.watch says so, for changes of what it has read (config_notify.h; settled for 200 ms, so
 * that an editor's several writes are one).  It loads and checks everything and posts the outcome
 * to control.  Whoever gets it puts the settings into force, or does not.
 *
 * Threads: control.
 */
#ifndef MCU_CONFIG_CONFIG_WATCH_H
#define MCU_CONFIG_CONFIG_WATCH_H

#include "mcu/config/settings.h"

struct config_watch;

enum { CONFIG_WATCH_REQUESTS_MAX = 16 /**< Reloads that may wait; more fail at once */ };

/** An outcome; on control. */
struct config_watch_result {
    struct settings *settings;  /**< NULL if anything was wrong; else the receiver's reference */
    struct config_errors *errs; /**< The receiver's, free() */
    uint64_t request;           /**< Number given by config_watch_reload(); 0: a file changed */
    bool check_only;            /**< As asked for: the settings are not to be put into force */
};
typedef void(config_watch_h)(const struct config_watch_result *result, void *arg);

/**
 * Start.
 *
 * @param now  Settings in force; say what to watch, no reference is kept
 *
 * @return 0, -ENOMEM, -EAGAIN, -EMFILE
 */
int config_watch_new(struct config_watch **ret_watch, const struct settings_source *source,
                     const struct settings *now, config_watch_h *h, void *arg);

/**
 * Stop and free; waits for a load that runs.  The handler is not called any more.
 * NULL is allowed.  Returns NULL.
 */
struct config_watch *config_watch_free(struct config_watch *watch);

/**
 * Ask for a reload; the handler is called later.
 * @param check_only  Comes back in the result
 * @return its number, not 0
 */
uint64_t config_watch_reload(struct config_watch *watch, bool check_only);

/** These settings are in force now: what to watch may have changed.  No reference is kept. */
void config_watch_update(struct config_watch *watch, const struct settings *settings);

#endif
