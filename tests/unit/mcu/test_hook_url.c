/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_hook_url.c  Whether a URL can be a webhook's
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/hook/hook_url.h"
#include "mcu/store/store_hook.h"

static const struct {
    const char *url;
    const char *why; /* part of it; NULL: right */
} rows[] = {
    {"https://example.com/in", NULL},
    {"http://example.com", NULL},
    {"HTTPS://user:secret@example.com:8443/in?x=1", NULL},
    {"https://b\xc3\xbc"
     "cher.example/",
     NULL},
    {"https://8.8.8.8/", NULL},
    {"https://[2001:4860:4860::8888]/", NULL},
    {"https://notlocalhost/", NULL},
    {"https://localhost.example.com/", NULL},
    {"", "not a URL"},
    {"example.com", "not a URL"},
    {"https://", "not a URL"},
    {"https://exa mple.com/", "not a URL"},
    {"https://example.com/\r\nx: y", "not a URL"},
    {"https://example.com:99999/", "not a URL"},
    {"https://[::1/", "not a URL"},
    {"ftp://example.com/", "http:// or https://"},
    {"javascript://example.com/", "http:// or https://"},
    {"http://localhost:8080/", "not public"},
    {"http://LocalHost./", "not public"},
    {"http://a.localhost/", "not public"},
    {"http://127.0.0.1/", "not public"},
    {"http://127.1/", "not public"},
    {"http://0x7f000001/", "not public"},
    {"http://2130706433/", "not public"},
    {"http://0/", "not public"},
    {"http://169.254.169.254/latest/meta-data", "not public"},
    {"http://user@10.0.0.1/", "not public"},
    {"http://example.com@10.0.0.1/", "not public"},
    {"http://[::1]/", "not public"},
    {"http://[::ffff:10.0.0.1]/", "not public"},
    {"http://[fe80::1%25eth0]/", "not public"},
};

static void tells_what_is_wrong(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
        const char *why = hook_url_why_not(rows[i].url, false);

        if (rows[i].why ? !why || !strstr(why, rows[i].why) : why != NULL)
            fail_msg("%s: %s", rows[i].url, why ? why : "right");
    }
}

static void allows_private_addresses_if_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); ++i) {
        const char *why = hook_url_why_not(rows[i].url, true);
        const bool other = rows[i].why && !strstr(rows[i].why, "not public");

        if ((why != NULL) != other)
            fail_msg("%s: %s", rows[i].url, why ? why : "right");
    }
}

static void rejects_what_is_too_long(void **state)
{
    static char url[STORE_HOOK_URL_MAX + 2];
    (void)state;

    snprintf(url, sizeof(url), "https://example.com/%0*d", STORE_HOOK_URL_MAX - 20, 0);
    assert_null(hook_url_why_not(url, false));
    snprintf(url, sizeof(url), "https://example.com/%0*d", STORE_HOOK_URL_MAX - 19, 0);
    assert_string_equal(hook_url_why_not(url, false), "is too long");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_is_wrong),
        cmocka_unit_test(allows_private_addresses_if_told),
        cmocka_unit_test(rejects_what_is_too_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
