/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file tests/unit/net/test_media_desc.c  SDP of browsers and phones: choices, answers, limits
 */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "net/media_desc.h"
#include "tests/unit/net/offers.h"

static char answer[32 * 1024], why[128];

static struct sockaddr_storage address(const char *numeric, uint16_t port)
{
    struct sockaddr_storage addr;
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};

    assert_int_equal(inet_pton(AF_INET, numeric, &in.sin_addr), 1);
    memset(&addr, 0, sizeof(addr));
    memcpy(&addr, &in, sizeof(in));
    return addr;
}

static struct media_policy a_policy(bool webrtc)
{
    struct media_policy policy = {
        .webrtc = webrtc,
        .audio = true,
        .video = true,
        .video_lines_max = 2,
        .audio_order = {MEDIA_FORMAT_OPUS, MEDIA_FORMAT_G722, MEDIA_FORMAT_PCMA, MEDIA_FORMAT_PCMU},
        .video_order = {MEDIA_FORMAT_H264, MEDIA_FORMAT_VP8},
        .ufrag = "srvu",
        .pwd = "serverpasswordserverpass",
        .fingerprint = "sha-256 AB:CD",
        .ncandidates = 1,
    };

    policy.candidate[0] = address("192.0.2.1", 10000);
    policy.local_addr = address("192.0.2.1", 0);
    for (unsigned i = 0; i < MEDIA_DESC_LINES_MAX; ++i)
        policy.local_port[i] = (uint16_t)(20000 + 2 * i);
    return policy;
}

static int read_offer(struct media_desc *desc, const struct media_policy *policy, const char *sdp)
{
    /* An exact copy without a NUL, so that a sanitizer sees every byte too far. */
    size_t len = strlen(sdp);
    char *copy = malloc(len ? len : 1);
    int err;

    assert_non_null(copy);
    memcpy(copy, sdp, len);
    err = media_desc_read_offer(desc, policy, copy, len, why, sizeof(why));
    free(copy);
    return err;
}

static const char *answer_to(const char *offer, bool webrtc, struct media_desc *desc)
{
    struct media_policy policy = a_policy(webrtc);
    int err = read_offer(desc, &policy, offer), n;

    if (err)
        fail_msg("refused with %d: %s", err, why);
    n = media_desc_print_answer(desc, &policy, answer, sizeof(answer));
    assert_true(n > 0);
    assert_int_equal((size_t)n, strlen(answer));
    return answer;
}

static void has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no \"%s\" in:\n%s", part, text);
}

static void has_not(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("\"%s\" in:\n%s", part, text);
}

static unsigned count(const char *text, const char *part)
{
    unsigned n = 0;

    while ((text = strstr(text, part)) != NULL) {
        ++n;
        ++text;
    }
    return n;
}

