/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_transport_webrtc_media.c  WebRTC transport: media and its feedback
 */
#include "tests/unit/net/transport_webrtc_fixture.h"

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

static struct packet *make_picture(const char *payload, bool key, bool first)
{
    struct packet *packet = make_packet(payload, 6000);

    packet->key = key;
    packet->first = first;
    return packet;
}

static void another_source_starts_with_a_whole_key_frame(void **state)
{
    struct fixture *f = *state;
    struct fanout *other = NULL;
    struct transport_route route = {0};

    connect_browser(f);
    fanout_send(f->fanout, make_packet("composite", 3000));
    expect_payload(recv_parsed(&f->browser), "composite");

    assert_int_equal(fanout_new(&other), 0);
    route.fanout[0] = other;
    assert_int_equal(transport_route(f->transport, 1, &route), 0);
    while (!fanout_take_key_request(other))
        breathe();
    fanout_send(other, make_picture("refers to others", false, true));
    fanout_send(other, make_picture("half a key", true, false));
    fanout_send(other, make_picture("key", true, true));
    fanout_send(other, make_picture("next", false, true));
    expect_payload(recv_parsed(&f->browser), "key");
    expect_payload(recv_parsed(&f->browser), "next");

    /* The same one again goes on. */
    assert_int_equal(transport_route(f->transport, 1, &route), 0);
    while (!fanout_take_key_request(other))
        breathe();
    fanout_send(other, make_picture("goes on", false, true));
    expect_payload(recv_parsed(&f->browser), "goes on");
    fanout_unref(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(carries_media_both_ways),
        TEST(restores_retransmissions_once),
        TEST(answers_a_nack_with_rtx),
        TEST(gives_the_feedback_that_a_browser_needs),
        TEST(carries_key_frame_requests_both_ways),
        TEST(asks_for_a_key_frame_once_it_can_be_sent),
        TEST(asks_for_a_key_frame_when_dtls_is_last),
        TEST(another_source_starts_with_a_whole_key_frame),
    };
    int err = packet_pool_init(4096);

    if (!err)
        err = cmocka_run_group_tests(tests, NULL, NULL);
    packet_pool_finish();
    return err;
}
