/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_hook_sender.c  Delivery of webhooks to receivers of all sorts
 */
#include "mcu/hook/hook_sender.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <netdb.h>
#include <stdatomic.h>
#include <time.h>

#include "mcu/auth/webhook_signature.h"
#include "mcu/base/clock.h"
#include "mcu/base/metric.h"
#include "mcu/hook/hook_retry.h"
#include "mcu/store/store_hook.h"
#include "tests/unit/mcu/hook_receiver.h"
#include "tests/unit/mcu/store_fixture.h"

static const uint64_t second_us = 1000000;
static struct hook_sender *sender;
static char secret[WEBHOOK_SIGNATURE_SECRET_SIZE];
static _Atomic uint64_t now_us;
static atomic_int deaf; /* so many messages find the queue full */

static int unstuck_fd = -1; /* readable once the name server answers */

/* Stands before the C library's, for libcurl too: names under our control. */
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                struct addrinfo **ret)
{
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    void *symbol = dlsym(RTLD_NEXT, "getaddrinfo");
    struct pollfd wait = {.fd = unstuck_fd, .events = POLLIN};

    memcpy(&real, &symbol, sizeof(real));
    if (node && !strcmp(node, "inside.test"))
        node = "127.0.0.1";
    if (node && !strcmp(node, "stuck.test")) {
        (void)poll(&wait, 1, -1);
        return EAI_AGAIN;
    }
    return real(node, service, hints, ret);
}

static uint64_t fake_now(void)
{
    return atomic_load(&now_us);
}

static int sender_post(control_msg_h *h, void *arg, const void *msg, size_t size)
{
    if (atomic_load(&deaf) > 0) {
        atomic_fetch_sub(&deaf, 1);
        return -ENOSPC;
    }
    return post(h, arg, msg, size);
}

/* Handles a message if there is one soon. */
static void pump_some(void)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 10000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        ++until.tv_sec;
    }
    if (sem_timedwait(&posts, &until) == 0) {
        sem_post(&posts);
        pump();
    }
}

