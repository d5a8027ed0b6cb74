/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/base/test_ref.c  Reference counts: one release, also with many threads
 */
#include "mcu/base/ref.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { N_THREADS = 4, N_ROUNDS = 20000 };

static void the_last_put_says_so(void **state)
{
    struct ref ref;
    (void)state;

    ref_init(&ref);
    assert_true(ref_is_unique(&ref));
    ref_get(&ref);
    assert_false(ref_is_unique(&ref));
    assert_false(ref_put(&ref));
    assert_true(ref_is_unique(&ref));
    assert_true(ref_put(&ref));
}

struct shared {
    struct ref ref;
    int written; /* by each thread before its put: the last one must see them all */
    int part[N_THREADS];
};

struct user {
    struct shared *shared;
    int index;
    bool last;
};

static void *use(void *arg)
{
    struct user *user = arg;

    for (int i = 0; i < N_ROUNDS; ++i) {
        ref_get(&user->shared->ref);
        if (ref_put(&user->shared->ref))
            return NULL; /* wrong: our own reference is still there */
    }
    user->shared->part[user->index] = 1;
    user->last = ref_put(&user->shared->ref);
    if (user->last) {
        for (int i = 0; i < N_THREADS; ++i)
            user->shared->written += user->shared->part[i];
    }
    return NULL;
}

static void one_thread_of_many_is_last_and_sees_what_all_wrote(void **state)
{
    struct shared shared = {.written = 0};
    struct user user[N_THREADS];
    pthread_t thread[N_THREADS];
    int last = 0;
    (void)state;

    ref_init(&shared.ref);
    for (int i = 1; i < N_THREADS; ++i)
        ref_get(&shared.ref);
    for (int i = 0; i < N_THREADS; ++i) {
        user[i] = (struct user){&shared, i, false};
        assert_int_equal(pthread_create(&thread[i], NULL, use, &user[i]), 0);
    }
    for (int i = 0; i < N_THREADS; ++i) {
        pthread_join(thread[i], NULL);
        last += user[i].last;
    }
    assert_int_equal(last, 1);
    assert_int_equal(shared.written, N_THREADS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_put_says_so),
        cmocka_unit_test(one_thread_of_many_is_last_and_sees_what_all_wrote),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
