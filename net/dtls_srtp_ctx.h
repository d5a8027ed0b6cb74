/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/dtls_srtp_ctx.h  What all DTLS associations share, for dtls_srtp.c
 *
 * The only header with types of OpenSSL; users include dtls_srtp.h.
 *
 * Threads: any.
 */
#ifndef NET_DTLS_SRTP_CTX_H
#define NET_DTLS_SRTP_CTX_H

#include <openssl/bio.h>
#include <openssl/ssl.h>

struct dtls_srtp_ctx;

SSL_CTX *dtls_srtp_ctx_ssl(const struct dtls_srtp_ctx *ctx);

/** The BIO that associations are made with; belongs to the process; there once a context was made.
 */
const BIO_METHOD *dtls_srtp_ctx_bio(void);

/** Make that BIO's method; in dtls_srtp.c.  NULL without memory. */
BIO_METHOD *dtls_srtp_bio_method(void);

#endif