#define PUMP_UNTIL(condition_)                                                                     \
    for (unsigned i_ = 0; !(condition_); ++i_) {                                                   \
        if (i_ == 3000)                                                                            \
            fail_msg("in vain: %s", #condition_);                                                  \
        pump_some();                                                                               \
    }

static void start(bool allow_private, uint32_t timeout_ms)
{
    const struct hook_sender_cfg cfg = {
        .store = store,
        .allow_private = allow_private,
        .timeout_ms = timeout_ms,
        .post = sender_post,
        .now = fake_now,
    };

    assert_int_equal(hook_sender_new(&sender, &cfg), 0);
}

static int set_up_sender(void **state)
{
    webhook_signature_make_secret(secret);
    atomic_store(&now_us, clock_wall_us() + 60 * second_us);
    return set_up(state);
}

static int tear_down_sender(void **state)
{
    sender = hook_sender_free(sender);
    return tear_down(state);
}

static void advance(uint64_t us)
{
    atomic_fetch_add(&now_us, us);
    hook_sender_wake(sender);
}

static void add_hook_url(const char *id, const char *url)
{
    const struct store_hook hook = {
        .id = id, .url = url, .secret = secret, .events = "*", .enabled = true};

    assert_int_equal(did(store_hook_put(store, &hook, none())), 0);
}

static void add_hook(const char *id, const struct receiver *receiver)
{
    char url[64];

    snprintf(url, sizeof(url), "http://127.0.0.1:%d/in", receiver->port);
    add_hook_url(id, url);
}

static const struct store_hook *hook_of(const char *id)
{
    assert_int_equal(did(store_hook_get(store, id, row(&store_hook_shape))), 0);
    return last.row;
}

static void on_queued(int err, const void *result, void *arg)
{
    (void)result;
    (void)arg;
    note(err);
}

static void queue(const char *id)
{
    const struct store_hook_event event = {id, "ping", "{\"a\":1}", fake_now()};

    assert_int_equal(did(store_hook_enqueue(store, &event, (struct store_reply){on_queued, NULL})),
                     0);
    if (sender)
        hook_sender_wake(sender);
}

/* The delivery of an event to a hook. */
static const struct store_hook_delivery *delivery(const char *hook, const char *id)
{
    const struct store_hook_query query = {.hook = hook, .limit = STORE_LIST_MAX};

    assert_int_equal(
        did(store_hook_list_deliveries(store, &query, list(&store_hook_delivery_shape))), 0);
    for (uint32_t i = 0; i < last.list->n; ++i) {
        const struct store_hook_delivery *one =
            (const struct store_hook_delivery *)last.list->rows + i;

        if (!strcmp(one->id, id))
            return one;
    }
    fail_msg("%s has no %s", hook, id);
    return NULL;
}

static bool is(const char *hook, const char *id, const char *state)
{
    return !strcmp(delivery(hook, id)->state, state);
}

/* It was tried, and is to be tried again. */
static bool failed(const char *hook, const char *id)
{
    const struct store_hook_delivery *one = delivery(hook, id);

    return !strcmp(one->state, "pending") && one->last_error[0];
}

static int64_t figure(const char *name)
{
    static char text[65536];
    const char *at;

    metric_print(text, sizeof(text));
    at = strstr(text, name);
    assert_non_null(at);
    return strtoll(at + strlen(name), NULL, 10);
}

static void an_event_comes_signed(void **state)
{
    struct receiver *receiver = receiver_one(ANSWER_OK);
    char id[512], stamp[512], signature[512], text[512];
    (void)state;

    start(true, 60000);
    add_hook("wh_a", receiver);
    assert_int_equal(hook_sender_send(sender, "room.started", "{\"room\":\"caf\\u00e9\"}"), 0);
    PUMP_UNTIL(receiver_requests(receiver) == 1);
    assert_int_equal(strncmp(receiver_request(receiver, 0), "POST /in HTTP/1.1\r\n", 19), 0);
    receiver_header(receiver, 0, "webhook-id", id);
    receiver_header(receiver, 0, "webhook-timestamp", stamp);
    receiver_header(receiver, 0, "webhook-signature", signature);
    assert_string_equal(receiver_header(receiver, 0, "content-type", text), "application/json");
    receiver_header(receiver, 0, "user-agent", text);
    assert_int_equal(strncmp(text, "Medley/", 7), 0);
    assert_int_equal(strtoull(stamp, NULL, 10), fake_now() / second_us);
    assert_true(webhook_signature_is_right(
        signature, secret, id, strtoull(stamp, NULL, 10), receiver_body(receiver, 0),
        strlen(receiver_body(receiver, 0)), fake_now() / second_us));
    assert_non_null(strstr(receiver_body(receiver, 0), "\"type\":\"room.started\""));
    assert_non_null(strstr(receiver_body(receiver, 0), id));
    PUMP_UNTIL(is("wh_a", id, "done"));
    assert_int_equal(hook_of("wh_a")->last_status, 200);
    assert_string_equal(hook_of("wh_a")->last_error, "");
    receiver_free(receiver);
}

static void answers_have_their_outcome(void **state)
{
    static const struct {
        enum answer answer;
        uint32_t timeout_ms, status;
        const char *error; /* part of it; NULL: delivered */
    } rows[] = {
        {ANSWER_OK, 60000, 200, NULL},
        {ANSWER_CREATED, 60000, 201, NULL},
        {ANSWER_HUGE, 60000, 200, NULL},
        {ANSWER_HALF, 1000, 200, NULL},
        {ANSWER_ERROR, 60000, 500, "HTTP 500"},
        {ANSWER_LATER, 60000, 429, "HTTP 429"},
        {ANSWER_NEVERMORE, 60000, 503, "HTTP 503"},
        {ANSWER_REDIRECT, 60000, 307, "redirects are not followed"},
        {ANSWER_HANG_UP, 60000, 0, "Empty reply"},
        {ANSWER_SILENCE, 300, 0, "timed out"},
        {ANSWER_HEADERS, 60000, 0, "header of the answer is too long"},
        {ANSWER_CONTINUES, 60000, 0, "header of the answer is too long"},
        {ANSWER_NOISE, 60000, 0, "HTTP/0.9"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
        struct receiver *receiver = receiver_one(rows[i].answer);
        const struct store_hook_delivery *one;

        start(true, rows[i].timeout_ms);
        add_hook("wh_a", receiver);
        queue("ev_1");
        if (rows[i].error)
            PUMP_UNTIL(failed("wh_a", "ev_1"))
        else
            PUMP_UNTIL(is("wh_a", "ev_1", "done"))
        one = delivery("wh_a", "ev_1");
        assert_int_equal(one->last_status, rows[i].status);
        if (rows[i].error && !strstr(one->last_error, rows[i].error))
            fail_msg("row %zu: %s", i, one->last_error);
        assert_int_equal(receiver_requests(receiver), 1);
        sender = hook_sender_free(sender);
        receiver_free(receiver);
        assert_int_equal(did(store_hook_remove(store, "wh_a", none())), 0);
    }
}

static void tries_again_by_the_table_and_gives_up(void **state)
{
    struct receiver *receiver = receiver_one(ANSWER_ERROR);
    unsigned n = 0;
    (void)state;

    start(true, 60000);
    add_hook("wh_a", receiver);
    queue("ev_1");
    for (const uint64_t *delay = hook_retry_delays_us; *delay; ++delay) {
        const struct store_hook_delivery *one;

        ++n;
        PUMP_UNTIL(receiver_requests(receiver) == n && hook_of("wh_a")->failures == n);
        one = delivery("wh_a", "ev_1");
        assert_string_equal(one->state, "pending");
        assert_in_range(one->next_us, fake_now() + *delay / 10 * 9, fake_now() + *delay / 10 * 11);
        advance(*delay / 10 * 11);
    }
    PUMP_UNTIL(is("wh_a", "ev_1", "dead"));
    assert_int_equal(receiver_requests(receiver), 7);
    assert_int_equal(hook_of("wh_a")->pending, 0);
    receiver_free(receiver);
}

static void a_retry_is_signed_anew(void **state)
{
    struct receiver *receiver = receiver_new((const enum answer[]){ANSWER_ERROR, ANSWER_OK}, 2);
    char first[512], second[512];
    (void)state;

    start(true, 60000);
    add_hook("wh_a", receiver);
    queue("ev_1");
    PUMP_UNTIL(failed("wh_a", "ev_1"));
    advance(10 * second_us);
    PUMP_UNTIL(is("wh_a", "ev_1", "done"));
    assert_string_equal(receiver_header(receiver, 0, "webhook-id", first),
                        receiver_header(receiver, 1, "webhook-id", second));
    receiver_header(receiver, 0, "webhook-timestamp", first);
    receiver_header(receiver, 1, "webhook-timestamp", second);
    assert_int_equal(strtoull(second, NULL, 10) - strtoull(first, NULL, 10), 10);
    assert_string_not_equal(receiver_header(receiver, 0, "webhook-signature", first),
                            receiver_header(receiver, 1, "webhook-signature", second));
    receiver_free(receiver);
}

static void keeps_the_order_when_the_receiver_comes_back(void **state)
{
    static const char *const order[] = {"ev_1", "ev_1", "ev_1", "ev_2", "ev_3", "ev_4"};
    struct receiver *receiver =
        receiver_new((const enum answer[]){ANSWER_ERROR, ANSWER_HANG_UP, ANSWER_OK}, 3);
    char id[512];
    (void)state;

    start(true, 60000);
    add_hook("wh_a", receiver);
    queue("ev_1");
    queue("ev_2");
    queue("ev_3");
    PUMP_UNTIL(receiver_requests(receiver) == 1 && hook_of("wh_a")->failures == 1);
    queue("ev_4");
    advance(6 * second_us);
    PUMP_UNTIL(receiver_requests(receiver) == 2 && hook_of("wh_a")->failures == 2);
    advance(40 * second_us);
    PUMP_UNTIL(hook_of("wh_a")->pending == 0);
    assert_int_equal(receiver_requests(receiver), 6);
    for (unsigned i = 0; i < 6; ++i)
        assert_string_equal(receiver_header(receiver, i, "webhook-id", id), order[i]);
    receiver_free(receiver);
}

static void a_slow_receiver_delays_only_itself(void **state)
{
    struct receiver *slow = receiver_one(ANSWER_HELD), *fast = receiver_one(ANSWER_OK);
    (void)state;

    start(true, 60000);
    add_hook("wh_slow", slow);
    add_hook("wh_fast", fast);
    queue("ev_1");
    PUMP_UNTIL(receiver_requests(slow) == 1);
    queue("ev_2");
    queue("ev_3");
    PUMP_UNTIL(is("wh_fast", "ev_3", "done"));
    assert_int_equal(receiver_requests(slow), 1);
    assert_true(is("wh_slow", "ev_1", "pending"));
    receiver_release(slow);
    PUMP_UNTIL(is("wh_slow", "ev_3", "done"));
    assert_int_equal(receiver_requests(slow), 3);
    receiver_free(slow);
    receiver_free(fast);
}

static void more_hooks_than_transfers_all_get_it(void **state)
{
    struct receiver *receiver = receiver_one(ANSWER_CREATED);
    char id[16];
    (void)state;

    start(true, 60000);
    for (unsigned i = 0; i < 24; ++i) {
        snprintf(id, sizeof(id), "wh_%u", i);
        add_hook(id, receiver);
    }
    queue("ev_1");
    PUMP_UNTIL(receiver_requests(receiver) == 24);
    for (unsigned i = 0; i < 24; ++i) {
        snprintf(id, sizeof(id), "wh_%u", i);
        PUMP_UNTIL(is(id, "ev_1", "done"));
    }
    receiver_free(receiver);
}

static void a_hook_that_is_gone_is_turned_off(void **state)
{
    struct receiver *receiver = receiver_one(ANSWER_GONE);
    (void)state;

    start(true, 60000);
    add_hook("wh_a", receiver);
    queue("ev_1");
    PUMP_UNTIL(!hook_of("wh_a")->enabled);
    assert_true(is("wh_a", "ev_1", "done"));
    assert_int_equal(delivery("wh_a", "ev_1")->last_status, 410);
    assert_string_equal(hook_of("wh_a")->secret, secret);
    receiver_free(receiver);
}

static void waits_as_long_as_the_receiver_asks_up_to_an_hour(void **state)
{
    struct receiver *receiver =
        receiver_new((const enum answer[]){ANSWER_LATER, ANSWER_NEVERMORE, ANSWER_OK}, 3);
    (void)state;

    start(true, 60000);
    add_hook("wh_a", receiver);
    queue("ev_1");
    PUMP_UNTIL(failed("wh_a", "ev_1"));
    assert_int_equal(delivery("wh_a", "ev_1")->next_us, fake_now() + 1800 * second_us);
    advance(1800 * second_us);
    PUMP_UNTIL(hook_of("wh_a")->failures == 2);
    assert_int_equal(delivery("wh_a", "ev_1")->next_us, fake_now() + 3600 * second_us);
    advance(3600 * second_us);
    PUMP_UNTIL(is("wh_a", "ev_1", "done"));
    receiver_free(receiver);
}

static void refuses_addresses_that_are_not_public(void **state)
{
    static const char *const hosts[] = {
        "inside.test", "127.0.0.1", "localhost",          "127.1", "0x7f000001", "2130706433",
        "0177.0.0.1",  "0.0.0.0",   "[::ffff:127.0.0.1]",
    };
    static const char name[] = "medley_webhook_deliveries_total{result=\"refused\"}";
    struct receiver *receiver = receiver_one(ANSWER_OK);
    (void)state;

    start(false, 60000);
    for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); ++i) {
        const int64_t before = figure(name);
        const struct store_hook_delivery *one;
        char url[64];

        snprintf(url, sizeof(url), "http://%s:%d/", hosts[i], receiver->port);
        add_hook_url("wh_a", url);
        queue("ev_1");
        PUMP_UNTIL(failed("wh_a", "ev_1"));
        one = delivery("wh_a", "ev_1");
        if (!strstr(one->last_error, "refused: the address is not public ("))
            fail_msg("%s: %s", hosts[i], one->last_error);
        assert_int_equal(figure(name), before + 1);
        assert_int_equal(did(store_hook_remove(store, "wh_a", none())), 0);
    }
    assert_int_equal(receiver_connections(receiver), 0);
    receiver_free(receiver);
}