/* One text with a piece of it replaced. */
static const char *with(const char *text, const char *from, const char *to)
{
    static char bufs[2][64 * 1024]; /* text may be the result of the last call */
    static unsigned turn;
    char *out = bufs[turn++ % 2];
    const char *at = strstr(text, from);

    if (!at)
        fail_msg("no \"%s\" to replace", from);
    snprintf(out, sizeof(bufs[0]), "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    return out;
}

static uint16_t port_of(const struct sockaddr_storage *addr)
{
    struct sockaddr_in in;

    memcpy(&in, addr, sizeof(in)); /* the port is at the same place in both families */
    return ntohs(in.sin_port);
}

static void reads_what_chromium_offers(void **state)
{
    struct media_desc desc = {0};
    const struct media_line *audio = &desc.line[0], *video = &desc.line[1];
    struct media_policy policy = a_policy(true);
    (void)state;

    assert_int_equal(read_offer(&desc, &policy, offer_chromium), 0);
    assert_string_equal(why, "");
    assert_int_equal(desc.nlines, 3);
    assert_int_equal(audio->kind, MEDIA_KIND_AUDIO);
    assert_int_equal(audio->format, MEDIA_FORMAT_OPUS);
    assert_int_equal(audio->pt, 111);
    assert_int_equal(audio->clock, 48000);
    assert_int_equal(audio->dtmf_pt, 110);
    assert_int_equal(audio->dtmf_clock, 48000);
    assert_int_equal(audio->remote_ssrc[0], 64528612);
    assert_int_equal(audio->nremote_ssrcs, 1);
    assert_true(audio->recv && audio->send && audio->transport_cc);
    assert_int_equal(audio->ext.audio_level, 1);
    assert_int_equal(video->format, MEDIA_FORMAT_H264);
    assert_int_equal(video->pt, 108);
    assert_int_equal(video->h264_mode, 1);
    assert_string_equal(video->h264_profile, "42e01f");
    assert_int_equal(video->rtx_pt, 109);
    assert_true(video->nack && video->pli && video->fir && video->remb && video->transport_cc);
    assert_int_equal(video->ext.transport_cc, 3);
    assert_int_equal(video->ext.abs_send_time, 2);
    assert_int_equal(video->ext.mid, 4);
    assert_int_equal(video->nremote_ssrcs, 1);
    assert_int_equal(video->remote_ssrc[0], 2358908104);
    assert_int_equal(video->remote_rtx_ssrc[0], 1748373186);
    assert_false(video->content);
    assert_int_equal(desc.line[2].kind, MEDIA_KIND_NONE);
    assert_string_equal(desc.remote_ufrag, "IA/y");
    assert_string_equal(desc.remote_pwd, "dyChWoQxhl5tQDFnpFbMag9l");
    assert_string_equal(desc.fingerprint_hash, "sha-256");
    assert_int_equal(desc.fingerprint_len, 32);
    assert_int_equal(desc.fingerprint[0], 0xa1);
    assert_int_equal(desc.fingerprint[31], 0xa9);
}

static void answers_chromium_line_by_line(void **state)
{
    struct media_desc desc = {0};
    const char *text = answer_to(offer_chromium, true, &desc);
    (void)state;

    has(text, "v=0\r\no=- ");
    has(text, "a=group:BUNDLE 0 1\r\n");
    has(text, "a=ice-lite\r\n");
    has(text, "m=audio 10000 UDP/TLS/RTP/SAVPF 111 110\r\nc=IN IP4 192.0.2.1\r\n");
    has(text, "m=video 10000 UDP/TLS/RTP/SAVPF 108 109\r\n");
    has(text, "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n");
    assert_int_equal(count(text, "a=ice-ufrag:srvu\r\n"), 2);
    assert_int_equal(count(text, "a=ice-pwd:serverpasswordserverpass\r\n"), 2);
    assert_int_equal(count(text, "a=fingerprint:sha-256 AB:CD\r\n"), 2);
    assert_int_equal(count(text, "a=setup:passive\r\n"), 2);
    assert_int_equal(count(text, "a=rtcp-mux\r\n"), 2);
    assert_int_equal(count(text, "a=rtcp-rsize\r\n"), 2);
    assert_int_equal(count(text, "a=sendrecv\r\n"), 2);
    assert_int_equal(count(text, "a=candidate:1 1 udp 2130706431 192.0.2.1 10000 typ host\r\n"), 2);
    assert_int_equal(count(text, "a=end-of-candidates\r\n"), 2);
    has(text, "a=mid:2\r\n");
    has(text, "a=fmtp:111 minptime=10;useinbandfec=1\r\n");
    has(text,
        "a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n");
    has(text, "a=rtpmap:109 rtx/90000\r\na=fmtp:109 apt=108\r\n");
    has(text, "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n");
    has(text, "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n");
    has_not(text, "toffset");
    has_not(text, "x-google");
    assert_int_equal(count(text, "a=ssrc-group:FID "), 1);
    assert_int_equal(count(text, " cname:"), 3);
}

static void feedback_is_answered_as_offered(void **state)
{
    struct media_desc desc = {0};
    const char *text = answer_to(offer_chromium, true, &desc);
    static const char *const feedback[] = {"goog-remb", "transport-cc", "ccm fir", "nack\r\n",
                                           "nack pli"};
    (void)state;

    for (size_t i = 0; i < sizeof(feedback) / sizeof(feedback[0]); ++i) {
        char line[64];

        snprintf(line, sizeof(line), "a=rtcp-fb:108 %s", feedback[i]);
        has(text, line);
    }
    has(text, "a=rtcp-fb:111 transport-cc\r\n");
    memset(&desc, 0, sizeof(desc));
    text = answer_to(with(offer_chromium, "a=rtcp-fb:108 nack pli\r\n", ""), true, &desc);
    has_not(text, "nack pli");
    assert_false(desc.line[1].pli);
}

static void start_and_max_bitrate_come_from_policy(void **state)
{
    struct media_policy policy = a_policy(true);
    struct media_desc desc = {0};
    (void)state;

    policy.video_start_bps = 2000000;
    policy.video_max_bps = 2500000;
    assert_int_equal(read_offer(&desc, &policy, offer_chromium), 0);
    assert_true(media_desc_print_answer(&desc, &policy, answer, sizeof(answer)) > 0);
    has(answer, "profile-level-id=42e01f;x-google-start-bitrate=2000\r\n");
    has(answer, "b=AS:2500\r\n");
    assert_int_equal(count(answer, "b=AS"), 1);
}

static void policy_order_chooses_the_codec(void **state)
{
    struct media_policy policy = a_policy(true);
    struct media_desc desc = {0};
    (void)state;

    policy.video_order[0] = MEDIA_FORMAT_VP8;
    policy.video_order[1] = MEDIA_FORMAT_H264;
    policy.audio_order[0] = MEDIA_FORMAT_PCMA;
    assert_int_equal(read_offer(&desc, &policy, offer_chromium), 0);
    assert_int_equal(desc.line[1].pt, 96);
    assert_int_equal(desc.line[1].rtx_pt, 97);
    assert_int_equal(desc.line[0].pt, 8);
    assert_int_equal(desc.line[0].dtmf_pt, 126);
    assert_int_equal(desc.line[0].dtmf_clock, 8000);
}

static void remote_order_counts_if_wanted(void **state)
{
    struct media_policy policy = a_policy(true);
    struct media_desc desc = {0};
    (void)state;

    policy.prefer_remote = true;
    assert_int_equal(read_offer(&desc, &policy, offer_chromium), 0);
    assert_int_equal(desc.line[1].format, MEDIA_FORMAT_VP8);

    memset(&desc, 0, sizeof(desc));
    assert_int_equal(
        read_offer(&desc, &policy,
                   with(offer_chromium, "SAVPF 96 97 102 103 104", "SAVPF 102 103 104 96 97")),
        0);
    assert_int_equal(desc.line[1].format, MEDIA_FORMAT_H264);
    assert_int_equal(desc.line[1].pt, 108); /* the best of the H.264 entries all the same */
}

static void firefox_gets_vp8(void **state)
{
    struct media_desc desc = {0};
    const char *text = answer_to(offer_firefox, true, &desc);
    (void)state;

    assert_int_equal(desc.line[1].format, MEDIA_FORMAT_VP8);
    assert_int_equal(desc.line[1].rtx_pt, 124);
    assert_int_equal(desc.line[0].ext.mid, 3);
    assert_int_equal(desc.line[1].ext.transport_cc, 7);
    assert_int_equal(desc.line[0].dtmf_pt, 101); /* the only one, though at 8000 */
    assert_int_equal(desc.fingerprint_len, 32);  /* from the session */
    assert_int_equal(desc.line[1].remote_rtx_ssrc[0], 2222);
    assert_int_equal(count(text, "a=rtcp-rsize"), 1);
}

static void second_browser_video_is_content(void **state)
{
    char offer[32 * 1024];
    struct media_desc desc = {0};
    (void)state;

    snprintf(offer, sizeof(offer), "%s",
             with(with(offer_chromium, "BUNDLE 0 1 2", "BUNDLE 0 1 2 3x"),
                  "a=max-message-size:262144\r\n",
                  "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:3x\r\na=rtcp-mux\r\na=sendonly\r\n"
                  "a=rtpmap:96 VP8/90000\r\n"));
    has(answer_to(offer, true, &desc), "a=group:BUNDLE 0 1 3x\r\n");
    assert_true(desc.line[3].content);
    assert_true(desc.line[3].recv);
    assert_false(desc.line[3].send);
    has(strstr(answer, "a=mid:3x"), "a=recvonly\r\n");
    has_not(strstr(answer, "a=mid:3x"), "a=ssrc");
}

static void renegotiation_keeps_what_is_ours(void **state)
{
    struct media_policy policy = a_policy(true);
    struct media_desc desc = {0}, first;
    (void)state;

    assert_int_equal(read_offer(&desc, &policy, offer_chromium), 0);
    first = desc;
    policy.video_order[0] = MEDIA_FORMAT_VP8; /* would choose otherwise now */
    policy.video_order[1] = MEDIA_FORMAT_H264;
    assert_int_equal(read_offer(&desc, &policy, offer_chromium), 0);
    assert_int_equal(desc.session_id, first.session_id);
    assert_int_equal(desc.version, first.version + 1);
    for (unsigned i = 0; i < 2; ++i) {
        assert_int_not_equal(desc.line[i].ssrc, 0);
        assert_int_equal(desc.line[i].ssrc, first.line[i].ssrc);
        assert_int_equal(desc.line[i].rtx_ssrc, first.line[i].rtx_ssrc);
        assert_int_equal(desc.line[i].ts_offset, first.line[i].ts_offset);
        assert_int_equal(desc.line[i].pt, first.line[i].pt);
        assert_memory_equal(&desc.line[i].ext, &first.line[i].ext, sizeof(first.line[i].ext));
        assert_string_equal(desc.line[i].label, first.line[0].label);
    }
}

static void a_recycled_line_is_new(void **state)
{
    struct media_policy policy = a_policy(true);
    struct media_desc desc = {0}, first;
    (void)state;

    assert_int_equal(read_offer(&desc, &policy, offer_chromium), 0);
    first = desc;
    assert_int_equal(read_offer(&desc, &policy,
                                with(with(offer_chromium, "BUNDLE 0 1 2", "BUNDLE 0 9 2"),
                                     "a=mid:1\r\n", "a=mid:9\r\n")),
                     0);
    assert_int_equal(desc.line[0].ssrc, first.line[0].ssrc);
    assert_int_not_equal(desc.line[1].ssrc, first.line[1].ssrc);
}

static void lines_must_not_vanish(void **state)
{
    struct media_policy policy = a_policy(true);
    struct media_desc desc = {0}, first;
    char shorter[32 * 1024];
    (void)state;

    assert_int_equal(read_offer(&desc, &policy, offer_chromium), 0);
    first = desc;
    snprintf(shorter, sizeof(shorter), "%.*s",
             (int)(strstr(offer_chromium, "m=app") - offer_chromium), offer_chromium);
    assert_int_equal(read_offer(&desc, &policy, shorter), -EBADMSG);
    assert_memory_equal(&desc, &first, sizeof(desc));
}

static void refuses_webrtc_without_its_parts(void **state)
{
    static const struct {
        const char *from, *to;
        int err;
    } rows[] = {
        {"a=setup:actpass", "a=setup:passive", -EPROTO},
        {"a=ice-pwd:dyChWoQxhl5tQDFnpFbMag9l", "a=ice-pwd:short", -EBADMSG},
        {"a=mid:1\r\n", "a=mid:0\r\n", -EBADMSG},
        {"a=fingerprint:sha-256 A1:33", "a=fingerprint:sha-256 A1-33", -EBADMSG},
        {"a=fingerprint:sha-256 A1:33", "a=fingerprint:sha-256 A1", -EBADMSG},
    };
    struct media_policy policy = a_policy(true);
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); ++i) {
        struct media_desc desc = {0};
        char offer[32 * 1024];
        const char *at;

        snprintf(offer, sizeof(offer), "%s", offer_chromium);
        while (i == 0 && (at = strstr(offer, rows[i].from)) != NULL)
            snprintf(offer, sizeof(offer), "%s", with(offer, rows[i].from, rows[i].to));
        if (i > 0)
            snprintf(offer, sizeof(offer), "%s", with(offer, rows[i].from, rows[i].to));
        assert_int_equal(read_offer(&desc, &policy, offer), rows[i].err);
        assert_true(why[0]);
    }
}

