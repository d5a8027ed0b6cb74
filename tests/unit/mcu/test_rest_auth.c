/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_rest_auth.c  Who may use the REST API
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "mcu/api/rest_auth.h"

static char base[] = "/tmp/test_rest_auth_XXXXXX";
static char folder[64], file[96], why[512];

static int make_folder(void **state)
{
    (void)state;
    (void)snprintf(base, sizeof(base), "/tmp/test_rest_auth_XXXXXX");
    if (!mkdtemp(base))
        return -1;
    (void)snprintf(folder, sizeof(folder), "%s/data", base);
    (void)snprintf(file, sizeof(file), "%s/admin.token", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    (void)unlink(file);
    (void)rmdir(folder);
    (void)rmdir(base);
    return 0;
}

static void write_file(const char *text)
{
    FILE *f;

    (void)mkdir(folder, 0700);
    f = fopen(file, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

/** "Bearer " and the token in the file. */
static const char *header_of_file(void)
{
    static char text[256];
    FILE *f = fopen(file, "r");

    assert_non_null(f);
    memcpy(text, "Bearer ", 8);
    assert_non_null(fgets(text + 7, sizeof(text) - 7, f));
    fclose(f);
    text[strcspn(text, "\n")] = '\0';
    return text;
}

static void makes_a_token_that_only_the_owner_can_read(void **state)
{
    struct stat st;
    const char *header;
    (void)state;

    assert_int_equal(rest_auth_init(folder, why, sizeof(why)), 1);
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    header = header_of_file();
    assert_int_equal(strlen(header), 7 + 43); /* 32 bytes in base64url */
    assert_int_equal(strspn(header + 7, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                        "0123456789-_"),
                     43);
    assert_true(rest_auth_is_token(header, ""));
}

static void keeps_the_token_of_an_earlier_start(void **state)
{
    char header[256];
    (void)state;

    assert_int_equal(rest_auth_init(folder, why, sizeof(why)), 1);
    (void)snprintf(header, sizeof(header), "%s", header_of_file());
    assert_int_equal(rest_auth_init(folder, why, sizeof(why)), 0);
    assert_string_equal(header_of_file(), header);
    assert_true(rest_auth_is_token(header, ""));
    assert_int_equal(unlink(file), 0);
    assert_int_equal(rest_auth_init(folder, why, sizeof(why)), 1);
    assert_false(rest_auth_is_token(header, ""));
}

static void refuses_a_file_without_a_token_and_names_it(void **state)
{
    static const char *const texts[] = {"", "\n", "short\n", "with spaces in a token\n",
                                        "t\xc3\xb6kens-are-ascii-only\n"};
    char big[REST_AUTH_TOKEN_MAX + 2];
    (void)state;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); ++i) {
        write_file(texts[i]);
        assert_int_equal(rest_auth_init(folder, why, sizeof(why)), -EBADMSG);
        assert_string_equal(why, file);
    }
    memset(big, 'a', sizeof(big) - 1);
    big[sizeof(big) - 1] = '\0';
    write_file(big);
    assert_int_equal(rest_auth_init(folder, why, sizeof(why)), -EBADMSG);
    big[sizeof(big) - 2] = '\0';
    write_file(big);
    assert_int_equal(rest_auth_init(folder, why, sizeof(why)), 0);
}

static void says_which_folder_cannot_be_made(void **state)
{
    (void)state;
    assert_int_equal(rest_auth_init("/proc/nothing/here", why, sizeof(why)), -ENOENT);
    assert_string_equal(why, "/proc/nothing/here");
}

static void takes_the_token_and_nothing_else(void **state)
{
    static const struct {
        const char *header;
        bool right;
    } cases[] = {
        {"Bearer secret-secret-secret", true},
        {"bearer secret-secret-secret", true},
        {"Bearer secret-secret-secreT", false},
        {"Bearer secret-secret-secret ", false},
        {"Bearer secret-secret-secre", false},
        {"Bearer secret-secret-secretsecret-", false},
        {"Bearer  secret-secret-secret", false},
        {"Basic secret-secret-secret", false},
        {"Bearer ", false},
        {"Bearer", false},
        {"secret-secret-secret", false},
        {"", false},
    };
    char twice[128];
    (void)state;

    assert_int_equal(rest_auth_init(folder, why, sizeof(why)), 1);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i)
        assert_int_equal(rest_auth_is_token(cases[i].header, "secret-secret-secret"),
                         cases[i].right);
    /* Comparing goes round the right one: twice the token is still wrong. */
    (void)snprintf(twice, sizeof(twice), "Bearer %s%s", "secret-secret-secret",
                   "secret-secret-secret");
    assert_false(rest_auth_is_token(twice, "secret-secret-secret"));
    /* The token of the configuration takes the place of the file's. */
    assert_false(rest_auth_is_token(header_of_file(), "secret-secret-secret"));
}

static void knows_a_foreign_page_by_host_and_origin(void **state)
{
    static const struct {
        const char *host, *origin;
        bool same;
    } cases[] = {
        {"127.0.0.1:9090", "", true},
        {"127.0.0.1", "", true},
        {"localhost:9090", "", true},
        {"LOCALHOST", "", true},
        {"[::1]:9090", "", true},
        {"[fe80::1]", "", true},
        {"10.1.2.3:80", "http://10.1.2.3:80", true},
        {"127.0.0.1:9090", "http://127.0.0.1:9090", true},
        {"localhost:9090", "https://localhost:9090", true},
        {"", "", false},
        {"evil.example:9090", "", false},
        {"evil.example:9090", "http://evil.example:9090", false},
        {"127.0.0.1.evil.example", "", false},
        {"localhost.evil.example:9090", "", false},
        {"127.0.0.1:9090@evil.example", "", false},
        {"127.0.0.1:x", "", false},
        {"127.0.0.1, evil.example", "", false},
        {"[::1", "", false},
        {"[::1]x", "", false},
        {"::1", "", false},
        {"127.0.0.1:9090", "null", false},
        {"127.0.0.1:9090", "http://evil.example", false},
        {"127.0.0.1:9090", "http://127.0.0.1:9091", false},
        {"127.0.0.1:9090", "http://127.0.0.1:9090.evil.example", false},
        {"127.0.0.1:9090", "file://127.0.0.1:9090", false},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i)
        if (rest_auth_is_same_site(cases[i].host, cases[i].origin) != cases[i].same)
            fail_msg("%s, %s", cases[i].host, cases[i].origin);
}

int main(void)
{
#define TEST(name_) cmocka_unit_test_setup_teardown(name_, make_folder, remove_folder)
    static const struct CMUnitTest tests[] = {
        TEST(makes_a_token_that_only_the_owner_can_read),
        TEST(keeps_the_token_of_an_earlier_start),
        TEST(refuses_a_file_without_a_token_and_names_it),
        TEST(says_which_folder_cannot_be_made),
        TEST(takes_the_token_and_nothing_else),
        cmocka_unit_test(knows_a_foreign_page_by_host_and_origin),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