static void refuses_a_connection_that_was_kept_from_before(void **state)
{
    struct receiver *receiver = receiver_one(ANSWER_OK);
    (void)state;

    start(true, 60000);
    add_hook("wh_a", receiver);
    queue("ev_1");
    PUMP_UNTIL(is("wh_a", "ev_1", "done"));
    queue("ev_2");
    PUMP_UNTIL(is("wh_a", "ev_2", "done"));
    assert_int_equal(receiver_connections(receiver), 1); /* it is kept */
    assert_int_equal(hook_sender_set(sender, false, 60000), 0);
    queue("ev_3");
    PUMP_UNTIL(failed("wh_a", "ev_3"));
    assert_non_null(strstr(delivery("wh_a", "ev_3")->last_error, "refused"));
    assert_int_equal(receiver_requests(receiver), 2);
    receiver_free(receiver);
}

static void refuses_what_is_not_http(void **state)
{
    static const struct {
        const char *url, *error;
    } rows[] = {
        {"file:///etc/passwd", "not supported"},
        {"ftp://127.0.0.1/", "not supported"},
        {"gopher://127.0.0.1/", "not supported"},
        {"dict://127.0.0.1/", "not supported"},
        {"http://", "URL"},
        {"http://a b/", "URL"},
        {"http://\xc3\xa9\x07.invalid:99999/", "URL"},
    };
    (void)state;

    start(true, 60000);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
        add_hook_url("wh_a", rows[i].url);
        queue("ev_1");
        PUMP_UNTIL(failed("wh_a", "ev_1"));
        if (!strcasestr(delivery("wh_a", "ev_1")->last_error, rows[i].error))
            fail_msg("%s: %s", rows[i].url, delivery("wh_a", "ev_1")->last_error);
        assert_int_equal(did(store_hook_remove(store, "wh_a", none())), 0);
    }
}