static void ice_and_dtls_are_necessary(void **state)
{
    static const char *const parts[] = {"a=ice-ufrag", "a=ice-pwd", "a=fingerprint"};
    struct media_policy policy = a_policy(true);
    (void)state;

    for (size_t i = 0; i < 3; ++i) {
        struct media_desc desc = {0};
        char offer[32 * 1024], *at = offer;

        snprintf(offer, sizeof(offer), "%s", offer_chromium);
        while ((at = strstr(at, parts[i])) != NULL)
            at[2] = 'X';
        assert_int_equal(read_offer(&desc, &policy, offer), -EPROTO);
    }
}

static void refused_browser_lines_stay_out_of_the_bundle(void **state)
{
    struct media_policy policy = a_policy(true);
    struct media_desc desc = {0};
    (void)state;

    policy.video = false;
    assert_int_equal(read_offer(&desc, &policy, offer_chromium), 0);
    assert_true(media_desc_print_answer(&desc, &policy, answer, sizeof(answer)) > 0);
    has(answer, "a=group:BUNDLE 0\r\n");
    has(answer, "m=video 0 UDP/TLS/RTP/SAVPF 96 97 102");
    policy.audio = false;
    memset(&desc, 0, sizeof(desc));
    assert_int_equal(read_offer(&desc, &policy, offer_chromium), -ENOTSUP);
    assert_true(why[0]);
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

static void bandwidth_is_bounded(void **state)
{
    static const struct {
        const char *line;
        uint32_t bps;
    } rows[] = {{"b=AS:64", 64000},         {"b=TIAS:64001", 64001}, {"b=AS:4000000", 1000000000},
                {"b=AS:99999999999999", 0}, {"b=AS:-1", 0},          {"b=RS:100", 0}};
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); ++i) {
        struct media_desc desc = {0};
        char offer[512];

        snprintf(offer, sizeof(offer),
                 "v=0\r\nc=IN IP4 192.0.2.9\r\nm=audio 4000 RTP/AVP 0\r\n%s\r\n", rows[i].line);
        (void)answer_to(offer, false, &desc);
        assert_int_equal(desc.line[0].max_bitrate_bps, rows[i].bps);
    }
}

