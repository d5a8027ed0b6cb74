/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_tls_cert.c  The certificate of the first start
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "net/tls_cert.h"

static char folder[64], path[96], why[256];

static int set_up(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/test_tls_cert.XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof(path), "%s/cert.pem", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(folder); /* fails if something was left beside the file */
}

static size_t read_file(char *text, size_t size)
{
    FILE *f = fopen(path, "r");
    size_t n;

    assert_non_null(f);
    n = fread(text, 1, size - 1, f);
    fclose(f);
    text[n] = '\0';
    return n;
}

static void makes_key_and_certificate_for_the_owner_only(void **state)
{
    static const char *const names[] = {"conf.example", "*.conf.example", "192.0.2.1",
                                        "2001:db8::1"};
    char text[8192];
    struct stat st;
    (void)state;

    if (tls_cert_ensure(path, names, 4, why, sizeof(why)) != 1)
        fail_msg("%s", why);
    assert_string_equal(why, "");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_true(read_file(text, sizeof(text)) > 0);
    assert_non_null(strstr(text, "-----BEGIN PRIVATE KEY-----"));
    assert_non_null(strstr(text, "-----BEGIN CERTIFICATE-----"));
}

static void keeps_what_is_there(void **state)
{
    static const char *const names[] = {"localhost"};
    char first[8192], second[8192];
    (void)state;

    assert_int_equal(tls_cert_ensure(path, names, 1, NULL, 0), 1);
    (void)read_file(first, sizeof(first));
    assert_int_equal(tls_cert_ensure(path, names, 1, NULL, 0), 0);
    (void)read_file(second, sizeof(second));
    assert_string_equal(first, second);
}

static void a_file_that_is_no_certificate_is_not_overwritten(void **state)
{
    static const char *const names[] = {"localhost"};
    char text[64];
    FILE *f = fopen(path, "w");
    (void)state;

    assert_non_null(f);
    fputs("something else", f);
    fclose(f);
    assert_int_equal(tls_cert_ensure(path, names, 1, why, sizeof(why)), -EBADMSG);
    assert_non_null(strstr(why, path));
    (void)read_file(text, sizeof(text));
    assert_string_equal(text, "something else");
}

static void refuses_names_that_are_none(void **state)
{
    static const char *const bad[] = {"", "a b", "a,DNS:evil", "a\nb", "a/b", "[::1]", "\xc3\xa4"};
    static const char *const good[] = {"localhost"};
    (void)state;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); ++i)
        assert_int_equal(tls_cert_ensure(path, &bad[i], 1, why, sizeof(why)), -EINVAL);
    assert_int_equal(tls_cert_ensure(path, good, 0, why, sizeof(why)), -EINVAL);
    assert_int_equal(tls_cert_ensure(path, good, TLS_CERT_NAMES_MAX + 1, why, sizeof(why)),
                     -EINVAL);
    assert_int_equal(access(path, F_OK), -1);
}

static void a_folder_that_is_missing_is_an_error(void **state)
{
    static const char *const names[] = {"localhost"};
    (void)state;

    assert_int_equal(tls_cert_ensure("/nonexistent/cert.pem", names, 1, why, sizeof(why)), -ENOENT);
    assert_non_null(strstr(why, "/nonexistent/cert.pem"));
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(makes_key_and_certificate_for_the_owner_only),
        IN_FOLDER(keeps_what_is_there),
        IN_FOLDER(a_file_that_is_no_certificate_is_not_overwritten),
        IN_FOLDER(refuses_names_that_are_none),
        IN_FOLDER(a_folder_that_is_missing_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
