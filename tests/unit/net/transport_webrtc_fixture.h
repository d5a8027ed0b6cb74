/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/transport_webrtc_fixture.h  A WebRTC transport and its peer
 *
 * The test is the browser.  It does its connectivity checks by hand, and DTLS, SRTP and RTCP with
 * the code under test.  One file of a program includes it.
 */
#ifndef TESTS_UNIT_NET_TRANSPORT_WEBRTC_FIXTURE_H
#define TESTS_UNIT_NET_TRANSPORT_WEBRTC_FIXTURE_H

#include "tests/unit/net/transport_fixture.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "net/dtls_srtp.h"
#include "net/rtp_crypt.h"

enum {
    AUDIO_PT = 111,
    VIDEO_PT = 102,
    RTX_PT = 103,
    AUDIO_SSRC = 0x70a0a0a0,
    VIDEO_SSRC = 0x70b0b0b0,
    VIDEO_RTX_SSRC = 0x70b1b1b1,
    BROWSER_AUDIO = 1001,
    BROWSER_VIDEO = 1002,
    BROWSER_RTX = 1003,
    BIG = 2048,
};

/** The test's side. */
struct browser {
    struct peer peer;
    uint16_t server;
    char ufrag[64], pwd[64];
    struct dtls_srtp_ctx *ctx;
    struct dtls_srtp *dtls;
    struct rtp_crypt *crypt;
    uint16_t twcc_seq;
};

struct fixture {
    struct media_loop *loop;
    struct transport *transport;
    struct events events;
    struct media_policy policy;
    struct media_desc desc;
    struct browser browser;
    struct sink *audio, *video;
    struct fanout *fanout;
    uint16_t port;
};

/* STUN (RFC 8489), by hand */

static inline size_t put16(uint8_t *p, unsigned v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
    return 2;
}

static inline size_t put_attr(uint8_t *p, unsigned type, const void *value, size_t len)
{
    put16(p, type);
    put16(p + 2, (unsigned)len);
    memset(p + 4, 0, (len + 3) & ~(size_t)3);
    memcpy(p + 4, value, len);
    return 4 + ((len + 3) & ~(size_t)3);
}

