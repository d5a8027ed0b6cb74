/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_transport_rtp.c  Plain RTP legs on loopback, with sockets as phones
 */
#include "tests/unit/net/transport_fixture.h"

enum {
    PT = 0,
    VIDEO_PT = 97,
    DTMF_PT = 101,
    OUR_SSRC = 0x0a0b0c0d,
    VIDEO_SSRC = 0x1a1b1c1d,
    PHONE_SSRC = 77,
    PORT_MIN = 31000,
    PORT_MAX = 31999,
};

struct fixture {
    struct media_loop *loop;
    struct transport *transport;
    struct events events;
    struct media_policy policy;
    struct media_desc desc;
    struct peer phone, phone_rtcp;
    struct sink *sink;
    struct fanout *fanout[2];
};

static struct media_loop *make_loop(uint16_t port_min, uint16_t port_max)
{
    struct media_loop_cfg cfg = {.addr[0] = loopback(0),
                                 .naddrs = 1,
                                 .rtp_port_min = port_min,
                                 .rtp_port_max = port_max,
                                 .max_transports = 8};
    struct media_loop *loop;

    assert_int_equal(media_loop_new(&loop, &cfg, NULL), 0);
    return loop;
}

static void describe(struct fixture *f)
{
    struct media_line *line = &f->desc.line[0];

    f->desc.nlines = 1;
    *line = (struct media_line){.kind = MEDIA_KIND_AUDIO,
                                .format = MEDIA_FORMAT_PCMU,
                                .recv = true,
                                .send = true,
                                .pt = PT,
                                .dtmf_pt = DTMF_PT,
                                .dtmf_clock = 8000,
                                .clock = 8000,
                                .ssrc = OUR_SSRC,
                                .label = "medley",
                                .remote_rtp = loopback(f->phone.port),
                                .remote_rtcp = loopback(f->phone_rtcp.port)};
}

static void describe_video(struct fixture *f, bool pli)
{
    describe(f);
    f->desc.line[0].kind = MEDIA_KIND_VIDEO;
    f->desc.line[0].format = MEDIA_FORMAT_H264;
    f->desc.line[0].pt = VIDEO_PT;
    f->desc.line[0].dtmf_pt = 0;
    f->desc.line[0].clock = 90000;
    f->desc.line[0].ssrc = VIDEO_SSRC;
    f->desc.line[0].pli = f->desc.line[0].nack = f->desc.line[0].avpf = pli;
}

static int setup(void **state)
{
    static struct fixture f;
    struct transport_cfg cfg = {.eventh = on_event, .arg = &f.events, .key = 42};
    struct sink_cfg sink_cfg = {.capacity = 64};

    memset(&f, 0, sizeof(f));
    f.loop = make_loop(PORT_MIN, PORT_MAX);
    f.phone = peer_open();
    f.phone_rtcp = peer_open();
    assert_int_equal(transport_new(&f.transport, f.loop, &cfg), 0);
    assert_int_equal(transport_prepare(f.transport, &f.policy, 1, NULL, false), 0);
    assert_int_equal(sink_new(&f.sink, &sink_cfg), 0);
    assert_int_equal(fanout_new(&f.fanout[0]), 0);
    assert_int_equal(fanout_new(&f.fanout[1]), 0);
    describe(&f);
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    transport_close(f->transport);
    media_loop_free(f->loop);
    pump();
    sink_unref(f->sink);
    assert_int_equal(fanout_subscribers(f->fanout[0]), 0);
    fanout_unref(f->fanout[0]);
    fanout_unref(f->fanout[1]);
    peer_close(&f->phone);
    peer_close(&f->phone_rtcp);
    assert_int_equal(f->events.at[f->events.n - 1].event, TRANSPORT_EVENT_CLOSED);
    assert_int_equal(packet_pool_used(), 0);
    return 0;
}

static void connect_leg(struct fixture *f)
{
    struct transport_route route = {.sink = f->sink, .fanout = {f->fanout[0], f->fanout[1]}};

    assert_int_equal(transport_update(f->transport, &f->desc), 0);
    assert_int_equal(transport_route(f->transport, 0, &route), 0);
    wait_event(&f->events, TRANSPORT_EVENT_CONNECTED);
    wait_subscribers(f->fanout[0], 1);
    wait_subscribers(f->fanout[1], 1);
}