static void goes_through_no_proxy(void **state)
{
    struct receiver *receiver = receiver_one(ANSWER_OK), *proxy = receiver_one(ANSWER_OK);
    char url[64];
    (void)state;

    snprintf(url, sizeof(url), "http://127.0.0.1:%d", proxy->port);
    assert_int_equal(setenv("http_proxy", url, 1) | setenv("all_proxy", url, 1), 0);
    start(true, 60000);
    add_hook("wh_a", receiver);
    queue("ev_1");
    PUMP_UNTIL(is("wh_a", "ev_1", "done"));
    assert_int_equal(receiver_requests(receiver), 1);
    assert_int_equal(receiver_connections(proxy), 0);
    sender = hook_sender_free(sender);
    assert_int_equal(unsetenv("http_proxy") | unsetenv("all_proxy"), 0);
    receiver_free(receiver);
    receiver_free(proxy);
}

static void a_name_server_that_hangs_delays_only_its_names(void **state)
{
    struct receiver *receiver = receiver_one(ANSWER_OK);
    (void)state;

    unstuck_fd = eventfd(0, EFD_CLOEXEC);
    start(true, 1000);
    add_hook_url("wh_stuck", "http://stuck.test/");
    add_hook("wh_a", receiver);
    queue("ev_1");
    PUMP_UNTIL(is("wh_a", "ev_1", "done"));
    PUMP_UNTIL(failed("wh_stuck", "ev_1"));
    queue("ev_2");
    PUMP_UNTIL(is("wh_a", "ev_2", "done"));
    /* Stops while the name is asked for again. */
    assert_int_equal(hook_sender_set(sender, true, 60000), 0);
    advance(6 * second_us);
    PUMP_UNTIL(delivery("wh_stuck", "ev_1")->attempts == 2);
    pump_some();
    sender = hook_sender_free(sender);
    assert_int_equal(eventfd_write(unstuck_fd, 1), 0);
    receiver_free(receiver);
}

