/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_sip_ha1.c  What digest authentication of SIP needs to know of a
 * password
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "net/sip_ha1.h"

static void makes_both_hashes(void **state)
{
    static const struct {
        const char *user, *realm, *password, *md5, *sha256;
    } cases[] = {
        /* RFC 2617, section 3.5 */
        {"Mufasa", "testrealm@host.com", "Circle Of Life", "939e7578ed9e3c518a452acee763bce9",
         "3ba6cd94661c5ef34598040c868f13b8775df29109986be50ad35ae537dd3aa4"},
        /* RFC 7616, section 3.9.1 */
        {"Mufasa", "http-auth@example.org", "Circle of Life", "3d78807defe7de2157e2b0b6573a855f",
         "7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232"},
        {"alice", "example.org", "p:a ss", "66d5fe9a4ed2120f54a7f642a95ddc09",
         "bcaa9fb742006e695e9a806b3dc3ed8232430628888be80b283b79ae8c4cca7b"},
    };
    struct sip_ha1 ha1;
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        assert_int_equal(0, sip_ha1_make(&ha1, cases[i].user, cases[i].realm, cases[i].password,
                                         strlen(cases[i].password)));
        assert_string_equal(cases[i].md5, ha1.md5);
        assert_string_equal(cases[i].sha256, ha1.sha256);
    }
}

static void refuses_what_would_be_another_user(void **state)
{
    static const struct {
        const char *user, *realm, *password;
        size_t len;
    } cases[] = {
        {"a:b", "r", "p", 1}, {"a", "r:s", "p", 1}, {"", "r", "p", 1},     {"a", "", "p", 1},
        {"a\"", "r", "p", 1}, {"a", "r", "", 0},    {"a", "r", "p\0q", 3},
    };
    struct sip_ha1 ha1;
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        memset(&ha1, 'x', sizeof(ha1));
        assert_int_equal(-EINVAL, sip_ha1_make(&ha1, cases[i].user, cases[i].realm,
                                               cases[i].password, cases[i].len));
        assert_string_equal("", ha1.md5);
        assert_string_equal("", ha1.sha256);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_both_hashes),
        cmocka_unit_test(refuses_what_would_be_another_user),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
