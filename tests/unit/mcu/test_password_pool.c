/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_password_pool.c  Passwords off the control thread
 *
 * The test is the control thread: what the pool posts waits here until the test takes it.
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/auth/password_pool.h"

enum { ANSWERS_MAX = 128 };

static const char right[] = "correct horse";

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    struct {
        control_msg_h *h;
        void *arg;
        _Alignas(16) char msg[CONTROL_LOOP_MSG_MAX];
    } posted[ANSWERS_MAX];
    unsigned nposted, ntaken;
    unsigned refuse; /* so many posts are refused yet */
    bool held;       /* the thread waits in its next post */
    pthread_t poster;
} loop = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static struct password_pool_result answer;
static unsigned nanswers;

static int post(control_msg_h *h, void *arg, const void *msg, size_t size)
{
    int err = 0;

    pthread_mutex_lock(&loop.mutex);
    while (loop.held)
        pthread_cond_wait(&loop.changed, &loop.mutex);
    if (loop.refuse) {
        --loop.refuse;
        err = -ENOSPC;
    } else {
        loop.posted[loop.nposted].h = h;
        loop.posted[loop.nposted].arg = arg;
        memcpy(loop.posted[loop.nposted++].msg, msg, size);
        loop.poster = pthread_self();
    }
    pthread_cond_broadcast(&loop.changed);
    pthread_mutex_unlock(&loop.mutex);
    return err;
}

static void hold(bool on)
{
    pthread_mutex_lock(&loop.mutex);
    loop.held = on;
    pthread_cond_broadcast(&loop.changed);
    pthread_mutex_unlock(&loop.mutex);
}

/** Wait for the next answer and handle it. */
static void take(void)
{
    unsigned at = loop.ntaken++;

    pthread_mutex_lock(&loop.mutex);
    while (loop.nposted <= at)
        pthread_cond_wait(&loop.changed, &loop.mutex);
    pthread_mutex_unlock(&loop.mutex);
    loop.posted[at].h(loop.posted[at].msg, loop.posted[at].arg);
}

static void on_answer(const struct password_pool_result *result, void *arg)
{
    assert_ptr_equal(arg, &nanswers);
    answer = *result;
    ++nanswers;
}

static int make_pool(void **state)
{
    struct password_pool *pool = NULL;

    loop.nposted = loop.ntaken = loop.refuse = 0;
    loop.held = false;
    nanswers = 0;
    if (password_pool_new(&pool, post) != 0)
        return -1;
    *state = pool;
    return 0;
}

static int free_pool(void **state)
{
    password_pool_free(*state);
    return 0;
}

static uint64_t verify(struct password_pool *pool, const char *hash, const char *text)
{
    uint64_t id = 0;

    assert_int_equal(
        password_pool_verify(pool, hash, text, strlen(text), on_answer, &nanswers, &id), 0);
    assert_true(id != 0);
    return id;
}

static void hashes_and_verifies_on_its_own_thread(void **state)
{
    char hash[PASSWORD_HASH_SIZE];
    uint64_t id;

    assert_int_equal(password_pool_hash(*state, right, strlen(right), on_answer, &nanswers, &id),
                     0);
    take();
    assert_false(pthread_equal(loop.poster, pthread_self()));
    assert_true(answer.id == id);
    assert_int_equal(answer.err, 0);
    assert_false(answer.right);
    memcpy(hash, answer.hash, sizeof(hash));
    assert_true(hash[0]);
    id = verify(*state, hash, right);
    take();
    assert_true(answer.id == id && answer.right && !answer.needs_rehash);
    assert_string_equal(answer.hash, "");
    verify(*state, hash, "wrong horse");
    take();
    assert_int_equal(answer.err, 0);
    assert_false(answer.right);
}

static void answers_for_a_user_that_there_is_not(void **state)
{
    verify(*state, NULL, right);
    verify(*state, "", right);
    take();
    assert_false(answer.right || answer.err);
    take();
    assert_false(answer.right || answer.err);
}

