/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file net/dtls_srtp.c  One DTLS association over memory; the context is in dtls_srtp_ctx.c
 *
 *     dtls_srtp_put() --> in (one datagram) --> OpenSSL --> bio_write() --> sendh
 *
 * The BIO is ours, because the end of a datagram must not get lost in either direction.
 */
#include "net/dtls_srtp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/time.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "net/dtls_srtp_ctx.h"

enum {
    DATAGRAM_MAX = 2048,
    RETRANSMIT_FIRST_US = 100000,
    RETRANSMIT_LAST_US = 2000000,
    IP_UDP_OVERHEAD = 48,
    FINGERPRINT_LEN_MAX = 64,
    RESTARTS_MAX = 8, /* of a server after a bad hello */
    RECORD_HEADER = 13,
    RECORD_ALERT = 21,
};

static const char exporter_label[] = "EXTRACTOR-dtls_srtp"; /* RFC 5764, section 4.2 */

struct dtls_srtp {
    SSL *ssl;
    dtls_srtp_send_h *sendh;
    void *arg;
    bool client;
    enum dtls_srtp_state state;
    const char *why;

    const uint8_t *in; /* datagram that OpenSSL may read, NULL = none */
    size_t in_len;

    uint64_t start_us; /* 0 = nothing happened yet */
    size_t bytes;      /* received until ESTABLISHED */
    unsigned datagrams;
    unsigned restarts;

    const EVP_MD *hash; /* of the expected fingerprint, NULL = not set */
    uint8_t fingerprint[FINGERPRINT_LEN_MAX];
    struct rtp_crypt_keys keys; /* from ESTABLISHED on */
};

/* An alert that is not encrypted: epoch 0 (RFC 6347, section 4.1). */
static bool is_plain_alert(const char *data, int len)
{
    return len >= RECORD_HEADER && data[0] == RECORD_ALERT && data[3] == 0 && data[4] == 0;
}

/*
 * A server says nothing about a hello that it cannot use: it may be forged, and the alert
 * would end the attempt of the real peer.
 */
static int bio_write(BIO *bio, const char *data, int len)
{
    struct dtls_srtp *dtls = BIO_get_data(bio);

    if (len > 0 && len <= DTLS_SRTP_MTU && (dtls->client || !is_plain_alert(data, len)))
        dtls->sendh((const uint8_t *)data, (size_t)len, dtls->arg);
    return len;
}

