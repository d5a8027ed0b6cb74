/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_command.h  The commands of medleyctl: one table for parsing, help and
 * completion
 *
 *     ctl_node.c, ctl_room.c, ... tables of commands --> ctl_command_find() --> run
 *                                                   '--> ctl_help.c, ctl_complete.c
 *
 * Threads: one.
 */
#ifndef MCU_CTL_CTL_COMMAND_H
#define MCU_CTL_CTL_COMMAND_H

#include <stdbool.h>

#include "mcu/ctl/ctl_args.h"

struct ctl_client;

/** Exit status. */
enum ctl_status {
    CTL_OK = 0,
    CTL_REFUSED = 1, /**< The server said no, or something went wrong here */
    CTL_USAGE = 2,
    CTL_NO_SERVER = 3,
};

/** What an argument names, for completion. */
enum ctl_kind {
    CTL_KIND_END, /**< No further argument */
    CTL_KIND_ROOM,
    CTL_KIND_PERSON, /**< Of the room before it */
    CTL_KIND_LAYOUT,
    CTL_KIND_SEAT, /**< Reserved one of any layout, or "none" */
    CTL_KIND_FILE,
    CTL_KIND_WORD, /**< One of the command's words */
    CTL_KIND_TEXT, /**< Anything */
};

enum { CTL_COMMAND_KINDS = 4, CTL_COMMAND_MANY = CTL_ARGS_MAX };

/** What a command runs with. */
struct ctl {
    const char *socket; /**< From the command line, or NULL */
    bool json;          /**< Print answers as they are */
    bool quiet;         /**< Say nothing about errors; for completion */
    const struct ctl_args *args;
    struct ctl_client *client; /**< Made by the first call */
};

struct ctl_command {
    const char *name;                      /**< One word or two; NULL ends a table */
    const char *usage;                     /**< Its arguments */
    const char *help;                      /**< In one line; NULL hides it from the help */
    const char *more;                      /**< Further lines, or NULL */
    unsigned min, max;                     /**< Arguments */
    unsigned char kind[CTL_COMMAND_KINDS]; /**< enum ctl_kind; the last one goes on */
    const char *words;                     /**< For CTL_KIND_WORD, separated by spaces, or NULL */
    const struct ctl_option *options;      /**< Or NULL */
    enum ctl_status (*run)(struct ctl *ctl);
};

/** Options that each command has. */
extern const struct ctl_option ctl_command_options[];

/* The tables; each is in the file of its name. */
extern const struct ctl_command ctl_node_commands[], ctl_config_commands[], ctl_room_commands[],
    ctl_person_commands[], ctl_door_commands[], ctl_user_commands[], ctl_layout_commands[],
    ctl_help_commands[], ctl_complete_commands[];

/** All tables; ends with NULL. */
const struct ctl_command *const *ctl_command_tables(void);

/**
 * Find the command that @p words begin with.
 *
 * @param ret_used  Words of its name
 *
 * @return command or NULL
 */
const struct ctl_command *ctl_command_find(const char *const *words, unsigned n,
                                           unsigned *ret_used);

#endif
