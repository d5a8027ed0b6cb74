/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/config/config_files.h  The files that settings were read from, or should have been
 *
 * For config_notify.h: a change of any of them is a reason to read all anew.
 *
 * Threads: any; no state.
 */
#ifndef MCU_CONFIG_CONFIG_FILES_H
#define MCU_CONFIG_CONFIG_FILES_H

enum { CONFIG_FILES_MAX = 128 /**< More are left out */ };

/** Zero it before the first use. */
struct config_files {
    unsigned n;
    char *path[CONFIG_FILES_MAX];
};

/** Add a copy of a file's or folder's name; one that is there is left out.  files may be NULL. */
void config_files_add(struct config_files *files, const char *path);

/** Replace @p files by a copy; what does not fit into memory is left out. */
void config_files_copy(struct config_files *files, const struct config_files *from);

/** Forget all. */
void config_files_finish(struct config_files *files);

#endif
