/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_tls_error.c  What OpenSSL remembers of failures
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/err.h>

#include "net/tls_error.h"

static void forgets_the_errors_of_this_thread(void **state)
{
    (void)state;
    ERR_raise(ERR_LIB_USER, 1);
    ERR_raise(ERR_LIB_USER, 2);
    assert_int_not_equal(ERR_peek_error(), 0);
    tls_error_clear();
    assert_int_equal(ERR_peek_error(), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(forgets_the_errors_of_this_thread),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
