/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_dtls_srtp.c  DTLS-SRTP: both ends in one process over a lossy line
 *
 * OpenSSL's retransmission timers ask gettimeofday(2), which this program
 * answers from its own clock.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cmocka.h>

#include "net/dtls_srtp.h"

enum { QUEUE = 64, MS = 1000, SEC = 1000000 };

struct datagram {
    size_t len;
    uint8_t data[DTLS_SRTP_MTU];
};

/* A direction of the line. */
struct line {
    struct datagram queue[QUEUE];
    unsigned n;
    unsigned sent, longest;
    uint32_t drop_mask; /* which of the first 32 datagrams get lost */
};

struct end {
    struct dtls_srtp_ctx *ctx;
    struct dtls_srtp *dtls;
    struct line out;
};

static uint64_t clock_us = 1000 * (uint64_t)SEC;
static struct end client, server;

int gettimeofday(struct timeval *restrict tv, void *restrict tz)
{
    (void)tz;
    tv->tv_sec = (time_t)(clock_us / SEC);
    tv->tv_usec = (suseconds_t)(clock_us % SEC);
    return 0;
}

static void on_send(const uint8_t *data, size_t len, void *arg)
{
    struct line *line = arg;

    assert_in_range(len, 1, DTLS_SRTP_MTU);
    if (len > line->longest)
        line->longest = (unsigned)len;
    if (line->sent++ < 32 && line->drop_mask >> (line->sent - 1) & 1)
        return;
    assert_true(line->n < QUEUE);
    line->queue[line->n].len = len;
    memcpy(line->queue[line->n++].data, data, len);
}

static void open_end(struct end *end, enum dtls_srtp_role role)
{
    const struct dtls_srtp_cfg cfg = {.role = role, .sendh = on_send, .arg = &end->out};

    memset(&end->out, 0, sizeof(end->out));
    if (!end->ctx)
        assert_int_equal(dtls_srtp_ctx_new(&end->ctx), 0);
    assert_int_equal(dtls_srtp_new(&end->dtls, end->ctx, &cfg), 0);
}

/* "sha-256 AA:BB" to bytes. */
static void expect_peer(struct end *end, const struct end *peer)
{
    const char *text = dtls_srtp_ctx_fingerprint(peer->ctx) + strlen("sha-256 ");
    uint8_t bytes[32];

    for (unsigned i = 0; i < 32; ++i)
        bytes[i] = (uint8_t)strtoul(text + 3 * (size_t)i, NULL, 16);
    assert_int_equal(dtls_srtp_set_fingerprint(end->dtls, "SHA-256", bytes, 32), 0);
}

static int setup(void **state)
{
    (void)state;
    open_end(&client, DTLS_SRTP_ROLE_CLIENT);
    open_end(&server, DTLS_SRTP_ROLE_SERVER);
    expect_peer(&client, &server);
    expect_peer(&server, &client);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    client.dtls = dtls_srtp_free(client.dtls);
    server.dtls = dtls_srtp_free(server.dtls);
    return 0;
}

static int finish(void **state)
{
    (void)state;
    client.ctx = dtls_srtp_ctx_free(client.ctx);
    server.ctx = dtls_srtp_ctx_free(server.ctx);
    return 0;
}

static bool deliver(struct end *from, struct end *to)
{
    struct line *line = &from->out;
    bool any = line->n > 0;

    for (unsigned i = 0; i < line->n; ++i)
        (void)dtls_srtp_put(to->dtls, line->queue[i].data, line->queue[i].len, clock_us);
    line->n = 0;
    return any;
}

/* Run the line, and the clock when it is silent, until both have left HANDSHAKE or time is over. */
static void run(uint64_t until_us)
{
    while (clock_us < until_us && (dtls_srtp_state(client.dtls) == DTLS_SRTP_STATE_HANDSHAKE ||
                                   dtls_srtp_state(server.dtls) == DTLS_SRTP_STATE_HANDSHAKE)) {
        bool any = deliver(&client, &server);

        if (deliver(&server, &client) || any)
            continue;
        clock_us += 10 * MS;
        dtls_srtp_tick(client.dtls, clock_us);
        dtls_srtp_tick(server.dtls, clock_us);
    }
}