static uint16_t port_of(const struct fixture *f)
{
    return f->policy.local_port[0];
}

static void expect_at_phone(const struct peer *phone, const char *payload)
{
    uint8_t buf[DATAGRAM];
    size_t n = peer_recv(phone, buf, false);

    assert_int_equal(n, RTP_PACKET_HEADER + strlen(payload));
    assert_memory_equal(buf + RTP_PACKET_HEADER, payload, strlen(payload));
}

static void gives_an_even_port_in_the_range(void **state)
{
    struct fixture *f = *state;

    assert_in_range(port_of(f), PORT_MIN, PORT_MAX);
    assert_int_equal(port_of(f) % 2, 0);
    assert_int_equal(f->policy.local_port[1], 0);
}

static void carries_media_both_ways(void **state)
{
    struct fixture *f = *state;
    struct rtp_packet_header header;
    struct packet *packet;
    uint8_t buf[DATAGRAM];

    connect_leg(f);
    peer_send_rtp(&f->phone, port_of(f), PT, 65535, PHONE_SSRC, "one");
    peer_send_rtp(&f->phone, port_of(f), PT, 0, PHONE_SSRC, "two");
    packet = sink_wait(f->sink);
    assert_int_equal(packet->ssrc, PHONE_SSRC);
    assert_int_equal(packet->ext_seq & 0xffff, 65535);
    expect_payload(packet, "one");
    packet = sink_wait(f->sink);
    assert_int_equal(packet->ext_seq & 0xffff, 0);
    expect_payload(packet, "two");

    fanout_send(f->fanout[0], make_packet("hello", 160));
    assert_int_equal(peer_recv(&f->phone, buf, false), RTP_PACKET_HEADER + 5);
    assert_int_equal(rtp_packet_peek(buf, RTP_PACKET_HEADER + 5, &header), 0);
    assert_int_equal(header.ssrc, OUR_SSRC);
    assert_int_equal(header.pt, PT);
}

static void leaves_out_the_excluded_and_sends_him_his_own(void **state)
{
    struct fixture *f = *state;
    struct packet *shared = make_packet("everybody", 160);

    connect_leg(f);
    shared->nexclude = 2;
    shared->exclude[0] = 7;
    shared->exclude[1] = 42;
    fanout_send(f->fanout[0], shared);
    fanout_send(f->fanout[1], make_packet("minus you", 160));
    expect_at_phone(&f->phone, "minus you");
}

static void does_not_go_back_in_time_from_one_mix_to_the_other(void **state)
{
    struct fixture *f = *state;
    struct packet *own = make_packet("minus you", 1600), *late = make_packet("everybody", 1440);
    int64_t dropped = metric_value(&media_metric_drop_late);

    connect_leg(f);
    late->when_us = own->when_us - 20000;
    fanout_send(f->fanout[1], own);
    fanout_send(f->fanout[0], late);
    fanout_send(f->fanout[0], make_packet("everybody again", 1760));
    expect_at_phone(&f->phone, "minus you");
    expect_at_phone(&f->phone, "everybody again");
    assert_int_equal(metric_value(&media_metric_drop_late), dropped + 1);
}

static void latches_once_when_the_described_address_is_silent(void **state)
{
    struct fixture *f = *state;
    struct peer behind_nat = peer_open(), attacker = peer_open();

    connect_leg(f);
    peer_send_rtp(&behind_nat, port_of(f), PT, 1, PHONE_SSRC, "from nat");
    expect_payload(sink_wait(f->sink), "from nat");
    fanout_send(f->fanout[0], make_packet("to nat", 160));
    expect_at_phone(&behind_nat, "to nat");

    peer_send_rtp(&attacker, port_of(f), PT, 2, PHONE_SSRC, "attack");
    peer_send_rtp(&f->phone, port_of(f), PT, 3, PHONE_SSRC, "too late");
    peer_send_rtp(&behind_nat, port_of(f), PT, 4, PHONE_SSRC, "again");
    expect_payload(sink_wait(f->sink), "again");
    peer_close(&behind_nat);
    peer_close(&attacker);
}

