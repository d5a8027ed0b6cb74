/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_readiness.c  When the machine counts as overloaded
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mcu/api/readiness.h"

static void is_overloaded_while_many_composites_are_late(void **state)
{
    /* Counters at the end of each window. */
    static const struct {
        int64_t composed, late;
        bool overloaded;
    } windows[] = {
        {0, 0, false},     {150, 0, false},   {290, 10, false}, /* 10 of 150 */
        {400, 50, true},                                        /* 40 of 150 */
        {400, 200, true},                                       /* all of them */
        {550, 200, false}, {553, 209, false},                   /* too few to tell */
        {553, 209, false}, {643, 219, false},                   /* 10 of 100 */
        {732, 230, true},                                       /* 11 of 100 */
    };
    struct readiness r = {0};
    (void)state;

    for (unsigned i = 0; i < sizeof(windows) / sizeof(windows[0]); ++i) {
        readiness_update(&r, windows[i].composed, windows[i].late);
        assert_int_equal(r.overloaded, windows[i].overloaded);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_overloaded_while_many_composites_are_late),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
