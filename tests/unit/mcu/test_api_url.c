/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_api_url.c  Addresses of web servers that operators type
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mcu/api/api_url.h"

static void takes_addresses_of_web_servers(void **state)
{
    static const char *const cases[] = {
        "http://a",
        "https://hooks.example.org/a/b?c=d#e",
        "HTTPS://EXAMPLE.org:8443/",
        "http://127.0.0.1:1",
        "http://[::1]:65535/x",
        "https://example.org?at=a@b",
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i)
        assert_null(api_url_check(cases[i]));
}

static void refuses_others_with_a_reason(void **state)
{
    static const char *const cases[] = {
        "",
        "example.org",
        "ftp://example.org",
        "javascript:alert(1)",
        "http://",
        "https:///path",
        "http://:80/",
        "http://user@example.org/",
        "http://user:secret@example.org/",
        "http://example.org:0/",
        "http://example.org:65536/",
        "http://example.org:/",
        "http://example.org:80x/",
        "http://exa mple.org/",
        "http://example.org/\r\nX: y",
        "http://ex\xc3\xa4mple.org/",
        "http://[::1/",
        "http://[]/",
        "http://[::1]x/",
        "http://[example]/",
        "http://a\\b/",
        "http://[::1/]",
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i)
        if (!api_url_check(cases[i]))
            fail_msg("\"%s\" was taken", cases[i]);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_addresses_of_web_servers),
        cmocka_unit_test(refuses_others_with_a_reason),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
