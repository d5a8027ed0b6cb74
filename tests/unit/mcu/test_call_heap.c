/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file test_call_heap.c  Calls by when they are due
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/room/call_heap.h"

#include "mcu/room/call.h"

enum { N = 200 };

static void the_first_is_always_the_one_that_is_due_first(void **state)
{
    static struct call call[N];
    bool in[N] = {0};
    struct call_heap heap;
    (void)state;

    assert_int_equal(call_heap_init(&heap, N), 0);
    assert_null(call_heap_first(&heap));
    srand(1);
    for (unsigned step = 0; step < 20000; ++step) {
        unsigned i = (unsigned)rand() % N;
        uint64_t least = UINT64_MAX, due_us = (uint64_t)rand() % 1000;

        if (!in[i]) {
            call_heap_add(&heap, &call[i], due_us);
            in[i] = true;
        } else if (rand() % 2) {
            call_heap_move(&heap, &call[i], due_us);
        } else {
            call_heap_remove(&heap, &call[i]);
            in[i] = false;
        }
        for (unsigned k = 0; k < N; ++k) {
            if (in[k] && call[k].set.due_us < least)
                least = call[k].set.due_us;
        }
        assert_true(heap.n ? call_heap_first(&heap)->set.due_us == least : least == UINT64_MAX);
    }
    call_heap_finish(&heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_is_always_the_one_that_is_due_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
