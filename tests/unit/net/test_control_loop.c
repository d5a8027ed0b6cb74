/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_control_loop.c  Messages and timers of the control thread
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "net/control_loop.h"

enum { THREADS = 3, MESSAGES = 20000, QUEUE_MAX = 16384, HOUR_MS = 3600000 };

static unsigned nfired, nhandled;

static int set_up(void **state)
{
    (void)state;
    nfired = nhandled = 0;
    return control_loop_init(256);
}

static int tear_down(void **state)
{
    (void)state;
    control_loop_finish();
    return 0;
}

static void stop(void *msg, void *arg)
{
    (void)msg;
    (void)arg;
    control_loop_stop();
}

static void rejects_bad_arguments(void **state)
{
    char big[CONTROL_LOOP_MSG_MAX + 1] = "";
    (void)state;

    assert_int_equal(control_loop_init(256), -EALREADY);
    assert_int_equal(control_loop_post(NULL, NULL, NULL, 0), -EINVAL);
    assert_int_equal(control_loop_post(stop, NULL, big, sizeof(big)), -EINVAL);
    assert_int_equal(control_loop_post(stop, NULL, NULL, 1), -EINVAL);
}

static void check_copy(void *msg, void *arg)
{
    const uint64_t *number = msg;

    assert_int_equal((uintptr_t)msg % 16, 0);
    assert_ptr_equal(arg, &nhandled);
    assert_int_equal(*number, 42);
    ++nhandled;
}

static void hands_over_an_aligned_copy(void **state)
{
    uint64_t number = 42;
    (void)state;

    assert_int_equal(control_loop_post(check_copy, &nhandled, &number, sizeof(number)), 0);
    number = 7;
    assert_int_equal(control_loop_post(stop, NULL, NULL, 0), 0);
    assert_int_equal(control_loop_run(NULL), 0);
    assert_int_equal(nhandled, 1);
}

static void ignore(void *msg, void *arg)
{
    (void)msg;
    (void)arg;
    ++nhandled;
}

static void stop_now(void *arg)
{
    (void)arg;
    control_loop_stop();
}

static void a_full_queue_is_an_error_and_nothing_is_lost(void **state)
{
    unsigned n = 0;
    (void)state;

    while (control_loop_post(ignore, NULL, NULL, 0) == 0)
        ++n;
    assert_int_equal(n, QUEUE_MAX);
    assert_int_equal(control_loop_post(ignore, NULL, NULL, 0), -ENOSPC);

    while (nhandled < QUEUE_MAX) {
        struct control_timer *timer = NULL;

        assert_int_equal(control_timer_new(&timer, stop_now, NULL), 0);
        control_timer_start(timer, 0);
        assert_int_equal(control_loop_run(NULL), 0);
        control_timer_free(timer);
    }
    assert_int_equal(nhandled, QUEUE_MAX);
}

struct source {
    unsigned id;
    uint32_t next; /* expected by the handler */
};

struct numbered {
    struct source *source;
    uint32_t number;
};

static void check_order(void *msg, void *arg)
{
    const struct numbered *numbered = msg;

    (void)arg;
    assert_int_equal(numbered->number, numbered->source->next);
    ++numbered->source->next;
    if (++nhandled == THREADS * MESSAGES)
        control_loop_stop();
}

static void *produce(void *arg)
{
    struct numbered msg = {.source = arg};

    while (msg.number < MESSAGES) {
        if (control_loop_post(check_order, NULL, &msg, sizeof(msg)) == 0)
            ++msg.number;
        else
            sched_yield();
    }
    return NULL;
}

static void messages_of_a_thread_keep_their_order(void **state)
{
    struct source sources[THREADS] = {{0}};
    pthread_t threads[THREADS];
    (void)state;

    for (unsigned i = 0; i < THREADS; ++i)
        assert_int_equal(pthread_create(&threads[i], NULL, produce, &sources[i]), 0);
    assert_int_equal(control_loop_run(NULL), 0);
    for (unsigned i = 0; i < THREADS; ++i)
        pthread_join(threads[i], NULL);
    assert_int_equal(nhandled, THREADS * MESSAGES);
}

static void count(void *arg)
{
    unsigned *n = arg;

    ++*n;
}

static void count_and_stop(void *arg)
{
    count(arg);
    control_loop_stop();
}

static void timers_run_on_a_clock_of_our_own(void **state)
{
    struct control_timer *soon = NULL, *late = NULL, *stopped = NULL;
    (void)state;

    assert_int_equal(control_timer_new(&soon, count, &nfired), 0);
    assert_int_equal(control_timer_new(&late, count_and_stop, &nfired), 0);
    assert_int_equal(control_timer_new(&stopped, count, &nfired), 0);
    control_timer_start(soon, HOUR_MS / 2);
    control_timer_start(late, HOUR_MS);
    control_timer_start(stopped, HOUR_MS);
    control_timer_stop(stopped);
    control_loop_advance(HOUR_MS + 1); /* libre's own clock would not notice */
    assert_int_equal(control_loop_run(NULL), 0);
    assert_int_equal(nfired, 2);
    assert_null(control_timer_free(soon));
    assert_null(control_timer_free(late));
    assert_null(control_timer_free(stopped));
    assert_null(control_timer_free(NULL));
}

static void a_timer_can_be_started_again(void **state)
{
    struct control_timer *timer = NULL;
    (void)state;

    assert_int_equal(control_timer_new(&timer, count_and_stop, &nfired), 0);
    for (unsigned i = 0; i < 3; ++i) {
        control_timer_start(timer, HOUR_MS);
        control_loop_advance(HOUR_MS + 1);
        assert_int_equal(control_loop_run(NULL), 0);
    }
    assert_int_equal(nfired, 3);
    control_timer_free(timer);
}

static void flushing_handles_what_came_after_the_loop_was_left(void **state)
{
    uint64_t number = 42;
    (void)state;

    assert_int_equal(control_loop_post(stop, NULL, NULL, 0), 0);
    assert_int_equal(control_loop_run(NULL), 0);
    assert_int_equal(control_loop_post(check_copy, &nhandled, &number, sizeof(number)), 0);
    assert_int_equal(nhandled, 0);
    control_loop_flush();
    assert_int_equal(nhandled, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rejects_bad_arguments, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hands_over_an_aligned_copy, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_queue_is_an_error_and_nothing_is_lost, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(messages_of_a_thread_keep_their_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(flushing_handles_what_came_after_the_loop_was_left, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(timers_run_on_a_clock_of_our_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_timer_can_be_started_again, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