static void a_secret_that_is_none_is_told(void **state)
{
    struct receiver *receiver = receiver_one(ANSWER_OK);
    (void)state;

    start(true, 60000);
    strcpy(secret, "hunter2");
    add_hook("wh_a", receiver);
    queue("ev_1");
    PUMP_UNTIL(failed("wh_a", "ev_1"));
    assert_non_null(strstr(delivery("wh_a", "ev_1")->last_error, "cannot sign"));
    assert_null(strstr(delivery("wh_a", "ev_1")->last_error, "hunter2"));
    assert_int_equal(receiver_connections(receiver), 0);
    receiver_free(receiver);
}

static void what_was_on_its_way_at_the_end_comes_again(void **state)
{
    struct receiver *receiver = receiver_new((const enum answer[]){ANSWER_SILENCE, ANSWER_OK}, 2);
    (void)state;

    start(true, 60000);
    add_hook("wh_a", receiver);
    queue("ev_1");
    queue("ev_2");
    PUMP_UNTIL(receiver_requests(receiver) == 1);
    sender = hook_sender_free(sender);
    reopen_store();
    assert_true(is("wh_a", "ev_1", "pending"));
    atomic_fetch_add(&now_us, 70 * second_us);
    start(true, 60000);
    PUMP_UNTIL(is("wh_a", "ev_2", "done"));
    assert_true(is("wh_a", "ev_1", "done"));
    assert_int_equal(receiver_requests(receiver), 3);
    receiver_free(receiver);
}

