/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_check.h  Files checked here, by the server's own code; errors are told to the
 * user
 */
#ifndef MCU_CTL_CTL_CHECK_H
#define MCU_CTL_CTL_CHECK_H

#include "mcu/ctl/ctl_command.h"

/** Check a configuration file. */
enum ctl_status ctl_check_config(const struct ctl *ctl, const char *path);

/** Check layout files over the built-in ones, as the server reads a folder of them. */
enum ctl_status ctl_check_layouts(const struct ctl *ctl, const char *const *paths, unsigned n);

#endif
