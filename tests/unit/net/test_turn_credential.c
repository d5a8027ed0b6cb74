/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_turn_credential.c  Time-limited credentials for a TURN server
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "net/turn_credential.h"

/** RFC 2202, section 3, test cases 1, 2, 6 and 7; the digests in base64. */
static void signs_by_hmac_sha1(void **state)
{
    static const struct {
        const char *key;
        char byte; /* or a key of many of these */
        unsigned n;
        const char *data, *mac;
    } cases[] = {
        {NULL, 0x0b, 20, "Hi There", "thcxhlUFcmTii8C2+zeMjvFGvgA="},
        {"Jefe", 0, 0, "what do ya want for nothing?", "7/zfauXrL6LSdBbV8YTfnCWafHk="},
        {NULL, '\xaa', 80, "Test Using Larger Than Block-Size Key - Hash Key First",
         "qkrl4VJy0A6VcFY3zoo7Ve1AIRI="},
        {NULL, '\xaa', 80,
         "Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data",
         "6OmdD0UjfXhta7qnllx4CLv/GpE="},
    };
    char password[TURN_CREDENTIAL_PASSWORD_SIZE], key[81];
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        memset(key, cases[i].byte, sizeof(key));
        key[cases[i].n] = '\0';
        assert_int_equal(
            turn_credential_sign(password, cases[i].key ? cases[i].key : key, cases[i].data), 0);
        assert_string_equal(password, cases[i].mac);
    }
}

/** The passwords are by hmac of Python 3. */
static void names_the_expiry_and_who_it_is_for(void **state)
{
    struct turn_credential credential;
    (void)state;

    assert_int_equal(turn_credential_make(&credential, "north", "pt_abc", 1700003600), 0);
    assert_string_equal(credential.username, "1700003600:pt_abc");
    assert_string_equal(credential.password, "ZBwSJMTocxaCoFj0ab3IXFy7oq4=");
    assert_int_equal(turn_credential_make(&credential, "north", "", 1700003600), 0);
    assert_string_equal(credential.username, "1700003600");
    assert_string_equal(credential.password, "xF4I6gruVt/PjGbjajGu2UlidPk=");
}

static void refuses_what_would_read_differently_there(void **state)
{
    static const char *const wrong[] = {"a:b", "a b", "a\nb", "\x7f", "\xc3\xa4"};
    char identity[TURN_CREDENTIAL_IDENTITY_MAX + 2];
    struct turn_credential credential;
    (void)state;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); ++i)
        assert_int_equal(turn_credential_make(&credential, "north", wrong[i], 1), -EINVAL);
    assert_int_equal(turn_credential_make(&credential, "", "a", 1), -EINVAL);
    memset(identity, 'a', sizeof(identity));
    identity[sizeof(identity) - 1] = '\0';
    assert_int_equal(turn_credential_make(&credential, "north", identity, 1), -EINVAL);
    assert_int_equal(turn_credential_make(&credential, "north", identity + 1, UINT64_MAX), 0);
    assert_int_equal(strlen(credential.username), 20 + 1 + TURN_CREDENTIAL_IDENTITY_MAX);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_by_hmac_sha1),
        cmocka_unit_test(names_the_expiry_and_who_it_is_for),
        cmocka_unit_test(refuses_what_would_read_differently_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
