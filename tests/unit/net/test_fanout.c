/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_fanout.c  Fanout, queue of a media thread, and sink
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>

#include "net/fanout.h"
#include "net/media_metric.h"
#include "net/media_queue.h"
#include "net/packet.h"
#include "net/sink.h"

enum { POOL = 256 };

static bool is_readable(const struct media_queue *queue)
{
    struct pollfd p = {.fd = media_queue_fd(queue), .events = POLLIN};

    return poll(&p, 1, 0) == 1;
}

static unsigned drain(struct media_queue *queue)
{
    struct media_queue_item item;
    unsigned n = 0;

    while (media_queue_take(queue, &item)) {
        packet_unref(item.packet);
        fanout_unref(item.fanout);
        ++n;
    }
    return n;
}

static void queues_once_for_each_loop_with_subscribers(void **state)
{
    struct media_queue *queue[2];
    struct fanout_sub sub[3] = {0};
    struct fanout *fanout;

    (void)state;
    assert_int_equal(media_queue_new(&queue[0], 16), 0);
    assert_int_equal(media_queue_new(&queue[1], 16), 0);
    assert_int_equal(fanout_new(&fanout), 0);
    fanout_send(fanout, packet_new()); /* to nobody */

    fanout_attach(fanout, &sub[0], 0, queue[0], &sub[0]);
    fanout_attach(fanout, &sub[1], 0, queue[0], &sub[1]);
    fanout_attach(fanout, &sub[2], 5, queue[1], &sub[2]);
    assert_int_equal(fanout_subscribers(fanout), 3);
    fanout_send(fanout, packet_new());
    assert_true(is_readable(queue[0]) && is_readable(queue[1]));
    assert_int_equal(drain(queue[0]), 1);
    assert_int_equal(drain(queue[1]), 1);
    assert_ptr_equal(fanout_first(fanout, 0)->owner, &sub[1]);
    assert_ptr_equal(fanout_first(fanout, 0)->next->owner, &sub[0]);

    fanout_detach(&sub[1]);
    fanout_detach(&sub[1]);
    fanout_detach(&sub[0]);
    fanout_send(fanout, packet_new());
    assert_int_equal(drain(queue[0]), 0);
    assert_int_equal(drain(queue[1]), 1);
    fanout_detach(&sub[2]);
    assert_int_equal(fanout_subscribers(fanout), 0);
    assert_null(fanout_unref(fanout));
    media_queue_free(queue[0]);
    media_queue_free(queue[1]);
    assert_int_equal(packet_pool_used(), 0);
}

static void drops_when_a_loop_does_not_keep_up(void **state)
{
    struct media_queue *queue;
    struct fanout_sub sub = {0};
    struct fanout *fanout;

    (void)state;
    assert_int_equal(media_queue_new(&queue, 4), 0);
    assert_int_equal(fanout_new(&fanout), 0);
    fanout_attach(fanout, &sub, 0, queue, NULL);
    for (unsigned i = 0; i < 4; ++i)
        fanout_send(fanout, packet_new());
    assert_false(fanout_key_wanted(fanout));
    for (unsigned i = 0; i < 6; ++i)
        fanout_send(fanout, packet_new());
    assert_int_equal(packet_pool_used(), 4);
    assert_true(fanout_take_key_request(fanout)); /* receivers cannot see what is missing */
    fanout_detach(&sub);
    fanout_unref(fanout);
    media_queue_free(queue); /* with what is in it */
    assert_int_equal(packet_pool_used(), 0);
}

static void wakes_once_until_it_is_cleared(void **state)
{
    struct media_queue *queue;
    int command = 0;

    (void)state;
    assert_int_equal(media_queue_new(&queue, 4), 0);
    assert_false(is_readable(queue));
    assert_int_equal(media_queue_command(queue, &command), 0);
    assert_int_equal(media_queue_command(queue, &command), 0);
    assert_true(is_readable(queue));
    media_queue_clear(queue);
    assert_false(is_readable(queue));
    assert_ptr_equal(media_queue_take_command(queue), &command);
    assert_ptr_equal(media_queue_take_command(queue), &command);
    assert_null(media_queue_take_command(queue));
    media_queue_wake(queue);
    assert_true(is_readable(queue));
    media_queue_free(queue);
}

static void remembers_a_key_request_until_it_is_taken(void **state)
{
    struct fanout *fanout;

    (void)state;
    assert_int_equal(fanout_new(&fanout), 0);
    assert_false(fanout_key_wanted(fanout));
    fanout_request_key(fanout);
    fanout_request_key(fanout);
    assert_true(fanout_key_wanted(fanout));
    assert_true(fanout_take_key_request(fanout));
    assert_false(fanout_take_key_request(fanout));
    fanout_unref(fanout);
}

