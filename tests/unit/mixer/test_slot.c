/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mixer/test_slot.c  Slot: one test for each promise in slot.h
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "mixer/slot.h"

enum { N_ITEMS = 100000 };

static void latest_item_wins_and_the_displaced_one_comes_back(void **state)
{
    struct slot slot;
    int a, b;
    (void)state;

    slot_init(&slot);
    assert_null(slot_take(&slot));
    assert_null(slot_put(&slot, &a));
    assert_ptr_equal(slot_put(&slot, &b), &a);
    assert_ptr_equal(slot_take(&slot), &b);
    assert_null(slot_take(&slot));
    assert_null(slot_finish(&slot));
}

static void finish_gives_back_what_is_left(void **state)
{
    struct slot slot;
    int a;
    (void)state;

    slot_init(&slot);
    assert_null(slot_put(&slot, &a));
    assert_ptr_equal(slot_finish(&slot), &a);
}

static void *produce(void *arg)
{
    struct slot *slot = arg;

    for (unsigned i = 1; i <= N_ITEMS; ++i) {
        unsigned *item = malloc(sizeof(*item));

        *item = i;
        free(slot_put(slot, item));
    }
    return NULL;
}

static void every_item_has_one_owner_and_order_is_kept(void **state)
{
    struct slot slot;
    pthread_t thread;
    unsigned last = 0;
    (void)state;

    slot_init(&slot);
    assert_int_equal(pthread_create(&thread, NULL, produce, &slot), 0);
    while (last < N_ITEMS) {
        unsigned *item = slot_take(&slot);

        if (!item)
            continue;
        assert_true(*item > last);
        last = *item;
        free(item);
    }
    pthread_join(thread, NULL);
    assert_null(slot_finish(&slot));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(latest_item_wins_and_the_displaced_one_comes_back),
        cmocka_unit_test(finish_gives_back_what_is_left),
        cmocka_unit_test(every_item_has_one_owner_and_order_is_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
