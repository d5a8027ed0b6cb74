/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_help.h  Help, made from the table of commands
 */
#ifndef MCU_CTL_CTL_HELP_H
#define MCU_CTL_CTL_HELP_H

#include <stdio.h>

struct ctl_command;

/** All commands, all common options, exit status. */
void ctl_help_all(FILE *f);
/** A command and its options. */
void ctl_help_command(FILE *f, const struct ctl_command *command);
/** Say that there is no such command, and those that begin like it. */
void ctl_help_unknown(const char *const *words, unsigned n);

#endif
