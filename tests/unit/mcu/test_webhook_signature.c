/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/mcu/test_webhook_signature.c  Signatures of webhooks
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "mcu/auth/webhook_signature.h"

/* The example that the libraries of the specification test against. */
#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define ID     "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define BODY   "{\"test\": 2432232314}"
#define VALUE  "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
#define TIME_S UINT64_C(1614265330)

static void signs_as_the_specification_does(void **state)
{
    char value[WEBHOOK_SIGNATURE_SIZE];
    (void)state;

    assert_int_equal(webhook_signature_sign(value, SECRET, ID, TIME_S, BODY, strlen(BODY)), 0);
    assert_string_equal(value, VALUE);
}

static void knows_a_right_signature_from_wrong_ones(void **state)
{
    static const struct {
        const char *value, *secret, *id, *body;
        uint64_t timestamp_s, now_s;
        bool right;
    } cases[] = {
        {VALUE, SECRET, ID, BODY, TIME_S, TIME_S, true},
        {VALUE, SECRET, ID, BODY, TIME_S, TIME_S + 300, true},
        {VALUE, SECRET, ID, BODY, TIME_S, TIME_S - 300, true},
        {VALUE, SECRET, ID, BODY, TIME_S, TIME_S + 301, false},
        {VALUE, SECRET, ID, BODY, TIME_S, TIME_S - 301, false},
        {VALUE, SECRET, ID, BODY, TIME_S + 1, TIME_S, false},
        {VALUE, SECRET, ID, BODY " ", TIME_S, TIME_S, false},
        {VALUE, SECRET, ID "x", BODY, TIME_S, TIME_S, false},
        {VALUE, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx", ID, BODY, TIME_S, TIME_S, false},
        {"v1,AAAA v2," VALUE " " VALUE " v1,x", SECRET, ID, BODY, TIME_S, TIME_S, true},
        {"v1,g0hM9SsE", SECRET, ID, BODY, TIME_S, TIME_S, false},
        {"v1,", SECRET, ID, BODY, TIME_S, TIME_S, false},
        {"", SECRET, ID, BODY, TIME_S, TIME_S, false},
        {VALUE "=", SECRET, ID, BODY, TIME_S, TIME_S, false},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i)
        if (webhook_signature_is_right(cases[i].value, cases[i].secret, cases[i].id,
                                       cases[i].timestamp_s, cases[i].body, strlen(cases[i].body),
                                       cases[i].now_s) != cases[i].right)
            fail_msg("case %zu", i);
}

static void wants_a_secret_of_24_to_64_bytes(void **state)
{
    static const struct {
        const char *secret;
        bool is;
    } cases[] = {
        {SECRET, true},
        {"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", false},
        {"whsec_", false},
        {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaQ=", false}, /* 23 bytes */
        {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw=", false},
        {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!", false},
        {"whsec_"
         "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
         "AA==",
         true}, /* 64 bytes */
        {"whsec_"
         "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
         "AAA=",
         false},
        {"", false},
    };
    char value[WEBHOOK_SIGNATURE_SIZE];
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); ++i) {
        if (webhook_signature_is_secret(cases[i].secret) != cases[i].is)
            fail_msg("case %zu: %s", i, cases[i].secret);
        assert_int_equal(webhook_signature_sign(value, cases[i].secret, ID, TIME_S, "", 0),
                         cases[i].is ? 0 : -EINVAL);
        assert_int_equal(strlen(value), cases[i].is ? WEBHOOK_SIGNATURE_SIZE - 1 : 0);
    }
}

/** "a.1" and "2" must not sign the same as "a" and "1.2". */
static void wants_an_id_without_a_dot(void **state)
{
    char value[WEBHOOK_SIGNATURE_SIZE], id[WEBHOOK_SIGNATURE_ID_MAX + 2];
    (void)state;

    assert_int_equal(webhook_signature_sign(value, SECRET, "a.1", 2, "", 0), -EINVAL);
    assert_int_equal(webhook_signature_sign(value, SECRET, "", 2, "", 0), -EINVAL);
    memset(id, 'a', sizeof(id));
    id[sizeof(id) - 1] = '\0';
    assert_int_equal(webhook_signature_sign(value, SECRET, id, 2, "", 0), -EINVAL);
    assert_int_equal(webhook_signature_sign(value, SECRET, id + 1, UINT64_MAX, "", 0), 0);
}

static void makes_secrets_that_it_takes(void **state)
{
    char first[WEBHOOK_SIGNATURE_SECRET_SIZE], second[WEBHOOK_SIGNATURE_SECRET_SIZE];
    (void)state;

    webhook_signature_make_secret(first);
    webhook_signature_make_secret(second);
    assert_true(webhook_signature_is_secret(first));
    assert_true(webhook_signature_is_secret(second));
    assert_string_not_equal(first, second);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_as_the_specification_does),
        cmocka_unit_test(knows_a_right_signature_from_wrong_ones),
        cmocka_unit_test(wants_a_secret_of_24_to_64_bytes),
        cmocka_unit_test(wants_an_id_without_a_dot),
        cmocka_unit_test(makes_secrets_that_it_takes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
