/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/base/test_pool.c  Pool: limit, alignment, reuse, threads
 */
#include "mcu/base/pool.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

enum { N_THREADS = 4, N_ROUNDS = 5000 };

static void rejects_bad_sizes(void **state)
{
    struct pool *pool = NULL;
    (void)state;

    assert_int_equal(pool_new(&pool, 0, 1), -EINVAL);
    assert_int_equal(pool_new(&pool, 1024 * 1024 + 1, 1), -EINVAL);
    assert_int_equal(pool_new(&pool, 1, 0), -EINVAL);
    assert_null(pool);
}

static void gives_up_to_its_limit(void **state)
{
    static const struct {
        size_t size;
        uint32_t limit;
    } row[] = {{1, 1}, {1, 5000}, {64, 3}, {65, 7}, {1024 * 1024, 2}};
    (void)state;

    for (size_t r = 0; r < sizeof(row) / sizeof(row[0]); ++r) {
        struct pool *pool = NULL;
        void *object[5000];

        assert_int_equal(pool_new(&pool, row[r].size, row[r].limit), 0);
        for (uint32_t i = 0; i < row[r].limit; ++i) {
            object[i] = pool_get(pool);
            assert_non_null(object[i]);
            assert_int_equal((uintptr_t)object[i] % 64, 0);
            memset(object[i], (int)i, row[r].size);
        }
        assert_null(pool_get(pool));
        assert_int_equal(pool_used(pool), row[r].limit);

        for (uint32_t i = 0; i < row[r].limit; ++i) {
            assert_int_equal(*(unsigned char *)object[i], i & 0xff);
            pool_put(pool, object[i]);
        }
        assert_int_equal(pool_used(pool), 0);
        assert_null(pool_free(pool));
    }
}

static void gives_what_came_back_again(void **state)
{
    struct pool *pool = NULL;
    void *a, *b;
    (void)state;

    assert_int_equal(pool_new(&pool, 100, 2), 0);
    a = pool_get(pool);
    b = pool_get(pool);
    assert_null(pool_get(pool));
    pool_put(pool, a);
    assert_ptr_equal(pool_get(pool), a);
    pool_put(pool, a);
    pool_put(pool, b);
    pool_free(pool);
}

static void null_may_be_put_and_freed(void **state)
{
    struct pool *pool = NULL;
    (void)state;

    assert_null(pool_free(NULL));
    assert_int_equal(pool_new(&pool, 8, 1), 0);
    pool_put(pool, NULL);
    assert_int_equal(pool_used(pool), 0);
    pool_free(pool);
}

struct taker {
    struct pool *pool;
    int mark;
    bool shared; /* somebody else had one of ours */
};

static void *take(void *arg)
{
    struct taker *taker = arg;

    for (int i = 0; i < N_ROUNDS; ++i) {
        int *p = pool_get(taker->pool);

        if (!p)
            continue;
        *p = taker->mark;
        if (*p != taker->mark)
            taker->shared = true;
        pool_put(taker->pool, p);
    }
    return NULL;
}

static void an_object_belongs_to_one_thread(void **state)
{
    struct pool *pool = NULL;
    struct taker taker[N_THREADS];
    pthread_t thread[N_THREADS];
    (void)state;

    assert_int_equal(pool_new(&pool, sizeof(int), N_THREADS - 1), 0);
    for (int i = 0; i < N_THREADS; ++i) {
        taker[i] = (struct taker){pool, i, false};
        assert_int_equal(pthread_create(&thread[i], NULL, take, &taker[i]), 0);
    }
    for (int i = 0; i < N_THREADS; ++i) {
        pthread_join(thread[i], NULL);
        assert_false(taker[i].shared);
    }
    assert_int_equal(pool_used(pool), 0);
    pool_free(pool);
}

static void reserves_up_to_its_limit(void **state)
{
    struct pool *pool = NULL;
    void *object[3];
    (void)state;

    assert_int_equal(pool_new(&pool, 1000, 3), 0);
    assert_int_equal(pool_reserve(pool, 2), 0);
    assert_int_equal(pool_reserve(pool, 100), 0);
    assert_int_equal(pool_used(pool), 0);
    for (int i = 0; i < 3; ++i) {
        object[i] = pool_get(pool);
        assert_non_null(object[i]);
    }
    assert_null(pool_get(pool));
    for (int i = 0; i < 3; ++i)
        pool_put(pool, object[i]);
    pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reserves_up_to_its_limit),
        cmocka_unit_test(rejects_bad_sizes),
        cmocka_unit_test(gives_up_to_its_limit),
        cmocka_unit_test(gives_what_came_back_again),
        cmocka_unit_test(null_may_be_put_and_freed),
        cmocka_unit_test(an_object_belongs_to_one_thread),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