static void connect_both(void)
{
    dtls_srtp_start(client.dtls, clock_us);
    run(clock_us + 20 * (uint64_t)SEC);
    assert_int_equal(dtls_srtp_state(client.dtls), DTLS_SRTP_STATE_ESTABLISHED);
    assert_int_equal(dtls_srtp_state(server.dtls), DTLS_SRTP_STATE_ESTABLISHED);
}

static void makes_the_same_keys_on_both_ends(void **state)
{
    struct rtp_crypt_keys c, s;
    (void)state;

    assert_int_equal(dtls_srtp_keys(client.dtls, &c), -ENOTCONN);
    connect_both();
    assert_int_equal(dtls_srtp_keys(client.dtls, &c), 0);
    assert_int_equal(dtls_srtp_keys(server.dtls, &s), 0);
    assert_int_equal(c.profile, RTP_CRYPT_PROFILE_AEAD_AES_128_GCM);
    assert_int_equal(s.profile, c.profile);
    assert_memory_equal(c.tx, s.rx, rtp_crypt_key_len(c.profile));
    assert_memory_equal(c.rx, s.tx, rtp_crypt_key_len(c.profile));
    assert_memory_not_equal(c.rx, c.tx, rtp_crypt_key_len(c.profile));
    assert_string_equal(dtls_srtp_why(server.dtls), "");
    assert_int_equal(dtls_srtp_timeout_us(server.dtls, clock_us), 0);
}

static void carries_srtp_both_ways(void **state)
{
    struct rtp_crypt_keys keys;
    struct rtp_crypt *crypt[2];
    (void)state;

    connect_both();
    assert_int_equal(dtls_srtp_keys(client.dtls, &keys), 0);
    assert_int_equal(rtp_crypt_new(&crypt[0], &keys), 0);
    assert_int_equal(dtls_srtp_keys(server.dtls, &keys), 0);
    assert_int_equal(rtp_crypt_new(&crypt[1], &keys), 0);
    for (unsigned i = 0; i < 2; ++i) {
        uint8_t plain[64] = {0x80, 96, 0, 1, [11] = 1, [12] = 'x'}, buf[96], copy[96];
        size_t len = sizeof(plain), copy_len;

        memcpy(buf, plain, len);
        assert_int_equal(rtp_crypt_protect(crypt[i], buf, &len, sizeof(buf)), 0);
        memcpy(copy, buf, len);
        copy_len = len;
        assert_int_equal(rtp_crypt_unprotect(crypt[!i], buf, &len), 0);
        assert_memory_equal(buf, plain, sizeof(plain));
        assert_int_equal(rtp_crypt_unprotect(crypt[!i], copy, &copy_len), -EALREADY);
    }
    rtp_crypt_free(crypt[0]);
    rtp_crypt_free(crypt[1]);
}

static void gets_over_every_single_loss(void **state)
{
    for (unsigned i = 0; i < 16; ++i) {
        uint64_t start_us;

        teardown(state);
        setup(state);
        start_us = clock_us;
        (i % 2 ? &client : &server)->out.drop_mask = 1u << i / 2;
        connect_both();
        assert_true(clock_us - start_us < SEC);
    }
}

static void gets_over_heavy_loss(void **state)
{
    uint32_t seed = 7;

    for (unsigned i = 0; i < 30; ++i) {
        teardown(state);
        setup(state);
        for (unsigned bit = 0; bit < 12; ++bit) { /* three datagrams in ten */
            seed = seed * 1103515245 + 12345;
            client.out.drop_mask |= (seed >> 16) % 10 < 3 ? 1u << bit : 0;
            seed = seed * 1103515245 + 12345;
            server.out.drop_mask |= (seed >> 16) % 10 < 3 ? 1u << bit : 0;
        }
        connect_both();
    }
}

