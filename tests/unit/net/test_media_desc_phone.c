/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_media_desc_phone.c  SDP of phones and room systems: answers, late
 * offers
 */
#include "tests/unit/net/media_desc_fixture.h"

static uint16_t port_of(const struct sockaddr_storage *addr)
{
    struct sockaddr_in in;

    memcpy(&in, addr, sizeof(in)); /* the port is at the same place in both families */
    return ntohs(in.sin_port);
}

static void answers_baresip_in_avp(void **state)
{
    struct media_desc desc = {0};
    const char *text = answer_to(offer_baresip, false, &desc);
    const struct media_line *audio = &desc.line[0], *video = &desc.line[1];
    (void)state;

    has(text, "c=IN IP4 192.0.2.1\r\n");
    has(text, "m=audio 20000 RTP/AVP 96 101\r\n");
    has(text, "m=video 20002 RTP/AVP 97\r\n");
    has(text, "a=ptime:20\r\n");
    has(text, "a=rtcp-fb:97 nack pli\r\n");
    has_not(text, "ice");
    has_not(text, "BUNDLE");
    assert_false(audio->avpf);
    assert_int_equal(audio->ptime_ms, 20);
    assert_int_equal(video->h264_mode, 0); /* the first of the two */
    assert_int_equal(video->max_bitrate_bps, 512000);
    assert_int_equal(port_of(&audio->remote_rtp), 10002);
    assert_int_equal(port_of(&audio->remote_rtcp), 10003);
    assert_int_equal(port_of(&video->remote_rtcp), 10005);
    assert_int_equal(video->local_port, 20002);
    assert_true(video->pli);
    assert_false(video->fir);
}

static void answers_linphone_in_avpf_over_ipv6(void **state)
{
    struct media_desc desc = {0};
    const char *text = answer_to(offer_linphone, false, &desc);
    (void)state;

    has(text, "m=audio 20000 RTP/AVPF 96 101\r\n");
    has(text, "m=video 20002 RTP/AVPF 97\r\n");
    has(text, "packetization-mode=1;profile-level-id=42801F\r\n");
    assert_int_equal(desc.line[0].remote_rtp.ss_family, AF_INET6);
    assert_int_equal(port_of(&desc.line[0].remote_rtcp), 7079);
    assert_int_equal(desc.line[0].dtmf_clock, 48000);
    assert_true(desc.line[1].avpf && desc.line[1].fir && desc.line[1].pli);
}

static void answers_a_room_system(void **state)
{
    struct media_desc desc = {0};
    const char *text = answer_to(offer_desk, false, &desc);
    (void)state;

    has(text, "m=audio 20000 RTP/AVP 9 127\r\na=rtpmap:9 G722/8000\r\n");
    has(text, "m=video 20004 RTP/AVP 100\r\n");
    has(strstr(text, "m=video 20004"), "a=content:slides\r\n");
    has(text, "m=application 0 UDP/BFCP *\r\n");
    assert_int_equal(desc.line[0].clock, 8000);
    assert_int_equal(desc.line[0].dtmf_clock, 8000);
    assert_int_equal(desc.line[0].ptime_ms, 30);
    assert_int_equal(desc.line[1].max_bitrate_bps, 384000);
    assert_int_equal(desc.line[1].h264_mode, 0);
    assert_false(desc.line[1].content);
    assert_true(desc.line[2].content);
}

static void static_payload_types_need_no_rtpmap(void **state)
{
    static const struct {
        int pt;
        enum media_format format;
    } rows[] = {{0, MEDIA_FORMAT_PCMU}, {8, MEDIA_FORMAT_PCMA}, {9, MEDIA_FORMAT_G722}};
    struct media_policy policy = a_policy(false);
    (void)state;

    for (size_t i = 0; i < 3; ++i) {
        struct media_desc desc = {0};
        char offer[256];

        snprintf(offer, sizeof(offer),
                 "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
                 "m=audio 4000 RTP/AVP %d\r\n",
                 rows[i].pt);
        assert_int_equal(read_offer(&desc, &policy, offer), 0);
        assert_int_equal(desc.line[0].format, rows[i].format);
        assert_int_equal(desc.line[0].pt, rows[i].pt);
    }
}