/* head, then a piece n times */
static char *repeat(const char *head, const char *piece, size_t n)
{
    size_t size = strlen(head) + n * strlen(piece) + 1, at = strlen(head);
    char *text = malloc(size);

    assert_non_null(text);
    memcpy(text, head, at);
    for (size_t i = 0; i < n; ++i, at += strlen(piece))
        memcpy(text + at, piece, strlen(piece));
    text[at] = '\0';
    return text;
}

static void everything_has_a_limit(void **state)
{
    static const char line[] = "v=0\r\nc=IN IP4 192.0.2.9\r\nm=audio 4000 RTP/AVP 0\r\n";
    static const struct {
        const char *head, *piece;
        size_t good, bad;
        int err;
    } rows[] = {
        {line, "m=text 0 RTP/AVP 98\r\n", MEDIA_DESC_LINES_MAX - 1, MEDIA_DESC_LINES_MAX, -E2BIG},
        {line, "a=x\r\n", MEDIA_DESC_ATTRS_MAX, MEDIA_DESC_ATTRS_MAX + 1, -E2BIG},
        {line, "a=candidate:x\r\n", MEDIA_DESC_CANDIDATES_MAX, MEDIA_DESC_CANDIDATES_MAX + 1,
         -E2BIG},
        {"v=0\r\nc=IN IP4 192.0.2.9\r\nm=audio 4000 RTP/AVP 0\r\na=fmtp:0 ", "x",
         MEDIA_DESC_FMTP_MAX, MEDIA_DESC_FMTP_MAX + 1, -E2BIG},
        {line, "i=xxxxxxxxxxxxxxxx\r\n", 1000, 2000, -E2BIG},
        {"v=0\r\nc=IN IP4 192.0.2.9\r\nm=audio 4000 RTP/AVP", " 0", 5000, 100000, -E2BIG},
    };
    struct media_policy policy = a_policy(false);
    (void)state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); ++i) {
        struct media_desc desc = {0};
        char *good = repeat(rows[i].head, rows[i].piece, rows[i].good);
        char *bad = repeat(rows[i].head, rows[i].piece, rows[i].bad);

        if (read_offer(&desc, &policy, good) != 0)
            fail_msg("row %zu: %s", i, why);
        memset(&desc, 0, sizeof(desc));
        assert_int_equal(read_offer(&desc, &policy, bad), rows[i].err);
        assert_true(why[0]);
        free(good);
        free(bad);
    }
}