/* One datagram, cut off if it is longer than what is asked for, as recv(2) does. */
static int bio_read(BIO *bio, char *data, int len)
{
    struct dtls_srtp *dtls = BIO_get_data(bio);
    size_t n = dtls->in_len;

    BIO_clear_retry_flags(bio);
    if (!dtls->in || len <= 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    if (n > (size_t)len)
        n = (size_t)len;
    memcpy(data, dtls->in, n);
    dtls->in = NULL;
    return (int)n;
}

static long bio_ctrl(BIO *bio, int cmd, long num, void *ptr)
{
    (void)bio, (void)num, (void)ptr;

    switch (cmd) {
    case BIO_CTRL_FLUSH:
        return 1;
    case BIO_CTRL_DGRAM_GET_MTU_OVERHEAD:
        return IP_UDP_OVERHEAD;
    default:
        return 0;
    }
}

BIO_METHOD *dtls_srtp_bio_method(void)
{
    BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagram");

    if (!method)
        return NULL;
    if (BIO_meth_set_write(method, bio_write) != 1 || BIO_meth_set_read(method, bio_read) != 1 ||
        BIO_meth_set_ctrl(method, bio_ctrl) != 1) {
        BIO_meth_free(method);
        return NULL;
    }
    return method;
}

/* Time until a retransmission, from the former one; 0 = the first. */
static unsigned int retransmit_us(SSL *ssl, unsigned int former_us)
{
    (void)ssl;

    if (!former_us)
        return RETRANSMIT_FIRST_US;
    return former_us >= RETRANSMIT_LAST_US / 2 ? RETRANSMIT_LAST_US : 2 * former_us;
}

static void fail(struct dtls_srtp *dtls, const char *why)
{
    if (SSL_is_init_finished(dtls->ssl))
        (void)SSL_shutdown(dtls->ssl); /* the peer believes that all is well */
    dtls->state = DTLS_SRTP_STATE_FAILED;
    dtls->why = why;
}

/* Is the peer's certificate the one that its SDP promised? */
static bool fingerprint_matches(const struct dtls_srtp *dtls)
{
    X509 *cert = SSL_get_peer_certificate(dtls->ssl);
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    bool ok;

    if (!cert)
        return false;
    ok = X509_digest(cert, dtls->hash, digest, &len) == 1 &&
         len == (unsigned)EVP_MD_get_size(dtls->hash) && len <= FINGERPRINT_LEN_MAX &&
         CRYPTO_memcmp(digest, dtls->fingerprint, len) == 0;
    X509_free(cert);
    return ok;
}

/* Client key, server key, client salt, server salt (RFC 5764, section 4.2). */
static bool export_keys(struct dtls_srtp *dtls, enum rtp_crypt_profile profile)
{
    enum { KEY = 16 };
    size_t total = rtp_crypt_key_len(profile), salt = total - KEY;
    uint8_t block[2 * RTP_CRYPT_KEY_MAX];
    uint8_t *client = dtls->client ? dtls->keys.tx : dtls->keys.rx;
    uint8_t *server = dtls->client ? dtls->keys.rx : dtls->keys.tx;

    if (SSL_export_keying_material(dtls->ssl, block, 2 * total, exporter_label,
                                   sizeof(exporter_label) - 1, NULL, 0, 0) != 1)
        return false;
    memcpy(client, block, KEY);
    memcpy(server, block + KEY, KEY);
    memcpy(client + KEY, block + 2 * KEY, salt);
    memcpy(server + KEY, block + 2 * KEY + salt, salt);
    dtls->keys.profile = profile;
    OPENSSL_cleanse(block, sizeof(block));
    return true;
}

/* The handshake is through: check what came out of it. */
static void finish_handshake(struct dtls_srtp *dtls)
{
    const SRTP_PROTECTION_PROFILE *srtp = SSL_get_selected_srtp_profile(dtls->ssl);
    enum rtp_crypt_profile profile = RTP_CRYPT_PROFILE_NONE;

    if (!dtls->hash)
        return; /* dtls_srtp_set_fingerprint() comes back here */
    if (srtp && srtp->id == SRTP_AEAD_AES_128_GCM)
        profile = RTP_CRYPT_PROFILE_AEAD_AES_128_GCM;
    else if (srtp && srtp->id == SRTP_AES128_CM_SHA1_80)
        profile = RTP_CRYPT_PROFILE_AES128_CM_SHA1_80;

    if (!fingerprint_matches(dtls))
        fail(dtls, "certificate does not match the fingerprint");
    else if (profile == RTP_CRYPT_PROFILE_NONE)
        fail(dtls, "no SRTP profile in common");
    else if (!export_keys(dtls, profile))
        fail(dtls, "keys cannot be exported");
    else
        dtls->state = DTLS_SRTP_STATE_ESTABLISHED;
}

static int make_ssl(struct dtls_srtp *dtls, SSL_CTX *ctx)
{
    SSL *ssl = SSL_new(ctx);
    BIO *bio = ssl ? BIO_new(dtls_srtp_ctx_bio()) : NULL;

    if (!bio) {
        SSL_free(ssl);
        ERR_clear_error();
        return -ENOMEM;
    }
    BIO_set_data(bio, dtls);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl, bio, bio);
    SSL_set_mtu(ssl, DTLS_SRTP_MTU);
    DTLS_set_timer_cb(ssl, retransmit_us);
    if (dtls->client)
        SSL_set_connect_state(ssl);
    else
        SSL_set_accept_state(ssl);

    SSL_free(dtls->ssl);
    dtls->ssl = ssl;
    return 0;
}