static void retransmits_after_100_ms(void **state)
{
    unsigned sent;
    uint64_t start_us = clock_us;
    (void)state;

    dtls_srtp_start(client.dtls, clock_us);
    sent = client.out.sent;
    assert_true(sent > 0);
    assert_in_range(dtls_srtp_timeout_us(client.dtls, clock_us), start_us + 1, start_us + 100 * MS);
    clock_us += 50 * MS;
    dtls_srtp_tick(client.dtls, clock_us);
    assert_int_equal(client.out.sent, sent);
    clock_us += 55 * MS;
    dtls_srtp_tick(client.dtls, clock_us);
    assert_true(client.out.sent > sent);
    assert_true(dtls_srtp_timeout_us(client.dtls, clock_us) > clock_us + 150 * MS);
}

static void gives_up_after_15_s(void **state)
{
    const uint64_t start_us = clock_us;
    (void)state;

    server.out.drop_mask = UINT32_MAX;
    dtls_srtp_start(client.dtls, clock_us);
    deliver(&client, &server);
    while (clock_us < start_us + 14900 * MS) {
        clock_us += 50 * MS;
        client.out.n = 0;
        dtls_srtp_tick(client.dtls, clock_us);
        dtls_srtp_tick(server.dtls, clock_us);
    }
    assert_int_equal(dtls_srtp_state(server.dtls), DTLS_SRTP_STATE_HANDSHAKE);
    assert_in_range(dtls_srtp_timeout_us(server.dtls, clock_us), clock_us, start_us + 15 * SEC);
    clock_us = start_us + 15 * SEC;
    dtls_srtp_tick(client.dtls, clock_us);
    dtls_srtp_tick(server.dtls, clock_us);
    assert_int_equal(dtls_srtp_state(client.dtls), DTLS_SRTP_STATE_FAILED);
    assert_int_equal(dtls_srtp_state(server.dtls), DTLS_SRTP_STATE_FAILED);
    assert_string_equal(dtls_srtp_why(server.dtls), "handshake took too long");
    assert_true(server.out.sent < 200);
}

static void refuses_a_wrong_fingerprint(void **state)
{
    struct rtp_crypt_keys keys;
    uint8_t wrong[32] = {1};
    (void)state;

    assert_int_equal(dtls_srtp_set_fingerprint(server.dtls, "sha-256", wrong, 32), 0);
    dtls_srtp_start(client.dtls, clock_us);
    run(clock_us + SEC);
    assert_int_equal(dtls_srtp_state(server.dtls), DTLS_SRTP_STATE_FAILED);
    assert_string_equal(dtls_srtp_why(server.dtls), "certificate does not match the fingerprint");
    assert_int_equal(dtls_srtp_keys(server.dtls, &keys), -ENOTCONN);
    deliver(&server, &client);
    assert_int_equal(dtls_srtp_state(client.dtls), DTLS_SRTP_STATE_CLOSED); /* was told */
}

static void takes_longer_hashes_and_no_shorter_ones(void **state)
{
    static const struct {
        const char *hash;
        size_t len;
        int err;
    } table[] = {
        {"sha-256", 32, 0},       {"SHA-384", 48, 0},        {"sha-512", 64, 0},
        {"sha-256", 31, -EINVAL}, {"sha-512", 32, -EINVAL},  {"sha-1", 20, -ENOTSUP},
        {"md5", 16, -ENOTSUP},    {"sha-224", 28, -ENOTSUP}, {"", 32, -ENOTSUP},
    };
    static const uint8_t bytes[64];
    (void)state;

    for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); ++i)
        assert_int_equal(dtls_srtp_set_fingerprint(server.dtls, table[i].hash, bytes, table[i].len),
                         table[i].err);
}

