/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_main.c  medleyctl: controls a running medleyd
 */
#include <curl/curl.h>
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "mcu/ctl/ctl_args.h"
#include "mcu/ctl/ctl_call.h"
#include "mcu/ctl/ctl_client.h"
#include "mcu/ctl/ctl_command.h"
#include "mcu/ctl/ctl_help.h"

enum { A_UMLAUT = 0xe4 };

/** Names are UTF-8 whatever the terminal's locale says; a table needs their widths. */
static void set_locale(void)
{
    (void)setlocale(LC_CTYPE, "");
    if (wcwidth(A_UMLAUT) != 1)
        (void)setlocale(LC_CTYPE, "C.UTF-8");
}

static bool has_option(const struct ctl_command *command, const char *name)
{
    for (const struct ctl_option *o = command->options; o && o->name; ++o)
        if (strcmp(o->name, name) == 0)
            return true;
    return false;
}

/** Options that may stand before and after the command; the later one wins. */
static int read_common(struct ctl *ctl, const struct ctl_args *args, bool output)
{
    const char *value = ctl_args_value(args, "socket");

    if (value)
        ctl->socket = value;
    value = output ? ctl_args_value(args, "output") : NULL;
    if (!value)
        return 0;
    ctl->json = strcmp(value, "json") == 0;
    if (ctl->json || strcmp(value, "table") == 0)
        return 0;
    ctl_call_complain("-o table or -o json, not %s", value);
    return -1;
}

static enum ctl_status run(struct ctl *ctl, const struct ctl_command *command, int argc,
                           const char *const *argv)
{
    const struct ctl_option *tables[] = {command->options, ctl_command_options, NULL};
    char why[CTL_ARGS_WHY_SIZE];
    struct ctl_args args;
    enum ctl_status status;
    int err = ctl_args_parse(&args, command->options ? tables : tables + 1, argc, argv, false, why);

    if (err >= 0 && ctl_args_value(&args, "help")) {
        ctl_help_command(stdout, command);
        return CTL_OK;
    }
    if (err >= 0 && (args.n < command->min || args.n > command->max))
        (void)snprintf(why, sizeof(why), "too %s arguments",
                       args.n < command->min ? "few" : "many");
    if (why[0]) {
        ctl_call_complain("%s: %s; usage: medleyctl %s %s", command->name, why, command->name,
                          command->usage);
        return CTL_USAGE;
    }
    if (read_common(ctl, &args, !has_option(command, "output")))
        return CTL_USAGE;
    ctl->args = &args;
    status = command->run(ctl);
    ctl->client = ctl_client_free(ctl->client);
    return status;
}

/* What was printed must have got out, or a script would take a part for the whole. */
static int finish(enum ctl_status status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return (int)status;
    ctl_call_complain("standard output: %s", strerror(errno));
    return status ? (int)status : CTL_REFUSED;
}

static enum ctl_status perform(int argc, char **argv)
{
    const struct ctl_option *const tables[] = {ctl_command_options, NULL};
    const char *const *words = (const char *const *)argv + 1;
    const struct ctl_command *command;
    char why[CTL_ARGS_WHY_SIZE];
    struct ctl_args args;
    struct ctl ctl = {0};
    unsigned used;
    int n;

    set_locale();
    (void)curl_global_init(CURL_GLOBAL_NOTHING);
    n = ctl_args_parse(&args, tables, argc - 1, words, true, why);
    if (n < 0) {
        ctl_call_complain("%s", why);
        return CTL_USAGE;
    }
    if (ctl_args_value(&args, "version")) {
        puts("medleyctl " MEDLEY_VERSION);
        return CTL_OK;
    }
    if (ctl_args_value(&args, "help") || n == argc - 1) {
        ctl_help_all(ctl_args_value(&args, "help") ? stdout : stderr);
        return ctl_args_value(&args, "help") ? CTL_OK : CTL_USAGE;
    }
    if (read_common(&ctl, &args, true))
        return CTL_USAGE;
    words += n;
    n = argc - 1 - n;
    command = ctl_command_find(words, (unsigned)n, &used);
    if (!command) {
        ctl_help_unknown(words, (unsigned)n);
        return CTL_USAGE;
    }
    return run(&ctl, command, n - (int)used, words + used);
}

int main(int argc, char **argv)
{
    return finish(perform(argc, argv));
}