static inline uint32_t crc32_of(const uint8_t *p, size_t n)
{
    uint32_t crc = 0xffffffff;

    for (; n; --n, ++p) {
        crc ^= *p;
        for (int k = 0; k < 8; ++k)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc;
}

static inline size_t make_check(uint8_t *buf, const char *ufrag, const char *pwd, bool nominate)
{
    static uint8_t transaction;
    static const uint8_t priority[4] = {110, 0, 30, 255}, tie[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    uint8_t mac[20];
    char user[128];
    unsigned mac_len = 0;
    uint32_t crc;
    size_t n = 20;

    memset(buf, 0, 20);
    put16(buf, 1);
    memcpy(buf + 4, "\x21\x12\xa4\x42", 4);
    buf[19] = ++transaction;
    snprintf(user, sizeof(user), "%s:brow", ufrag);
    n += put_attr(buf + n, 0x0006, user, strlen(user));
    n += put_attr(buf + n, 0x0024, priority, 4);
    n += put_attr(buf + n, 0x802a, tie, 8);
    if (nominate)
        n += put_attr(buf + n, 0x0025, "", 0);
    put16(buf + 2, (unsigned)(n + 24 - 20));
    assert_non_null(HMAC(EVP_sha1(), pwd, (int)strlen(pwd), buf, n, mac, &mac_len));
    n += put_attr(buf + n, 0x0008, mac, 20);
    put16(buf + 2, (unsigned)(n + 8 - 20));
    crc = htonl(crc32_of(buf, n) ^ 0x5354554e);
    n += put_attr(buf + n, 0x8028, &crc, 4);
    return n;
}

/** Next datagram whose first byte lies in a range. */
static inline size_t recv_kind(const struct browser *b, uint8_t *buf, uint8_t low, uint8_t high)
{
    uint64_t end = clock_now_us() + DEADLINE_US;

    for (;;) {
        size_t n = peer_recv_within(&b->peer, buf, 100);

        assert_true(clock_now_us() < end);
        if (n && buf[0] >= low && buf[0] <= high)
            return n;
    }
}

static inline void do_check(const struct browser *b, bool nominate)
{
    uint8_t buf[BIG];

    peer_send(&b->peer, b->server, buf, make_check(buf, b->ufrag, b->pwd, nominate));
    assert_true(recv_kind(b, buf, 0, 3) >= 20);
    assert_int_equal(buf[0] << 8 | buf[1], 0x0101);
}

static inline void send_dtls(const uint8_t *data, size_t len, void *arg)
{
    struct browser *b = arg;

    peer_send(&b->peer, b->server, data, len);
}

static inline void do_dtls(struct browser *b)
{
    struct rtp_crypt_keys keys;
    uint8_t buf[BIG];

    dtls_srtp_start(b->dtls, clock_now_us());
    while (dtls_srtp_state(b->dtls) == DTLS_SRTP_STATE_HANDSHAKE) {
        size_t n = recv_kind(b, buf, 20, 63);

        (void)dtls_srtp_put(b->dtls, buf, n, clock_now_us());
    }
    assert_int_equal(dtls_srtp_state(b->dtls), DTLS_SRTP_STATE_ESTABLISHED);
    assert_int_equal(dtls_srtp_keys(b->dtls, &keys), 0);
    assert_int_equal(rtp_crypt_new(&b->crypt, &keys), 0);
}

static inline void send_rtp(struct browser *b, uint8_t pt, uint16_t seq, uint32_t ssrc,
                            const char *mid, const char *payload)
{
    static const struct media_exts ids = {.mid = 4, .transport_cc = 3};
    struct rtp_packet_header header = {.pt = pt, .seq = seq, .ts = seq * 960u, .ssrc = ssrc};
    struct rtp_packet_ext_values exts = {
        .ids = &ids, .mid = mid, .has_transport_cc = true, .transport_cc = b->twcc_seq++};
    uint8_t buf[BIG];
    int n = rtp_packet_write_header(buf, sizeof(buf), &header, &exts);
    size_t len;

    assert_true(n > 0);
    len = (size_t)n + strlen(payload);
    memcpy(buf + n, payload, strlen(payload));
    assert_int_equal(rtp_crypt_protect(b->crypt, buf, &len, sizeof(buf)), 0);
    peer_send(&b->peer, b->server, buf, len);
}

static inline void send_rtcp(struct browser *b, struct rtcp_packet_buf *rtcp)
{
    assert_int_equal(rtp_crypt_protect_rtcp(b->crypt, rtcp->buf, &rtcp->len, rtcp->size), 0);
    peer_send(&b->peer, b->server, rtcp->buf, rtcp->len);
}

static inline size_t recv_media(struct browser *b, uint8_t *buf, bool rtcp)
{
    for (;;) {
        size_t n = recv_kind(b, buf, 128, 191);

        if (is_rtcp(buf) != rtcp)
            continue;
        assert_int_equal(rtcp ? rtp_crypt_unprotect_rtcp(b->crypt, buf, &n)
                              : rtp_crypt_unprotect(b->crypt, buf, &n),
                         0);
        return n;
    }
}

static inline void expect_rtcp(struct browser *b, enum rtcp_packet_type type,
                               struct rtcp_packet *ret)
{
    static uint8_t buf[BIG]; /* what ret points into */
    size_t n;

    do
        n = recv_media(b, buf, true);
    while (!find_rtcp(buf, n, type, ret));
}

static inline struct packet *recv_parsed(struct browser *b)
{
    struct packet *packet = packet_new();
    uint8_t buf[BIG];
    size_t n = recv_media(b, buf, false);

    memcpy(packet->buf, buf, n);
    packet->len = (uint16_t)n;
    assert_int_equal(rtp_packet_parse(packet, NULL, NULL), 0);
    return packet;
}

static inline void read_fingerprint(struct media_desc *desc, const char *text)
{
    unsigned byte;
    int used;

    assert_int_equal(sscanf(text, "%11s %n", desc->fingerprint_hash, &used), 1);
    for (text += used; sscanf(text, "%2x", &byte) == 1; text += text[2] ? 3 : 2)
        desc->fingerprint[desc->fingerprint_len++] = (uint8_t)byte;
}

static inline void describe(struct fixture *f)
{
    struct media_exts ext = {.mid = 4, .transport_cc = 3, .audio_level = 1};

    f->desc.webrtc = true;
    f->desc.nlines = 2;
    strcpy(f->desc.remote_ufrag, "brow");
    f->desc.line[0] = (struct media_line){.kind = MEDIA_KIND_AUDIO,
                                          .format = MEDIA_FORMAT_OPUS,
                                          .recv = true,
                                          .send = true,
                                          .pt = AUDIO_PT,
                                          .clock = 48000,
                                          .transport_cc = true,
                                          .ext = ext,
                                          .mid = "0",
                                          .ssrc = AUDIO_SSRC,
                                          .label = "medley"};
    f->desc.line[1] = (struct media_line){.kind = MEDIA_KIND_VIDEO,
                                          .format = MEDIA_FORMAT_VP8,
                                          .recv = true,
                                          .send = true,
                                          .pt = VIDEO_PT,
                                          .rtx_pt = RTX_PT,
                                          .clock = 90000,
                                          .transport_cc = true,
                                          .nack = true,
                                          .pli = true,
                                          .fir = true,
                                          .ext = ext,
                                          .mid = "1",
                                          .ssrc = VIDEO_SSRC,
                                          .rtx_ssrc = VIDEO_RTX_SSRC,
                                          .label = "medley",
                                          .remote_ssrc = {BROWSER_VIDEO},
                                          .remote_rtx_ssrc = {BROWSER_RTX},
                                          .nremote_ssrcs = 1};
}

static inline void browser_open(struct browser *b, struct fixture *f)
{
    struct dtls_srtp_cfg cfg = {.role = DTLS_SRTP_ROLE_CLIENT, .sendh = send_dtls, .arg = b};
    struct media_desc server = {0};

    b->peer = peer_open();
    b->server = f->port;
    strcpy(b->ufrag, f->policy.ufrag);
    strcpy(b->pwd, f->policy.pwd);
    assert_int_equal(dtls_srtp_ctx_new(&b->ctx), 0);
    assert_int_equal(dtls_srtp_new(&b->dtls, b->ctx, &cfg), 0);
    read_fingerprint(&server, f->policy.fingerprint);
    assert_int_equal(dtls_srtp_set_fingerprint(b->dtls, server.fingerprint_hash, server.fingerprint,
                                               server.fingerprint_len),
                     0);
    read_fingerprint(&f->desc, dtls_srtp_ctx_fingerprint(b->ctx));
}

static inline void browser_close(struct browser *b)
{
    b->crypt = rtp_crypt_free(b->crypt);
    b->dtls = dtls_srtp_free(b->dtls);
    b->ctx = dtls_srtp_ctx_free(b->ctx);
    peer_close(&b->peer);
}

static inline struct sockaddr_storage second_loopback(uint16_t port)
{
    struct sockaddr_storage ss = loopback(port);

    ((struct sockaddr_in *)(void *)&ss)->sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
    return ss;
}

static inline int setup_at(void **state, unsigned naddrs)
{
    static struct fixture f;
    struct media_loop_cfg loop_cfg = {
        .addr = {loopback(0), second_loopback(0)}, .naddrs = naddrs, .max_transports = 4};
    struct transport_cfg cfg = {.webrtc = true, .eventh = on_event, .arg = &f.events, .key = 42};
    struct sink_cfg sink_cfg = {.capacity = 64};

    memset(&f, 0, sizeof(f));
    assert_int_equal(media_loop_new(&f.loop, &loop_cfg, &f.port), 0);
    assert_int_equal(transport_new(&f.transport, f.loop, &cfg), 0);
    assert_int_equal(transport_prepare(f.transport, &f.policy, 2, NULL, false), 0);
    assert_int_equal(sink_new(&f.audio, &sink_cfg), 0);
    assert_int_equal(sink_new(&f.video, &sink_cfg), 0);
    assert_int_equal(fanout_new(&f.fanout), 0);
    describe(&f);
    browser_open(&f.browser, &f);
    *state = &f;
    return 0;
}

static inline int setup(void **state)
{
    return setup_at(state, 1);
}

static inline int teardown(void **state)
{
    struct fixture *f = *state;

    transport_close(f->transport);
    wait_event(&f->events, TRANSPORT_EVENT_CLOSED);
    media_loop_free(f->loop);
    pump();
    sink_unref(f->audio);
    sink_unref(f->video);
    fanout_unref(f->fanout);
    browser_close(&f->browser);
    assert_int_equal(f->events.at[f->events.n - 1].event, TRANSPORT_EVENT_CLOSED);
    assert_int_equal(packet_pool_used(), 0);
    return 0;
}

static inline void describe_and_route(struct fixture *f)
{
    struct transport_route audio = {.sink = f->audio};
    struct transport_route video = {.sink = f->video, .fanout = {f->fanout}};

    assert_int_equal(transport_update(f->transport, &f->desc), 0);
    assert_int_equal(transport_route(f->transport, 0, &audio), 0);
    assert_int_equal(transport_route(f->transport, 1, &video), 0);
    wait_subscribers(f->fanout, 1); /* all commands were taken: a check is answered */
}

static inline void connect_browser(struct fixture *f)
{
    describe_and_route(f);
    do_check(&f->browser, true);
    do_dtls(&f->browser);
    wait_event(&f->events, TRANSPORT_EVENT_CONNECTED);
}

#define TEST(f_) cmocka_unit_test_setup_teardown(f_, setup, teardown)

#endif
