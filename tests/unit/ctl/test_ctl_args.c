/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/ctl/test_ctl_args.c  Command lines, and the table of commands
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/ctl/ctl_args.h"
#include "mcu/ctl/ctl_command.h"

static const struct ctl_option own[] = {
    {'o', "output", "FILE", "h"},
    {'a', "all", NULL, "h"},
    {'b', "both", NULL, "h"},
    {0, NULL, NULL, NULL},
};

static const struct ctl_option common[] = {
    {'o', "output", "KIND", "h"},
    {'s', "socket", "PATH", "h"},
    {0, "version", NULL, "h"},
    {0, NULL, NULL, NULL},
};

static const struct ctl_option *const tables[] = {own, common, NULL};

static struct ctl_args args;
static char why[CTL_ARGS_WHY_SIZE];

#define PARSE(stop_, ...)                                                                          \
    ctl_args_parse(&args, tables, (int)(sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *)),   \
                   (const char *[]){__VA_ARGS__}, stop_, why)

static void takes_values_in_all_ways(void **state)
{
    (void)state;
    assert_int_equal(PARSE(false, "-o", "a", "-sb", "--output", "c", "--socket=d=e", "-o-"), 7);
    assert_int_equal(args.n, 0);
    assert_int_equal(args.ngiven, 5);
    assert_string_equal(args.given[0].value, "a");
    assert_string_equal(args.given[1].value, "b");
    assert_string_equal(args.given[2].value, "c");
    assert_string_equal(args.given[3].value, "d=e");
    assert_string_equal(ctl_args_value(&args, "output"), "-");
    assert_string_equal(ctl_args_value(&args, "socket"), "d=e");
    assert_null(ctl_args_value(&args, "all"));
}

static void takes_options_anywhere(void **state)
{
    (void)state;
    assert_int_equal(PARSE(false, "x", "-ab", "y", "--version", "-", "--", "-a", "--", "z"), 9);
    assert_int_equal(args.n, 6);
    assert_string_equal(args.arg[0], "x");
    assert_string_equal(args.arg[1], "y");
    assert_string_equal(args.arg[2], "-");
    assert_string_equal(args.arg[3], "-a");
    assert_string_equal(args.arg[4], "--");
    assert_string_equal(args.arg[5], "z");
    assert_string_equal(ctl_args_value(&args, "all"), "");
    assert_string_equal(ctl_args_value(&args, "both"), "");
    assert_string_equal(ctl_args_value(&args, "version"), "");
}

static void stops_at_the_first_word_if_asked(void **state)
{
    (void)state;
    assert_int_equal(PARSE(true, "-s", "sock", "--version", "mute", "-a"), 3);
    assert_int_equal(args.n, 0);
    assert_string_equal(ctl_args_value(&args, "socket"), "sock");
}

static void an_earlier_table_hides_a_later_one(void **state)
{
    (void)state;
    assert_true(PARSE(false, "-o", "f", "--output", "g") == 4);
    assert_ptr_equal(args.given[0].option, &own[0]);
    assert_ptr_equal(args.given[1].option, &own[0]);
}

static void says_what_is_wrong(void **state)
{
    const char *many[CTL_ARGS_MAX + 1];
    (void)state;

    assert_int_equal(PARSE(false, "--nothing"), -EINVAL);
    assert_string_equal(why, "no option --nothing");
    assert_int_equal(PARSE(false, "-ax"), -EINVAL);
    assert_string_equal(why, "no option -x");
    assert_int_equal(PARSE(false, "--all=1"), -EINVAL);
    assert_string_equal(why, "--all=1 has no value");
    assert_int_equal(PARSE(false, "-o"), -EINVAL);
    assert_string_equal(why, "--output needs a value: FILE");
    assert_int_equal(PARSE(false, "--socket"), -EINVAL);
    assert_int_equal(PARSE(false, "--out", "x"), -EINVAL); /* no abbreviations */

    for (unsigned i = 0; i <= CTL_ARGS_MAX; ++i)
        many[i] = "w";
    assert_int_equal(ctl_args_parse(&args, tables, CTL_ARGS_MAX, many, false, why), CTL_ARGS_MAX);
    assert_int_equal(ctl_args_parse(&args, tables, CTL_ARGS_MAX + 1, many, false, why), -E2BIG);
    for (unsigned i = 0; i <= CTL_ARGS_MAX; ++i)
        many[i] = "-a";
    assert_int_equal(ctl_args_parse(&args, tables, CTL_ARGS_OPTIONS + 1, many, false, why), -E2BIG);
}

/* The table of commands */

static void check_command(const struct ctl_command *c)
{
    char name[64];
    const char *words[4] = {0};
    unsigned n = 0, used = 0;

    (void)strncpy(name, c->name, sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    for (char *w = strtok(name, " "); w; w = strtok(NULL, " "))
        words[n++] = w;
    words[n] = "argument";
    assert_true(n == 1 || n == 2);
    assert_ptr_equal(ctl_command_find(words, n + 1, &used), c);
    assert_int_equal(used, n);
    assert_non_null(c->usage);
    assert_non_null(c->run);
    assert_true(c->min <= c->max);
    assert_true((c->max == 0) == (c->kind[0] == CTL_KIND_END));
    for (unsigned i = 0; i < CTL_COMMAND_KINDS; ++i)
        if (c->kind[i] == CTL_KIND_WORD)
            assert_non_null(c->words);
    for (const struct ctl_option *a = c->options; a && a->name; ++a)
        for (const struct ctl_option *b = a + 1; b->name; ++b)
            assert_true(a->letter != b->letter || !a->letter);
}

static void each_command_is_found_and_whole(void **state)
{
    const char *const none[] = {"layout", "nothing", "rooms "};
    unsigned used;
    (void)state;

    for (const struct ctl_command *const *t = ctl_command_tables(); *t; ++t)
        for (const struct ctl_command *c = *t; c->name; ++c)
            check_command(c);
    assert_null(ctl_command_find(none, 2, &used));
    assert_null(ctl_command_find(none, 1, &used));
    assert_null(ctl_command_find(none + 1, 1, &used));
    assert_null(ctl_command_find(none + 2, 1, &used));
    assert_null(ctl_command_find(none, 0, &used));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_values_in_all_ways),
        cmocka_unit_test(takes_options_anywhere),
        cmocka_unit_test(stops_at_the_first_word_if_asked),
        cmocka_unit_test(an_earlier_table_hides_a_later_one),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(each_command_is_found_and_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