static void direction_and_hold_are_read_from_our_side(void **state)
{
    static const struct {
        const char *session, *line;
        bool recv, send;
        const char *answer;
    } rows[] = {
        {"c=IN IP4 192.0.2.9\r\n", "", true, true, "a=sendrecv"},
        {"c=IN IP4 192.0.2.9\r\n", "a=sendonly\r\n", true, false, "a=recvonly"},
        {"c=IN IP4 192.0.2.9\r\n", "a=recvonly\r\n", false, true, "a=sendonly"},
        {"c=IN IP4 192.0.2.9\r\n", "a=inactive\r\n", false, false, "a=inactive"},
        {"c=IN IP4 192.0.2.9\r\na=sendonly\r\n", "", true, false, "a=recvonly"},
        {"c=IN IP4 192.0.2.9\r\na=sendonly\r\n", "a=sendrecv\r\n", true, true, "a=sendrecv"},
        {"c=IN IP4 0.0.0.0\r\n", "", true, false, "a=recvonly"},
        {"c=IN IP4 0.0.0.0\r\n", "c=IN IP4 192.0.2.9\r\n", true, true, "a=sendrecv"},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); ++i) {
        struct media_desc desc = {0};
        char offer[512];

        snprintf(offer, sizeof(offer), "v=0\r\n%sm=audio 4000 RTP/AVP 0\r\n%s", rows[i].session,
                 rows[i].line);
        has(answer_to(offer, false, &desc), rows[i].answer);
        assert_int_equal(desc.line[0].recv, rows[i].recv);
        assert_int_equal(desc.line[0].send, rows[i].send);
    }
}

static void rtcp_goes_where_the_peer_says(void **state)
{
    static const struct {
        const char *line;
        uint16_t rtcp;
        bool mux;
    } rows[] = {
        {"", 4001, false},
        {"a=rtcp:4444\r\n", 4444, false},
        {"a=rtcp:4444 IN IP4 192.0.2.77\r\n", 4444, false},
        {"a=rtcp:70000\r\n", 4001, false},
        {"a=rtcp-mux\r\na=rtcp:4444\r\n", 4000, true},
    };
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); ++i) {
        struct media_desc desc = {0};
        char offer[512];

        snprintf(offer, sizeof(offer), "v=0\r\nc=IN IP4 192.0.2.9\r\nm=audio 4000 RTP/AVP 0\r\n%s",
                 rows[i].line);
        (void)answer_to(offer, false, &desc);
        assert_int_equal(port_of(&desc.line[0].remote_rtcp), rows[i].rtcp);
        assert_int_equal(desc.line[0].rtcp_mux, rows[i].mux);
        assert_int_equal(strstr(answer, "a=rtcp-mux") != NULL, rows[i].mux);
    }
}

static void refuses_lines_with_a_reason(void **state)
{
    static const char *const lines[] = {
        "m=audio 4000 RTP/SAVP 0\r\n",
        "m=audio 4000 RTP/SAVPF 0\r\n",
        "m=audio 0 RTP/AVP 0\r\n",
        "m=audio 4000 RTP/AVP 18\r\n",
        "m=audio 4000 RTP/AVP 96\r\na=rtpmap:96 opus/44100/2\r\n",
        "m=text 4000 RTP/AVP 98\r\na=rtpmap:98 t140/1000\r\n",
        "m=image 4000 udptl t38\r\n",
        "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 host.example\r\n",
        "m=audio 4000 RTP/AVP 0\r\nc=IN IP4 224.1.2.3/127\r\n",
        "m=audio 4000 RTP/AVP 0\r\nc=IN IP6 ff02::1\r\n",
        "m=audio 65535 RTP/AVP 0\r\n",
        "m=video 4000 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=2\r\n",
        "m=video 4000 RTP/AVP 9\r\na=rtpmap:9 H264/90000\r\na=fmtp:9 profile-level-id=f4001f\r\n",
        "m=video 4000 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 profile-level-id=42e\r\n",
    };
    struct media_policy policy = a_policy(false);
    (void)state;

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); ++i) {
        struct media_desc desc = {0};
        char offer[512];
        int err;

        snprintf(offer, sizeof(offer), "v=0\r\nc=IN IP4 192.0.2.9\r\n%s", lines[i]);
        err = read_offer(&desc, &policy, offer);
        if (err != -ENOTSUP)
            fail_msg("%d for %s", err, lines[i]);
        assert_true(why[0]);
    }
}

static void a_line_without_a_port_of_ours_is_refused(void **state)
{
    struct media_policy policy = a_policy(false);
    struct media_desc desc = {0};
    (void)state;

    policy.local_port[1] = 0;
    assert_int_equal(read_offer(&desc, &policy, offer_baresip), 0);
    assert_int_equal(desc.line[1].kind, MEDIA_KIND_NONE);
    assert_true(media_desc_print_answer(&desc, &policy, answer, sizeof(answer)) > 0);
    has(answer, "m=video 0 RTP/AVP 97 98\r\n");
}