static void waits_for_the_fingerprint(void **state)
{
    static const uint8_t other[32];
    struct rtp_crypt_keys keys;
    (void)state;

    dtls_srtp_free(server.dtls);
    open_end(&server, DTLS_SRTP_ROLE_SERVER);
    dtls_srtp_start(client.dtls, clock_us);
    run(clock_us + SEC);
    assert_int_equal(dtls_srtp_state(client.dtls), DTLS_SRTP_STATE_ESTABLISHED);
    assert_int_equal(dtls_srtp_state(server.dtls), DTLS_SRTP_STATE_HANDSHAKE);
    assert_int_equal(dtls_srtp_keys(server.dtls, &keys), -ENOTCONN);
    expect_peer(&server, &client);
    assert_int_equal(dtls_srtp_state(server.dtls), DTLS_SRTP_STATE_ESTABLISHED);
    expect_peer(&server, &client); /* the same once more is fine */
    assert_int_equal(dtls_srtp_set_fingerprint(server.dtls, "sha-256", other, 32), -EISCONN);
}

static void tells_the_end(void **state)
{
    static const uint8_t data[20];
    (void)state;

    connect_both();
    dtls_srtp_close(client.dtls);
    assert_int_equal(dtls_srtp_state(client.dtls), DTLS_SRTP_STATE_CLOSED);
    deliver(&client, &server);
    assert_int_equal(dtls_srtp_state(server.dtls), DTLS_SRTP_STATE_CLOSED);
    assert_int_equal(dtls_srtp_put(server.dtls, data, sizeof(data), clock_us), -EBADMSG);
}

/* Noise, every other piece of it with the header of an encrypted record. */
static void put_garbage(struct end *end, uint32_t *seed)
{
    uint8_t data[200];

    for (unsigned i = 0; i < 60; ++i) {
        for (unsigned k = 0; k < sizeof(data); ++k) {
            *seed = *seed * 1103515245 + 12345;
            data[k] = (uint8_t)(*seed >> 16);
        }
        data[0] = (uint8_t)(20 + i % 44);
        if (i % 2)
            memcpy(data + 1, (uint8_t[12]){0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, (uint8_t)i, 0, 187},
                   12);
        assert_int_equal(dtls_srtp_put(end->dtls, data, sizeof(data), clock_us), 0);
    }
}

static void is_not_ended_by_garbage(void **state)
{
    uint32_t seed = 3;
    (void)state;

    put_garbage(&server, &seed);
    dtls_srtp_start(client.dtls, clock_us);
    deliver(&client, &server);
    put_garbage(&server, &seed);
    put_garbage(&client, &seed);
    deliver(&server, &client);
    put_garbage(&client, &seed);
    connect_both();
    put_garbage(&server, &seed);
    put_garbage(&client, &seed);
    assert_int_equal(dtls_srtp_state(server.dtls), DTLS_SRTP_STATE_ESTABLISHED);
    assert_int_equal(dtls_srtp_state(client.dtls), DTLS_SRTP_STATE_ESTABLISHED);
}

static void starts_over_after_a_hello_that_it_cannot_use(void **state)
{
    struct line *out = &client.out;
    (void)state;

    dtls_srtp_start(client.dtls, clock_us);
    assert_int_equal(out->n, 1);
    for (unsigned i = 0; i < 3; ++i) {
        struct datagram forged = out->queue[0];
        size_t ciphers =
            13 + 12 + 2 + 32 + 1 + 1; /* length of the list, after empty session id, cookie */

        for (size_t k = ciphers + 2; k < ciphers + 2 + forged.data[ciphers + 1]; ++k)
            forged.data[k] = 0x0a; /* suites that nobody has */
        assert_int_equal(dtls_srtp_put(server.dtls, forged.data, forged.len, clock_us), 0);
        assert_int_equal(server.out.sent, 0); /* not even an alert */
        assert_int_equal(dtls_srtp_state(server.dtls), DTLS_SRTP_STATE_HANDSHAKE);
    }
    run(clock_us + SEC);
    assert_int_equal(dtls_srtp_state(server.dtls), DTLS_SRTP_STATE_ESTABLISHED);
}

