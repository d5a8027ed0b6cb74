/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_password.c  Passwords and their hashes
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "mcu/auth/password.h"

static const char right[] = "correct horse";

static void takes_8_to_128_bytes_of_utf8(void **state)
{
    static const struct {
        const char *text;
        size_t len;
        int err;
    } cases[] = {
        {"12345678", 8, 0},
        {"1234567", 7, -EINVAL},
        {"", 0, -EINVAL},
        {"p\xc3\xa4ssw\xc3\xb6rd \xf0\x9f\x94\x91", 15, 0},
        {"1234567\xff", 8, -EILSEQ},
        {"1234567\xc3", 8, -EILSEQ},
        {"1234\x00"
         "678",
         8, -EILSEQ},
    };
    char text[PASSWORD_MAX + 1];
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i)
        assert_int_equal(password_check(cases[i].text, cases[i].len), cases[i].err);
    memset(text, 'a', sizeof(text));
    assert_int_equal(password_check(text, PASSWORD_MAX), 0);
    assert_int_equal(password_check(text, PASSWORD_MAX + 1), -E2BIG);
}

static void verifies_a_password_by_its_hash(void **state)
{
    char hash[PASSWORD_HASH_SIZE], other[PASSWORD_HASH_SIZE];
    bool again = true;
    (void)state;

    assert_int_equal(password_hash(hash, right, strlen(right)), 0);
    assert_int_equal(password_hash(other, right, strlen(right)), 0);
    assert_string_not_equal(hash, other); /* salted */
    assert_int_equal(strncmp(hash, "$argon2id$v=19$m=65536,t=2,p=1$", 31), 0);
    assert_null(strstr(hash, right));
    assert_int_equal(password_verify(hash, right, strlen(right), &again), 1);
    assert_false(again);
    assert_int_equal(password_verify(hash, "Correct horse", strlen(right), &again), 0);
    assert_int_equal(password_verify(hash, right, strlen(right) - 1, &again), 0);
    assert_int_equal(password_verify(hash, "", 0, &again), 0);
}

static void hashes_no_password_that_is_against_the_rules(void **state)
{
    char hash[PASSWORD_HASH_SIZE] = "was";
    (void)state;

    assert_int_equal(password_hash(hash, "short", 5), -EINVAL);
    assert_string_equal(hash, "");
}

static void is_never_right_for_nobody(void **state)
{
    bool again = true;
    (void)state;

    assert_int_equal(password_verify(NULL, right, strlen(right), &again), 0);
    assert_int_equal(password_verify("", right, strlen(right), &again), 0);
    assert_false(again);
}

static void is_never_right_for_a_broken_hash(void **state)
{
    static const char *const hashes[] = {"x", "$argon2id$", "$argon2id$v=19$m=65536,t=2,p=1$$",
                                         "plain password", "correct horse"};
    char full[PASSWORD_HASH_SIZE + 1];
    bool again;
    (void)state;

    for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); ++i)
        assert_int_equal(password_verify(hashes[i], right, strlen(right), &again), 0);
    memset(full, 'a', sizeof(full));
    assert_int_equal(password_verify(full, right, strlen(right), &again), -EINVAL);
}

static void says_that_a_hash_has_other_limits(void **state)
{
    char hash[PASSWORD_HASH_SIZE];
    bool again = false;
    (void)state;

    assert_int_equal(crypto_pwhash_str_alg(hash, right, strlen(right), 1, 8 * 1048576,
                                           crypto_pwhash_ALG_ARGON2ID13),
                     0);
    assert_int_equal(password_verify(hash, right, strlen(right), &again), 1);
    assert_true(again);
    again = true;
    assert_int_equal(password_verify(hash, "wrong horse", 11, &again), 0);
    assert_false(again);
}

static void wipes(void **state)
{
    char text[] = "secret", zero[sizeof(text)] = "";
    (void)state;

    password_wipe(text, sizeof(text));
    assert_memory_equal(text, zero, sizeof(text));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_8_to_128_bytes_of_utf8),
        cmocka_unit_test(verifies_a_password_by_its_hash),
        cmocka_unit_test(hashes_no_password_that_is_against_the_rules),
        cmocka_unit_test(is_never_right_for_nobody),
        cmocka_unit_test(is_never_right_for_a_broken_hash),
        cmocka_unit_test(says_that_a_hash_has_other_limits),
        cmocka_unit_test(wipes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
