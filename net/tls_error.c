/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/tls_error.c  What OpenSSL remembers of failures
 */
#include "net/tls_error.h"

#include <openssl/err.h>

void tls_error_clear(void)
{
    ERR_clear_error();
}