static void wipes_an_answer_after_its_handler(void **state)
{
    static const char zero[CONTROL_LOOP_MSG_MAX];
    uint64_t id;

    assert_int_equal(password_pool_hash(*state, right, strlen(right), on_answer, &nanswers, &id),
                     0);
    take();
    assert_non_null(strstr(answer.hash, "argon2id"));
    for (size_t i = 0; i + 8 <= sizeof(zero); ++i)
        assert_memory_not_equal(loop.posted[0].msg + i, "argon2id", 8);
}

static void refuses_at_once_what_cannot_be(void **state)
{
    char text[PASSWORD_MAX + 1], hash[PASSWORD_HASH_SIZE];
    uint64_t id;

    memset(text, 'a', sizeof(text));
    memset(hash, 'a', sizeof(hash));
    assert_int_equal(password_pool_hash(*state, "short", 5, on_answer, NULL, &id), -EINVAL);
    assert_int_equal(password_pool_hash(*state, text, sizeof(text), on_answer, NULL, &id), -E2BIG);
    assert_int_equal(
        password_pool_hash(*state, "\xff\xff\xff\xff\xff\xff\xff\xff", 8, on_answer, NULL, &id),
        -EILSEQ);
    assert_int_equal(password_pool_verify(*state, "x", text, sizeof(text), on_answer, NULL, &id),
                     -E2BIG);
    assert_int_equal(password_pool_verify(*state, hash, "a", 1, on_answer, NULL, &id), -E2BIG);
}

static void refuses_more_than_may_wait(void **state)
{
    unsigned n = 0;
    uint64_t id;
    int err;

    hold(true); /* it works on one at most, and stays there */
    do
        err = password_pool_verify(*state, "x", right, strlen(right), on_answer, &nanswers, &id);
    while (err == 0 && ++n < ANSWERS_MAX);
    assert_int_equal(err, -EAGAIN);
    assert_in_range(n, PASSWORD_POOL_WAITING_MAX, PASSWORD_POOL_WAITING_MAX + 1);
    hold(false);
    for (unsigned i = 0; i < n; ++i)
        take();
    assert_int_equal(nanswers, n);
    verify(*state, "x", right);
    take();
}

static void answers_in_the_order_of_the_requests(void **state)
{
    uint64_t ids[5];

    for (size_t i = 0; i < 5; ++i)
        ids[i] = verify(*state, "x", right);
    for (size_t i = 0; i < 5; ++i) {
        take();
        assert_true(answer.id == ids[i]);
    }
}

static void tries_again_when_the_loop_is_full(void **state)
{
    loop.refuse = 3;
    verify(*state, "x", right);
    take();
    assert_int_equal(nanswers, 1);
    assert_int_equal(loop.refuse, 0);
}

static void drops_what_waits_when_it_is_freed(void **state)
{
    struct password_pool *pool = *state;

    *state = NULL;
    pthread_mutex_lock(&loop.mutex);
    loop.refuse = UINT32_MAX; /* nor does a loop that stays full keep it */
    pthread_mutex_unlock(&loop.mutex);
    for (int i = 0; i < 20; ++i)
        verify(pool, "x", right);
    assert_null(password_pool_free(pool));
    assert_int_equal(loop.nposted, 0);
    assert_null(password_pool_free(NULL));
}

int main(void)
{
#define TEST(name_) cmocka_unit_test_setup_teardown(name_, make_pool, free_pool)
    static const struct CMUnitTest tests[] = {
        TEST(hashes_and_verifies_on_its_own_thread),
        TEST(answers_for_a_user_that_there_is_not),
        TEST(wipes_an_answer_after_its_handler),
        TEST(refuses_at_once_what_cannot_be),
        TEST(refuses_more_than_may_wait),
        TEST(answers_in_the_order_of_the_requests),
        TEST(tries_again_when_the_loop_is_full),
        TEST(drops_what_waits_when_it_is_freed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
