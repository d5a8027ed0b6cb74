/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_sip_limit.c  Request rates of sources
 */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "net/sip_limit.h"

enum { SECOND_US = 1000000, START_US = 5 * SECOND_US };

static struct sockaddr_storage address(const char *text, uint16_t port)
{
    struct sockaddr_storage addr = {0};
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};

    if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
        memcpy(&addr, &in, sizeof(in));
    else if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1)
        memcpy(&addr, &in6, sizeof(in6));
    else
        fail_msg("bad address %s", text);
    return addr;
}

static struct sip_limit *make(uint32_t invites, uint32_t any)
{
    const uint32_t per_s[SIP_LIMIT_COUNT] = {[SIP_LIMIT_INVITE] = invites, [SIP_LIMIT_ANY] = any};
    struct sip_limit *limit = NULL;

    assert_int_equal(sip_limit_new(&limit, per_s), 0);
    return limit;
}

static unsigned burst(struct sip_limit *limit, enum sip_limit_kind kind, const char *text,
                      uint64_t now_us)
{
    struct sockaddr_storage addr = address(text, 5060);
    unsigned n = 0;

    while (n < 1000 && sip_limit_take(limit, kind, &addr, now_us))
        ++n;
    return n;
}

static void allows_a_burst_and_a_rate(void **state)
{
    struct sip_limit *limit = make(5, 0);
    (void)state;

    assert_int_equal(burst(limit, SIP_LIMIT_INVITE, "192.0.2.1", START_US), 10);
    assert_int_equal(burst(limit, SIP_LIMIT_INVITE, "192.0.2.1", START_US + SECOND_US), 5);
    assert_int_equal(burst(limit, SIP_LIMIT_INVITE, "192.0.2.1", START_US + SECOND_US), 0);
    assert_int_equal(burst(limit, SIP_LIMIT_INVITE, "192.0.2.1", START_US + 60ULL * SECOND_US), 10);
    assert_int_equal(burst(limit, SIP_LIMIT_INVITE, "192.0.2.1", START_US),
                     0); /* clock went back */
    assert_null(sip_limit_free(limit));
}

static void kinds_and_sources_are_apart(void **state)
{
    struct sip_limit *limit = make(1, 3);
    (void)state;

    assert_int_equal(burst(limit, SIP_LIMIT_INVITE, "192.0.2.1", START_US), 2);
    assert_int_equal(burst(limit, SIP_LIMIT_ANY, "192.0.2.1", START_US), 6);
    assert_int_equal(burst(limit, SIP_LIMIT_INVITE, "192.0.2.2", START_US), 2);
    assert_int_equal(burst(limit, SIP_LIMIT_INVITE, "2001:db8::1", START_US), 2);
    assert_int_equal(burst(limit, SIP_LIMIT_INVITE, "2001:db8::2", START_US), 0);
    assert_int_equal(burst(limit, SIP_LIMIT_INVITE, "2001:db8:0:1::1", START_US), 2);
    sip_limit_free(limit);
}

static void zero_is_no_limit(void **state)
{
    struct sip_limit *limit = make(0, 1);
    (void)state;

    assert_int_equal(burst(limit, SIP_LIMIT_INVITE, "192.0.2.1", START_US), 1000);
    sip_limit_free(limit);
}

static void many_sources_push_out_the_oldest(void **state)
{
    struct sip_limit *limit = make(1, 1);
    (void)state;

    for (uint32_t i = 0; i < 20U * SIP_LIMIT_SOURCES_MAX; ++i) {
        struct sockaddr_storage addr = {0};
        struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(i + 1)};

        memcpy(&addr, &in, sizeof(in));
        assert_true(sip_limit_take(limit, SIP_LIMIT_ANY, &addr, START_US + i));
    }
    sip_limit_free(limit);
}

static void compares_sources(void **state)
{
    static const struct {
        const char *a, *b;
        bool same;
    } rows[] = {
        {"192.0.2.1", "192.0.2.1", true},         {"192.0.2.1", "192.0.2.2", false},
        {"2001:db8::1", "2001:db8::ff", true},    {"2001:db8::1", "2001:db8:0:1::1", false},
        {"192.0.2.1", "::ffff:192.0.2.1", false},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); ++i) {
        struct sockaddr_storage a = address(rows[i].a, 1), b = address(rows[i].b, 2);

        assert_int_equal(sip_limit_is_same(&a, &b), rows[i].same);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allows_a_burst_and_a_rate),
        cmocka_unit_test(kinds_and_sources_are_apart),
        cmocka_unit_test(zero_is_no_limit),
        cmocka_unit_test(many_sources_push_out_the_oldest),
        cmocka_unit_test(compares_sources),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
