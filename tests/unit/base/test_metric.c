/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/base/test_metric.c  Metrics: counting, exposition format, small buffers
 */
#include "mcu/base/metric.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* The list is the process's: each test registers its own, and the order stays. */
static const uint64_t bounds[] = {1000, 250000, 2000000, 0};
static struct metric in = METRIC_COUNTER("m_packets_total", "dir=\"in\"", "Packets");
static struct metric rooms = METRIC_GAUGE("m_rooms", "", "Rooms");
static struct metric out = METRIC_COUNTER("m_packets_total", "dir=\"out\"", "Packets");
static struct metric wait = METRIC_HISTOGRAM("m_wait_seconds", "", "Waits", bounds);
static struct metric wait_x = METRIC_HISTOGRAM("m_wait_x_seconds", "k=\"x\"", "Waits x", bounds);

static const char exposition[] = "# HELP m_packets_total Packets\n"
                                 "# TYPE m_packets_total counter\n"
                                 "m_packets_total{dir=\"in\"} 3\n"
                                 "m_packets_total{dir=\"out\"} 5000000000\n"
                                 "# HELP m_rooms Rooms\n"
                                 "# TYPE m_rooms gauge\n"
                                 "m_rooms -2\n"
                                 "# HELP m_wait_seconds Waits\n"
                                 "# TYPE m_wait_seconds histogram\n"
                                 "m_wait_seconds_bucket{le=\"0.001\"} 2\n"
                                 "m_wait_seconds_bucket{le=\"0.25\"} 3\n"
                                 "m_wait_seconds_bucket{le=\"2\"} 3\n"
                                 "m_wait_seconds_bucket{le=\"+Inf\"} 4\n"
                                 "m_wait_seconds_sum 3.003001\n"
                                 "m_wait_seconds_count 4\n"
                                 "# HELP m_wait_x_seconds Waits x\n"
                                 "# TYPE m_wait_x_seconds histogram\n"
                                 "m_wait_x_seconds_bucket{k=\"x\",le=\"0.001\"} 0\n"
                                 "m_wait_x_seconds_bucket{k=\"x\",le=\"0.25\"} 0\n"
                                 "m_wait_x_seconds_bucket{k=\"x\",le=\"2\"} 0\n"
                                 "m_wait_x_seconds_bucket{k=\"x\",le=\"+Inf\"} 0\n"
                                 "m_wait_x_seconds_sum{k=\"x\"} 0.000000\n"
                                 "m_wait_x_seconds_count{k=\"x\"} 0\n";

static void counts(void **state)
{
    (void)state;

    metric_add(&in, 1);
    metric_add(&in, 2);
    metric_add(&out, 5000000000);
    assert_int_equal(metric_value(&in), 3);
    metric_set(&rooms, 7);
    metric_add(&rooms, -9);
    assert_int_equal(metric_value(&rooms), -2);
}

static void prints_one_name_together_and_each_metric_once(void **state)
{
    char text[4096];
    (void)state;

    assert_int_equal(metric_print(text, sizeof(text)), 0);
    assert_string_equal(text, "");
    metric_register(&in);
    metric_register(&rooms);
    metric_register(&out); /* goes to its name */
    metric_register(&wait);
    metric_register(&wait_x);
    for (int again = 0; again < 2; ++again) {
        metric_register(&in);
        metric_register(&wait_x);
    }
    metric_observe(&wait, 1);
    metric_observe(&wait, 1000); /* a bound belongs to its bucket */
    metric_observe(&wait, 2000);
    metric_observe(&wait, 3000000);
    assert_int_equal(metric_print(text, sizeof(text)), sizeof(exposition) - 1);
    assert_string_equal(text, exposition);
}

static void cuts_at_a_line_where_the_buffer_ends(void **state)
{
    char text[sizeof(exposition)];
    (void)state;

    for (size_t size = 1; size <= sizeof(text); ++size) {
        size_t len;

        memset(text, 'x', sizeof(text));
        len = metric_print(text, size);
        assert_true(len < size);
        assert_int_equal(strlen(text), len);
        assert_true(len == 0 || text[len - 1] == '\n');
        assert_memory_equal(text, exposition, len);
    }
}

static void *count_many(void *arg)
{
    for (int i = 0; i < 10000; ++i) {
        metric_add(arg, 1);
        metric_observe(&wait_x, 10);
    }
    return NULL;
}

static void loses_nothing_between_threads(void **state)
{
    static char text[4096];
    pthread_t thread[4];
    (void)state;

    metric_set(&rooms, 0);
    for (int i = 0; i < 4; ++i)
        assert_int_equal(pthread_create(&thread[i], NULL, count_many, &rooms), 0);
    for (int i = 0; i < 100; ++i)
        metric_print(text, sizeof(text));
    for (int i = 0; i < 4; ++i)
        pthread_join(thread[i], NULL);
    assert_int_equal(metric_value(&rooms), 40000);
    metric_print(text, sizeof(text));
    assert_non_null(strstr(text, "m_wait_x_seconds_count{k=\"x\"} 40000\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts),
        cmocka_unit_test(prints_one_name_together_and_each_metric_once),
        cmocka_unit_test(cuts_at_a_line_where_the_buffer_ends),
        cmocka_unit_test(loses_nothing_between_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