/* A server waits for a better hello a few times, a client has nothing to wait for. */
static void handle_failure(struct dtls_srtp *dtls)
{
    if (dtls->client || dtls->restarts == RESTARTS_MAX ||
        make_ssl(dtls, SSL_get_SSL_CTX(dtls->ssl)) != 0)
        fail(dtls, "handshake failed");
    else
        ++dtls->restarts;
}

/* Let OpenSSL work on what it has.  Errors that it has got over (dropped records) are none. */
static void advance(struct dtls_srtp *dtls)
{
    uint8_t drain[512];
    int n;

    ERR_clear_error();
    if (!SSL_is_init_finished(dtls->ssl)) {
        n = SSL_do_handshake(dtls->ssl);
        if (n != 1) {
            int reason = SSL_get_error(dtls->ssl, n);

            if (reason != SSL_ERROR_WANT_READ && reason != SSL_ERROR_WANT_WRITE)
                handle_failure(dtls);
            ERR_clear_error();
            return;
        }
    }
    if (dtls->state == DTLS_SRTP_STATE_HANDSHAKE)
        finish_handshake(dtls);

    do { /* nobody has use for application data; this also answers retransmitted flights */
        n = SSL_read(dtls->ssl, drain, sizeof(drain));
    } while (n > 0);
    if (dtls->state == DTLS_SRTP_STATE_FAILED)
        return;
    if (SSL_get_shutdown(dtls->ssl) & SSL_RECEIVED_SHUTDOWN) {
        dtls->state = DTLS_SRTP_STATE_CLOSED;
    } else if (SSL_get_error(dtls->ssl, n) == SSL_ERROR_SSL) { /* a fatal alert, and authentic */
        if (dtls->state == DTLS_SRTP_STATE_HANDSHAKE)
            fail(dtls, "ended by the peer");
        else
            dtls->state = DTLS_SRTP_STATE_CLOSED;
    }
    ERR_clear_error();
}

static void start_clock(struct dtls_srtp *dtls, uint64_t now_us)
{
    if (!dtls->start_us)
        dtls->start_us = now_us ? now_us : 1;
}

static uint64_t handshake_end_us(const struct dtls_srtp *dtls)
{
    return dtls->start_us + DTLS_SRTP_HANDSHAKE_MS * UINT64_C(1000);
}

/* Count a datagram of the handshake; false if a limit is reached. */
static bool within_limits(struct dtls_srtp *dtls, size_t len, uint64_t now_us)
{
    start_clock(dtls, now_us);
    dtls->bytes += len;
    ++dtls->datagrams;
    if (dtls->bytes > DTLS_SRTP_HANDSHAKE_BYTES || dtls->datagrams > DTLS_SRTP_HANDSHAKE_DATAGRAMS)
        fail(dtls, "handshake over its limit of bytes");
    else if (now_us >= handshake_end_us(dtls))
        fail(dtls, "handshake took too long");
    return dtls->state == DTLS_SRTP_STATE_HANDSHAKE;
}

int dtls_srtp_new(struct dtls_srtp **ret_dtls, struct dtls_srtp_ctx *ctx,
                  const struct dtls_srtp_cfg *cfg)
{
    struct dtls_srtp *dtls = calloc(1, sizeof(*dtls));

    if (!dtls)
        return -ENOMEM;
    dtls->sendh = cfg->sendh;
    dtls->arg = cfg->arg;
    dtls->client = cfg->role == DTLS_SRTP_ROLE_CLIENT;
    dtls->why = "";

    if (make_ssl(dtls, dtls_srtp_ctx_ssl(ctx)) != 0) {
        free(dtls);
        return -ENOMEM;
    }

    *ret_dtls = dtls;
    return 0;
}

struct dtls_srtp *dtls_srtp_free(struct dtls_srtp *dtls)
{
    if (!dtls)
        return NULL;

    SSL_free(dtls->ssl);
    OPENSSL_cleanse(dtls, sizeof(*dtls));
    free(dtls);
    return NULL;
}

