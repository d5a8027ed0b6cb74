/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_transport_webrtc.c  WebRTC transport: ICE, DTLS and the end
 */
#include "tests/unit/net/transport_webrtc_fixture.h"

static int setup_two(void **state)
{
    return setup_at(state, 2);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(offers_its_credentials_and_its_address),
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
