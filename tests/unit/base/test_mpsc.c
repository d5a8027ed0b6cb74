/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/base/test_mpsc.c  Message queue: order, limit, many producers
 */
#include "mcu/base/mpsc.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { N_PRODUCERS = 4, N_MESSAGES = 20000 };

static void rejects_bad_sizes(void **state)
{
    struct mpsc *mpsc = NULL;
    (void)state;

    assert_int_equal(mpsc_new(&mpsc, 0, 1), -EINVAL);
    assert_int_equal(mpsc_new(&mpsc, 65537, 1), -EINVAL);
    assert_int_equal(mpsc_new(&mpsc, 1, 0), -EINVAL);
    assert_int_equal(mpsc_new(&mpsc, 1, 1025), -EINVAL);
    assert_null(mpsc);
    assert_null(mpsc_free(NULL));
}

static void is_fifo_and_bounded(void **state)
{
    static const struct {
        uint32_t asked, got;
    } row[] = {{1, 2}, {2, 2}, {3, 4}, {100, 128}, {65536, 65536}};
    (void)state;

    for (size_t r = 0; r < sizeof(row) / sizeof(row[0]); ++r) {
        struct mpsc *mpsc = NULL;
        uint32_t v;

        assert_int_equal(mpsc_new(&mpsc, row[r].asked, sizeof(v)), 0);
        assert_false(mpsc_pop(mpsc, &v));
        for (uint32_t lap = 0; lap < 3; ++lap) {
            for (uint32_t i = 0; i < row[r].got; ++i)
                assert_int_equal(mpsc_push(mpsc, &i), 0);
            assert_int_equal(mpsc_push(mpsc, &v), -ENOSPC);
            for (uint32_t i = 0; i < row[r].got; ++i) {
                assert_true(mpsc_pop(mpsc, &v));
                assert_int_equal(v, i);
            }
            assert_false(mpsc_pop(mpsc, &v));
        }
        mpsc_free(mpsc);
    }
}

static void copies_messages_of_any_size_whole(void **state)
{
    (void)state;

    for (size_t size = 1; size <= 1024; size = size * 2 + 1) {
        unsigned char in[1024], out[1025];
        struct mpsc *mpsc = NULL;

        assert_int_equal(mpsc_new(&mpsc, 4, size), 0);
        memset(in, (int)(size & 0xff) | 1, size);
        memset(out, 0, sizeof(out));
        assert_int_equal(mpsc_push(mpsc, in), 0);
        assert_true(mpsc_pop(mpsc, out));
        assert_memory_equal(in, out, size);
        assert_int_equal(out[size], 0);
        mpsc_free(mpsc);
    }
}

struct message {
    uint32_t producer, number;
    char text[40];
};

struct producer {
    struct mpsc *mpsc;
    uint32_t index;
};

static void *produce(void *arg)
{
    const struct producer *self = arg;
    struct message message = {.producer = self->index};

    while (message.number < N_MESSAGES) {
        memset(message.text, (int)(message.number & 0x7f), sizeof(message.text));
        if (mpsc_push(self->mpsc, &message) == 0)
            ++message.number;
        else
            sched_yield();
    }
    return NULL;
}

static void keeps_the_order_of_each_of_four_producers(void **state)
{
    struct mpsc *mpsc = NULL;
    struct producer producer[N_PRODUCERS];
    pthread_t thread[N_PRODUCERS];
    uint32_t want[N_PRODUCERS] = {0};
    struct message message;
    (void)state;

    assert_int_equal(mpsc_new(&mpsc, 64, sizeof(struct message)), 0);
    for (uint32_t i = 0; i < N_PRODUCERS; ++i) {
        producer[i] = (struct producer){mpsc, i};
        assert_int_equal(pthread_create(&thread[i], NULL, produce, &producer[i]), 0);
    }
    for (uint32_t n = 0; n < N_PRODUCERS * N_MESSAGES;) {
        if (!mpsc_pop(mpsc, &message)) {
            sched_yield();
            continue;
        }
        assert_true(message.producer < N_PRODUCERS);
        assert_int_equal(message.number, want[message.producer]);
        assert_int_equal(message.text[0], message.number & 0x7f);
        assert_int_equal(message.text[39], message.number & 0x7f);
        ++want[message.producer];
        ++n;
    }
    assert_false(mpsc_pop(mpsc, &message));
    for (int i = 0; i < N_PRODUCERS; ++i)
        pthread_join(thread[i], NULL);
    mpsc_free(mpsc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rejects_bad_sizes),
        cmocka_unit_test(is_fifo_and_bounded),
        cmocka_unit_test(copies_messages_of_any_size_whole),
        cmocka_unit_test(keeps_the_order_of_each_of_four_producers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