int dtls_srtp_set_fingerprint(struct dtls_srtp *dtls, const char *hash, const uint8_t *fingerprint,
                              size_t len)
{
    const EVP_MD *md = NULL;

    if (!strcasecmp(hash, "sha-256"))
        md = EVP_sha256();
    else if (!strcasecmp(hash, "sha-384"))
        md = EVP_sha384();
    else if (!strcasecmp(hash, "sha-512"))
        md = EVP_sha512();
    if (!md)
        return -ENOTSUP;
    if (len != (size_t)EVP_MD_get_size(md))
        return -EINVAL;
    if (dtls->state == DTLS_SRTP_STATE_ESTABLISHED) {
        if (dtls->hash == md && CRYPTO_memcmp(dtls->fingerprint, fingerprint, len) == 0)
            return 0;
        return -EISCONN;
    }

    dtls->hash = md;
    memcpy(dtls->fingerprint, fingerprint, len);
    if (dtls->state == DTLS_SRTP_STATE_HANDSHAKE && SSL_is_init_finished(dtls->ssl))
        finish_handshake(dtls);
    return 0;
}

void dtls_srtp_start(struct dtls_srtp *dtls, uint64_t now_us)
{
    if (!dtls->client || dtls->state != DTLS_SRTP_STATE_HANDSHAKE || dtls->start_us)
        return;
    start_clock(dtls, now_us);
    advance(dtls);
}

int dtls_srtp_put(struct dtls_srtp *dtls, const uint8_t *data, size_t len, uint64_t now_us)
{
    if (dtls->state == DTLS_SRTP_STATE_CLOSED || dtls->state == DTLS_SRTP_STATE_FAILED ||
        len < 13 || len > DATAGRAM_MAX)
        return -EBADMSG;
    if (dtls->state == DTLS_SRTP_STATE_HANDSHAKE && !within_limits(dtls, len, now_us))
        return -EBADMSG;

    dtls->in = data;
    dtls->in_len = len;
    advance(dtls);
    dtls->in = NULL;
    return 0;
}

uint64_t dtls_srtp_timeout_us(struct dtls_srtp *dtls, uint64_t now_us)
{
    struct timeval tv;
    uint64_t at, end;

    if (dtls->state != DTLS_SRTP_STATE_HANDSHAKE || !dtls->start_us)
        return 0;
    end = handshake_end_us(dtls);
    if (!DTLSv1_get_timeout(dtls->ssl, &tv))
        return end;
    at = now_us + (uint64_t)tv.tv_sec * 1000000 + (uint64_t)tv.tv_usec;
    return at < end ? at : end;
}

void dtls_srtp_tick(struct dtls_srtp *dtls, uint64_t now_us)
{
    if (dtls->state != DTLS_SRTP_STATE_HANDSHAKE || !dtls->start_us)
        return;
    if (now_us >= handshake_end_us(dtls)) {
        fail(dtls, "handshake took too long");
        return;
    }
    ERR_clear_error();
    if (DTLSv1_handle_timeout(dtls->ssl) < 0)
        fail(dtls, "no answer to the handshake");
    ERR_clear_error();
}

enum dtls_srtp_state dtls_srtp_state(const struct dtls_srtp *dtls)
{
    return dtls->state;
}

const char *dtls_srtp_why(const struct dtls_srtp *dtls)
{
    return dtls->why;
}

int dtls_srtp_keys(const struct dtls_srtp *dtls, struct rtp_crypt_keys *ret_keys)
{
    if (dtls->state != DTLS_SRTP_STATE_ESTABLISHED)
        return -ENOTCONN;
    *ret_keys = dtls->keys;
    return 0;
}

void dtls_srtp_close(struct dtls_srtp *dtls)
{
    if (dtls->state != DTLS_SRTP_STATE_ESTABLISHED)
        return;
    ERR_clear_error();
    (void)SSL_shutdown(dtls->ssl);
    ERR_clear_error();
    dtls->state = DTLS_SRTP_STATE_CLOSED;
}