static void can_be_freed_at_any_moment(void **state)
{
    struct receiver *receiver = receiver_one(ANSWER_CREATED);
    char id[16];
    (void)state;

    add_hook("wh_a", receiver);
    for (unsigned i = 0; i < 20; ++i) {
        snprintf(id, sizeof(id), "ev_%u", i);
        queue(id);
        atomic_fetch_add(&now_us, 70 * second_us);
        start(true, 60000);
        for (unsigned k = 0; k < i / 2; ++k)
            pump_some();
        sender = hook_sender_free(sender);
    }
    receiver_free(receiver);
}

static void what_waited_before_the_start_is_sent(void **state)
{
    struct receiver *receiver = receiver_one(ANSWER_OK);
    (void)state;

    add_hook("wh_a", receiver);
    queue("ev_1");
    reopen_store();
    start(true, 60000);
    PUMP_UNTIL(is("wh_a", "ev_1", "done"));
    receiver_free(receiver);
}

static struct posted next_message(void)
{
    struct posted message;

    while (sem_wait(&posts) != 0)
        assert_int_equal(errno, EINTR);
    assert_true(mpsc_pop(posted, &message));
    return message;
}

static void is_woken_also_while_it_looks(void **state)
{
    const struct store_hook_event event = {"ev_1", "ping", "{}", fake_now()};
    struct receiver *receiver = receiver_one(ANSWER_OK);
    struct posted wake, waiting[8];
    unsigned n = 0, answers;
    (void)state;

    add_hook("wh_a", receiver);
    answers = last.n;
    start(true, 60000);
    wake = next_message();
    wake.h(wake.data, wake.arg); /* looks, and will find nothing */
    assert_int_equal(store_hook_enqueue(store, &event, (struct store_reply){on_queued, NULL}), 0);
    hook_sender_wake(sender);
    /* The wake is seen before what the look found. */
    for (waiting[n] = next_message(); waiting[n].h != wake.h; waiting[n] = next_message())
        assert_in_range(++n, 1, 7);
    waiting[n].h(waiting[n].data, waiting[n].arg);
    for (unsigned i = 0; i < n; ++i)
        waiting[i].h(waiting[i].data, waiting[i].arg);
    pump_until(answers + 1);
    PUMP_UNTIL(is("wh_a", "ev_1", "done"));
    receiver_free(receiver);
}

