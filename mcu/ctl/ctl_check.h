/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_check.h  Files checked here, by the server's own code; errors are told to the
 * user
 */
#ifndef MCU_CTL_CTL_CHECK_H
#define MCU_CTL_CTL_CHECK_H

#include "mcu/ctl/ctl_command.h"

struct layout_set;
struct settings;

/**
 * Read a configuration file with all that it names.
 *
 * @param ret_settings  Set with CTL_OK only; settings_unref() it
 * @param path          NULL for the defaults
 */
enum ctl_status ctl_check_settings(const struct ctl *ctl, struct settings **ret_settings,
                                   const char *path);

/**
 * Read layout files over the built-in ones.
 *
 * @param ret_set  Set with CTL_OK only; layout_set_unref() it
 */
enum ctl_status ctl_check_layout_set(const struct ctl *ctl, struct layout_set **ret_set,
                                     const char *const *paths, unsigned n);

/** Does a text of ours load over the built-in layouts?  Errors are told, with @p name. */
enum ctl_status ctl_check_layout_text(const char *name, const char *text);

/** Check a configuration file with all that it names: layouts, logo. */
enum ctl_status ctl_check_config(const struct ctl *ctl, const char *path);

/** Check layout files over the built-in ones, as the server reads a folder of them. */
enum ctl_status ctl_check_layouts(const struct ctl *ctl, const char *const *paths, unsigned n);

#endif