/** A sender that runs while another thread subscribes and leaves. */
struct race {
    struct fanout *fanout;
    atomic_bool stop;
};

static void *send_all(void *arg)
{
    struct race *race = arg;

    while (!atomic_load(&race->stop)) {
        struct packet *packet = packet_new();

        if (packet)
            fanout_send(race->fanout, packet);
    }
    return NULL;
}

static void nothing_is_queued_after_the_last_detach(void **state)
{
    struct race race = {0};
    struct fanout_sub sub = {0};
    pthread_t thread;

    (void)state;
    assert_int_equal(fanout_new(&race.fanout), 0);
    assert_int_equal(pthread_create(&thread, NULL, send_all, &race), 0);
    for (unsigned i = 0; i < 500; ++i) {
        struct media_queue *queue;

        assert_int_equal(media_queue_new(&queue, 16), 0);
        fanout_attach(race.fanout, &sub, 3, queue, NULL);
        if (i % 2)
            drain(queue);
        fanout_detach(&sub);
        media_queue_free(queue); /* a late push would write to freed memory */
    }
    atomic_store(&race.stop, true);
    pthread_join(thread, NULL);
    fanout_unref(race.fanout);
    assert_int_equal(packet_pool_used(), 0);
}

static void count_call(void *arg)
{
    ++*(unsigned *)arg;
}

static void sink_hands_on_in_order_and_drops_the_newest(void **state)
{
    unsigned woken = 0;
    struct sink_cfg cfg = {.capacity = 2, .wakeh = count_call, .arg = &woken};
    struct sink_stats stats;
    int64_t dropped = metric_value(&media_metric_drop_sink);
    struct sink *sink;

    (void)state;
    assert_int_equal(sink_new(&sink, &cfg), 0);
    for (uint16_t i = 1; i <= 3; ++i) {
        struct packet *packet = packet_new();

        packet->seq = i;
        sink_put(sink, packet);
    }
    sink_stats(sink, &stats);
    assert_int_equal(stats.received, 3);
    assert_int_equal(stats.dropped, 1);
    assert_int_equal(metric_value(&media_metric_drop_sink), dropped + 1);
    assert_int_equal(woken, 3);
    for (uint16_t i = 1; i <= 2; ++i) {
        struct packet *packet = sink_get(sink);

        assert_int_equal(packet->seq, i);
        packet_unref(packet);
    }
    assert_null(sink_get(sink));
    sink_unref(sink);
}

static void sink_lives_until_both_have_let_go(void **state)
{
    unsigned released = 0;
    struct sink_cfg cfg = {.capacity = 2, .releaseh = count_call, .arg = &released};
    struct sink *sink;

    (void)state;
    assert_int_equal(sink_new(&sink, &cfg), 0);
    sink_ref(sink);
    sink_put(sink, packet_new());
    assert_null(sink_unref(sink));
    assert_int_equal(released, 0);
    sink_unref(sink);
    assert_int_equal(released, 1);
    assert_int_equal(packet_pool_used(), 0);
    assert_null(sink_unref(NULL));
    cfg.capacity = 0;
    assert_int_equal(sink_new(&sink, &cfg), -EINVAL);
}

static void sink_key_request_is_taken_once(void **state)
{
    struct sink_cfg cfg = {.capacity = 2};
    struct sink *sink;

    (void)state;
    assert_int_equal(sink_new(&sink, &cfg), 0);
    assert_false(sink_take_key_request(sink));
    sink_request_key(sink);
    sink_request_key(sink);
    assert_true(sink_take_key_request(sink));
    assert_false(sink_take_key_request(sink));
    sink_unref(sink);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(queues_once_for_each_loop_with_subscribers),
        cmocka_unit_test(drops_when_a_loop_does_not_keep_up),
        cmocka_unit_test(wakes_once_until_it_is_cleared),
        cmocka_unit_test(remembers_a_key_request_until_it_is_taken),
        cmocka_unit_test(nothing_is_queued_after_the_last_detach),
        cmocka_unit_test(sink_hands_on_in_order_and_drops_the_newest),
        cmocka_unit_test(sink_lives_until_both_have_let_go),
        cmocka_unit_test(sink_key_request_is_taken_once),
    };
    int err = packet_pool_init(POOL);

    if (!err)
        err = cmocka_run_group_tests(tests, NULL, NULL);
    packet_pool_finish();
    return err;
}
