/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_transport_webrtc.c  A WebRTC transport on loopback; the test is the
 * browser
 */
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

static size_t put16(uint8_t *p, unsigned v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
    return 2;
}

static size_t put_attr(uint8_t *p, unsigned type, const void *value, size_t len)
{
    put16(p, type);
    put16(p + 2, (unsigned)len);
    memset(p + 4, 0, (len + 3) & ~(size_t)3);
    memcpy(p + 4, value, len);
    return 4 + ((len + 3) & ~(size_t)3);
}

static uint32_t crc32_of(const uint8_t *p, size_t n)
{
    uint32_t crc = 0xffffffff;

    for (; n; --n, ++p) {
        crc ^= *p;
        for (int k = 0; k < 8; ++k)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc;
}

static size_t make_check(uint8_t *buf, const char *ufrag, const char *pwd, bool nominate)
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

/* Next datagram whose first byte lies in a range. */
static size_t recv_kind(const struct browser *b, uint8_t *buf, uint8_t low, uint8_t high)
{
    uint64_t end = clock_now_us() + DEADLINE_US;

    for (;;) {
        size_t n = peer_recv_within(&b->peer, buf, 100);

        assert_true(clock_now_us() < end);
        if (n && buf[0] >= low && buf[0] <= high)
            return n;
    }
}

static void do_check(const struct browser *b, bool nominate)
{
    uint8_t buf[BIG];

    peer_send(&b->peer, b->server, buf, make_check(buf, b->ufrag, b->pwd, nominate));
    assert_true(recv_kind(b, buf, 0, 3) >= 20);
    assert_int_equal(buf[0] << 8 | buf[1], 0x0101);
}

static void send_dtls(const uint8_t *data, size_t len, void *arg)
{
    struct browser *b = arg;

    peer_send(&b->peer, b->server, data, len);
}

static void do_dtls(struct browser *b)
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

static void send_rtp(struct browser *b, uint8_t pt, uint16_t seq, uint32_t ssrc, const char *mid,
                     const char *payload)
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

static void send_rtcp(struct browser *b, struct rtcp_packet_buf *rtcp)
{
    assert_int_equal(rtp_crypt_protect_rtcp(b->crypt, rtcp->buf, &rtcp->len, rtcp->size), 0);
    peer_send(&b->peer, b->server, rtcp->buf, rtcp->len);
}

static size_t recv_media(struct browser *b, uint8_t *buf, bool rtcp)
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

static void expect_rtcp(struct browser *b, enum rtcp_packet_type type, struct rtcp_packet *ret)
{
    static uint8_t buf[BIG]; /* what ret points into */
    size_t n;

    do
        n = recv_media(b, buf, true);
    while (!find_rtcp(buf, n, type, ret));
}

static struct packet *recv_parsed(struct browser *b)
{
    struct packet *packet = packet_new();
    uint8_t buf[BIG];
    size_t n = recv_media(b, buf, false);

    memcpy(packet->buf, buf, n);
    packet->len = (uint16_t)n;
    assert_int_equal(rtp_packet_parse(packet, NULL, NULL), 0);
    return packet;
}

static void read_fingerprint(struct media_desc *desc, const char *text)
{
    unsigned byte;
    int used;

    assert_int_equal(sscanf(text, "%11s %n", desc->fingerprint_hash, &used), 1);
    for (text += used; sscanf(text, "%2x", &byte) == 1; text += text[2] ? 3 : 2)
        desc->fingerprint[desc->fingerprint_len++] = (uint8_t)byte;
}

static void describe(struct fixture *f)
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

static void browser_open(struct browser *b, struct fixture *f)
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

static void browser_close(struct browser *b)
{
    b->crypt = rtp_crypt_free(b->crypt);
    b->dtls = dtls_srtp_free(b->dtls);
    b->ctx = dtls_srtp_ctx_free(b->ctx);
    peer_close(&b->peer);
}

static struct sockaddr_storage second_loopback(uint16_t port)
{
    struct sockaddr_storage ss = loopback(port);

    ((struct sockaddr_in *)(void *)&ss)->sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
    return ss;
}

static int setup_at(void **state, unsigned naddrs)
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

static int setup(void **state)
{
    return setup_at(state, 1);
}

static int setup_two(void **state)
{
    return setup_at(state, 2);
}

static int teardown(void **state)
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

static void describe_and_route(struct fixture *f)
{
    struct transport_route audio = {.sink = f->audio};
    struct transport_route video = {.sink = f->video, .fanout = {f->fanout}};

    assert_int_equal(transport_update(f->transport, &f->desc), 0);
    assert_int_equal(transport_route(f->transport, 0, &audio), 0);
    assert_int_equal(transport_route(f->transport, 1, &video), 0);
    wait_subscribers(f->fanout, 1); /* all commands were taken: a check is answered */
}

static void connect_browser(struct fixture *f)
{
    describe_and_route(f);
    do_check(&f->browser, true);
    do_dtls(&f->browser);
    wait_event(&f->events, TRANSPORT_EVENT_CONNECTED);
}

static void offers_its_credentials_and_its_address(void **state)
{
    struct fixture *f = *state;
    struct sockaddr_in in;

    memcpy(&in, &f->policy.candidate[0], sizeof(in));
    assert_true(f->policy.webrtc);
    assert_int_equal(f->policy.ncandidates, 1);
    assert_int_equal(ntohs(in.sin_port), f->port);
    assert_int_equal(in.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
    assert_true(strlen(f->policy.ufrag) >= 8);
    assert_true(strlen(f->policy.pwd) >= 24);
    assert_int_equal(strncmp(f->policy.fingerprint, "sha-256 ", 8), 0);
}

static void carries_media_both_ways(void **state)
{
    struct fixture *f = *state;
    struct packet *packet;

    connect_browser(f);
    send_rtp(&f->browser, AUDIO_PT, 1, BROWSER_AUDIO, "0", "sound");
    expect_payload(sink_wait(f->audio), "sound");
    send_rtp(&f->browser, VIDEO_PT, 1, BROWSER_VIDEO, "1", "picture");
    packet = sink_wait(f->video);
    assert_int_equal(packet->ssrc, BROWSER_VIDEO);
    expect_payload(packet, "picture");

    fanout_send(f->fanout, make_packet("composite", 3000));
    packet = recv_parsed(&f->browser);
    assert_int_equal(packet->ssrc, VIDEO_SSRC);
    assert_int_equal(packet->pt, VIDEO_PT);
    expect_payload(packet, "composite");
}

static void restores_retransmissions_once(void **state)
{
    struct fixture *f = *state;

    connect_browser(f);
    send_rtp(&f->browser, VIDEO_PT, 0x0101, BROWSER_VIDEO, "1", "one");
    send_rtp(&f->browser, VIDEO_PT, 0x0103, BROWSER_VIDEO, "1", "three");
    send_rtp(&f->browser, RTX_PT, 500, BROWSER_RTX, "1",
             "\x01\x02"
             "two");
    send_rtp(&f->browser, RTX_PT, 501, BROWSER_RTX, "1",
             "\x01\x02"
             "two");
    send_rtp(&f->browser, RTX_PT, 502, BROWSER_RTX, "1",
             "\x01\x03"
             "three");
    send_rtp(&f->browser, VIDEO_PT, 0x0104, BROWSER_VIDEO, "1", "four");
    expect_payload(sink_wait(f->video), "one");
    expect_payload(sink_wait(f->video), "three");
    expect_payload(sink_wait(f->video), "two");
    expect_payload(sink_wait(f->video), "four");
}

static void answers_a_nack_with_rtx(void **state)
{
    struct fixture *f = *state;
    uint8_t buf[BIG];
    struct rtcp_packet_buf rtcp = {.buf = buf, .size = sizeof(buf)};
    struct packet *packet;
    uint16_t seq;

    connect_browser(f);
    fanout_send(f->fanout, make_packet("composite", 3000));
    packet = recv_parsed(&f->browser);
    seq = packet->seq;
    packet_unref(packet);
    assert_int_equal(rtcp_packet_write_nack(&rtcp, BROWSER_VIDEO, VIDEO_SSRC, &seq, 1), 0);
    send_rtcp(&f->browser, &rtcp);
    packet = recv_parsed(&f->browser);
    assert_int_equal(packet->ssrc, VIDEO_RTX_SSRC);
    assert_int_equal(packet->pt, RTX_PT);
    assert_int_equal(rtp_packet_rtx_restore(packet, VIDEO_PT, VIDEO_SSRC), 0);
    assert_int_equal(packet->seq, seq);
    expect_payload(packet, "composite");
}

static void gives_the_feedback_that_a_browser_needs(void **state)
{
    struct fixture *f = *state;
    struct rtcp_packet_arrival arrival[64];
    struct rtcp_packet packet;

    connect_browser(f);
    for (uint16_t seq = 1; seq <= 5; ++seq)
        send_rtp(&f->browser, VIDEO_PT, seq, BROWSER_VIDEO, "1", "picture");
    expect_rtcp(&f->browser, RTCP_PACKET_TYPE_TRANSPORT_CC, &packet);
    assert_int_equal(packet.u.transport_cc.base, 0);
    assert_true(rtcp_packet_arrivals(&packet, arrival, 64) >= 1);
    assert_true(arrival[0].received);
    expect_rtcp(&f->browser, RTCP_PACKET_TYPE_RR, &packet);
    assert_int_equal(packet.u.sr.nreports, 1);
    assert_int_equal(packet.u.sr.report[0].ssrc, BROWSER_VIDEO);
}

static void carries_key_frame_requests_both_ways(void **state)
{
    struct fixture *f = *state;
    uint8_t buf[BIG];
    struct rtcp_packet_buf rtcp = {.buf = buf, .size = sizeof(buf)};
    uint64_t end = clock_now_us() + DEADLINE_US;
    struct rtcp_packet packet;

    connect_browser(f);
    assert_true(fanout_take_key_request(f->fanout)); /* a new subscriber */
    assert_int_equal(rtcp_packet_write_pli(&rtcp, BROWSER_VIDEO, VIDEO_SSRC), 0);
    send_rtcp(&f->browser, &rtcp);
    while (!fanout_take_key_request(f->fanout)) {
        assert_true(clock_now_us() < end);
        breathe();
    }
    sink_request_key(f->video);
    send_rtp(&f->browser, VIDEO_PT, 1, BROWSER_VIDEO, "1", "delta");
    expect_rtcp(&f->browser, RTCP_PACKET_TYPE_PLI, &packet);
    assert_int_equal(packet.u.pli.media, BROWSER_VIDEO);
}

static void wait_key_request(struct fixture *f)
{
    uint64_t end = clock_now_us() + DEADLINE_US;

    while (!fanout_take_key_request(f->fanout)) {
        assert_true(clock_now_us() < end);
        breathe();
    }
}

static void asks_for_a_key_frame_once_it_can_be_sent(void **state)
{
    struct fixture *f = *state;

    describe_and_route(f);
    do_check(&f->browser, false);
    assert_false(fanout_key_wanted(f->fanout)); /* it would be dropped for this browser */
    do_dtls(&f->browser);
    wait_event(&f->events, TRANSPORT_EVENT_CONNECTED);
    assert_false(fanout_key_wanted(f->fanout)); /* nothing is nominated */
    do_check(&f->browser, true);
    wait_key_request(f);
    do_check(&f->browser, true);
    do_check(&f->browser, true); /* the second answer: the first check was finished with */
    assert_false(fanout_key_wanted(f->fanout));
}

static void asks_for_a_key_frame_when_dtls_is_last(void **state)
{
    struct fixture *f = *state;

    describe_and_route(f);
    do_check(&f->browser, true);
    assert_false(fanout_key_wanted(f->fanout));
    do_dtls(&f->browser);
    wait_key_request(f);
    wait_event(&f->events, TRANSPORT_EVENT_CONNECTED);
    assert_false(fanout_key_wanted(f->fanout));
}

static void takes_nothing_from_an_address_without_a_check(void **state)
{
    struct fixture *f = *state;
    struct browser *b = &f->browser;
    struct peer stranger = peer_open(), own;
    uint8_t buf[BIG];
    size_t n;

    describe_and_route(f);
    dtls_srtp_start(b->dtls, clock_now_us()); /* too early: no answer */
    n = make_check(buf, b->ufrag, "wrong-password-wrong-password-00", true);
    peer_send(&b->peer, b->server, buf, n);
    n = make_check(buf, "unknownufrag", b->pwd, true);
    peer_send(&b->peer, b->server, buf, n);
    n = make_check(buf, b->ufrag, b->pwd, true);
    peer_send(&b->peer, b->server, buf, n);
    assert_true(peer_recv_within(&b->peer, buf, 5000) >= 20); /* the first answer is to the last */
    assert_int_equal(buf[0] << 8 | buf[1], 0x0101);

    browser_close(b);
    f->desc.fingerprint_len = 0;
    browser_open(b, f);
    own = b->peer;
    connect_browser(f);
    b->peer = stranger;
    send_rtp(b, AUDIO_PT, 1, BROWSER_AUDIO, "0", "forged");
    b->peer = own;
    send_rtp(b, AUDIO_PT, 2, BROWSER_AUDIO, "0", "real");
    expect_payload(sink_wait(f->audio), "real");
    peer_close(&stranger);
}

static void follows_the_peer_to_another_address(void **state)
{
    struct fixture *f = *state;
    struct browser *b = &f->browser;
    struct peer old;
    struct packet *packet;

    connect_browser(f);
    old = b->peer;
    b->peer = peer_open();
    do_check(b, true);
    send_rtp(b, AUDIO_PT, 1, BROWSER_AUDIO, "0", "moved");
    expect_payload(sink_wait(f->audio), "moved");
    fanout_send(f->fanout, make_packet("composite", 3000));
    packet = recv_parsed(b);
    expect_payload(packet, "composite");
    peer_close(&old);
}

/* The same remote address, another local one: a pair by itself. */
static void follows_the_nomination_of_another_socket(void **state)
{
    struct fixture *f = *state;
    struct browser *b = &f->browser;
    struct sockaddr_storage second = second_loopback(f->port);
    struct sockaddr_in from;
    uint8_t buf[BIG];
    size_t n;

    connect_browser(f);
    n = make_check(buf, b->ufrag, b->pwd, true);
    assert_int_equal(
        sendto(b->peer.fd, buf, n, 0, (struct sockaddr *)&second, sizeof(struct sockaddr_in)), n);
    assert_true(recv_kind(b, buf, 0, 3) >= 20);
    fanout_send(f->fanout, make_packet("composite", 3000));
    do {
        socklen_t len = sizeof(from);
        struct pollfd p = {.fd = b->peer.fd, .events = POLLIN};

        assert_int_equal(poll(&p, 1, DEADLINE_US / 1000), 1);
        assert_true(recvfrom(b->peer.fd, buf, sizeof(buf), 0, (struct sockaddr *)&from, &len) > 1);
    } while (buf[0] < 128 || is_rtcp(buf));
    assert_int_equal(ntohl(from.sin_addr.s_addr), INADDR_LOOPBACK + 1);
}

static void restarts_ice_and_keeps_the_keys(void **state)
{
    struct fixture *f = *state;
    struct browser *b = &f->browser;
    struct peer old;

    connect_browser(f);
    assert_int_equal(transport_prepare(f->transport, &f->policy, 2, NULL, true), 0);
    assert_string_not_equal(b->ufrag, f->policy.ufrag);
    strcpy(f->desc.remote_ufrag, "brow");
    assert_int_equal(transport_update(f->transport, &f->desc), 0);
    do_check(b, false); /* the old credentials hold until the new ones were used */

    old = b->peer;
    b->peer = peer_open();
    strcpy(b->ufrag, f->policy.ufrag);
    strcpy(b->pwd, f->policy.pwd);
    do_check(b, true);
    send_rtp(b, AUDIO_PT, 1, BROWSER_AUDIO, "0", "after restart");
    expect_payload(sink_wait(f->audio), "after restart");
    peer_close(&old);
}

static void refuses_a_wrong_fingerprint(void **state)
{
    struct fixture *f = *state;
    uint64_t end = clock_now_us() + DEADLINE_US;
    uint8_t buf[BIG];

    f->desc.fingerprint[0] ^= 1;
    describe_and_route(f);
    do_check(&f->browser, true);
    dtls_srtp_start(f->browser.dtls, clock_now_us());
    while (!has_event(&f->events, TRANSPORT_EVENT_LOST)) {
        size_t n = peer_recv_within(&f->browser.peer, buf, 10);

        assert_true(clock_now_us() < end);
        if (n && buf[0] >= 20 && buf[0] <= 63)
            (void)dtls_srtp_put(f->browser.dtls, buf, n, clock_now_us());
        pump();
    }
    assert_false(has_event(&f->events, TRANSPORT_EVENT_CONNECTED));
}

static void tells_when_the_peer_closes_dtls(void **state)
{
    struct fixture *f = *state;

    connect_browser(f);
    dtls_srtp_close(f->browser.dtls);
    wait_event(&f->events, TRANSPORT_EVENT_LOST);
}

static void says_bye_when_closed(void **state)
{
    struct fixture *f = *state;
    struct rtcp_packet packet;

    connect_browser(f);
    f->transport = transport_close(f->transport);
    wait_event(&f->events, TRANSPORT_EVENT_CLOSED);
    expect_rtcp(&f->browser, RTCP_PACKET_TYPE_BYE, &packet);
    assert_int_equal(packet.u.bye.ssrc[0], AUDIO_SSRC);
    assert_int_equal(packet.u.bye.nssrcs, 3);
}

static void survives_garbage(void **state)
{
    struct fixture *f = *state;
    struct browser *b = &f->browser;
    uint32_t random = 12345;
    uint8_t buf[BIG];

    connect_browser(f);
    for (unsigned i = 0; i < 2000; ++i) {
        size_t n = 1 + (random >> 8) % 1500;

        for (size_t k = 0; k < n; ++k)
            buf[k] = (uint8_t)((random = random * 1664525u + 1013904223u) >> 24);
        if (i % 4 == 1)
            buf[0] = 0x80;
        peer_send(&b->peer, b->server, buf, n);
    }
    do_check(b, false);
    for (uint16_t seq = 1;; ++seq) { /* the flood may have emptied the bucket of the peer */
        struct packet *packet = NULL;

        send_rtp(b, AUDIO_PT, seq, BROWSER_AUDIO, "0", "alive");
        for (int i = 0; i < 20 && !packet; ++i) {
            breathe();
            packet = sink_get(f->audio);
        }
        if (packet) {
            expect_payload(packet, "alive");
            return;
        }
    }
}

#define TEST(f_) cmocka_unit_test_setup_teardown(f_, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(offers_its_credentials_and_its_address),
        TEST(carries_media_both_ways),
        TEST(restores_retransmissions_once),
        TEST(answers_a_nack_with_rtx),
        TEST(gives_the_feedback_that_a_browser_needs),
        TEST(carries_key_frame_requests_both_ways),
        TEST(asks_for_a_key_frame_once_it_can_be_sent),
        TEST(asks_for_a_key_frame_when_dtls_is_last),
        TEST(takes_nothing_from_an_address_without_a_check),
        TEST(follows_the_peer_to_another_address),
        cmocka_unit_test_setup_teardown(follows_the_nomination_of_another_socket, setup_two,
                                        teardown),
        TEST(restarts_ice_and_keeps_the_keys),
        TEST(refuses_a_wrong_fingerprint),
        TEST(tells_when_the_peer_closes_dtls),
        TEST(says_bye_when_closed),
        TEST(survives_garbage),
    };
    int err = packet_pool_init(4096);

    if (!err)
        err = cmocka_run_group_tests(tests, NULL, NULL);
    packet_pool_finish();
    return err;
}