static void too_many_payload_types_are_refused(void **state)
{
    struct media_policy policy = a_policy(false);
    (void)state;

    for (unsigned n = MEDIA_DESC_PTS_MAX; n <= MEDIA_DESC_PTS_MAX + 1; ++n) {
        struct media_desc desc = {0};
        char offer[1024];
        size_t at = (size_t)snprintf(offer, sizeof(offer),
                                     "v=0\r\nc=IN IP4 192.0.2.9\r\nm=audio 4000 RTP/AVP");

        for (unsigned i = 0; i < n; ++i)
            at += (size_t)snprintf(offer + at, sizeof(offer) - at, " %u", i);
        assert_int_equal(read_offer(&desc, &policy, offer), n > MEDIA_DESC_PTS_MAX ? -E2BIG : 0);
    }
}

static void broken_text_is_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "\r\n",
        "v",
        "v=0",
        "v=0\r\n",
        "v=1\r\nm=audio 4000 RTP/AVP 0\r\n",
        "INVITE sip:x SIP/2.0\r\n",
        "v=0\r\nm=audio\r\n",
        "v=0\r\nm=audio -1 RTP/AVP 0\r\n",
        "v=0\r\nm=audio 65536 RTP/AVP 0\r\n",
        "v=0\r\nm=audio 4294967296 RTP/AVP 0\r\n",
        "v=0\r\nm=audio 4000\r\n",
        "v=0\r\nm=audio 4000 RTP/AVP 128\r\n",
        "v=0\r\nm=audio 4000 RTP/AVP x\r\n",
        "v=0\r\nm=audio 4000 RTP/AVP 0\r\nnonsense\r\n",
        "v=0\r\nm=audio 4000 RTP/AVP 0\r\na=x\x01y\r\n",
        "v=0\r\nm=audio 4000 RTP/AVP 96\r\na=rtpmap:96 /\r\n",
        "v=0\r\nm=audio 4000 RTP/AVP 0\r\na=mid:a b\r\n",
        "v=0\r\nm=audio 4000 RTP/AVP 0\r\na=mid:\r\n",
    };
    struct media_policy policy = a_policy(false);
    static const char nul[] = "v=0\r\nm=audio 4000 RTP/AVP 0\r\na=x\0y\r\n";
    struct media_desc desc = {0};
    (void)state;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); ++i) {
        int err = read_offer(&desc, &policy, texts[i]);

        if (err != -EBADMSG)
            fail_msg("%d for %s", err, texts[i]);
        assert_true(why[0]);
    }
    assert_int_equal(media_desc_read_offer(&desc, &policy, nul, sizeof(nul) - 1, NULL, 0),
                     -EBADMSG);
}

