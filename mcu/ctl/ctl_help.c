/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_help.c  Help, made from the table of commands
 */
#include "mcu/ctl/ctl_help.h"

#include <stdbool.h>
#include <string.h>

#include "mcu/ctl/ctl_call.h"
#include "mcu/ctl/ctl_client.h"
#include "mcu/ctl/ctl_command.h"

enum { USAGE_WIDTH = 32, OPTION_WIDTH = 24, LINE_SIZE = 160 };

static bool is_among(const struct ctl_option *options, const char *name)
{
    for (; options && options->name; ++options)
        if (strcmp(options->name, name) == 0)
            return true;
    return false;
}

/** @param hidden  Options that take the place of those of the same name, or NULL */
static void print_options(FILE *f, const struct ctl_option *o, const struct ctl_option *hidden)
{
    for (; o->name; ++o) {
        char line[LINE_SIZE];

        if (is_among(hidden, o->name))
            continue;
        (void)snprintf(line, sizeof(line), "%c%c%s--%s%s%s", o->letter ? '-' : ' ',
                       o->letter ? o->letter : ' ', o->letter ? ", " : "  ", o->name,
                       o->value ? " " : "", o->value ? o->value : "");
        fprintf(f, "  %-*s  %s\n", OPTION_WIDTH, line, o->help);
    }
}

static void print_line(FILE *f, const struct ctl_command *c)
{
    char line[LINE_SIZE];

    (void)snprintf(line, sizeof(line), "%s%s%s", c->name, c->usage[0] ? " " : "", c->usage);
    fprintf(f, "  %-*s  %s\n", USAGE_WIDTH, line, c->help);
}

void ctl_help_all(FILE *f)
{
    fputs("Usage: medleyctl [OPTIONS] COMMAND [ARGUMENTS]\n"
          "Control a running medleyd over its Unix socket.\n\nCommands:\n",
          f);
    for (const struct ctl_command *const *table = ctl_command_tables(); *table; ++table)
        for (const struct ctl_command *c = *table; c->name; ++c)
            if (c->help)
                print_line(f, c);
    fputs("\nOptions:\n", f);
    print_options(f, ctl_command_options, NULL);
    fputs("\nThe usual places of the socket:\n", f);
    for (const char *const *p = ctl_client_places(); *p; ++p)
        fprintf(f, "  %s\n", *p);
    fputs("\nExit status: 0 ok, 1 refused by the server or failed, 2 wrong usage, 3 no server.\n"
          "More on a command: medleyctl help COMMAND\n",
          f);
}

void ctl_help_command(FILE *f, const struct ctl_command *c)
{
    fprintf(f, "Usage: medleyctl %s%s%s\n\n%s.\n", c->name, c->usage[0] ? " " : "", c->usage,
            c->help ? c->help : "For completion");
    if (c->more)
        fprintf(f, "%s\n", c->more);
    fputs("\nOptions:\n", f);
    if (c->options)
        print_options(f, c->options, NULL);
    print_options(f, ctl_command_options, c->options);
}

void ctl_help_unknown(const char *const *words, unsigned n)
{
    bool found = false;

    for (const struct ctl_command *const *table = ctl_command_tables(); *table; ++table)
        for (const struct ctl_command *c = *table; c->name; ++c) {
            size_t len = strcspn(c->name, " ");

            if (!c->help || strlen(words[0]) != len || strncmp(words[0], c->name, len) != 0)
                continue;
            if (!found && n > 1)
                ctl_call_complain("no command %s %s; there are:", words[0], words[1]);
            else if (!found)
                ctl_call_complain("%s what? There are:", words[0]);
            found = true;
            print_line(stderr, c);
        }
    if (!found)
        ctl_call_complain("no command %s; medleyctl --help lists them", words[0]);
}

static enum ctl_status help(struct ctl *ctl)
{
    const struct ctl_command *command;
    unsigned used;

    if (ctl->args->n == 0) {
        ctl_help_all(stdout);
        return CTL_OK;
    }
    command = ctl_command_find(ctl->args->arg, ctl->args->n, &used);
    if (!command) {
        ctl_help_unknown(ctl->args->arg, ctl->args->n);
        return CTL_USAGE;
    }
    ctl_help_command(stdout, command);
    return CTL_OK;
}

const struct ctl_command ctl_help_commands[] = {
    {.name = "help",
     .usage = "[COMMAND]",
     .help = "this help, or that of a command",
     .max = 2,
     .kind = {CTL_KIND_TEXT},
     .run = help},
    {.name = NULL},
};
