/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_command.c  The commands of medleyctl: one table for parsing, help and
 * completion
 */
#include "mcu/ctl/ctl_command.h"

#include <stddef.h>
#include <string.h>

const struct ctl_option ctl_command_options[] = {
    {'s', "socket", "PATH", "socket of the server; else MEDLEY_SOCKET or the usual places"},
    {'o', "output", "table|json", "json: the server's answer as it is, for scripts"},
    {'h', "help", NULL, "this help, or that of the command"},
    {0, "version", NULL, "print the version"},
    {0, NULL, NULL, NULL},
};

const struct ctl_command *const *ctl_command_tables(void)
{
    static const struct ctl_command *const tables[] = {
        ctl_node_commands,     ctl_config_commands,
        ctl_room_commands,     ctl_person_commands,
        ctl_door_commands,     ctl_user_commands,
        ctl_layout_commands,   ctl_help_commands,
        ctl_complete_commands, NULL,
    };

    return tables;
}

/** Words of a name that @p words begin with; 0 unless all do. */
static unsigned match(const char *name, const char *const *words, unsigned n)
{
    unsigned used = 0;

    while (*name) {
        size_t len = strcspn(name, " ");

        if (used == n || strlen(words[used]) != len || strncmp(words[used], name, len) != 0)
            return 0;
        ++used;
        name += len + (name[len] == ' ');
    }
    return used;
}

const struct ctl_command *ctl_command_find(const char *const *words, unsigned n, unsigned *ret_used)
{
    for (const struct ctl_command *const *table = ctl_command_tables(); *table; ++table)
        for (const struct ctl_command *c = *table; c->name; ++c) {
            *ret_used = match(c->name, words, n);
            if (*ret_used)
                return c;
        }
    return NULL;
}