static void a_full_queue_of_messages_loses_nothing(void **state)
{
    struct receiver *receiver = receiver_one(ANSWER_OK);
    (void)state;

    atomic_store(&deaf, 3);
    start(true, 60000);
    add_hook("wh_a", receiver);
    queue("ev_1");
    PUMP_UNTIL(receiver_requests(receiver) == 1);
    atomic_store(&deaf, 3);
    PUMP_UNTIL(is("wh_a", "ev_1", "done"));
    receiver_free(receiver);
}

static void counts_outcomes_and_the_queue(void **state)
{
    static const char ok[] = "medley_webhook_deliveries_total{result=\"ok\"}";
    static const char bad[] = "medley_webhook_deliveries_total{result=\"failed\"}";
    struct receiver *receiver =
        receiver_new((const enum answer[]){ANSWER_ERROR, ANSWER_ERROR, ANSWER_OK}, 3);
    int64_t ok_before, bad_before;
    (void)state;

    start(true, 60000);
    ok_before = figure(ok);
    bad_before = figure(bad);
    add_hook("wh_a", receiver);
    queue("ev_1");
    queue("ev_2");
    PUMP_UNTIL(failed("wh_a", "ev_1"));
    assert_int_equal(figure(bad), bad_before + 1);
    advance(6 * second_us);
    PUMP_UNTIL(figure("\nmedley_webhook_queue ") == 2);
    PUMP_UNTIL(figure(bad) == bad_before + 2);
    advance(40 * second_us);
    PUMP_UNTIL(is("wh_a", "ev_2", "done"));
    assert_int_equal(figure(ok), ok_before + 2);
    queue("ev_3");
    PUMP_UNTIL(is("wh_a", "ev_3", "done"));
    advance(6 * second_us);
    PUMP_UNTIL(figure("\nmedley_webhook_queue ") == 0);
    receiver_free(receiver);
}

static void rejects_bad_settings(void **state)
{
    struct hook_sender_cfg cfg = {.store = store, .timeout_ms = 99, .post = sender_post};
    struct hook_sender *none_yet = NULL;
    (void)state;

    assert_int_equal(hook_sender_new(&none_yet, &cfg), -EINVAL);
    cfg.timeout_ms = 600001;
    assert_int_equal(hook_sender_new(&none_yet, &cfg), -EINVAL);
    cfg.timeout_ms = 1000;
    cfg.store = NULL;
    assert_int_equal(hook_sender_new(&none_yet, &cfg), -EINVAL);
    assert_null(none_yet);
    start(true, 1000);
    assert_int_equal(hook_sender_set(sender, true, 99), -EINVAL);
    assert_int_equal(hook_sender_send(sender, "no.such", NULL), -EINVAL);
}

#define TEST(name_) cmocka_unit_test_setup_teardown(name_, set_up_sender, tear_down_sender)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_event_comes_signed),
        TEST(answers_have_their_outcome),
        TEST(tries_again_by_the_table_and_gives_up),
        TEST(a_retry_is_signed_anew),
        TEST(keeps_the_order_when_the_receiver_comes_back),
        TEST(a_slow_receiver_delays_only_itself),
        TEST(more_hooks_than_transfers_all_get_it),
        TEST(a_hook_that_is_gone_is_turned_off),
        TEST(waits_as_long_as_the_receiver_asks_up_to_an_hour),
        TEST(refuses_addresses_that_are_not_public),
        TEST(refuses_a_connection_that_was_kept_from_before),
        TEST(refuses_what_is_not_http),
        TEST(goes_through_no_proxy),
        TEST(a_name_server_that_hangs_delays_only_its_names),
        TEST(a_secret_that_is_none_is_told),
        TEST(what_was_on_its_way_at_the_end_comes_again),
        TEST(can_be_freed_at_any_moment),
        TEST(what_waited_before_the_start_is_sent),
        TEST(is_woken_also_while_it_looks),
        TEST(a_full_queue_of_messages_loses_nothing),
        TEST(counts_outcomes_and_the_queue),
        TEST(rejects_bad_settings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