static void does_not_latch_to_a_stranger_while_the_phone_talks(void **state)
{
    struct fixture *f = *state;
    struct peer attacker = peer_open();

    connect_leg(f);
    peer_send_rtp(&f->phone, port_of(f), PT, 1, PHONE_SSRC, "phone");
    expect_payload(sink_wait(f->sink), "phone");
    peer_send_rtp(&attacker, port_of(f), PT, 2, PHONE_SSRC + 1, "attack");
    peer_send_rtp(&f->phone, port_of(f), PT, 2, PHONE_SSRC, "phone2");
    expect_payload(sink_wait(f->sink), "phone2");
    peer_close(&attacker);
}

static void follows_a_new_description_to_a_new_address(void **state)
{
    struct fixture *f = *state;
    struct peer moved = peer_open();

    connect_leg(f);
    peer_send_rtp(&f->phone, port_of(f), PT, 1, PHONE_SSRC, "old");
    expect_payload(sink_wait(f->sink), "old");

    f->desc.line[0].remote_rtp = f->desc.line[0].remote_rtcp = loopback(moved.port);
    assert_int_equal(transport_update(f->transport, &f->desc), 0);
    for (uint16_t seq = 2;; ++seq) { /* until the update is in force */
        struct packet *packet = NULL;

        peer_send_rtp(&moved, port_of(f), PT, seq, PHONE_SSRC, "new");
        for (int i = 0; i < 20 && !packet; ++i) {
            breathe();
            packet = sink_get(f->sink);
        }
        if (packet) {
            expect_payload(packet, "new");
            break;
        }
    }
    fanout_send(f->fanout[0], make_packet("to new", 160));
    expect_at_phone(&moved, "to new");
    peer_close(&moved);
}

static void drops_payload_types_that_were_not_agreed(void **state)
{
    struct fixture *f = *state;

    connect_leg(f);
    peer_send_rtp(&f->phone, port_of(f), 8, 1, PHONE_SSRC, "wrong");
    peer_send(&f->phone, port_of(f), "garbage", 7);
    peer_send_rtp(&f->phone, port_of(f), PT, 2, PHONE_SSRC, "right");
    expect_payload(sink_wait(f->sink), "right");
}

static void sends_nothing_on_hold(void **state)
{
    struct fixture *f = *state;
    uint32_t used = packet_pool_used();
    uint8_t buf[DATAGRAM];
    size_t n = 0;

    connect_leg(f);
    f->desc.line[0].send = false;
    assert_int_equal(transport_update(f->transport, &f->desc), 0);
    fanout_send(f->fanout[0], make_packet("on hold", 160));
    while (packet_pool_used() != used) /* until it was taken from the queue */
        breathe();

    f->desc.line[0].send = true;
    assert_int_equal(transport_update(f->transport, &f->desc), 0);
    while (!n) { /* until the update is in force */
        fanout_send(f->fanout[0], make_packet("off hold", 320));
        n = peer_recv_within(&f->phone, buf, 10);
    }
    assert_int_equal(n, RTP_PACKET_HEADER + 8);
    assert_memory_equal(buf + RTP_PACKET_HEADER, "off hold", 8);
}

static void reports_by_rtcp_on_the_odd_port(void **state)
{
    struct fixture *f = *state;
    struct rtcp_packet packet;
    uint8_t buf[DATAGRAM];
    size_t n;

    connect_leg(f);
    peer_send_rtp(&f->phone, port_of(f), PT, 1, PHONE_SSRC, "a");
    peer_send_rtp(&f->phone, port_of(f), PT, 3, PHONE_SSRC, "b");
    fanout_send(f->fanout[0], make_packet("hello", 160));
    n = peer_recv(&f->phone_rtcp, buf, true);
    assert_true(find_rtcp(buf, n, RTCP_PACKET_TYPE_SR, &packet));
    assert_int_equal(packet.ssrc, OUR_SSRC);
    assert_int_equal(packet.u.sr.sender.packets, 1);
    assert_true(find_rtcp(buf, n, RTCP_PACKET_TYPE_RR, &packet));
    assert_int_equal(packet.u.sr.nreports, 1);
    assert_int_equal(packet.u.sr.report[0].ssrc, PHONE_SSRC);
    assert_int_equal(packet.u.sr.report[0].lost, 1);
    assert_true(find_rtcp(buf, n, RTCP_PACKET_TYPE_SDES, &packet));
    assert_string_equal(packet.u.sdes.cname, "medley");
}

