/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_args.c  The words of a command line: options by tables, and the rest
 */
#include "mcu/ctl/ctl_args.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/** Where the parser is. */
struct cursor {
    struct ctl_args *args;
    const struct ctl_option *const *tables;
    int argc, i;
    const char *const *argv;
    char *why;
};

static const struct ctl_option *find(const struct ctl_option *const *tables, char letter,
                                     const char *name, size_t len)
{
    for (; *tables; ++tables)
        for (const struct ctl_option *o = *tables; o->name; ++o)
            if (name ? strlen(o->name) == len && strncmp(o->name, name, len) == 0
                     : o->letter == letter)
                return o;
    return NULL;
}

static int keep(struct cursor *c, const struct ctl_option *option, const char *value)
{
    if (c->args->ngiven == CTL_ARGS_OPTIONS) {
        snprintf(c->why, CTL_ARGS_WHY_SIZE, "too many options");
        return -E2BIG;
    }
    c->args->given[c->args->ngiven].option = option;
    c->args->given[c->args->ngiven++].value = value;
    return 0;
}

/** @param value  What is joined to the option, or NULL: then it is the next word */
static int keep_value(struct cursor *c, const struct ctl_option *option, const char *value)
{
    if (!value && c->i + 1 < c->argc)
        value = c->argv[++c->i];
    if (!value) {
        snprintf(c->why, CTL_ARGS_WHY_SIZE, "--%s needs a value: %s", option->name, option->value);
        return -EINVAL;
    }
    return keep(c, option, value);
}

static int parse_long(struct cursor *c, const char *text)
{
    const char *equals = strchr(text, '=');
    size_t len = equals ? (size_t)(equals - text) : strlen(text);
    const struct ctl_option *option = find(c->tables, 0, text, len);

    if (!option || (equals && !option->value)) {
        snprintf(c->why, CTL_ARGS_WHY_SIZE, option ? "--%.40s has no value" : "no option --%.40s",
                 text);
        return -EINVAL;
    }
    return option->value ? keep_value(c, option, equals ? equals + 1 : NULL) : keep(c, option, "");
}

static int parse_letters(struct cursor *c, const char *text)
{
    for (; *text; ++text) {
        const struct ctl_option *option = find(c->tables, *text, NULL, 0);
        int err;

        if (!option) {
            snprintf(c->why, CTL_ARGS_WHY_SIZE, "no option -%c", *text);
            return -EINVAL;
        }
        if (option->value)
            return keep_value(c, option, text[1] ? text + 1 : NULL);
        err = keep(c, option, "");
        if (err)
            return err;
    }
    return 0;
}

int ctl_args_parse(struct ctl_args *ret_args, const struct ctl_option *const *tables, int argc,
                   const char *const *argv, bool stop_at_word, char *why)
{
    struct cursor c = {.args = ret_args, .tables = tables, .argc = argc, .argv = argv, .why = why};
    bool words_only = false;

    memset(ret_args, 0, sizeof(*ret_args));
    why[0] = '\0';
    for (; c.i < argc; ++c.i) {
        const char *text = argv[c.i];
        int err = 0;

        if (!words_only && strcmp(text, "--") == 0) {
            words_only = true;
        } else if (!words_only && strncmp(text, "--", 2) == 0) {
            err = parse_long(&c, text + 2);
        } else if (!words_only && text[0] == '-' && text[1]) {
            err = parse_letters(&c, text + 1);
        } else if (stop_at_word) {
            return c.i;
        } else if (ret_args->n == CTL_ARGS_MAX) {
            snprintf(why, CTL_ARGS_WHY_SIZE, "more than %d words", CTL_ARGS_MAX);
            err = -E2BIG;
        } else {
            ret_args->arg[ret_args->n++] = text;
        }
        if (err)
            return err;
    }
    return c.i;
}

const char *ctl_args_value(const struct ctl_args *args, const char *name)
{
    for (unsigned i = args->ngiven; i-- > 0;)
        if (strcmp(args->given[i].option->name, name) == 0)
            return args->given[i].value;
    return NULL;
}