static void late_offer_and_its_answer(void **state)
{
    struct media_policy policy = a_policy(false);
    struct media_desc desc = {0};
    static const char reply[] =
        "v=0\r\no=- 5 5 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
        "m=audio 5000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"
        "m=video 5002 RTP/AVP 103\r\na=rtpmap:103 H264/90000\r\na=fmtp:103 "
        "profile-level-id=42e01f\r\n"
        "a=sendonly\r\n";
    uint32_t ssrc;
    (void)state;

    assert_true(media_desc_print_offer(&desc, &policy, answer, sizeof(answer)) > 0);
    has(answer, "m=audio 20000 RTP/AVP 97 9 8 0 100 101\r\na=rtpmap:97 opus/48000/2\r\n");
    has(answer, "a=rtpmap:100 telephone-event/48000\r\n");
    has(answer, "a=rtpmap:101 telephone-event/8000\r\n");
    has(answer, "m=video 20002 RTP/AVP 101 103 102\r\n");
    has(answer,
        "a=fmtp:101 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n");
    has(answer,
        "a=fmtp:103 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f\r\n");
    has(answer, "a=rtpmap:102 VP8/90000\r\n");
    has(answer, "a=rtcp-fb:102 nack pli\r\n");
    has(answer, "a=rtcp-fb:102 ccm fir\r\n");
    ssrc = desc.line[0].ssrc;

    assert_int_equal(media_desc_read_answer(&desc, &policy, reply, strlen(reply), why, sizeof(why)),
                     0);
    assert_int_equal(desc.line[0].format, MEDIA_FORMAT_PCMA);
    assert_int_equal(desc.line[0].ssrc, ssrc);
    assert_int_equal(desc.line[0].dtmf_pt, 101);
    assert_int_equal(desc.line[0].local_port, 20000);
    assert_int_equal(port_of(&desc.line[0].remote_rtp), 5000);
    assert_int_equal(desc.line[1].h264_mode, 0);
    assert_int_equal(desc.line[1].pt, 103);
    assert_true(desc.line[1].recv);
    assert_false(desc.line[1].send);

    /* A re-INVITE without SDP: the same lines with what is in use. */
    assert_true(media_desc_print_offer(&desc, &policy, answer, sizeof(answer)) > 0);
    has(answer, "m=audio 20000 RTP/AVP 8 101\r\n");
    has(answer, "m=video 20002 RTP/AVP 103\r\n");
    has(answer, "a=sendrecv\r\n");
}

static void an_answer_must_fit_the_offer(void **state)
{
    static const struct {
        const char *lines;
        int err;
    } rows[] = {
        {"m=audio 5000 RTP/AVP 8\r\n", -EBADMSG},
        {"m=audio 5000 RTP/AVP 8\r\nm=video 0 RTP/AVP 99\r\n", 0},
        {"m=audio 0 RTP/AVP 8\r\nm=video 0 RTP/AVP 99\r\n", -ENOTSUP},
        {"m=video 5000 RTP/AVP 8\r\nm=audio 0 RTP/AVP 99\r\n", -ENOTSUP},
        {"m=audio 5000 RTP/AVP 18\r\nm=video 0 RTP/AVP 99\r\n", -ENOTSUP},
    };
    struct media_policy policy = a_policy(false);
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); ++i) {
        struct media_desc desc = {0}, before;
        char reply[512];

        assert_true(media_desc_print_offer(&desc, &policy, answer, sizeof(answer)) > 0);
        before = desc;
        snprintf(reply, sizeof(reply), "v=0\r\nc=IN IP4 192.0.2.9\r\n%s", rows[i].lines);
        assert_int_equal(
            media_desc_read_answer(&desc, &policy, reply, strlen(reply), why, sizeof(why)),
            rows[i].err);
        if (rows[i].err)
            assert_memory_equal(&desc, &before, sizeof(desc));
    }
}

static void a_line_that_was_refused_stays_refused_in_our_offer(void **state)
{
    struct media_policy policy = a_policy(false);
    struct media_desc desc = {0};
    static const char reply[] = "v=0\r\nc=IN IP4 192.0.2.9\r\nm=audio 5000 RTP/AVP 8\r\n"
                                "m=video 0 RTP/AVP 99\r\n";
    (void)state;

    assert_true(media_desc_print_offer(&desc, &policy, answer, sizeof(answer)) > 0);
    assert_int_equal(media_desc_read_answer(&desc, &policy, reply, strlen(reply), NULL, 0), 0);
    assert_true(media_desc_print_offer(&desc, &policy, answer, sizeof(answer)) > 0);
    has(answer, "m=video 0 RTP/AVP 99\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_baresip_in_avp),
        cmocka_unit_test(answers_linphone_in_avpf_over_ipv6),
        cmocka_unit_test(answers_a_room_system),
        cmocka_unit_test(static_payload_types_need_no_rtpmap),
        cmocka_unit_test(direction_and_hold_are_read_from_our_side),
        cmocka_unit_test(rtcp_goes_where_the_peer_says),
        cmocka_unit_test(refuses_lines_with_a_reason),
        cmocka_unit_test(a_line_without_a_port_of_ours_is_refused),
        cmocka_unit_test(late_offer_and_its_answer),
        cmocka_unit_test(an_answer_must_fit_the_offer),
        cmocka_unit_test(a_line_that_was_refused_stays_refused_in_our_offer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