static void tells_a_digit_once(void **state)
{
    struct fixture *f = *state;
    char event[] = {5, (char)0x8a, 3, 32, 0}; /* event 5, end, volume 10, duration 800 */
    uint8_t buf[DATAGRAM];
    unsigned digits = 0;

    connect_leg(f);
    for (uint16_t i = 0; i < 3; ++i)
        peer_send(&f->phone, port_of(f), buf,
                  make_rtp(buf, DTMF_PT, (uint16_t)(10 + i), 1600, PHONE_SSRC, event));
    peer_send_rtp(&f->phone, port_of(f), PT, 13, PHONE_SSRC, "voice");
    for (unsigned i = 0; i < 3; ++i)
        expect_payload(sink_wait(f->sink), ""); /* so that their numbers are not missed */
    expect_payload(sink_wait(f->sink), "voice");
    wait_event(&f->events, TRANSPORT_EVENT_DTMF);
    for (unsigned i = 0; i < f->events.n; ++i)
        if (f->events.at[i].event == TRANSPORT_EVENT_DTMF) {
            assert_int_equal(f->events.at[i].value, '5');
            ++digits;
        }
    assert_int_equal(digits, 1);
}

static void answers_a_nack_and_asks_with_one(void **state)
{
    struct fixture *f = *state;
    uint8_t first[DATAGRAM], again[DATAGRAM], buf[DATAGRAM];
    struct rtcp_packet_buf rtcp = {.buf = buf, .size = sizeof(buf)};
    struct rtcp_packet packet;
    uint16_t seq, seqs[8];
    size_t n;

    describe_video(f, true);
    connect_leg(f);
    fanout_send(f->fanout[0], make_packet("picture", 9000));
    n = peer_recv(&f->phone, first, false);
    seq = (uint16_t)(first[2] << 8 | first[3]);
    assert_int_equal(rtcp_packet_write_rr(&rtcp, PHONE_SSRC, NULL, 0), 0);
    assert_int_equal(rtcp_packet_write_nack(&rtcp, PHONE_SSRC, VIDEO_SSRC, &seq, 1), 0);
    peer_send(&f->phone_rtcp, (uint16_t)(port_of(f) + 1), buf, rtcp.len);
    assert_int_equal(peer_recv(&f->phone, again, false), n);
    assert_memory_equal(first, again, n);

    peer_send_rtp(&f->phone, port_of(f), VIDEO_PT, 1, PHONE_SSRC, "a");
    peer_send_rtp(&f->phone, port_of(f), VIDEO_PT, 4, PHONE_SSRC, "b");
    do
        n = peer_recv(&f->phone_rtcp, buf, true);
    while (!find_rtcp(buf, n, RTCP_PACKET_TYPE_NACK, &packet));
    assert_int_equal(packet.u.nack.media, PHONE_SSRC);
    assert_int_equal(rtcp_packet_nack_seqs(&packet, seqs, 8), 2);
    assert_int_equal(seqs[0], 2);
    assert_int_equal(seqs[1], 3);
}

static void carries_key_frame_requests_both_ways(void **state)
{
    struct fixture *f = *state;
    uint8_t buf[DATAGRAM];
    struct rtcp_packet_buf rtcp = {.buf = buf, .size = sizeof(buf)};
    struct rtcp_packet packet;
    uint64_t end = clock_now_us() + DEADLINE_US;
    size_t n;

    describe_video(f, true);
    connect_leg(f);
    assert_true(fanout_take_key_request(f->fanout[0])); /* a new subscriber */
    assert_int_equal(rtcp_packet_write_rr(&rtcp, PHONE_SSRC, NULL, 0), 0);
    assert_int_equal(rtcp_packet_write_pli(&rtcp, PHONE_SSRC, VIDEO_SSRC), 0);
    peer_send(&f->phone_rtcp, (uint16_t)(port_of(f) + 1), buf, rtcp.len);
    while (!fanout_take_key_request(f->fanout[0])) {
        assert_true(clock_now_us() < end);
        breathe();
    }

    sink_request_key(f->sink);
    peer_send_rtp(&f->phone, port_of(f), VIDEO_PT, 1, PHONE_SSRC, "a");
    do
        n = peer_recv(&f->phone_rtcp, buf, true);
    while (!find_rtcp(buf, n, RTCP_PACKET_TYPE_PLI, &packet));
    assert_int_equal(packet.u.pli.media, PHONE_SSRC);
}

