/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/config_notify.h  Notices that a file of an operator changed (inotify)
 *
 * Watches the folder of the configuration file and that of the layout files, not the files: editors
 * write a new file and rename it, others replace a symbolic link.  A folder that goes away is
 * watched again when it is back.
 *
 * Threads: one; only config_notify_fd() may be polled elsewhere.
 */
#ifndef MCU_CONFIG_CONFIG_NOTIFY_H
#define MCU_CONFIG_CONFIG_NOTIFY_H

#include <stdbool.h>

#include "mcu/config/config.h"

enum { CONFIG_NOTIFY_FOLDERS = 2 };

struct config_notify {
    int fd;                           /**< To be polled; -1 = there is no inotify */
    const char *file;                 /**< Configuration file, or NULL */
    char dir[CONFIG_PATH_SIZE];       /**< Of layout files, or "" */
    int watch[CONFIG_NOTIFY_FOLDERS]; /**< Of the file's folder and dir; -1 = none */
    bool on;
};

/** Start, switched off.  @param file lives as long  @return 0, or why there is no inotify */
int config_notify_init(struct config_notify *notify, const char *file);
void config_notify_finish(struct config_notify *notify);

/** Switch on or off; @p dir is watched from now on. */
void config_notify_set(struct config_notify *notify, bool on, const char *dir);

/** Take what happened.  Does not block.  @return true if something may have changed */
bool config_notify_read(struct config_notify *notify);

/** Is a folder away that should be watched? */
bool config_notify_is_lost(const struct config_notify *notify);

/** Watch lost folders again.  @return true if one is back: something may have changed */
bool config_notify_retry(struct config_notify *notify);

#endif
