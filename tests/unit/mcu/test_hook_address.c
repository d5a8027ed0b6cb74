/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_hook_address.c  Ranges that webhooks may not reach: edges of each
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/hook/hook_address.h"

struct row {
    const char *text;
    const char *why; /* NULL: public */
};

/* First and last address of each range, and the neighbours that are free. */
static const struct row rows[] = {
    {"0.0.0.0", "this network"},
    {"0.255.255.255", "this network"},
    {"1.0.0.0", NULL},
    {"9.255.255.255", NULL},
    {"10.0.0.0", "private"},
    {"10.255.255.255", "private"},
    {"11.0.0.0", NULL},
    {"100.63.255.255", NULL},
    {"100.64.0.0", "shared by a provider"},
    {"100.100.100.200", "shared by a provider"}, /* metadata of a cloud */
    {"100.127.255.255", "shared by a provider"},
    {"100.128.0.0", NULL},
    {"126.255.255.255", NULL},
    {"127.0.0.1", "loopback"},
    {"127.255.255.255", "loopback"},
    {"128.0.0.0", NULL},
    {"168.63.129.15", NULL},
    {"168.63.129.16", "of a cloud's metadata"},
    {"168.63.129.17", NULL},
    {"169.253.255.255", NULL},
    {"169.254.0.0", "link-local"},
    {"169.254.169.254", "link-local"}, /* metadata of most clouds */
    {"169.254.255.255", "link-local"},
    {"169.255.0.0", NULL},
    {"172.15.255.255", NULL},
    {"172.16.0.0", "private"},
    {"172.31.255.255", "private"},
    {"172.32.0.0", NULL},
    {"192.0.0.192", "reserved"}, /* metadata of a cloud */
    {"192.0.1.0", NULL},
    {"192.0.2.1", "for documentation"},
    {"192.0.3.0", NULL},
    {"192.88.98.255", NULL},
    {"192.88.99.1", "of 6to4 relays"},
    {"192.88.100.0", NULL},
    {"192.167.255.255", NULL},
    {"192.168.0.0", "private"},
    {"192.168.255.255", "private"},
    {"192.169.0.0", NULL},
    {"198.17.255.255", NULL},
    {"198.18.0.0", "for benchmarks"},
    {"198.19.255.255", "for benchmarks"},
    {"198.20.0.0", NULL},
    {"198.51.100.1", "for documentation"},
    {"203.0.113.1", "for documentation"},
    {"223.255.255.255", NULL},
    {"224.0.0.0", "multicast"},
    {"239.255.255.255", "multicast"},
    {"240.0.0.0", "reserved"},
    {"255.255.255.255", "reserved"},
    {"8.8.8.8", NULL},

    {"::", "unspecified"},
    {"::1", "loopback"},
    {"::2", "reserved"},
    {"::127.0.0.1", "reserved"}, /* IPv4-compatible */
    {"::8.8.8.8", "reserved"},
    {"::ffff:127.0.0.1", "loopback"},
    {"::ffff:10.1.2.3", "private"},
    {"::ffff:169.254.169.254", "link-local"},
    {"::ffff:0.0.0.0", "this network"},
    {"::ffff:8.8.8.8", NULL},
    {"::ffff:0:8.8.8.8", "reserved"}, /* SIIT */
    {"64:ff9b::127.0.0.1", "loopback"},
    {"64:ff9b::192.168.1.1", "private"},
    {"64:ff9b::8.8.8.8", NULL},
    {"64:ff9b:1::8.8.8.8", "of a local NAT64"},
    {"64:ff9b:2::1", "reserved"},
    {"100::1", "reserved"}, /* discard */
    {"1fff:ffff::1", "reserved"},
    {"2001::1", "reserved"}, /* Teredo */
    {"2001:2::1", "reserved"},
    {"2001:10::1", "reserved"},
    {"2001:1ff:ffff::1", "reserved"},
    {"2001:200::1", NULL},
    {"2001:4860:4860::8888", NULL},
    {"2001:db7:ffff::1", NULL},
    {"2001:db8::1", "for documentation"},
    {"2001:db9::1", NULL},
    {"2002:7f00:1::1", "loopback"},
    {"2002:c0a8:101::1", "private"},
    {"2002:808:808::1", NULL},
    {"3ffe:ffff::1", NULL},
    {"3fff::1", "for documentation"},
    {"3fff:fff:ffff::1", "for documentation"},
    {"3fff:1000::1", NULL},
    {"4000::1", "reserved"},
    {"5f00::1", "reserved"},
    {"fbff::1", "reserved"},
    {"fc00::1", "private"},
    {"fd00:ec2::254", "private"}, /* metadata of a cloud */
    {"fdff:ffff::1", "private"},
    {"fe00::1", "reserved"},
    {"fe80::1", "link-local"},
    {"febf::1", "link-local"},
    {"fec0::1", "site-local"},
    {"feff::1", "site-local"},
    {"ff02::1", "multicast"},
    {"ffff::1", "multicast"},
};

static socklen_t read_addr(struct sockaddr_storage *ret, const char *text)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(443)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(443)};

    memset(ret, 0, sizeof(*ret));
    if (inet_pton(AF_INET, text, &in.sin_addr) == 1) {
        memcpy(ret, &in, sizeof(in));
        return sizeof(in);
    }
    assert_int_equal(inet_pton(AF_INET6, text, &in6.sin6_addr), 1);
    memcpy(ret, &in6, sizeof(in6));
    return sizeof(in6);
}

static void check(const struct row *row, const char *got)
{
    if (row->why ? !got || strcmp(row->why, got) != 0 : got != NULL)
        fail_msg("%s: %s instead of %s", row->text, got ? got : "public",
                 row->why ? row->why : "public");
}

static void knows_the_edges_of_each_range(void **state)
{
    struct sockaddr_storage addr;
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
        const socklen_t len = read_addr(&addr, rows[i].text);

        check(&rows[i], hook_address_why_not((const struct sockaddr *)&addr, len));
        check(&rows[i], hook_address_why_not_text(rows[i].text));
    }
}

static void other_families_are_not_public(void **state)
{
    const struct sockaddr_storage local = {.ss_family = AF_UNIX};
    (void)state;

    assert_string_equal(
        hook_address_why_not((const struct sockaddr *)&local, (socklen_t)sizeof(local)),
        "not of the internet");
}

static void a_short_address_is_not_public(void **state)
{
    struct sockaddr_storage addr;
    (void)state;

    for (const char *const *text = (const char *const[]){"8.8.8.8", "2001:4860::1", NULL}; *text;
         ++text) {
        const socklen_t len = read_addr(&addr, *text);

        assert_non_null(hook_address_why_not((const struct sockaddr *)&addr, len - 1));
    }
}

static void what_is_no_address_is_not_public(void **state)
{
    (void)state;
    for (const char *const *text = (const char *const[]){"", "localhost", "8.8.8", "8.8.8.8 ",
                                                         "fe80::1%lo", "0x7f000001", NULL};
         *text; ++text)
        assert_non_null(hook_address_why_not_text(*text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_edges_of_each_range),
        cmocka_unit_test(other_families_are_not_public),
        cmocka_unit_test(a_short_address_is_not_public),
        cmocka_unit_test(what_is_no_address_is_not_public),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