static void asks_for_a_key_frame_once_the_address_is_known(void **state)
{
    struct fixture *f = *state;
    uint64_t end = clock_now_us() + DEADLINE_US;

    describe_video(f, true);
    memset(&f->desc.line[0].remote_rtp, 0, sizeof(f->desc.line[0].remote_rtp));
    connect_leg(f);
    assert_false(fanout_key_wanted(f->fanout[0]));
    describe_video(f, true);
    assert_int_equal(transport_update(f->transport, &f->desc), 0);
    while (!fanout_take_key_request(f->fanout[0])) {
        assert_true(clock_now_us() < end);
        breathe();
    }
}

static void counts_what_is_broken_in_a_compound(void **state)
{
    struct fixture *f = *state;
    uint64_t end = clock_now_us() + DEADLINE_US;
    int64_t broken = metric_value(&media_metric_drop_broken);
    static const uint8_t short_nack[8] = {0x81, 205, 0, 1, 0, 0, 0, PHONE_SSRC};
    uint8_t buf[DATAGRAM];
    struct rtcp_packet_buf rtcp = {.buf = buf, .size = sizeof(buf)};

    connect_leg(f);
    assert_int_equal(rtcp_packet_write_rr(&rtcp, PHONE_SSRC, NULL, 0), 0);
    memcpy(buf + rtcp.len, short_nack, sizeof(short_nack));
    peer_send(&f->phone_rtcp, (uint16_t)(port_of(f) + 1), buf, rtcp.len + sizeof(short_nack));
    while (metric_value(&media_metric_drop_broken) != broken + 1) {
        assert_true(clock_now_us() < end);
        breathe();
    }
}

static void asks_by_signalling_without_feedback(void **state)
{
    struct fixture *f = *state;

    describe_video(f, false);
    connect_leg(f);
    sink_request_key(f->sink);
    peer_send_rtp(&f->phone, port_of(f), VIDEO_PT, 1, PHONE_SSRC, "a");
    wait_event(&f->events, TRANSPORT_EVENT_FAST_UPDATE);
}

static void says_bye_and_gives_the_ports_back(void **state)
{
    struct fixture *f = *state;
    struct media_loop *loop = make_loop(PORT_MAX + 1, PORT_MAX + 2);
    struct events events[2] = {0};
    struct transport_cfg cfg = {.eventh = on_event, .arg = &events[0], .key = 1};
    struct media_policy policy = {0};
    struct rtcp_packet packet;
    struct transport *a, *b;
    uint8_t buf[DATAGRAM];
    size_t n;

    assert_int_equal(transport_new(&a, loop, &cfg), 0);
    cfg.arg = &events[1];
    assert_int_equal(transport_new(&b, loop, &cfg), 0);
    assert_int_equal(transport_prepare(a, &policy, 1, NULL, false), 0);
    assert_int_equal(transport_prepare(b, &policy, 1, NULL, false), -EADDRINUSE);
    assert_int_equal(transport_update(a, &f->desc), 0);
    wait_event(&events[0], TRANSPORT_EVENT_CONNECTED);
    transport_close(a);
    wait_event(&events[0], TRANSPORT_EVENT_CLOSED);
    do
        n = peer_recv(&f->phone_rtcp, buf, true);
    while (!find_rtcp(buf, n, RTCP_PACKET_TYPE_BYE, &packet));
    assert_int_equal(packet.u.bye.ssrc[0], OUR_SSRC);

    assert_int_equal(transport_prepare(b, &policy, 1, NULL, false), 0);
    transport_close(b);
    wait_event(&events[1], TRANSPORT_EVENT_CLOSED);
    media_loop_free(loop);
}

