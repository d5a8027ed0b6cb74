/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/tls_error.h  What OpenSSL remembers of failures
 *
 * OpenSSL queues errors by thread, and its TLS looks there to tell what went wrong.  Whoever
 * provokes errors on a thread that also does TLS, as by checking a forged signature through
 * another library, takes them off again.
 *
 * Threads: any.
 */
#ifndef NET_TLS_ERROR_H
#define NET_TLS_ERROR_H

/** Forget the errors of this thread. */
void tls_error_clear(void);

#endif
