/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_sip_nonce.c  Nonces that carry their own proof
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "net/sip_nonce.h"

#define S(n) ((uint64_t)(n)*1000000)

static struct sip_nonce *nonce;

static int set_up(void **state)
{
    (void)state;
    return sip_nonce_new(&nonce);
}

static int tear_down(void **state)
{
    (void)state;
    nonce = sip_nonce_free(nonce);
    assert_null(nonce);
    return 0;
}

static void knows_its_own(void **state)
{
    char text[SIP_NONCE_SIZE], other[SIP_NONCE_SIZE];
    struct sip_nonce *stranger;
    (void)state;

    sip_nonce_make(nonce, text, "realm", S(100));
    sip_nonce_make(nonce, other, "realm", S(100));
    assert_int_equal(strlen(text), SIP_NONCE_SIZE - 1);
    assert_string_not_equal(text, other);
    assert_int_equal(sip_nonce_check(nonce, text, "realm", S(100)), SIP_NONCE_FRESH);
    assert_int_equal(sip_nonce_check(nonce, text, "other", S(100)), SIP_NONCE_FOREIGN);
    assert_int_equal(sip_nonce_check(nonce, "", "realm", S(100)), SIP_NONCE_FOREIGN);
    for (size_t i = 0; i < SIP_NONCE_SIZE - 1; ++i) {
        memcpy(other, text, sizeof(other));
        other[i] = other[i] == '0' ? '1' : '0';
        assert_int_equal(sip_nonce_check(nonce, other, "realm", S(100)), SIP_NONCE_FOREIGN);
    }
    assert_int_equal(sip_nonce_new(&stranger), 0);
    assert_int_equal(sip_nonce_check(stranger, text, "realm", S(100)), SIP_NONCE_FOREIGN);
    sip_nonce_free(stranger);
}

static void grows_stale(void **state)
{
    char text[SIP_NONCE_SIZE];
    (void)state;

    sip_nonce_make(nonce, text, "realm", S(100));
    assert_int_equal(sip_nonce_check(nonce, text, "realm", S(100 + SIP_NONCE_AGE_MAX)),
                     SIP_NONCE_FRESH);
    assert_int_equal(sip_nonce_check(nonce, text, "realm", S(101 + SIP_NONCE_AGE_MAX)),
                     SIP_NONCE_STALE);
    assert_int_equal(sip_nonce_check(nonce, text, "realm", S(99)), SIP_NONCE_STALE);
}

static void takes_each_count_once(void **state)
{
    char text[SIP_NONCE_SIZE], other[SIP_NONCE_SIZE];
    (void)state;

    sip_nonce_make(nonce, text, "realm", S(100));
    sip_nonce_make(nonce, other, "realm", S(100));
    assert_true(sip_nonce_use(nonce, text, 1));
    assert_false(sip_nonce_use(nonce, text, 1));
    assert_true(sip_nonce_use(nonce, text, 5));
    assert_false(sip_nonce_use(nonce, text, 4));
    assert_true(sip_nonce_use(nonce, other, 1));
}

/* Many more than there is room for: old ones are refused rather than taken twice. */
static void never_takes_one_twice_when_full(void **state)
{
    enum { N = 4 * SIP_NONCE_SEEN_MAX };
    static char texts[N][SIP_NONCE_SIZE];
    (void)state;

    for (int i = 0; i < N; ++i) {
        sip_nonce_make(nonce, texts[i], "realm", S(100 + i));
        assert_true(sip_nonce_use(nonce, texts[i], 1));
    }
    for (int i = 0; i < N; ++i)
        assert_false(sip_nonce_use(nonce, texts[i], 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(knows_its_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(grows_stale, set_up, tear_down),
        cmocka_unit_test_setup_teardown(takes_each_count_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(never_takes_one_twice_when_full, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