static void gives_up_the_ports_of_refused_lines(void **state)
{
    struct fixture *f = *state;
    uint16_t port = port_of(f);
    uint64_t end = clock_now_us() + DEADLINE_US;
    struct sockaddr_storage ss = loopback(port);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    f->desc.line[0].kind = MEDIA_KIND_NONE;
    assert_int_equal(transport_update(f->transport, &f->desc), 0);
    while (bind(fd, (struct sockaddr *)&ss, sizeof(struct sockaddr_in))) {
        assert_int_equal(errno, EADDRINUSE);
        assert_true(clock_now_us() < end);
        breathe();
    }
    close(fd);
}

static void tells_when_nothing_comes(void **state)
{
    struct fixture *f = *state;
    struct events events = {0};
    struct transport_cfg cfg = {
        .eventh = on_event, .arg = &events, .key = 2, .rtp_timeout_ms = 100};
    struct media_policy policy = {0};
    struct transport *transport;

    assert_int_equal(transport_new(&transport, f->loop, &cfg), 0);
    assert_int_equal(transport_prepare(transport, &policy, 1, NULL, false), 0);
    assert_int_equal(transport_update(transport, &f->desc), 0);
    wait_event(&events, TRANSPORT_EVENT_LOST);
    transport_close(transport);
    wait_event(&events, TRANSPORT_EVENT_CLOSED);
}

static struct transport *open_timed(struct fixture *f, struct events *events, uint32_t key,
                                    struct media_policy *policy)
{
    struct transport_cfg cfg = {
        .eventh = on_event, .arg = events, .key = key, .rtp_timeout_ms = 500};
    struct transport *transport;

    assert_int_equal(transport_new(&transport, f->loop, &cfg), 0);
    assert_int_equal(transport_prepare(transport, policy, 1, NULL, false), 0);
    assert_int_equal(transport_update(transport, &f->desc), 0);
    wait_event(events, TRANSPORT_EVENT_CONNECTED);
    return transport;
}

static void send_empty_rr(const struct peer *peer, uint16_t port)
{
    uint8_t buf[DATAGRAM];
    struct rtcp_packet_buf rtcp = {.buf = buf, .size = sizeof(buf)};

    assert_int_equal(rtcp_packet_write_rr(&rtcp, PHONE_SSRC, NULL, 0), 0);
    peer_send(peer, port, buf, rtcp.len);
}

static void silence_ends_no_call_on_hold_or_with_rtcp(void **state)
{
    enum { HELD, UNKNOWN, RTCP, SILENT, N };
    struct fixture *f = *state;
    uint64_t end = clock_now_us() + DEADLINE_US;
    struct transport *transport[N];
    struct events events[N] = {0};
    struct media_policy policy[N] = {0};

    f->desc.line[0].send = false; /* the phone is sendonly, without music */
    transport[HELD] = open_timed(f, &events[HELD], 10, &policy[HELD]);
    f->desc.line[0].send = true;
    memset(&f->desc.line[0].remote_rtp, 0, sizeof(f->desc.line[0].remote_rtp));
    transport[UNKNOWN] = open_timed(f, &events[UNKNOWN], 11, &policy[UNKNOWN]);
    describe(f);
    transport[RTCP] = open_timed(f, &events[RTCP], 12, &policy[RTCP]);
    transport[SILENT] = open_timed(f, &events[SILENT], 13, &policy[SILENT]);

    while (!has_event(&events[SILENT], TRANSPORT_EVENT_LOST)) { /* the last one to be looked at */
        assert_true(clock_now_us() < end);
        send_empty_rr(&f->phone_rtcp, (uint16_t)(policy[RTCP].local_port[0] + 1));
        breathe();
    }
    for (unsigned i = 0; i < N; ++i) {
        assert_true(i == SILENT || !has_event(&events[i], TRANSPORT_EVENT_LOST));
        transport_close(transport[i]);
        wait_event(&events[i], TRANSPORT_EVENT_CLOSED);
    }
}

static void closed_comes_even_when_control_was_full(void **state)
{
    struct fixture *f = *state;
    struct events events = {0};
    struct transport_cfg cfg = {.eventh = on_event, .arg = &events, .key = 3};
    struct transport *transport;

    assert_int_equal(transport_new(&transport, f->loop, &cfg), 0);
    refuse_posts(true);
    transport_close(transport);
    for (int i = 0; i < 50; ++i)
        breathe();
    assert_int_equal(events.n, 0);
    refuse_posts(false);
    wait_event(&events, TRANSPORT_EVENT_CLOSED);
    assert_int_equal(events.n, 1);
}

