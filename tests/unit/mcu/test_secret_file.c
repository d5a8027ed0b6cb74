/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_secret_file.c  Secrets that the first start makes
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

#include "mcu/auth/secret_file.h"

static char base[] = "/tmp/test_secret_file_XXXXXX";
static char folder[64], file[96], part[104], why[512];

static int make_folder(void **state)
{
    (void)state;
    (void)snprintf(base, sizeof(base), "/tmp/test_secret_file_XXXXXX");
    if (!mkdtemp(base))
        return -1;
    (void)snprintf(folder, sizeof(folder), "%s/data", base);
    (void)snprintf(file, sizeof(file), "%s/a.key", folder);
    (void)snprintf(part, sizeof(part), "%s.new", file);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    (void)unlink(part);
    (void)rmdir(part);
    (void)unlink(file);
    (void)rmdir(folder);
    return rmdir(base);
}

static int get(char *secret)
{
    return secret_file_get(secret, folder, "a.key", why, sizeof(why));
}

static void makes_a_secret_for_its_owner_and_keeps_it(void **state)
{
    char first[SECRET_FILE_SIZE], second[SECRET_FILE_SIZE];
    struct stat st;
    (void)state;

    assert_int_equal(get(first), 1);
    assert_int_equal(strlen(first), 43); /* 32 bytes in base64url */
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(access(part, F_OK), -1);
    assert_int_equal(get(second), 0);
    assert_string_equal(second, first);
    assert_int_equal(unlink(file), 0);
    assert_int_equal(get(second), 1);
    assert_string_not_equal(second, first);
}

static void replaces_what_an_interrupted_start_left(void **state)
{
    char secret[SECRET_FILE_SIZE];
    struct stat st;
    FILE *f;
    (void)state;

    assert_int_equal(mkdir(folder, 0700), 0);
    f = fopen(part, "w");
    assert_non_null(f);
    assert_true(fputs("half", f) >= 0);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(get(secret), 1);
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
}

static void reads_one_line_of_the_right_length(void **state)
{
    static const struct {
        const char *text;
        int err;
    } cases[] = {{"0123456789abcdef", 0},         {"0123456789abcdef\n", 0},
                 {"0123456789abcdef\r\n", 0},     {"0123456789abcde", -EBADMSG},
                 {"0123456789 abcdef", -EBADMSG}, {"", -EBADMSG},
                 {"\n0123456789abcdef", -EBADMSG}};
    char secret[SECRET_FILE_SIZE];
    (void)state;

    assert_int_equal(mkdir(folder, 0700), 0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        FILE *f = fopen(file, "w");

        assert_non_null(f);
        assert_true(fputs(cases[i].text, f) >= 0);
        assert_int_equal(fclose(f), 0);
        memcpy(secret, "was", 4);
        assert_int_equal(get(secret), cases[i].err);
        assert_string_equal(secret, cases[i].err ? "was" : "0123456789abcdef");
        assert_string_equal(why, file);
    }
}

static void says_what_cannot_be_made_or_read(void **state)
{
    char secret[SECRET_FILE_SIZE], name[600];
    (void)state;

    assert_int_equal(secret_file_get(secret, "/proc/nothing/here", "a.key", why, sizeof(why)),
                     -ENOENT);
    assert_string_equal(why, "/proc/nothing/here");
    memset(name, 'a', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    assert_int_equal(secret_file_get(secret, folder, name, why, sizeof(why)), -ENAMETOOLONG);
    assert_int_equal(mkdir(part, 0700), 0); /* in the way of the new file */
    assert_int_equal(get(secret), -EEXIST);
    assert_string_equal(why, file);
    assert_int_equal(access(file, F_OK), -1);
}

int main(void)
{
#define TEST(name_) cmocka_unit_test_setup_teardown(name_, make_folder, remove_folder)
    static const struct CMUnitTest tests[] = {
        TEST(makes_a_secret_for_its_owner_and_keeps_it),
        TEST(replaces_what_an_interrupted_start_left),
        TEST(reads_one_line_of_the_right_length),
        TEST(says_what_cannot_be_made_or_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
