/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/config_notify.h  Notices that a file of an operator changed (inotify)
 *
 * Watches folders, not files: editors write a new file and rename it, others replace a symbolic
 * link.  These are the folder of the configuration file, that of the layout files, and those of all
 * files that were read; where a name leads through symbolic links, the folder of each link, too.  A
 * folder that goes away is watched again when it is back.
 *
 * Threads: one.
 */
#ifndef MCU_CONFIG_CONFIG_NOTIFY_H
#define MCU_CONFIG_CONFIG_NOTIFY_H

#include <stdbool.h>

#include "mcu/config/config.h"
#include "mcu/config/config_files.h"

enum {
    CONFIG_NOTIFY_FOLDERS = 32, /**< Watched; more are left out */
    CONFIG_NOTIFY_NAMES = 256,  /**< Of files and links in them; more are left out */
    CONFIG_NOTIFY_PATH_SIZE = 1024,
};

struct config_notify_folder {
    int watch;    /**< -1 = none: it is not there */
    bool base;    /**< Of the configuration file, or of layout files: any image in it counts */
    bool layouts; /**< Of layout files: any of them counts */
    char path[CONFIG_NOTIFY_PATH_SIZE];
};

struct config_notify {
    int fd;                     /**< To be polled; -1 = there is no inotify */
    const char *file;           /**< Configuration file, or NULL */
    char dir[CONFIG_PATH_SIZE]; /**< Of layout files, or "" */
    struct config_files files;  /**< What was read */
    bool on;
    unsigned nfolders, nnames;
    struct config_notify_folder folder[CONFIG_NOTIFY_FOLDERS];
    struct {
        unsigned folder;
        char *name;
    } name[CONFIG_NOTIFY_NAMES];
};

/** Start, switched off.  @param file lives as long  @return 0, or why there is no inotify */
int config_notify_init(struct config_notify *notify, const char *file);
void config_notify_finish(struct config_notify *notify);

/** Switch on or off; @p dir is watched from now on. */
void config_notify_set(struct config_notify *notify, bool on, const char *dir);

/** These files, copied, are watched from now on, besides the configuration file and dir. */
void config_notify_set_files(struct config_notify *notify, const struct config_files *files);

/** Take what happened.  Does not block.  @return true if something may have changed */
bool config_notify_read(struct config_notify *notify);

/** Is a folder away that should be watched? */
bool config_notify_is_lost(const struct config_notify *notify);

/** Watch lost folders again.  @return true if one is back: something may have changed */
bool config_notify_retry(struct config_notify *notify);

#endif