static void every_cut_of_an_offer_is_survived(void **state)
{
    struct media_policy policy = a_policy(true);
    size_t len = strlen(offer_chromium);
    (void)state;

    for (size_t n = 0; n < len; n += 7) {
        struct media_desc desc = {0};
        char *cut = malloc(n + 1);

        assert_non_null(cut);
        memcpy(cut, offer_chromium, n);
        (void)media_desc_read_offer(&desc, &policy, cut, n, why, sizeof(why));
        free(cut);
    }
}

static void a_small_buffer_is_an_error(void **state)
{
    struct media_policy policy = a_policy(true);
    struct media_desc desc = {0};
    int n;
    (void)state;

    assert_int_equal(read_offer(&desc, &policy, offer_chromium), 0);
    n = media_desc_print_answer(&desc, &policy, answer, sizeof(answer));
    assert_true(n > 0);
    assert_int_equal(media_desc_print_answer(&desc, &policy, answer, (size_t)n), -ENOSPC);
    assert_int_equal(media_desc_print_answer(&desc, &policy, answer, (size_t)n + 1), n);
}

static void counts_lines(void **state)
{
    (void)state;
    assert_int_equal(media_desc_count_lines(offer_chromium, strlen(offer_chromium)), 3);
    assert_int_equal(media_desc_count_lines(offer_desk, strlen(offer_desk)), 4);
    assert_int_equal(media_desc_count_lines("", 0), 0);
}

static void names_formats_as_registered(void **state)
{
    (void)state;
    assert_string_equal(media_desc_format_name(MEDIA_FORMAT_OPUS), "opus");
    assert_string_equal(media_desc_format_name(MEDIA_FORMAT_H264), "H264");
    assert_string_equal(media_desc_format_name(MEDIA_FORMAT_COUNT), "none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_chromium_offers),
        cmocka_unit_test(answers_chromium_line_by_line),
        cmocka_unit_test(feedback_is_answered_as_offered),
        cmocka_unit_test(start_and_max_bitrate_come_from_policy),
        cmocka_unit_test(policy_order_chooses_the_codec),
        cmocka_unit_test(remote_order_counts_if_wanted),
        cmocka_unit_test(firefox_gets_vp8),
        cmocka_unit_test(second_browser_video_is_content),
        cmocka_unit_test(renegotiation_keeps_what_is_ours),
        cmocka_unit_test(a_recycled_line_is_new),
        cmocka_unit_test(lines_must_not_vanish),
        cmocka_unit_test(refuses_webrtc_without_its_parts),
        cmocka_unit_test(ice_and_dtls_are_necessary),
        cmocka_unit_test(refused_browser_lines_stay_out_of_the_bundle),
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
        cmocka_unit_test(bandwidth_is_bounded),
        cmocka_unit_test(everything_has_a_limit),
        cmocka_unit_test(too_many_payload_types_are_refused),
        cmocka_unit_test(broken_text_is_refused),
        cmocka_unit_test(every_cut_of_an_offer_is_survived),
        cmocka_unit_test(a_small_buffer_is_an_error),
        cmocka_unit_test(counts_lines),
        cmocka_unit_test(names_formats_as_registered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