static void bounds_what_a_handshake_may_receive(void **state)
{
    static const uint8_t data[1000] = {22, 0xfe, 0xfd};
    unsigned n = 0;
    (void)state;

    while (n < 1000 && dtls_srtp_put(server.dtls, data, sizeof(data), clock_us) == 0)
        ++n;
    assert_in_range(n, 1, DTLS_SRTP_HANDSHAKE_BYTES / sizeof(data));
    assert_int_equal(dtls_srtp_state(server.dtls), DTLS_SRTP_STATE_FAILED);
    assert_int_equal(dtls_srtp_put(client.dtls, data, 12, clock_us), -EBADMSG);
}

static void answers_a_client_whose_last_flight_got_no_answer(void **state)
{
    (void)state;

    /* The server's second flight (change cipher spec, Finished) is lost, then sent again. */
    dtls_srtp_start(client.dtls, clock_us);
    deliver(&client, &server);
    deliver(&server, &client);
    deliver(&client, &server);
    assert_int_equal(dtls_srtp_state(server.dtls), DTLS_SRTP_STATE_ESTABLISHED);
    server.out.n = 0;
    run(clock_us + SEC);
    assert_int_equal(dtls_srtp_state(client.dtls), DTLS_SRTP_STATE_ESTABLISHED);
}

/* A client of OpenSSL alone, to leave things out.  @return state of our server at the end */
static enum dtls_srtp_state handshake_with(const char *srtp, bool with_cert, int version)
{
    SSL_CTX *ctx = SSL_CTX_new(DTLS_client_method());
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();
    uint8_t digest[32], buf[4096];
    unsigned digest_len = 0;
    SSL *ssl;

    assert_true(ctx && in && out && key && cert);
    X509_gmtime_adj(X509_getm_notBefore(cert), 0);
    X509_gmtime_adj(X509_getm_notAfter(cert), 1000);
    X509_set_pubkey(cert, key);
    X509_sign(cert, key, EVP_sha256());
    X509_digest(cert, EVP_sha256(), digest, &digest_len);
    assert_int_equal(dtls_srtp_set_fingerprint(server.dtls, "sha-256", digest, 32), 0);
    if (with_cert) {
        SSL_CTX_use_certificate(ctx, cert);
        SSL_CTX_use_PrivateKey(ctx, key);
    }
    if (srtp)
        assert_int_equal(SSL_CTX_set_tlsext_use_srtp(ctx, srtp), 0);
    SSL_CTX_set_security_level(ctx, 0);
    SSL_CTX_set_min_proto_version(ctx, version);
    SSL_CTX_set_max_proto_version(ctx, version);
    SSL_CTX_set_options(ctx, SSL_OP_NO_QUERY_MTU);
    ssl = SSL_new(ctx);
    BIO_set_mem_eof_return(in, -1);
    SSL_set_bio(ssl, in, out);
    SSL_set_mtu(ssl, 1200);
    for (unsigned i = 0; i < 10; ++i) {
        int n;

        (void)SSL_connect(ssl);
        n = BIO_read(out, buf, sizeof(buf));
        if (n > 0)
            (void)dtls_srtp_put(server.dtls, buf, (size_t)n, clock_us);
        for (unsigned k = 0; k < server.out.n; ++k)
            BIO_write(in, server.out.queue[k].data, (int)server.out.queue[k].len);
        server.out.n = 0;
    }
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    X509_free(cert);
    EVP_PKEY_free(key);
    return dtls_srtp_state(server.dtls);
}

