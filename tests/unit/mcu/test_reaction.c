/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file test_reaction.c  Which reactions there are, and how often
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <errno.h>

#include <cmocka.h>

#include "mcu/room/reaction.h"

static void the_usual_ones_are_allowed_and_others_not(void **state)
{
    static const struct {
        const char *emoji;
        int err;
    } row[] = {{"\xf0\x9f\x91\x8d", 0},
               {"\xe2\x9d\xa4\xef\xb8\x8f", 0},
               {"\xe2\x9c\x8b", 0},
               {"\xf0\x9f\x91\x8e", -EINVAL},
               {"\xe2\x9d\xa4", -EINVAL},
               {"", -EINVAL},
               {"x", -EINVAL}};
    struct reaction_set set;
    (void)state;

    reaction_set_default(&set);
    assert_int_equal(set.n, 8);
    for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); ++i) {
        struct room_rate rate = {0};
        const char *code = NULL;

        assert_int_equal(reaction_check(&set, &rate, row[i].emoji, 1000000, &code), row[i].err);
        assert_string_equal(code, row[i].err ? "bad_reaction" : "");
    }
}

static void a_set_takes_so_many_and_no_plain_text(void **state)
{
    static const char *const bad[] = {"", "abc", "\xff\xff",
                                      "\xf0\x9f\x91\x8d-----------------------------"};
    struct reaction_set set = {.n = 0};
    char emoji[8] = "\xf0\x9f\x91\x80";
    (void)state;

    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); ++i)
        assert_int_equal(reaction_set_add(&set, bad[i]), -EINVAL);
    for (unsigned i = 0; i < REACTION_MAX; ++i) {
        emoji[3] = (char)(0x80 + i);
        assert_int_equal(reaction_set_add(&set, emoji), 0);
        assert_int_equal(reaction_set_add(&set, emoji), 0);
    }
    assert_int_equal(set.n, REACTION_MAX);
    assert_int_equal(reaction_set_add(&set, "\xe2\x9c\x8b"), -ENOSPC);
}

static void somebody_has_three_in_five_seconds(void **state)
{
    struct reaction_set set;
    struct room_rate rate = {0};
    const char *code;
    (void)state;

    reaction_set_default(&set);
    for (unsigned i = 0; i < REACTION_RATE; ++i)
        assert_int_equal(reaction_check(&set, &rate, "\xe2\x9c\x8b", 1000000, &code), 0);
    assert_int_equal(reaction_check(&set, &rate, "\xe2\x9c\x8b", 1000000, &code), -EAGAIN);
    assert_string_equal(code, "rate_limited");
    assert_int_equal(
        reaction_check(&set, &rate, "\xe2\x9c\x8b", 1000000 + REACTION_RATE_PERIOD_US, &code), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_usual_ones_are_allowed_and_others_not),
        cmocka_unit_test(a_set_takes_so_many_and_no_plain_text),
        cmocka_unit_test(somebody_has_three_in_five_seconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
