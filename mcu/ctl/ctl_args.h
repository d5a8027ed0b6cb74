/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file mcu/ctl/ctl_args.h  The words of a command line: options by tables, and the rest
 *
 * Options may stand anywhere: "-o FILE", "-oFILE", "--output FILE", "--output=FILE"; letters
 * without a value may be joined.  "--" ends them, and "-" alone is a word.
 *
 * Threads: any; no state.
 */
#ifndef MCU_CTL_CTL_ARGS_H
#define MCU_CTL_CTL_ARGS_H

#include <stdbool.h>
#include <stddef.h>

enum {
    CTL_ARGS_MAX = 256,    /**< Words */
    CTL_ARGS_OPTIONS = 16, /**< Options given */
    CTL_ARGS_WHY_SIZE = 160,
};

struct ctl_option {
    char letter;       /**< 0 = none */
    const char *name;  /**< Without dashes; NULL ends a table */
    const char *value; /**< What it is called in the help; NULL if it has none */
    const char *help;
};

struct ctl_args {
    const char *arg[CTL_ARGS_MAX];
    unsigned n;
    struct {
        const struct ctl_option *option;
        const char *value; /**< "" if it has none */
    } given[CTL_ARGS_OPTIONS];
    unsigned ngiven;
};

/**
 * Take a command line apart.
 *
 * @param tables       Ends with NULL; an option of an earlier table hides the same in a later one
 * @param stop_at_word  Stop before the first word that is no option
 * @param why           Gets what is wrong, CTL_ARGS_WHY_SIZE bytes
 *
 * @return words that were used, -EINVAL, -E2BIG
 */
int ctl_args_parse(struct ctl_args *ret_args, const struct ctl_option *const *tables, int argc,
                   const char *const *argv, bool stop_at_word, char *why);

/** Last value of an option, "" if it has none, NULL if it was not given. */
const char *ctl_args_value(const struct ctl_args *args, const char *name);

#endif