static void takes_both_srtp_profiles_and_needs_one(void **state)
{
    static const struct {
        const char *srtp;
        bool with_cert;
        int version;
        enum dtls_srtp_state want;
        enum rtp_crypt_profile profile;
    } table[] = {
        {"SRTP_AEAD_AES_128_GCM", true, DTLS1_2_VERSION, DTLS_SRTP_STATE_ESTABLISHED,
         RTP_CRYPT_PROFILE_AEAD_AES_128_GCM},
        {"SRTP_AES128_CM_SHA1_80", true, DTLS1_2_VERSION, DTLS_SRTP_STATE_ESTABLISHED,
         RTP_CRYPT_PROFILE_AES128_CM_SHA1_80},
        {"SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_128_GCM", true, DTLS1_2_VERSION,
         DTLS_SRTP_STATE_ESTABLISHED, RTP_CRYPT_PROFILE_AEAD_AES_128_GCM},
        {"SRTP_AES128_CM_SHA1_32", true, DTLS1_2_VERSION, DTLS_SRTP_STATE_FAILED, 0},
        {NULL, true, DTLS1_2_VERSION, DTLS_SRTP_STATE_FAILED, 0},
        {"SRTP_AEAD_AES_128_GCM", false, DTLS1_2_VERSION, DTLS_SRTP_STATE_HANDSHAKE, 0},
        {"SRTP_AEAD_AES_128_GCM", true, DTLS1_VERSION, DTLS_SRTP_STATE_HANDSHAKE, 0},
    };

    for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); ++i) {
        struct rtp_crypt_keys keys;

        teardown(state);
        setup(state);
        assert_int_equal(handshake_with(table[i].srtp, table[i].with_cert, table[i].version),
                         table[i].want);
        if (table[i].want == DTLS_SRTP_STATE_ESTABLISHED) {
            assert_int_equal(dtls_srtp_keys(server.dtls, &keys), 0);
            assert_int_equal(keys.profile, table[i].profile);
        }
    }
}

static void prints_its_fingerprint_as_in_sdp(void **state)
{
    const char *text = dtls_srtp_ctx_fingerprint(client.ctx);
    (void)state;

    assert_int_equal(strlen(text), strlen("sha-256 ") + 32 * 3 - 1);
    assert_int_equal(strspn(text + 8, "0123456789ABCDEF:"), 32 * 3 - 1);
    assert_string_not_equal(text, dtls_srtp_ctx_fingerprint(server.ctx));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(makes_the_same_keys_on_both_ends, setup, teardown),
        cmocka_unit_test_setup_teardown(carries_srtp_both_ways, setup, teardown),
        cmocka_unit_test_setup_teardown(gets_over_every_single_loss, setup, teardown),
        cmocka_unit_test_setup_teardown(gets_over_heavy_loss, setup, teardown),
        cmocka_unit_test_setup_teardown(retransmits_after_100_ms, setup, teardown),
        cmocka_unit_test_setup_teardown(gives_up_after_15_s, setup, teardown),
        cmocka_unit_test_setup_teardown(refuses_a_wrong_fingerprint, setup, teardown),
        cmocka_unit_test_setup_teardown(takes_longer_hashes_and_no_shorter_ones, setup, teardown),
        cmocka_unit_test_setup_teardown(waits_for_the_fingerprint, setup, teardown),
        cmocka_unit_test_setup_teardown(tells_the_end, setup, teardown),
        cmocka_unit_test_setup_teardown(is_not_ended_by_garbage, setup, teardown),
        cmocka_unit_test_setup_teardown(starts_over_after_a_hello_that_it_cannot_use, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(bounds_what_a_handshake_may_receive, setup, teardown),
        cmocka_unit_test_setup_teardown(answers_a_client_whose_last_flight_got_no_answer, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(takes_both_srtp_profiles_and_needs_one, setup, teardown),
        cmocka_unit_test_setup_teardown(prints_its_fingerprint_as_in_sdp, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, finish);
}
