/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/dtls_srtp_ctx.c  Key, certificate and settings that all DTLS associations share
 */
#include "net/dtls_srtp_ctx.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "mcu/base/id.h"
#include "net/dtls_srtp.h"

enum {
    CERT_DAYS = 365,
    CERT_LIST_MAX = 16 * 1024, /* certificates of a peer [bytes] */
    DAY_S = 24 * 3600,
};

struct dtls_srtp_ctx {
    SSL_CTX *ssl;
    char fingerprint[DTLS_SRTP_FINGERPRINT_MAX];
};

/* One for the process: associations may outlive the context that they were made from. */
static pthread_once_t bio_once = PTHREAD_ONCE_INIT;
static BIO_METHOD *bio_method;

static void init_bio(void)
{
    bio_method = dtls_srtp_bio_method();
}

/* Whom a certificate is from is told by its fingerprint alone. */
static int accept_any(int ok, X509_STORE_CTX *store)
{
    (void)ok, (void)store;
    return 1;
}

/* Subject and issuer, serial number, validity, key, signature. */
static int fill_cert(X509 *cert, EVP_PKEY *key)
{
    X509_NAME *name = X509_get_subject_name(cert);

    return X509_set_version(cert, X509_VERSION_3) == 1 &&
           ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), id_u32() | UINT64_C(1) << 32) ==
               1 &&
           X509_gmtime_adj(X509_getm_notBefore(cert), -DAY_S) &&
           X509_gmtime_adj(X509_getm_notAfter(cert), (long)CERT_DAYS * DAY_S) &&
           X509_set_pubkey(cert, key) == 1 &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"medley", -1,
                                      -1, 0) == 1 &&
           X509_set_issuer_name(cert, name) == 1 && X509_sign(cert, key, EVP_sha256()) > 0;
}

static int print_fingerprint(struct dtls_srtp_ctx *ctx, const X509 *cert)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    int n;

    if (X509_digest(cert, EVP_sha256(), digest, &len) != 1)
        return -EIO;
    n = snprintf(ctx->fingerprint, sizeof(ctx->fingerprint), "sha-256 ");
    for (unsigned i = 0; i < len; ++i)
        n += snprintf(ctx->fingerprint + n, sizeof(ctx->fingerprint) - (size_t)n, "%s%02X",
                      i ? ":" : "", digest[i]);
    return 0;
}

static int set_cert(struct dtls_srtp_ctx *ctx)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    int err = -EIO;

    if (key && cert && fill_cert(cert, key) && SSL_CTX_use_certificate(ctx->ssl, cert) == 1 &&
        SSL_CTX_use_PrivateKey(ctx->ssl, key) == 1)
        err = print_fingerprint(ctx, cert);
    X509_free(cert);
    EVP_PKEY_free(key);
    return err;
}

static int set_options(SSL_CTX *ssl)
{
    char groups[] = "X25519:P-256:P-384"; /* the macro takes no constant */

    SSL_CTX_set_options(ssl, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_QUERY_MTU |
                                 SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, accept_any);
    SSL_CTX_set_max_cert_list(ssl, CERT_LIST_MAX);
    SSL_CTX_set_read_ahead(ssl, 1);
    SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS);
    if (SSL_CTX_set_min_proto_version(ssl, DTLS1_2_VERSION) != 1 ||
        SSL_CTX_set_max_proto_version(ssl, DTLS1_2_VERSION) != 1 ||
        SSL_CTX_set_cipher_list(ssl, "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL:!PSK") != 1 ||
        SSL_CTX_set1_groups_list(ssl, groups) != 1)
        return -EIO;
    /* This one returns 0 on success. */
    return SSL_CTX_set_tlsext_use_srtp(ssl, "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80") ? -EIO
                                                                                            : 0;
}

int dtls_srtp_ctx_new(struct dtls_srtp_ctx **ret_ctx)
{
    struct dtls_srtp_ctx *ctx;
    int err = -ENOMEM;

    pthread_once(&bio_once, init_bio);
    ctx = calloc(1, sizeof(*ctx));
    if (!ctx || !bio_method)
        goto out;
    ctx->ssl = SSL_CTX_new(DTLS_method());
    if (!ctx->ssl)
        goto out;
    err = set_options(ctx->ssl);
    if (!err)
        err = set_cert(ctx);

out:
    ERR_clear_error();
    if (err)
        dtls_srtp_ctx_free(ctx);
    else
        *ret_ctx = ctx;
    return err;
}

struct dtls_srtp_ctx *dtls_srtp_ctx_free(struct dtls_srtp_ctx *ctx)
{
    if (!ctx)
        return NULL;

    SSL_CTX_free(ctx->ssl);
    free(ctx);
    return NULL;
}

const char *dtls_srtp_ctx_fingerprint(const struct dtls_srtp_ctx *ctx)
{
    return ctx->fingerprint;
}

SSL_CTX *dtls_srtp_ctx_ssl(const struct dtls_srtp_ctx *ctx)
{
    return ctx->ssl;
}

const BIO_METHOD *dtls_srtp_ctx_bio(void)
{
    return bio_method;
}