static void loop_end_closes_what_is_left(void **state)
{
    struct media_loop *loop = make_loop(PORT_MIN, PORT_MAX);
    struct events events = {0};
    struct transport_cfg cfg = {.eventh = on_event, .arg = &events, .key = 4};
    struct transport_stats stats;
    struct media_policy policy;
    struct transport *transport;

    (void)state;
    assert_int_equal(transport_new(&transport, loop, &cfg), 0);
    media_loop_free(loop);
    assert_int_equal(events.n, 1);
    assert_int_equal(events.at[0].event, TRANSPORT_EVENT_CLOSED);
    assert_int_equal(transport_prepare(transport, &policy, 1, NULL, false), -ESHUTDOWN);
    transport_stats(transport, &stats);
    assert_null(transport_close(transport));
    assert_int_equal(events.n, 1);
}

static void refuses_more_transports_than_its_limit(void **state)
{
    struct fixture *f = *state;
    struct events events[8] = {0};
    struct transport *transport[8];
    struct transport_cfg cfg = {.eventh = on_event, .key = 5};

    for (unsigned i = 0; i < 7; ++i) {
        cfg.arg = &events[i];
        assert_int_equal(transport_new(&transport[i], f->loop, &cfg), 0);
    }
    assert_int_equal(transport_new(&transport[7], f->loop, &cfg), -EMFILE);
    for (unsigned i = 0; i < 7; ++i) {
        transport_close(transport[i]);
        wait_event(&events[i], TRANSPORT_EVENT_CLOSED);
    }
}

static void counts_what_it_carried(void **state)
{
    struct fixture *f = *state;
    uint64_t end = clock_now_us() + DEADLINE_US;
    struct transport_stats stats;

    connect_leg(f);
    peer_send_rtp(&f->phone, port_of(f), PT, 1, PHONE_SSRC, "a");
    peer_send_rtp(&f->phone, port_of(f), PT, 3, PHONE_SSRC, "b");
    fanout_send(f->fanout[0], make_packet("hello", 160));
    do {
        assert_true(clock_now_us() < end);
        breathe();
        transport_stats(f->transport, &stats);
    } while (stats.rx_packets < 2 || stats.tx_packets < 1);
    assert_int_equal(stats.rx_lost, 1);
    assert_int_equal(stats.rx_bytes, 2 * (RTP_PACKET_HEADER + 1));
    assert_int_equal(stats.tx_bytes, RTP_PACKET_HEADER + 5);
}

#define TEST(f_) cmocka_unit_test_setup_teardown(f_, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(gives_an_even_port_in_the_range),
        TEST(carries_media_both_ways),
        TEST(leaves_out_the_excluded_and_sends_him_his_own),
        TEST(does_not_go_back_in_time_from_one_mix_to_the_other),
        TEST(latches_once_when_the_described_address_is_silent),
        TEST(does_not_latch_to_a_stranger_while_the_phone_talks),
        TEST(follows_a_new_description_to_a_new_address),
        TEST(drops_payload_types_that_were_not_agreed),
        TEST(sends_nothing_on_hold),
        TEST(reports_by_rtcp_on_the_odd_port),
        TEST(tells_a_digit_once),
        TEST(answers_a_nack_and_asks_with_one),
        TEST(carries_key_frame_requests_both_ways),
        TEST(asks_for_a_key_frame_once_the_address_is_known),
        TEST(counts_what_is_broken_in_a_compound),
        TEST(asks_by_signalling_without_feedback),
        TEST(says_bye_and_gives_the_ports_back),
        TEST(gives_up_the_ports_of_refused_lines),
        TEST(tells_when_nothing_comes),
        TEST(silence_ends_no_call_on_hold_or_with_rtcp),
        TEST(closed_comes_even_when_control_was_full),
        TEST(loop_end_closes_what_is_left),
        TEST(refuses_more_transports_than_its_limit),
        TEST(counts_what_it_carried),
    };
    int err = packet_pool_init(4096);

    if (!err)
        err = cmocka_run_group_tests(tests, NULL, NULL);
    packet_pool_finish();
    return err;
}
