/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/reload.h  Settings read anew while everything runs
 *
 *     SIGHUP, medleyctl reload, a changed file --> config_watch (its thread): all read and checked
 *                                                       | all right           | something is wrong
 *                                   rooms, log follow <-'                     '-> nothing changes
 *
 * Threads: control.
 */
#ifndef MCU_RELOAD_H
#define MCU_RELOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "mcu/config/config.h"
#include "mcu/config/config_table.h"
#include "mcu/config/settings.h"

/** A key that differs. */
struct reload_change {
    const char *key;
    enum config_reload reload; /**< RESTART: differs from what the process was started with */
};

struct reload_outcome {
    bool ok;
    const struct config_errors *errs; /**< What was wrong */
    unsigned nchanged;
    struct reload_change changed[CONFIG_TABLE_ROWS_MAX];
    bool layouts_changed;    /**< Layouts, ladders, aliases, backgrounds or the logo */
    unsigned nrooms_changed; /**< Rooms whose chosen layout is gone; 0 in a check */
};

/** The outcome lives until the handler returns. */
typedef void(reload_h)(const struct reload_outcome *outcome, void *arg);

/** What the last reload came to. */
struct reload_status {
    bool ok;
    uint64_t loaded_us;               /**< When the settings in force were read, wall clock [us] */
    uint64_t version;                 /**< Of the settings in force */
    const struct config_errors *errs; /**< Of the last reload if that failed, else NULL */
};

/**
 * Start watching.
 * @param boot  What the process was started with; a reference is taken
 * @return 0, -ENOMEM, -EAGAIN
 */
int reload_init(const struct settings_source *source, struct settings *boot);
/** Handlers that still wait are not called. */
void reload_finish(void);

/**
 * Read everything anew.
 * @param check_only  Only say what would be
 * @param h           Called once with the outcome; NULL: nobody wants to know
 * @return 0, -EBUSY (many wait already)
 */
int reload_request(bool check_only, reload_h *h, void *arg);

void reload_status(struct reload_status *ret_status);

#endif
