/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/base/test_ring.c  Ring: order, limits, ownership, two threads
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mcu/base/ring.h"

enum { N_ITEMS = 200000 };

static int nfreed;

static void count_free(void *item)
{
    (void)item;
    ++nfreed;
}

static void rejects_bad_capacity(void **state)
{
    struct ring *ring = NULL;
    (void)state;

    assert_int_equal(ring_new(&ring, 0, NULL), -EINVAL);
    assert_int_equal(ring_new(&ring, 65537, NULL), -EINVAL);
    assert_null(ring);
}

static void is_fifo_and_bounded(void **state)
{
    struct ring *ring = NULL;
    int a, b, c;
    (void)state;

    assert_int_equal(ring_new(&ring, 2, NULL), 0);
    assert_int_equal(ring_push(ring, &a), 0);
    assert_int_equal(ring_push(ring, &b), 0);
    assert_int_equal(ring_push(ring, &c), -ENOSPC);
    assert_ptr_equal(ring_pop(ring), &a);
    assert_ptr_equal(ring_pop(ring), &b);
    assert_null(ring_pop(ring));
    ring_free(ring);
}

static void frees_what_is_left(void **state)
{
    struct ring *ring = NULL;
    int a, b;
    (void)state;

    nfreed = 0;
    assert_int_equal(ring_new(&ring, 4, count_free), 0);
    assert_int_equal(ring_push(ring, &a), 0);
    assert_int_equal(ring_push(ring, &b), 0);
    assert_null(ring_free(ring));
    assert_int_equal(nfreed, 2);
}

static void *produce(void *arg)
{
    struct ring *ring = arg;

    for (uintptr_t i = 1; i <= N_ITEMS;) {
        if (ring_push(ring, (void *)i) == 0)
            ++i;
    }
    return NULL;
}

static void keeps_order_across_threads(void **state)
{
    struct ring *ring = NULL;
    pthread_t producer;
    (void)state;

    assert_int_equal(ring_new(&ring, 64, NULL), 0);
    assert_int_equal(pthread_create(&producer, NULL, produce, ring), 0);

    for (uintptr_t want = 1; want <= N_ITEMS;) {
        uintptr_t got = (uintptr_t)ring_pop(ring);

        if (!got)
            continue;
        assert_int_equal(got, want);
        ++want;
    }

    pthread_join(producer, NULL);
    ring_free(ring);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rejects_bad_capacity),
        cmocka_unit_test(is_fifo_and_bounded),
        cmocka_unit_test(frees_what_is_left),
        cmocka_unit_test(keeps_order_across_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
